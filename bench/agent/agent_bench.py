#!/usr/bin/env python3
"""What an agent costs beside Debian's prometheus-node-exporter, in one run.

  bench/agent/agent_bench.py [--rounds 4] [--cycles 30] [--settle 60] [--bin build/release/bin]

Both run at once, idle but for their own work. A round measures one and then the other; the order is
reversed each round, so that what else the machine does falls on both. node_exporter is scraped
`cycles` times a round, a second apart, over a kept connection; the agent collects every second by
itself and evaluates 200 rules with each collection. CPU is the time on the processor of all their
threads (/proc/PID/task/*/schedstat), PSS and private dirty memory are smaps_rollup's after the
agent has run for `settle` seconds with a bridge to deliver to over TLS. The agent runs on copies of
its shared libraries, so that no other process shares their pages: what a host pays on which nothing
else maps them. Ratios are what counts.
"""
import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "bench")]

from measure import cpu, library_copies, machine, memory, scrape, series_in, sole_owner  # noqa: E402

SHAPES = [
    ('100 * (1 - node_filesystem_avail_bytes{{fstype!~"tmpfs|ramfs"}} / node_filesystem_size_bytes)', "> 9{i:02}"),
    ('100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{{mode="idle"}}[5m])))', "> 10{i}"),
    ("100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)", "> 10{i}"),
    ("rate(node_network_receive_errs_total[5m])", "> {i}"),
    ("rate(node_disk_io_time_seconds_total[5m])", "> 1{i}"),
    ("node_load5 / count without (cpu, mode) (node_cpu_seconds_total{{mode=\"idle\"}})", "> 5{i}"),
    ("increase(node_vmstat_oom_kill[10m])", "> {i}"),
    ("100 * node_filefd_allocated / node_filefd_maximum", "> 10{i}"),
    ("predict_linear(node_filesystem_avail_bytes[30m], 4 * 3600)", "< -1e{i}"),
    ("rate(node_pressure_io_waiting_seconds_total[5m])", "> 1{i}"),
]


def rules(count):
    lines = ["groups:"]
    for group in range(count // 10):
        lines += [f"  - name: bench-{group}", "    rules:"]
        for k, (expr, when) in enumerate(SHAPES):
            i = group + 1
            lines += [f"      - alert: Bench{group}x{k}",
                      f"        expr: '{expr.format(i=i)}'",
                      f"        levels: {{warning: '{when.format(i=i)}'}}",
                      "        for: 5m",
                      "        annotations: {summary: '{{ $labels.instance }} is at {{ $value }}'}"]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--cycles", type=int, default=30)
    parser.add_argument("--settle", type=int, default=60)
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin"))
    options = parser.parse_args()
    os.environ["TOCSIN_BIN"] = options.bin
    from lab import Agent, Bridge, Daemon, certificate, free_port

    peer_binary = shutil.which("prometheus-node-exporter")
    if peer_binary is None:
        sys.exit("prometheus-node-exporter is not installed: script/install test")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as directory:
        rule_file = Path(directory, "rules.yml")
        rule_file.write_text(rules(options.rules))
        pem, key = certificate(directory, "bridge")
        bridge = Bridge(directory, f"tls: {{certificate_file: {pem}, key_file: {key}}}\n").start()
        agent = Agent(directory, [bridge.url], rule_file, config=f"bridge: {{ca_file: {pem}}}\n",
                      env=library_copies([Path(options.bin, "tocsin-agent")], directory)).start()
        port = free_port()
        peer = Daemon("node_exporter", [peer_binary, f"--web.listen-address=127.0.0.1:{port}"],
                      Path(directory, "node_exporter.log"), f"http://127.0.0.1:{port}/").start()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            series = series_in(scrape(connection))
            time.sleep(options.settle)
            agent_pss, agent_dirty = memory(agent.process.pid)
            peer_pss, peer_dirty = memory(peer.process.pid)
            shared = sole_owner(agent.process.pid)
            beats = "heartbeats do not reach" not in agent.log.read_text()
            if not beats:
                sys.exit("the agent does not reach the bridge over TLS:\n" + agent.tail())

            def of_peer():
                before = cpu(peer.process.pid)
                for _ in range(options.cycles):
                    scrape(connection)
                    time.sleep(1)
                return (cpu(peer.process.pid) - before) / options.cycles

            def of_agent():
                before = cpu(agent.process.pid)
                time.sleep(options.cycles)
                return (cpu(agent.process.pid) - before) / options.cycles

            ours, theirs = [], []
            for number in range(options.rounds):
                for name in ("agent", "peer") if number % 2 == 0 else ("peer", "agent"):
                    (ours if name == "agent" else theirs).append(of_agent() if name == "agent" else of_peer())
            own = series_in(scrape(http.client.HTTPConnection("127.0.0.1", agent.port)))
        finally:
            peer.stop()
            agent.stop()
            bridge.stop()

    mine, other = statistics.median(ours) / 1e6, statistics.median(theirs) / 1e6
    result = {
        **machine(),
        "node_exporter": subprocess.run([peer_binary, "--version"], capture_output=True, text=True).stdout.split("\n")[0],
        "rules": options.rules, "agent_series": own, "node_exporter_series": series,
        "agent_cpu_ms_per_collection": round(mine, 3), "node_exporter_cpu_ms_per_scrape": round(other, 3),
        "cpu_ratio": round(mine / other, 3), "cpu_budget": 0.15,
        "agent_pss_mib": round(agent_pss / 1024, 2), "node_exporter_pss_mib": round(peer_pss / 1024, 2),
        "pss_ratio": round(agent_pss / peer_pss, 3), "pss_budget_mib": 12,
        "agent_private_dirty_mib": round(agent_dirty / 1024, 2), "private_dirty_budget_mib": 5,
        "libraries_shared_with_others": shared, "heartbeats_over_tls": beats,
        "rounds_agent_ms": [round(n / 1e6, 3) for n in ours], "rounds_node_exporter_ms": [round(n / 1e6, 3) for n in theirs],
    }
    print(json.dumps(result, indent=2))
    for what, value, budget in (("CPU ratio", result["cpu_ratio"], 0.15), ("PSS MiB", result["agent_pss_mib"], 12),
                                ("private dirty MiB", result["agent_private_dirty_mib"], 5)):
        print(f"{what}: {value} (budget {budget}) {'kept' if value <= budget else 'MISSED'}")


main()
