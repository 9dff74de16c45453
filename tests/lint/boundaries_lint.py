#!/usr/bin/env python3
"""Tries includes across modules with the real compile commands: wrong ones must not compile.

  boundaries_lint.py ROOT BUILD
"""
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

# A source of the module, a header that it must not see, and one that it may.
CASES = [
    ("rules/alert", "agent/outbox/outbox.h", "rules/history/history.h"),
    ("rules/promql", "rules/alert/", "base/model/labels.h"),
    ("rules/history", "base/net/loop.h", "base/model/series.h"),
    ("base/core", "base/net/loop.h", "base/core/result.h"),
    ("base/model", "base/text/yaml.h", "base/core/time.h"),
    ("base/net", "base/model/labels.h", "base/core/result.h"),
    ("bridge/incident", "bridge/store/store.h", "base/model/alert.h"),
    ("bridge/incident", "base/net/loop.h", "base/core/time.h"),
    ("bridge/oncall", "bridge/notify/notifier.h", "base/core/time.h"),
    ("bridge/store", "agent/outbox/outbox.h", "base/core/time.h"),
    ("bridge/api", "rules/promql/engine.h", "base/net/http.h"),
    ("bridge/api", "collector/api/collector.h", "base/net/http.h"),
    ("agent/outbox", "bridge/incident/state.h", "base/core/result.h"),
    ("collector/host", "rules/history/history.h", "collector/api/collector.h"),
]


def resolve(root, header):
    """A folder stands for its first header, so that a case need not follow a renaming inside."""
    if header.endswith("/"):
        return header + sorted(p.name for p in Path(root, header).glob("*.h"))[0]
    return header


def compiles(command, directory, source, header):
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as probe:
        probe.write(f'#include "{header}"\n')
        probe.flush()
        words = [w for w in shlex.split(command) if "ccache" not in w]
        words = [probe.name if w == source else w for w in words]
        cut = words.index("-o")
        words[cut:cut + 2] = ["-fsyntax-only"]
        done = subprocess.run(words, cwd=directory, capture_output=True, text=True)
        return done.returncode == 0, done.stderr


def main(root, build):
    commands = json.loads(Path(build, "compile_commands.json").read_text())
    failures = 0
    for module, wrong, right in CASES:
        wrong, right = resolve(root, wrong), resolve(root, right)
        for header in (wrong, right):
            if not Path(root, header).is_file():
                print(f"{header}: named in CASES, but not there")
                failures += 1
        entry = next((c for c in commands if str(Path(c["file"]).parent) == str(Path(root, module))), None)
        if entry is None:
            print(f"{module}: no source of it is compiled")
            failures += 1
            continue
        ok, text = compiles(entry["command"], entry["directory"], entry["file"], right)
        if not ok:
            print(f"{module}: {right} should compile:\n{text}")
            failures += 1
        ok, text = compiles(entry["command"], entry["directory"], entry["file"], wrong)
        if ok or "No such file or directory" not in text:
            print(f"{module}: {wrong} must not be found from here\n{text}")
            failures += 1
    print(f"{len(CASES)} boundaries tried, {failures} failures")
    return 1 if failures else 0


sys.exit(main(*sys.argv[1:]))
