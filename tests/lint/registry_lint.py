#!/usr/bin/env python3
"""Every row of the collectors' registry has its source, its test and its page, and every page its row.

  registry_lint.py ROOT

Prints what is missing, one a line; exit status 1 when there is any.
"""
import re
import sys
from pathlib import Path

root = Path(sys.argv[1])
wrong = []
text = (root / "collector/register.cpp").read_text(encoding="utf-8")
body = text[text.index("rows() {"):text.index("return all;")]
# A row: {"name", kThreading, on by default, "module", …
rows = re.findall(r'\{"(\w+)",\s*k(?:Inline|Blocking),\s*(?:true|false),\s*"(\w*)"', body)
if len(rows) < 10:
    wrong.append(f"collector/register.cpp: only {len(rows)} rows found; has its form changed?")

for name, module in rows:
    if module:
        source, test = f"collector/service/{module}/{name}.cpp", f"tests/collector/service/{name}_test.cpp"
        if not list(root.glob(f"collector/*/{module}/{name}.cpp")):
            wrong.append(f"{name}: no {source}")
        if not list(root.glob(f"tests/collector/*/{name}_test.cpp")):
            wrong.append(f"{name}: no {test}")
    else:
        for path in (f"collector/host/{name}.cpp", f"collector/host/{name}.h",
                     f"tests/collector/host/{name}_test.cpp"):
            if not (root / path).is_file():
                wrong.append(f"{name}: no {path}")
    page = root / f"docs/collectors/{name}.md"
    if not page.is_file():
        wrong.append(f"{name}: no docs/collectors/{name}.md")
    elif not page.read_text(encoding="utf-8").startswith(f"# {name}\n"):
        wrong.append(f"docs/collectors/{name}.md: its first line is not \"# {name}\"")

# A kind of targets: {"name", "module or none", read_…
targets = (root / "collector/register_targets.cpp").read_text(encoding="utf-8")
kinds = re.findall(r'\{"(\w+)",\s*"(\w*)",\s*read_', targets)
if not kinds:
    wrong.append("collector/register_targets.cpp: no kinds found; has their form changed?")
for name, _ in kinds:
    for pattern in (f"collector/**/{name}.cpp", f"tests/collector/**/{name}_test.cpp"):
        if not list(root.glob(pattern)):
            wrong.append(f"{name}: no {pattern}")
    page = root / f"docs/collectors/{name}.md"
    if not page.is_file() or not page.read_text(encoding="utf-8").startswith(f"# {name}\n"):
        wrong.append(f"{name}: no docs/collectors/{name}.md whose first line is \"# {name}\"")

names = {name for name, _ in rows + kinds} | {"parity"}  # where names differ on purpose
for page in sorted((root / "docs/collectors").glob("*.md")):
    if page.stem not in names:
        wrong.append(f"docs/collectors/{page.name}: no such row in collector/register.cpp or register_targets.cpp")

# A type of notifier: NotifierType{"name", … make<Settings, make_source>}; its section in docs/notifications.md.
notifiers = (root / "bridge/notify/registry.cpp").read_text(encoding="utf-8")
types = re.findall(r'NotifierType\{"(\w+)",[^}]*?make_(\w+)>\}', notifiers)
sections = set(re.findall(r"^## (\w+)$", (root / "docs/notifications.md").read_text(encoding="utf-8"), re.M))
if len(types) < 10:
    wrong.append(f"bridge/notify/registry.cpp: only {len(types)} types found; has their form changed?")
for name, source in types:
    if name not in sections:
        wrong.append(f"docs/notifications.md: no section \"## {name}\"")
    if not (root / f"bridge/notify/{source}.cpp").is_file():
        wrong.append(f"{name}: no bridge/notify/{source}.cpp")

print("\n".join(wrong))
sys.exit(1 if wrong else 0)
