#!/usr/bin/env python3
"""Writers of *.prom files as they are: one that stops in the middle and goes on, one that renames into
place, one that is always at it. After each step Debian's node_exporter has the same directory, and what
the agent says of it is what that says."""
import os
import shutil
import subprocess
import threading
from pathlib import Path

import text_format
from lab import Agent, check, free_port, run, scene, skip, wait_for

WHOLE = "# HELP tf_rows Rows in the table.\n# TYPE tf_rows gauge\ntf_rows{{table=\"a\"}} {0}\ntf_rows{{table=\"b\"}} {0}\n"
ERROR = ("node_textfile_scrape_error", ())
ROWS = [("tf_rows", (("table", table),)) for table in "ab"]

if shutil.which("prometheus-node-exporter") is None:
    skip("prometheus-node-exporter is not installed (script/install test)")


def parse(text):
    """({(name, labels): value}, {name: (type, help)}) of what files say, and of the files."""
    samples, types, helps = text_format.read(text)
    series = {(name, tuple(sorted(labels.items()))): value for name, labels, value in samples
              if name.startswith(("tf_", "node_textfile_"))}
    return series, {name: (types.get(name), helps.get(name)) for name, _ in series}


class Both:
    """The agent and node_exporter over one directory."""

    def __init__(self, directory, cleanup):
        self.files = Path(directory, "textfile")
        self.files.mkdir()
        port = free_port()
        self.peer = f"http://127.0.0.1:{port}/metrics"
        exporter = subprocess.Popen(
            ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}", "--collector.disable-defaults",
             "--collector.textfile", f"--collector.textfile.directory={self.files}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cleanup.callback(lambda: (exporter.kill(), exporter.wait()))
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        self.agent = Agent(directory, [], rules, interval="200ms",
                           config=f"collect: {{textfile: {{directory: {self.files}}}}}\n")
        cleanup.callback(self.agent.stop)
        self.agent.start()
        wait_for("node_exporter answers", self.theirs, 20)

    def theirs(self):
        try:
            return parse(text_format.fetch(self.peer, timeout=5))
        except OSError:
            return None

    def page(self):
        return text_format.fetch(f"{self.agent.url}/metrics")

    def ours(self):
        return parse(self.page())

    def success(self):
        return 'tocsin_collector_success{collector="textfile"} 1\n' in self.page()

    def agreed(self, what):
        """What both say by now."""
        theirs = self.theirs()
        wait_for(f"{what}: the agent says what node_exporter says, {theirs}; it says {self.ours()}",
                 lambda: self.ours() == theirs)
        return theirs

    def alike(self, what, error, **rows):
        """Both say the same by now: whether there is an error, and the values that are given by name."""
        theirs = self.agreed(what)
        check(theirs[0][ERROR] == error, f"{what}: node_textfile_scrape_error {error}: {theirs[0]}")
        wait_for(f"{what}: the collector {'fails' if error else 'succeeds'}", lambda: self.success() == (not error))
        told = {name: value for (name, _), value in theirs[0].items() if name.startswith("tf_")}
        check(told == rows, f"{what}: {rows} are told: {told}")


def half_written(both):
    """A writer that stops in the middle takes its own file away, whole, until it goes on."""
    Path(both.files, "good.prom").write_text("tf_good 1\n")
    path = Path(both.files, "rows.prom")
    path.write_text(WHOLE.format(1))
    both.alike("whole files", 0, tf_good=1, tf_rows=1)
    text = WHOLE.format(2)
    for what, size in (("within a label", text.rindex("b\"")), ("before the value", text.rindex("}") + 2),
                       ("before the last line feed", len(text) - 1), ("within the type", text.index("gauge") + 2)):
        with open(path, "w", encoding="utf-8") as writer:
            writer.write(text[:size])
            writer.flush()
            both.alike(f"stopped {what}", 1, tf_good=1)
            writer.write(text[size:])
        both.alike(f"went on {what}", 0, tf_good=1, tf_rows=2)
    # What was cut off at a line's end nobody can tell from a whole file.
    path.write_text(text[:text.rindex("tf_rows")])
    both.alike("stopped between lines", 0, tf_good=1, tf_rows=2)
    check(ROWS[1] not in both.ours()[0], "the line that is not there yet is not told")
    path.write_text("")
    both.alike("truncated and not begun", 0, tf_good=1)


def renamed(both):
    """What is written beside and renamed is never seen half, and gone when it is removed."""
    path, beside = Path(both.files, "rows.prom"), Path(both.files, "rows.prom.new")
    path.write_text(WHOLE.format(3))
    both.alike("before", 0, tf_good=1, tf_rows=3)
    text = WHOLE.format(4)
    with open(beside, "w", encoding="utf-8") as writer:
        writer.write(text[:-4])
        writer.flush()
        both.alike("half of it beside", 0, tf_good=1, tf_rows=3)
        writer.write(text[-4:])
    os.replace(beside, path)
    both.alike("renamed", 0, tf_good=1, tf_rows=4)
    beside.write_text(text[:-4])
    os.replace(beside, path)
    both.alike("half of it renamed", 1, tf_good=1)
    path.unlink()
    both.alike("removed", 0, tf_good=1)


def distributions(both):
    """Histograms and summaries that lack a part are made whole as node_exporter makes them."""
    path = Path(both.files, "parts.prom")
    for what, text in {
            "no +Inf": 'tf_h_bucket{le="1"} 1\ntf_h_sum 3\ntf_h_count 2\n', "no sum": 'tf_h_bucket{le="+Inf"} 2\ntf_h_count 2\n',
            "no count": 'tf_h_bucket{le="1"} 1\ntf_h_bucket{le="+Inf"} 2\ntf_h_sum 3\n', "no part": "tf_h 1\n",
            "an empty bound": 'tf_h_bucket{le="NaN"} 1\n', "fractions": 'tf_h_bucket{le="1"} 1.9\ntf_h_sum 0.5\ntf_h_count 2.9\n',
            "out of order": 'tf_h_bucket{le="+Inf"} 3\ntf_h_count 4\ntf_h_bucket{le="1e0"} 1\ntf_h_bucket{le="1.0"} 2\n',
            "two of them": 'tf_h_count{a="1",b="2"} 1\ntf_h_count{b="2",a="1"} 2\ntf_h_sum{a="2"} 3\n',
            "a summary": '# TYPE tf_s summary\ntf_s{quantile="0.50"} 1.5\ntf_s{quantile="5e-1"} 2.5\n',
            "a summary's count": "# TYPE tf_s summary\ntf_s_count 2.5\n", "no line": "",
            "large": 'tf_h_bucket{le="2"} 9007199254740993\ntf_h_sum -Inf\ntf_h_count 1.2e+18\n'}.items():
        path.write_text("# HELP tf_h Parts.\n# TYPE tf_h histogram\n" + text)
        series, _ = both.agreed(f"parts: {what}")
        check(series[ERROR] == 0, f"parts: {what}: no error: {series}")
    path.unlink()


def storm(path, stop, written):
    while not stop.is_set():
        beside = path.with_suffix(".new")
        beside.write_text(WHOLE.format(written[0] + 1))
        os.replace(beside, path)
        written[0] += 1


def always(both):
    """While a writer renames without a pause every collection has one whole file, and a later one."""
    path, written, stop = Path(both.files, "rows.prom"), [0], threading.Event()
    path.write_text(WHOLE.format(0))
    both.alike("before the writer", 0, tf_good=1, tf_rows=0)
    thread = threading.Thread(target=storm, args=(path, stop, written))
    thread.start()
    last, seen = 0, set()
    try:
        def twenty():
            nonlocal last
            series, _ = both.ours()
            check(series[ERROR] == 0, f"no error while files are renamed: {series}")
            check(ROWS[0] in series and ROWS[1] in series, f"the file is there in every collection: {series}")
            a, b = (series[row] for row in ROWS)
            check(a == b, f"one file, not a piece of two: {a} and {b}")
            check(last <= a <= written[0] + 1, f"no older file after a newer one: {last}, then {a} of {written[0]}")
            last = a
            seen.add(a)
            return len(seen) >= 20
        wait_for("twenty files of the writer seen", twenty, 60)
    finally:
        stop.set()
        thread.join()
    check(both.success(), "the collector succeeds")
    both.alike("after the writer", 0, tf_good=1, tf_rows=written[0])
    print(f"{len(seen)} of {written[0]} files seen, each whole")


def textfile():
    with scene() as (directory, cleanup):
        both = Both(directory, cleanup)
        half_written(both)
        renamed(both)
        distributions(both)
        always(both)


run(textfile)
