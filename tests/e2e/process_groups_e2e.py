#!/usr/bin/env python3
"""Groups of real processes: the same series as Debian's prometheus-process-exporter has of them, at
the same moment, and counters that do not fall while processes come, work and vanish."""
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import families
from lab import Agent, Daemon, check, free_port, run, scene, skip, wait_for

EXPORTER = "/usr/bin/prometheus-process-exporter"
SLEEPERS = 3

CONFIG = """
collect:
  processes:
    groups:
      - {name: sleepers, match: {comm: tocsin-sleeper}, smaps: true, context_switches: true}
      - {name: workers, match: {cmdline: "tocsin-worker [0-9]+"}, smaps: true, context_switches: true}
      - {name: absent, match: {comm: tocsin-absent}}
"""
PEER_CONFIG = """
process_names:
  - {name: sleepers, comm: [tocsin-sleeper]}
  - {name: workers, cmdline: ['tocsin-worker [0-9]+']}
"""
# Burns CPU, writes to a disk and ends when it is told to.
WORKER = """
import os, sys
out = open(sys.argv[2], "wb")
while True:
    sum(i * i for i in range(20000))
    out.write(b"x" * 4096)
    out.flush()
    os.fsync(out.fileno())
    out.seek(0)
"""

# Different on purpose: docs/collectors/parity.md.
THEIRS_ALONE = {"namedprocess_namegroup_threads_wchan"}
STILL = ("num_procs", "num_threads", "open_filedesc", "worst_fd_ratio", "oldest_start_time_seconds")


def series(url):
    """Of the process groups, without those that differ on purpose."""
    found = families.fetch(url)
    return {name: family for name, family in found.items()
            if name.startswith("namedprocess_namegroup_") and name not in THEIRS_ALONE}


def compare(ours, theirs):
    ours = {name: (kind, text, {k: v for k, v in values.items() if ("groupname", "absent") not in k})
            for name, (kind, text, values) in ours.items()}
    check(set(ours) == set(theirs), f"the same metrics: {set(ours) ^ set(theirs)}")
    for name, (kind, text, values) in theirs.items():
        check(ours[name][:2] == (kind, text), f"{name}: {ours[name][:2]} is {(kind, text)}")
        check(set(ours[name][2]) == set(values), f"{name}: {set(ours[name][2]) ^ set(values)}")
    for what in STILL:
        name = f"namedprocess_namegroup_{what}"
        check(ours[name][2] == theirs[name][2], f"{name}: {ours[name][2]} is {theirs[name][2]}")
    for name in ("namedprocess_namegroup_memory_bytes", "namedprocess_namegroup_states"):
        for labels, value in theirs[name][2].items():
            if ("groupname", "sleepers") in labels:
                mine = ours[name][2][labels]
                # A proportional share falls and rises with whoever else maps the same libraries.
                share = 0.25 if any(v.startswith("proportional") for _, v in labels) else 0.02
                check(abs(mine - value) <= share * value, f"{name}{labels}: {mine} is about {value}")


class Procs:
    """The processes of the test, each ended by its id."""

    def __init__(self, directory):
        self.directory = directory
        self.sleeper = Path(directory, "tocsin-sleeper")
        shutil.copy("/bin/sleep", self.sleeper)
        self.running = []
        self.count = 0

    def start(self, argv):
        self.running.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL))
        return self.running[-1]

    def sleep(self):
        return self.start([self.sleeper, "600"])

    def work(self):
        self.count += 1
        output = Path(self.directory, f"work-{self.count}")
        return self.start([sys.executable, "-c", WORKER, f"tocsin-worker {self.count}", str(output)])

    def end(self, process):
        process.kill()
        process.wait()
        self.running.remove(process)

    def stop(self):
        for process in list(self.running):
            self.end(process)


def storm(directory, stop):
    """Processes that are gone before anybody can read them."""
    quick = Path(directory, "tocsin-sleeper")
    while not stop.is_set():
        subprocess.run([quick, "0"], check=True)


def process_groups():
    if not Path(EXPORTER).exists():
        skip("prometheus-process-exporter is not installed (script/install test)")
    with scene() as (directory, cleanup):
        procs = Procs(directory)
        cleanup.callback(procs.stop)
        for _ in range(SLEEPERS):
            procs.sleep()
        worker = procs.work()
        peer_config = Path(directory, "peer.yml")
        peer_config.write_text(PEER_CONFIG)
        port = free_port()
        peer_url = f"http://127.0.0.1:{port}/metrics"
        peer = Daemon("process-exporter",
                      [EXPORTER, "-config.path", peer_config, "-children=false", "-threads=false",
                       "-web.listen-address", f"127.0.0.1:{port}"], Path(directory, "peer.log"), peer_url)
        cleanup.callback(peer.stop)
        peer.start()
        agent = Agent(directory, [], Path(directory, "none.yml"), config=CONFIG)
        Path(directory, "none.yml").write_text("groups: []\n")
        cleanup.callback(agent.stop)
        agent.start()
        url = f"{agent.url}/metrics"
        value = lambda what, group, **labels: families.value(
            families.fetch(url), f"namedprocess_namegroup_{what}", groupname=group, **labels)

        wait_for("the sleepers counted", lambda: value("num_procs", "sleepers") == SLEEPERS)
        check(value("num_procs", "absent") == 0, "a group that nothing is in is 0")
        wait_for("the worker's CPU counted",
                 lambda: (value("cpu_seconds_total", "workers", mode="user") or 0) > 0.2)
        compare(series(url), series(peer_url))
        wait_for("what the worker writes counted", lambda: (value("write_bytes_total", "workers") or 0) > 0)

        # A worker ends: what it used stays, and what comes after it is added.
        before = value("cpu_seconds_total", "workers", mode="user")
        procs.end(worker)
        wait_for("the worker gone", lambda: value("num_procs", "workers") == 0)
        kept = value("cpu_seconds_total", "workers", mode="user")
        check(kept >= before, f"CPU does not fall when a process ends: {before} then {kept}")
        procs.work()
        wait_for("the next worker added to it",
                 lambda: value("cpu_seconds_total", "workers", mode="user") > kept)

        # Processes that vanish while they are read cost nothing but themselves.
        stop = threading.Event()
        thread = threading.Thread(target=storm, args=(directory, stop))
        thread.start()
        try:
            rounds = lambda: families.value(families.fetch(url), "tocsin_collections_total")
            at = rounds()
            wait_for("three cycles in the storm", lambda: rounds() >= at + 3, 15)
            least = value("num_procs", "sleepers")
        finally:
            stop.set()
            thread.join()
        check(SLEEPERS <= least <= SLEEPERS + 1, f"the sleepers are there in the storm: {least}")
        check("target fails" not in agent.tail(1000), "no collection failed")


run(process_groups)
