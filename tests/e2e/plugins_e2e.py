#!/usr/bin/env python3
"""Debian's monitoring-plugins under a running agent: what they say is under rules and what they print
is in /metrics, beside plugins that flood, fork and never end."""
import re
import subprocess
import urllib.request
from pathlib import Path

from lab import Agent, Bridge, check, run, scene, skip, wait_for

PLUGINS = Path("/usr/lib/nagios/plugins")

CONFIG = """
collect:
  plugins:
    - {{name: disk, command: [{plugins}/check_disk, -w, "1%", -c, "1%", -p, "{disk}"], every: 1s}}
    - {{name: procs, command: [{plugins}/check_procs, -w, "0:0", -c, "0:0"], every: 1s}}
    - {{name: load, command: [{plugins}/check_load, -w, "900,900,900", -c, "999,999,999"], every: 1s}}
    - {{name: flood, command: [/usr/bin/yes], every: 1s}}
    - {{name: forks, command: [/bin/sh, "-c", "sleep 300 & sleep 300 & wait"], every: 1s, timeout: 300ms}}
"""

RULES = """
groups:
  - name: plugins
    rules:
      - alert: PluginNotOk
        expr: nagios_check_status{check!~"flood|forks"}
        levels: {warning: ">= 1", critical: "== 2"}
"""


def metrics(agent):
    with urllib.request.urlopen(f"{agent.url}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def children(pid):
    listed = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, text=True)
    return listed.stdout.split()


def plugins():
    if not (PLUGINS / "check_disk").exists():
        skip("monitoring-plugins-basic is not installed (script/install test)")
    with scene() as (directory, cleanup):
        bridge = Bridge(directory, "routes:\n  - {group_by: [alertname, host, check]}\n")
        cleanup.callback(bridge.stop)
        bridge.start()
        rules = Path(directory, "rules.yml")
        rules.write_text(RULES)
        agent = Agent(directory, [bridge.url], rules, config=CONFIG.format(plugins=PLUGINS, disk=directory))
        cleanup.callback(agent.stop)
        agent.start()

        status = lambda name: metrics(agent).get(f'nagios_check_status{{check="{name}"}}')
        for name, expected in (("disk", "0"), ("procs", "2"), ("load", "0"), ("flood", "3"), ("forks", "3")):
            wait_for(f"the plugin {name} ends with {expected}", lambda n=name, e=expected: status(n) == e, 15)

        # What the plugin itself prints is what /metrics has.
        said = subprocess.run([PLUGINS / "check_disk", "-w", "1%", "-c", "1%", "-p", directory],
                              capture_output=True, text=True).stdout
        label, unit, most = re.search(r"\| *(\S+)=\d+(\w+);[^;]*;[^;]*;0;(\d+)", said).groups()
        seen = metrics(agent)
        check(f'nagios_perfdata{{check="disk",label="{label}",uom="{unit}"}}' in seen,
              f"the value of {label} in {unit} among {[k for k in seen if 'perfdata' in k]}")
        check(seen[f'nagios_perfdata_limit{{check="disk",label="{label}",limit="maximum"}}'] == most,
              f"its maximum is {most}")
        check('nagios_perfdata{check="load",label="load1"}' in seen, "check_load's first value")

        found = wait_for("an incident of the plugin that says critical",
                         lambda: bridge.incidents(alertname="PluginNotOk"), 10)
        check([i["labels"].get("check") for i in found] == ["procs"], f"one incident, of procs: {found}")
        check(found[0]["severity"] == "critical", f"its level is critical: {found[0]}")

        # Rounds of killing leave nothing behind.
        rounds = 'tocsin_collections_total'
        before = float(metrics(agent)[rounds])
        wait_for("three more cycles", lambda: float(metrics(agent)[rounds]) >= before + 3, 15)
        check(len(children(agent.process.pid)) <= 5, f"no more children than plugins: {children(agent.process.pid)}")
        pid = agent.process.pid
        check(agent.stop() == 0, "the agent stops with 0")
        wait_for("no plugin outlives the agent", lambda: not children(pid), 5)


run(plugins)
