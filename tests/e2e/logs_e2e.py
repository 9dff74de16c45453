#!/usr/bin/env python3
"""Logs under a running agent: a program writes, Debian's logrotate renames and truncates, the agent is
stopped and killed, and in the end every line was counted, none twice. The same of systemd's journal,
in files that systemd-journal-remote writes."""
import subprocess
import urllib.parse
from pathlib import Path

import families
from lab import Agent, check, http, run, scene, skip, wait_for

LOGROTATE = "/usr/sbin/logrotate"
WRITER = "/usr/lib/systemd/systemd-journal-remote"

CONFIG = """
collect:
  logs:
    - name: app
      files: [{directory}/log/app*.log]
      patterns: [{{name: error, regex: "level=error"}}, {{name: slow, regex: "took [0-9]{{4,}}ms", labels: {{team: web}}}}]
    - {{name: copied, files: {directory}/log/copied.log, patterns: [{{name: any, regex: "."}}]}}
    - {{name: tiny, files: {directory}/log/tiny.log, limit: 64KiB}}
  journal:
    - name: web
      directory: {directory}/journal
      match: {{unit: web, priority: err}}
      patterns: [{{name: failed, regex: "failed"}}]
"""
ROTATE = """
{directory}/log/app.log {{
  rotate 50
  size 1
  create 0644
  nocompress
}}
{directory}/log/copied.log {{
  rotate 50
  size 1
  copytruncate
  nocompress
}}
"""


class Program:
    """Writes numbered lines, every third an error, and reopens its file when told to, as daemons do."""

    def __init__(self, path):
        self.path, self.count, self.file = path, 0, open(path, "ab", buffering=0)

    def write(self, lines):
        for _ in range(lines):
            self.count += 1
            level = "error" if self.count % 3 == 0 else "info"
            self.file.write(f"n={self.count} level={level} took {self.count}ms\n".encode())

    def reopen(self):
        self.file.close()
        self.file = open(self.path, "ab", buffering=0)


def rotate(directory, config):
    subprocess.run([LOGROTATE, "--force", "--state", Path(directory, "logrotate.state"), config],
                   check=True, capture_output=True)


def journal(directory, entries):
    """Appends (unit, priority, message) to the journal."""
    text = "".join(
        f"__REALTIME_TIMESTAMP={journal.clock + i}\n__MONOTONIC_TIMESTAMP={journal.clock + i}\n"
        f"_BOOT_ID={'1' * 32}\n_SYSTEMD_UNIT={unit}\nPRIORITY={priority}\nMESSAGE={message}\n\n"
        for i, (unit, priority, message) in enumerate(entries))
    journal.clock += len(entries)
    subprocess.run([WRITER, f"--output={directory}/journal/e2e.journal", "-"], input=text.encode(),
                   check=True, capture_output=True)


journal.clock = 1_700_000_000_000_000


def value(agent, name, **labels):
    return families.value(families.fetch(f"{agent.url}/metrics"), name, **labels)


def increase(agent, log, pattern):
    """Of the last 15 s, as a rule sees it."""
    expr = f'sum(increase(tocsin_log_matches_total{{log="{log}",pattern="{pattern}"}}[15s]))'
    _, answer = http("GET", f"{agent.url}/api/v1/query?query={urllib.parse.quote(expr)}")
    found = answer["data"]["result"]
    return float(found[0]["value"][1]) if found else None


class Totals:
    """What all agents of the test counted: a counter begins at 0 with each."""

    def __init__(self):
        self.before = {}

    def get(self, agent, log):
        return self.before.get(log, 0) + (value(agent, "tocsin_log_lines_total", log=log) or 0)

    def keep(self, agent):
        for log in ("app", "copied"):
            self.before[log] = self.get(agent, log)


def cycles(agent, count):
    name = "tocsin_log_files"
    wait_for("the logs' files found", lambda: value(agent, name, log="app") is not None)
    seen = lambda: value(agent, "tocsin_collections_total")
    at = seen()
    wait_for(f"{count} cycles", lambda: seen() >= at + count, 15)


def logs():
    for program, package in ((LOGROTATE, "logrotate"), (WRITER, "systemd-journal-remote")):
        if not Path(program).exists():
            skip(f"{package} is not installed (script/install test)")
    with scene() as (directory, cleanup):
        for name in ("log", "journal"):
            Path(directory, name).mkdir()
        Path(directory).chmod(0o755)  # logrotate refuses what others can write to
        Path(directory, "log").chmod(0o755)
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        rotation = Path(directory, "rotate.conf")
        rotation.write_text(ROTATE.format(directory=directory))
        rotation.chmod(0o644)
        app, copied = (Program(Path(directory, "log", f"{n}.log")) for n in ("app", "copied"))
        app.write(10)  # of before the agent: not counted
        copied.write(10)
        journal(directory, [("web.service", 3, "failed long ago")])

        agent = Agent(directory, [], rules, interval="250ms", config=CONFIG.format(directory=directory))
        cleanup.callback(agent.stop)
        agent.start()
        wait_for("the app's file found", lambda: value(agent, "tocsin_log_files", log="app") == 1)
        wait_for("the copied file found", lambda: value(agent, "tocsin_log_files", log="copied") == 1)
        wait_for("the journal opened",
                 lambda: value(agent, "tocsin_log_lines_total", log="web", source="journal") == 0)
        check(value(agent, "tocsin_log_lines_total", log="app") == 0, "what was there before is not counted")
        first = app.count
        totals = Totals()

        # Rotation by renaming, with a writer that goes on in the old file for a while.
        for _ in range(3):
            app.write(100)
            rotate(directory, rotation)
            app.write(50)
            app.reopen()
            app.write(30)
            wait_for("every line over a rotation", lambda: totals.get(agent, "app") == app.count - first)
        errors = value(agent, "tocsin_log_matches_total", log="app", pattern="error")
        check(errors == app.count // 3 - first // 3, f"{errors} errors of {app.count}")
        check(value(agent, "tocsin_log_matches_total", log="app", pattern="slow", team="web") == 0,
              "a pattern's own labels are on its series")

        # copytruncate: the file is cut under its writer, once everything in it was read.
        for _ in range(2):
            copied.write(40)
            wait_for("the lines before it is cut",
                     lambda: totals.get(agent, "copied") == copied.count - 10)
            rotate(directory, rotation)
            app.reopen()

        # Killed; meanwhile lines, a rotation, lines. Nothing is lost; twice counts only what came
        # after the last collection, and nothing came.
        cycles(agent, 2)
        totals.keep(agent)
        agent.kill()
        app.write(25)
        rotate(directory, rotation)
        app.write(5)
        app.reopen()
        app.write(20)
        agent.start()
        wait_for("the lines of while no agent ran", lambda: totals.get(agent, "app") == app.count - first)
        wait_for("a rule to see them", lambda: (increase(agent, "app", "error") or 0) > 0)
        cycles(agent, 2)
        check(totals.get(agent, "app") == app.count - first, "and none twice")

        # More than is read at once is backlog, which melts.
        Path(directory, "log", "tiny.log").write_bytes(b"x" * 1023 + b"\n" + (b"y" * 1023 + b"\n") * 400)
        wait_for("a backlog told", lambda: (value(agent, "tocsin_log_backlog_bytes", log="tiny") or 0) > 0)
        wait_for("all of it read", lambda: value(agent, "tocsin_log_lines_total", log="tiny") == 401, 15)
        check(value(agent, "tocsin_log_backlog_bytes", log="tiny") == 0, "no backlog is left")

        # The journal: what matches, over a restart.
        journal(directory, [("web.service", 3, "it failed"), ("web.service", 6, "failed, but fine"),
                            ("db.service", 3, "failed"), ("web.service", 2, "worse")])
        entries = lambda: value(agent, "tocsin_log_lines_total", log="web", source="journal")
        wait_for("two entries", lambda: entries() == 2)
        check(value(agent, "tocsin_log_matches_total", log="web", pattern="failed", source="journal") == 1,
              "one of them failed")
        check(agent.stop() == 0, "the agent stops with 0")
        journal(directory, [("web.service", 0, "failed while no agent ran")])
        agent.start()
        wait_for("the entry of while no agent ran", lambda: entries() == 1)
        wait_for("a rule to see it", lambda: (increase(agent, "web", "failed") or 0) > 0)

        # A journal that cannot be read is told of, by its success.
        working = lambda: value(agent, "tocsin_collector_success", collector="journal web")
        check(working() == 1, "the journal's collection succeeds")
        check("target fails" not in agent.tail(1000), "no collection failed")
        Path(directory, "journal").rename(Path(directory, "away"))
        wait_for("its failing told", lambda: working() == 0)
        check(value(agent, "tocsin_log_behind_seconds", log="web") is None, "it is not said to be up to date")


run(logs)
