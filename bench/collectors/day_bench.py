#!/usr/bin/env python3
"""A day of collections of each kind of target, one close after the other: does the agent grow?

  bench/collectors/day_bench.py [--only redis,logs] [--seconds 60] [--warm 15] [--bin build/release/bin]

For each kind the real server is started and an agent that collects nothing else, every few milliseconds
where a day has one every 15 s (a plugin: one a minute). Once warm (what the start needed is given
back after ten seconds, and the history, which keeps two seconds here, is full) its private memory, threads,
descriptors and series are read twice a second, until a day's collections are done or the time is up.
A kind has grown when it holds more in each look of the last quarter than in any of the first, and of memory
when that comes to more than half a MiB a day. Exit status 1 where one has grown, or where more than a
twentieth of its collections failed; the host's own collectors are host_bench's.
"""
import argparse
import contextlib
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "bench")]

from measure import chosen, machine, without_host_collectors  # noqa: E402

from day_kinds import KINDS  # noqa: E402

LOOK_EVERY = 0.5
KIB_A_DAY = 512
FAILING = 0.05


class Looker:
    """What an agent holds, and how much it has collected."""

    def __init__(self, agent, kind):
        self.kind, self.pid = kind, agent.process.pid
        self.connection = http.client.HTTPConnection("127.0.0.1", agent.port, timeout=10)

    def query(self, expression):
        self.connection.request("GET", "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        answer = json.loads(self.connection.getresponse().read())
        result = answer["data"]["result"]
        return float(result[0]["value"][1]) if result else 0.0

    def rate(self):
        """(collections, good ones) a second, of each target."""
        of = lambda expression: self.query(expression) / self.kind.targets
        done = of(f"sum(count_over_time({self.kind.series}[1s]))")
        return done, of(f"sum(sum_over_time({self.kind.good}[1s]))") if self.kind.good else done

    def held(self):
        rows = dict(line.split(":") for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()[1:])
        return {"memory": int(rows["Anonymous"].split()[0]),
                "threads": len(os.listdir(f"/proc/{self.pid}/task")),
                "descriptors": len(os.listdir(f"/proc/{self.pid}/fd")),
                "series": int(self.query("tocsin_history_series"))}


def growth(looks, what):
    """(first quarter's median, last quarter's, whether each look of the last was beyond all of the first)"""
    values = [look[what] for look in looks]
    quarter = max(1, len(values) // 4)
    first, last = values[:quarter], values[-quarter:]
    return statistics.median(first), statistics.median(last), min(last) > max(first)


def judge(looks, cycles, of_a_day):
    """{what: (before, after, GREW or "")} of looks at what an agent held over so many cycles."""
    rows = {}
    for what in looks[0]:
        before, after, beyond = growth(looks, what)
        # Between the middles of the quarters lie three quarters of the cycles.
        a_day = (after - before) / (0.75 * cycles) * of_a_day
        grew = beyond and (what != "memory" or a_day > KIB_A_DAY)
        rows[what] = {"before": before, "after": after, "grew": grew}
    rows["memory"]["a_day"] = round((rows["memory"]["after"] - rows["memory"]["before"]) / (0.75 * cycles) * of_a_day)
    return rows


def run_a_day(kind, options, directory, stack):
    from lab import Agent, wait_for
    server = stack.enter_context(kind.server(directory))
    rules = Path(directory, "rules.yml")
    rules.write_text("groups: []\n")
    pace = f"every: {kind.pace}, timeout: {kind.pace}"
    config = (f"history: {{keep: 2s}}\ncollect:\n{without_host_collectors()}"
              f"{kind.collect(server, directory, pace)}")
    agent = Agent(directory, [], rules, interval=kind.interval, config=config,
                  env={**os.environ, **kind.environment(server)}).start()
    stack.callback(agent.stop)
    looker = Looker(agent, kind)
    wait_for(f"{kind.name} is collected; its log: {agent.tail()}", lambda: looker.rate()[1] > 0, 60)
    time.sleep(options.warm + kind.warm)
    looker.connection.close()  # the agent has closed one that was idle for so long

    looks, cycles, good = [], 0.0, 0.0
    start = last = time.monotonic()
    while cycles < kind.cycles_of_a_day and last < start + options.seconds:
        time.sleep(LOOK_EVERY)
        looks.append(looker.held())
        now = time.monotonic()
        done, well = looker.rate()
        cycles, good = cycles + done * (now - last), good + well * (now - last)
        last = now
    rows = judge(looks, cycles, kind.cycles_of_a_day)
    return {"kind": kind.name, "cycles": round(cycles), "a_day_has": kind.cycles_of_a_day,
            "failed": round(max(0, 1 - good / max(cycles, 1)), 3), **rows,
            "kept": not any(row["grew"] for row in rows.values()) and cycles > 0 and good >= (1 - FAILING) * cycles}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default=",".join(kind.name for kind in KINDS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm", type=float, default=15)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin"))
    options = parser.parse_args()
    os.environ["TOCSIN_BIN"] = options.bin
    results = []
    for kind in chosen({kind.name: kind for kind in KINDS}, options.only):
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as directory, contextlib.ExitStack() as stack:
            os.chmod(directory, 0o755)  # servers that are not root read theirs below it
            results.append(run_a_day(kind, options, directory, stack))
        print(json.dumps(results[-1]), flush=True)
    print(json.dumps(machine()))
    print(f"{'kind':10} {'collections':>12} {'of a day':>9} {'failed':>7} {'memory KiB':>16} {'KiB a day':>10} "
          f"{'threads':>9} {'descriptors':>12} {'series':>11}")
    for row in results:
        pair = lambda what, r=row: f"{r[what]['before']:.0f} → {r[what]['after']:.0f}{' GREW' if r[what]['grew'] else ''}"
        print(f"{row['kind']:10} {row['cycles']:12} {row['a_day_has']:9} {row['failed']:7} {pair('memory'):>16} "
              f"{row['memory']['a_day']:10} {pair('threads'):>9} {pair('descriptors'):>12} {pair('series'):>11}"
              f"  {'kept' if row['kept'] else 'MISSED'}")
    sys.exit(0 if all(row["kept"] for row in results) else 1)


main()
