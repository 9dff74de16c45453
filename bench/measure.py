"""What the benches measure with: time on the processor, memory, a scrape."""
import gzip
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path


def cpu(pid):
    """Nanoseconds on the processor, all threads."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            pass
    return total


def memory(pid):
    rows = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        rows[name] = int(value.split()[0])
    return rows["Pss"], rows["Private_Dirty"]


def library_copies(binaries, directory):
    """An environment in which `binaries` map libraries that nobody else does."""
    listed = "".join(subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
                     for path in binaries)
    folder = Path(directory, "lib")
    folder.mkdir()
    for line in listed.splitlines():
        if "=> /" in line:
            path = Path(line.split("=>")[1].split()[0])
            if not (folder / path.name).exists():
                shutil.copy(path.resolve(), folder / path.name)
    os.sync()  # pages of a file just written count as dirty
    return {**os.environ, "LD_LIBRARY_PATH": str(folder)}


def sole_owner(pid):
    """Shared libraries of `pid` that another process maps too: they make its PSS look smaller."""
    def libraries(p):
        try:
            return {line.split()[-1] for line in Path(f"/proc/{p}/maps").read_text().splitlines() if ".so" in line}
        except OSError:
            return set()
    mine, others = libraries(pid), set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != pid:
            others |= libraries(entry.name)
    return sorted(Path(p).name for p in mine & others)


def series_in(text):
    return sum(1 for line in text.splitlines() if line and not line.startswith(b"#"))


def scrape(connection, path="/metrics"):
    """One scrape as Prometheus does it: gzip, over a connection that is kept."""
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise AssertionError(f"{path} answered {answer.status}: {body[:200]!r}")
    return gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body


def without_host_collectors():
    """The lines under `collect` that turn off all that is on by default."""
    page = (Path(__file__).resolve().parents[1] / "docs/configuration.md").read_text(encoding="utf-8")
    names = re.findall(r"^\| `collect\.(\w+)` \| true, false or a map \| `true`", page, re.M)
    return "".join(f"  {name}: false\n" for name in names)


def machine():
    """What a result must name."""
    return {"date": time.strftime("%Y-%m-%d"), "kernel": platform.release(), "cores": os.cpu_count(),
            "cpu": next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                         if line.startswith("model name")), "?")}


def chosen(rows, only):
    """Those of {name: row} that `only` names, commas between; ends the program for a name of none."""
    wanted = only.split(",")
    if unknown := set(wanted) - rows.keys():
        sys.exit(f"no such kind: {', '.join(sorted(unknown))}; there are {', '.join(rows)}")
    return [row for name, row in rows.items() if name in wanted]
