#!/usr/bin/env python3
"""Processes that end between being listed and being read: fork loops run while the collector of
processes, that of their groups and that of control groups collect. None fails, nothing that counts
falls, and no descriptor and no thread stays behind."""
import os
import shutil
import subprocess
from pathlib import Path

import families
from lab import Agent, check, run, scene, wait_for

CONFIG = """
collect:
  cgroup: true
  processes:
    groups:
      - {name: loops, match: {comm: tocsin-fork}, smaps: true, context_switches: true}
      - {name: all, match: {cmdline: "."}, context_switches: true}
"""
LOOPS = 2
CYCLES, FORKS = 20, 2000
# A collector has half of it, which is enough on a machine that does something else besides.
INTERVAL = "600ms"
# The loop's, and those of the pools of the collectors and of process groups, which start when they are first needed:
# how many are depends on how busy the machine is.
THREADS = 1 + 4 + 4
COUNTERS = ("namedprocess_namegroup_cpu_seconds_total", "namedprocess_namegroup_context_switches_total")


class Looker:
    """What the agent says and holds."""

    def __init__(self, agent):
        self.agent = agent
        self.pid = agent.process.pid
        self.page = {}

    def look(self):
        self.page = families.fetch(f"{self.agent.url}/metrics")
        return self.page

    def value(self, name, **labels):
        return families.value(self.page, name, **labels)

    def held(self):
        """(descriptors, threads)"""
        return len(os.listdir(f"/proc/{self.pid}/fd")), len(os.listdir(f"/proc/{self.pid}/task"))


def content(looker):
    for collector in ("processes", "cgroup"):
        check(looker.value("tocsin_collector_success", collector=collector) == 1, f"{collector} succeeds in the storm")
    states = looker.page["node_processes_state"][2].values()
    pids = looker.value("node_processes_pids")
    check(sum(states) == pids, f"each process that was read has its state: {sum(states)} of {pids}")
    threads = sum(looker.page["node_processes_threads_state"][2].values())
    check(threads >= pids * 0.9, f"and its threads: {threads} of {pids} processes")


def churn():
    with scene() as (directory, cleanup):
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        agent = Agent(directory, [], rules, interval=INTERVAL, config=CONFIG)
        cleanup.callback(agent.stop)
        looker = Looker(agent.start())
        number = lambda: looker.look() and looker.value("namedprocess_namegroup_num_procs", groupname="all")
        wait_for("the groups are told", number)
        before = looker.held()

        loop = Path(directory, "tocsin-fork")
        shutil.copy("/bin/dash", loop)
        # Children that are gone at once, and some that become another program first.
        loops = [subprocess.Popen([loop, "-c", f"while :; do (:); (:); {each}; done"], stdin=subprocess.DEVNULL)
                 for each in ["(:)"] * (LOOPS - 1) + ["/bin/true"]]
        cleanup.callback(lambda: [(process.kill(), process.wait()) for process in loops])
        wait_for("the loops are told", lambda: looker.look() and looker.value(
            "namedprocess_namegroup_num_procs", groupname="loops"), 30)
        cycles, forks = looker.value("tocsin_collections_total"), looker.value("node_forks_total")
        most, last = before, {}

        def enough():
            nonlocal most
            page = looker.look()
            content(looker)
            most = tuple(map(max, most, looker.held()))
            for name in COUNTERS:
                for labels, value in page[name][2].items():
                    check(value >= last.get((name, labels), 0), f"{name}{labels} does not fall")
                    last[name, labels] = value
            return (looker.value("tocsin_collections_total") >= cycles + CYCLES and
                    looker.value("node_forks_total") >= forks + FORKS)

        wait_for(f"{CYCLES} cycles and {FORKS} processes", enough, 120)
        done = (looker.value("tocsin_collections_total") - cycles, looker.value("node_forks_total") - forks)
        for process in loops:
            process.kill()
            process.wait()
        wait_for("the loops are gone", lambda: looker.look() and looker.value(
            "namedprocess_namegroup_num_procs", groupname="loops") == 0)
        wait_for(f"what it holds is {before} again: {looker.held()}", lambda: looker.held()[0] <= before[0])
        # While it reads it holds a file or two and the test's connection.
        check(most[0] <= before[0] + 8 and most[1] <= THREADS, f"{most} descriptors and threads at most, {before} before")
        log = agent.log.read_text()
        check("target fails" not in log and "collector fails" not in log, f"no failure is told: {log}")
        print(f"{done[0]:.0f} cycles while {done[1]:.0f} processes came and went; descriptors {before[0]}, at most {most[0]}")


run(churn)
