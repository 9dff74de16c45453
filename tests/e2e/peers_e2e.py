#!/usr/bin/env python3
"""Debian's own promtool reads the agent; Debian's Prometheus with the bridge as its Alertmanager
opens an incident; amtool lists it."""
import json
import shutil
import subprocess
import time
from pathlib import Path

from lab import BIN, ROOT, Agent, Bridge, Daemon, check, free_port, http, run, scene, skip, wait_for

for tool in ("promtool", "prometheus", "amtool"):
    if shutil.which(tool) is None:
        skip(f"{tool} is not installed (script/install test)")

PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{bridge}"]}}]}}]}}
rule_files: ["{rules}"]
scrape_configs:
  - {{job_name: node, static_configs: [{{targets: ["127.0.0.1:{agent}"]}}]}}
"""

RULES = """
groups:
  - name: peers
    rules:
      - alert: AlwaysFiring
        expr: vector(1)
        labels: {severity: warning, host: peer-1}
        annotations: {summary: a Prometheus fires}
"""


def peers():
    with scene() as (directory, cleanup):
        bridge = Bridge(directory)
        cleanup.callback(bridge.stop)
        bridge.start()
        agent = Agent(directory, [bridge.url], ROOT / "agent/rules.d")
        cleanup.callback(agent.stop)
        agent.start()

        asked = subprocess.run(["promtool", "query", "instant", agent.url, "node_memory_MemTotal_bytes"],
                               capture_output=True, text=True, timeout=20)
        total = int(next(line.split()[1] for line in open("/proc/meminfo") if line.startswith("MemTotal"))) * 1024
        check(asked.returncode == 0, f"promtool query instant: {asked.stderr}")
        series, value = asked.stdout.split("=>")
        check(series.startswith("node_memory_MemTotal_bytes{"), f"a series of this name: {asked.stdout}")
        check(float(value.split("@")[0]) == total, f"{asked.stdout} is not /proc/meminfo's {total}")
        ranged = subprocess.run(["promtool", "query", "range", "--step=1s", agent.url, "count(up or node_load1)"],
                                capture_output=True, text=True, timeout=20)
        check(ranged.returncode == 0, f"promtool query range: {ranged.stderr}")
        # Ours asks for what promtool does: of the seconds before it was asked.
        for at in (f"{time.time():.3f}", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))):
            ours = subprocess.run([BIN / "tocsin", "--agent", agent.url, "query", "node_memory_MemTotal_bytes",
                                   "--at", at], capture_output=True, text=True, timeout=20)
            check(ours.returncode == 0 and float(ours.stdout.split()[-1]) == total, f"tocsin query --at {at}: {ours}")
        ours = subprocess.run([BIN / "tocsin", "--agent", agent.url, "query", "count(up or node_load1)", "--range", "10m",
                               "--step", "1s"], capture_output=True, text=True, timeout=20)
        check(ours.returncode == 0 and ours.stdout.split()[-1] == "1", f"tocsin query --range: {ours}")
        for kind in ("alert", "record"):
            groups = http("GET", f"{agent.url}/api/v1/rules?type={kind}")[1]["data"]["groups"]
            kinds = {rule["type"] for group in groups for rule in group["rules"]}
            check(kinds <= {f"{kind}ing"} and (kind == "record" or kinds), f"rules of type {kind}: {kinds}")
        labels = subprocess.run(["promtool", "query", "labels", agent.url, "__name__"],
                                capture_output=True, text=True, timeout=20)
        check("node_load1" in labels.stdout.split(), f"promtool query labels: {labels.stdout[:200]} {labels.stderr}")
        metrics = http("GET", agent.url + "/metrics")[1]
        lint = subprocess.run(["promtool", "check", "metrics", "--extended"], input=metrics, capture_output=True,
                              text=True)
        check("error while linting" not in lint.stderr and "parsing" not in lint.stderr,
              f"promtool parses /metrics: {lint.stderr}")

        rules, config = Path(directory, "peer-rules.yml"), Path(directory, "prometheus.yml")
        rules.write_text(RULES)
        config.write_text(PROMETHEUS.format(bridge=bridge.port, agent=agent.port, rules=rules))
        port = free_port()
        prometheus = Daemon("prometheus", ["prometheus", f"--config.file={config}", "--web.listen-address",
                                           f"127.0.0.1:{port}", "--storage.tsdb.path", f"{directory}/tsdb",
                                           # The first is dropped while it still looks for its Alertmanagers.
                                           "--rules.alert.resend-delay=1s"],
                            Path(directory, "prometheus.log"), f"http://127.0.0.1:{port}/-/ready")
        cleanup.callback(prometheus.stop)
        prometheus.start()

        found = wait_for("an incident of Prometheus's alert", lambda: bridge.incidents(alertname="AlwaysFiring"), 30)
        check(len(found) == 1 and found[0]["severity"] == "warning", f"one incident, warning: {found}")
        answer = subprocess.run(["amtool", "--alertmanager.url", bridge.url, "alert", "query", "-o", "json",
                                 "alertname=AlwaysFiring"], capture_output=True, text=True, timeout=20)
        check(answer.returncode == 0, f"amtool alert query: {answer.stderr}")
        listed = json.loads(answer.stdout)
        check([a["labels"]["alertname"] for a in listed] == ["AlwaysFiring"], f"amtool lists it: {listed}")
        check(listed[0]["status"]["state"] == "active", f"active: {listed}")

        # Prometheus reads the agent's /metrics as any exporter's.
        wait_for("Prometheus scraped the agent", lambda: http(
            "GET", f"http://127.0.0.1:{port}/api/v1/query?query=node_load1")[1]["data"]["result"], 20)
        up = http("GET", f"http://127.0.0.1:{port}/api/v1/query?query=up")[1]["data"]["result"]
        check([u["value"][1] for u in up] == ["1"], f"the agent is up: {up}")

        # Stopped, Prometheus sends endsAt no more: the alert ends only when told so.
        rules.write_text("groups: []\n")
        prometheus.process.send_signal(1)
        wait_for("resolved by Prometheus", lambda: bridge.incidents(alertname="AlwaysFiring")[0]["alerts"]["firing"] == 0, 90)


run(peers)
