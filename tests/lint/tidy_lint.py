#!/usr/bin/env python3
"""clang-tidy 14 over every source of ours.

  tidy_lint.py ROOT BUILD CACHE

Sources of one target are read together, as one unit: nearly all of clang-tidy's time goes to the headers
they share. Those that can't stand beside another (both have a `kMost` of their own) are read in a later unit.
A source whose text, headers of ours, flags and .clang-tidy have not changed since it last passed is not
read again: CACHE holds a stamp for each.
"""
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

MOST_TOGETHER = 16
# The analyzer costs three times the rest: for an editor, not for every run. A unit includes sources.
CHECKS = "--checks=-clang-analyzer-*,-bugprone-suspicious-include"


def flags_of(words):
    """What the preprocessor and the language are told; a release build's precompiled headers left out."""
    out = []
    for word, after in zip(words, words[1:] + [""]):
        if word == "-isystem":
            out += [word, after]
        elif word.startswith(("-I", "-D", "-std=")):
            out.append(word)
    return tuple(out)


def dependencies(root, build):
    """By object: the files of ours that it was last built from, as ninja recorded them."""
    said = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True, check=True)
    out, current = {}, None
    for line in said.stdout.splitlines():
        if line.startswith("    "):
            path = Path(build, line.strip()).resolve()
            if path.is_relative_to(root):
                current.append(path)
        elif ":" in line:
            current = out.setdefault(line.split(":")[0], [])
    return out


def stamp(root, source, flags, config, depends):
    digest = hashlib.sha256(config + " ".join(flags).replace(str(root), "").encode())
    for path in sorted({Path(source), *depends}):
        digest.update(path.read_bytes())
    return digest.hexdigest()


OWN = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.M | re.S)
DECLARATION = re.compile(r"^(?!namespace |using \w+::|enum [:{])[A-Za-z].*", re.M)
NAME = re.compile(r"^(?:class|struct|enum class|enum|using) (\w+)|(\w+)(?:\(|\[\w*\]|\{| =|;)")


def names_in(source):
    """What a source keeps to itself: what begins in the first column inside `namespace {`."""
    own = "".join(OWN.findall(Path(source).read_text()))
    found = (NAME.search(line) for line in DECLARATION.findall(own))
    return {name[1] or name[2] for name in found if name}


def units_of(sources):
    """Sources that declare nothing of one name, together."""
    units = []
    for source in sources:
        names = names_in(source)
        for unit, taken in units:
            if len(unit) < MOST_TOGETHER and not names & taken:
                unit.append(source)
                taken |= names
                break
        else:
            units.append(([source], names))
    return [unit for unit, _ in units]


def read(sources, flags, unit, marks):
    """What clang-tidy says of the sources as one unit; marks those that pass."""
    unit.write_text("".join(f'#include "{s}"\n' for s in sources))
    done = subprocess.run(["clang-tidy-14", "--quiet", CHECKS, "--extra-arg=-Wno-unknown-warning-option",
                           str(unit), "--", *flags], capture_output=True, text=True)
    unit.unlink()
    if done.returncode == 0:
        for source in sources:
            marks[source].touch()
        return ""
    # Those that can't stand together after all say nothing of themselves.
    if len(sources) > 1 and "clang-diagnostic-error" in done.stdout:
        half = len(sources) // 2
        return read(sources[:half], flags, unit, marks) + read(sources[half:], flags, unit, marks)
    return done.stdout or done.stderr


def main(root, build, cache):
    root, build, cache = Path(root).resolve(), Path(build).resolve(), Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    scratch = build / "tidy"
    scratch.mkdir(exist_ok=True)
    config = Path(root, ".clang-tidy").read_bytes()
    depends = dependencies(root, build)
    marks, by_flags = {}, collections.defaultdict(list)
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = Path(entry["file"])
        if not source.is_relative_to(root) or source.is_relative_to(build) or source.is_relative_to(root / "tests"):
            continue
        words = shlex.split(entry["command"])
        flags, built = flags_of(words), words[words.index("-o") + 1]
        marks[str(source)] = cache / stamp(root, source, flags, config, depends.get(built, []))
        if not marks[str(source)].exists():
            by_flags[flags, source.parent].append(str(source))
    units = [(flags, unit) for (flags, _), sources in by_flags.items() for unit in units_of(sources)]
    units.sort(key=lambda unit: -len(unit[1]))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(read, sources, flags, scratch / f"{n}_{os.getpid()}.cpp", marks)
                for n, (flags, sources) in enumerate(units)]
        for job in jobs:
            if text := job.result():
                failed += 1
                print(text)
    print(f"{len(marks)} sources, {len(units)} units read, {failed} with findings")
    return 1 if failed or not marks else 0


sys.exit(main(*sys.argv[1:]))
