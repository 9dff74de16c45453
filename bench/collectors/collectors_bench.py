#!/usr/bin/env python3
"""What each kind of collection costs beside the exporter that people run for it, in one run.

  bench/collectors/collectors_bench.py [--only host,redis] [--rounds 4] [--cycles 20] [--bin build/release/bin]

For each kind the real server is started, the exporter beside it, and an agent that collects nothing
else, every second. A round measures one and then the other; the order is reversed each round. Either
is scraped `cycles` times a round, a second apart, over a kept connection with gzip (an exporter that is
asked for one target at a time for each of them, spread over the second as Prometheus spreads its
targets): so a figure holds the collection and the rendering of both. CPU is the time on the processor of all threads
(/proc/PID/task/*/schedstat), PSS is smaps_rollup's, the agent running on libraries that nothing else
maps. While a kind's exporter is measured its agent goes on, and the server answers both. Ratios are
what counts; exit status 1 when a budget is missed.
"""
import argparse
import contextlib
import http.client
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "bench")]

from measure import (chosen, cpu, library_copies, machine, memory, scrape, series_in,  # noqa: E402
                     without_host_collectors)

from peers import PEERS  # noqa: E402


def measure(peer, options, directory, stack):
    from lab import Agent, Daemon, free_port
    target = stack.enter_context(peer.server(directory))
    port = free_port()
    binary = shutil.which(peer.exporter)
    argv, env = peer.command(binary, port, target, directory)
    exporter = Daemon(peer.exporter, argv, Path(directory, "exporter.log"), f"http://127.0.0.1:{port}/", env).start()
    stack.callback(exporter.stop)
    rules = Path(directory, "rules.yml")
    rules.write_text("groups: []\n")
    binaries = [Path(options.bin, "tocsin-agent"), *Path(options.bin, "../lib/tocsin/modules").resolve().glob(
        f"{peer.module}.so" if peer.module else "none")]
    collect = peer.collect(target, directory)
    config = f"collect:\n{without_host_collectors()}{collect}" if collect else ""
    agent = Agent(directory, [], rules, config=config, env=library_copies(binaries, directory)).start()
    stack.callback(agent.stop)

    sides = {"agent": (agent, http.client.HTTPConnection("127.0.0.1", agent.port), ["/metrics"]),
             "exporter": (exporter, http.client.HTTPConnection("127.0.0.1", port), peer.paths(target))}

    def a_round(name):
        daemon, connection, paths = sides[name]
        before = cpu(daemon.process.pid)
        for _ in range(options.cycles):
            for path in paths:
                scrape(connection, path)
                time.sleep(1 / len(paths))
        return (cpu(daemon.process.pid) - before) / options.cycles / 1e6

    for name in sides:  # both warm, and what was started for the start is over
        a_round(name)
    rounds = {"agent": [], "exporter": []}
    for number in range(options.rounds):
        for name in sorted(sides, reverse=number % 2 == 1):
            rounds[name].append(a_round(name))
    ours, theirs = statistics.median(rounds["agent"]), statistics.median(rounds["exporter"])
    pss = {name: memory(daemon.process.pid)[0] / 1024 for name, (daemon, _, _) in sides.items()}
    return {
        "kind": peer.kind, "exporter": peer.exporter,
        "series": {name: sum(series_in(scrape(connection, path)) for path in paths)
                   for name, (_, connection, paths) in sides.items()},
        "cpu_ms": {"agent": round(ours, 3), "exporter": round(theirs, 3), "ratio": round(ours / theirs, 3)},
        "pss_mib": {"agent": round(pss["agent"], 2), "exporter": round(pss["exporter"], 2),
                    "ratio": round(pss["agent"] / pss["exporter"], 2)},
        "budget": peer.budget, "kept": ours / theirs <= peer.budget,
        "rounds_ms": {name: [round(value, 3) for value in values] for name, values in rounds.items()},
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default=",".join(peer.kind for peer in PEERS))
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin"))
    options = parser.parse_args()
    os.environ["TOCSIN_BIN"] = options.bin
    results = []
    for peer in chosen({peer.kind: peer for peer in PEERS}, options.only):
        if shutil.which(peer.exporter) is None:
            sys.exit(f"{peer.exporter} is not installed: script/install test")
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as directory, contextlib.ExitStack() as stack:
            os.chmod(directory, 0o755)  # servers that are not root read theirs below it
            results.append(measure(peer, options, directory, stack))
        print(json.dumps(results[-1], indent=2), flush=True)
    print(json.dumps(machine()))
    print(f"{'kind':10} {'agent ms':>9} {'exporter ms':>12} {'CPU ratio':>10} {'budget':>7} {'PSS ratio':>10}")
    for row in results:
        print(f"{row['kind']:10} {row['cpu_ms']['agent']:9} {row['cpu_ms']['exporter']:12} {row['cpu_ms']['ratio']:10}"
              f" {row['budget']:7} {row['pss_mib']['ratio']:10}  {'kept' if row['kept'] else 'MISSED'}")
    sys.exit(0 if all(row["kept"] for row in results) else 1)


main()
