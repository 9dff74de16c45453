#!/usr/bin/env python3
"""clang-tidy 14 over every source of ours, the slow ones spread over the cores.

  tidy_lint.py ROOT BUILD CACHE

A source whose text, headers of ours, flags and .clang-tidy have not changed since it last passed is
not read again: CACHE holds a stamp for each.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path


def plain(entry):
    """The source's own command, without the headers that a release build precompiles."""
    command = re.sub(r"-Winvalid-pch |-fpch-preprocess |-include \S+/cmake_pch\.hxx ", "", entry["command"])
    return {**entry, "command": command}


def dependencies(root, entry):
    """The files of ours that the source reads."""
    words = [w for w in shlex.split(entry["command"]) if "ccache" not in w]
    cut = words.index("-o")
    words[cut:cut + 2] = []
    words = [w for w in words if w != "-c"] + ["-MM"]
    done = subprocess.run(words, cwd=entry["directory"], capture_output=True, text=True, check=True)
    names = re.sub(r"\\\n", " ", done.stdout).split()[1:]
    paths = {Path(entry["directory"], n).resolve() for n in names}
    return sorted(p for p in paths if p.is_relative_to(root))


def stamp(root, entry, config):
    digest = hashlib.sha256(config + entry["command"].replace(str(root), "").encode())
    for path in dependencies(root, entry):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def tidy(root, build, cache, config, entry):
    mark = cache / stamp(root, entry, config)
    if mark.exists():
        return None
    done = subprocess.run(["clang-tidy-14", "--quiet", "-p", str(build),
                           # Three times the rest's cost; for an editor, not for every run.
                           "--checks=-clang-analyzer-*",
                           "--extra-arg=-Wno-unknown-warning-option", entry["file"]],
                          capture_output=True, text=True)
    if done.returncode == 0:
        mark.touch()
        return None
    return done.stdout


def main(root, build, cache):
    root, build, cache = Path(root).resolve(), Path(build), Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    config = Path(root, ".clang-tidy").read_bytes()
    entries = [plain(e) for e in json.loads((build / "compile_commands.json").read_text())
               if Path(e["file"]).is_relative_to(root) and not Path(e["file"]).is_relative_to(root / "tests")
               and not Path(e["file"]).is_relative_to(build)]
    plain_build = build / "tidy"
    plain_build.mkdir(exist_ok=True)
    (plain_build / "compile_commands.json").write_text(json.dumps(entries))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for text in pool.map(lambda e: tidy(root, plain_build, cache, config, e), entries):
            if text:
                failed += 1
                print(text)
    print(f"{len(entries)} sources, {failed} with findings")
    return 1 if failed or not entries else 0


sys.exit(main(*sys.argv[1:]))
