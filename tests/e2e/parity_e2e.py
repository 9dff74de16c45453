#!/usr/bin/env python3
"""What a running agent tells of this host on /metrics is what Debian's node_exporter tells of it: the
same series, types and help; the same values where they hold still, counters between two looks of the
exporter, gauges near them.
"""
import re
import shutil
import subprocess
from pathlib import Path

import text_format
from lab import Agent, check, free_port, run, scene, skip, wait_for

COLLECTORS = ("arp bcache bonding btrfs conntrack cpu cpufreq diskstats dmi edac entropy fibrechannel filefd "
              "filesystem hwmon infiniband interrupts ipvs loadavg mdadm meminfo meminfo_numa netclass netdev "
              "netstat nfs nfsd nvme os powersupplyclass pressure processes rapl schedstat selinux sockstat softnet stat tapestats textfile "
              "thermal_zone time timex udp_queues uname vmstat xfs zfs").split()
# What node_exporter says of itself, and we of ourselves; and watchdogs, which 1.5 does not know.
OWN = re.compile(r"^(node_scrape_|node_exporter_|go_|process_|promhttp_|tocsin_|node_watchdog_)")
# Gauges that nothing moves while the test runs.
STILL = re.compile(
    r"^node_(boot_time_seconds|bonding_slaves|btrfs_info|btrfs_device_size_bytes|cpu_isolated|"
    r"cpu_frequency_(min|max)_hertz|disk_info|disk_filesystem_info|dmi_info|entropy_pool_size_bits|filefd_maximum|"
    r"infiniband_info|network_(info|up|mtu_bytes|flags|carrier|iface_\w+|protocol_type|speed_bytes)|nvme_info|"
    r"filesystem_(size_bytes|files|readonly|device_error)|memory_(MemTotal|SwapTotal|VmallocTotal)_bytes|"
    r"hwmon_(chip_names|sensor_label)|memory_(HugePages_Total|Hugepagesize_bytes)|nf_conntrack_entries_limit|"
    r"os_info|os_version|cooling_device_max_state|fibrechannel_info|"
    r"selinux_\w+|textfile_\w+|time_zone_offset_seconds|time_clocksource_\w+|"
    r"timex_(loop_time_constant|pps_\w+|sync_status|tai_offset_seconds|tick_seconds)|uname_info)$")

# States that no process is in when the one looks, and one is when the other does.
PASSING = "node_processes_state"
# How far a gauge may lie outside of what the exporter saw before and after it: a share of the value, and what
# a test run on this host may itself move in a second. The first that matches.
SLACK = tuple((re.compile(pattern), share, floor) for pattern, share, floor in (
    (r"^node_time_seconds$", 0, 2),
    (r"^node_load\d+$", 0.1, 0.3),
    (r"^node_entropy_available_bits$", 0, 64),
    # What the kernel has not written yet, and what it took back: whole files at once.
    (r"^node_memory_(Dirty|Writeback\w*|Inactive\w*|Active\w*|Cached|MemFree|NFS_Unstable)_bytes$", 0.5, 64 << 20),
    (r"^node_memory_numa_\w+$", 0.5, 64 << 20),
    (r"^node_filesystem_(avail|free)_bytes$", 0.01, 64 << 20),
    (r"_(bytes|kilobytes)$", 0.1, 2 << 20),
    (r"^node_(procs_running|procs_blocked|processes_\w+|schedstat_\w+|pressure_\w+)$", 0.2, 8),
    (r"^node_timex_\w+$", 0.5, 0.001),
    (r"^node_hwmon_\w+$", 0.2, 3),
    (r"^node_cpu_(scaling_)?frequency_hertz$", 1, 0),
    (r"", 0.2, 4),
))
CONFIG = "collect: {interrupts: true, meminfo_numa: true, processes: true, stat: {softirq: true}}\n"

if shutil.which("prometheus-node-exporter") is None:
    skip("prometheus-node-exporter is not installed (script/install test)")


def parse(text):
    """({(name, labels): value}, {name: type}, {name: help}); an empty label is an absent one."""
    samples, types, helps = text_format.read(text)
    series = {}
    for name, labels, value in samples:
        if OWN.match(name):
            continue
        key = name, frozenset(labels.items())
        check(key not in series, f"{name} {labels} stands twice")
        series[key] = value
    keep = {name for name, _ in series}
    return (series, {n: t for n, t in types.items() if n in keep}, {n: h for n, h in helps.items() if n in keep})


def slack(name, low, high):
    share, floor = next((share, floor) for pattern, share, floor in SLACK if pattern.search(name))
    return floor + share * max(abs(low), abs(high))


def told_from_nothing(before, ours, after):
    """Of the gauges that move and are not 0, how many could not be 0 without being found out, and all."""
    moving = [(key, before[0][key], after[0][key]) for key in ours[0].keys() & before[0].keys() & after[0].keys()
              if not STILL.match(key[0]) and ours[1][key[0]] != "counter"]
    moving = [(key, low, high) for key, low, high in moving if low != 0 and high != 0]
    return sum(abs(v) > slack(key[0], low, high) for key, low, high in moving
               for v in [min(low, high, key=abs)]), len(moving)


def compare(before, ours, after):
    """What differs, one line each."""
    wrong = []
    theirs, their_types, their_helps = after
    mine, my_types, my_helps = ours
    show = lambda key: key[0] + "{" + ",".join(f'{n}="{v}"' for n, v in sorted(key[1])) + "}"
    for who, there, here in (("only node_exporter has", theirs, mine), ("only we have", mine, theirs)):
        wrong += [f"{who} {show(key)}" for key in sorted(there.keys() - here.keys(), key=show) if key[0] != PASSING]
    for what, a, b in (("type", their_types, my_types), ("help", their_helps, my_helps)):
        wrong += [f"{what} of {n}: {a[n]!r}, ours {b[n]!r}" for n in sorted(a.keys() & b.keys()) if a[n] != b[n]]
    for key in sorted(theirs.keys() & mine.keys() & before[0].keys(), key=show):
        low, high, value = before[0][key], theirs[key], mine[key]
        near = 1e-9 * max(abs(high), 1)
        if STILL.match(key[0]):
            good = abs(value - high) <= near
        elif my_types[key[0]] == "counter" and low <= high:
            # The exporter may hold back a CPU's counter that stepped back by a tick.
            near += 0.02 if key[0].startswith("node_cpu_") else 0
            good = low - near <= value <= high + near
        else:
            some = slack(key[0], low, high)
            good = min(low, high) - some <= value <= max(low, high) + some
        if not good:
            wrong.append(f"{show(key)}: {value}, node_exporter {low} before and {high} after")
    return wrong


def page_of(url):
    try:
        return text_format.fetch(url, timeout=5)
    except OSError:
        return None


def parity():
    port = free_port()
    exporter = subprocess.Popen(
        ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}", "--collector.disable-defaults",
         "--collector.stat.softirq", *(f"--collector.{name}" for name in COLLECTORS)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with scene() as (directory, cleanup):
        cleanup.callback(lambda: (exporter.kill(), exporter.wait()))
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        agent = Agent(directory, [], rules, config=CONFIG)
        cleanup.callback(agent.stop)
        agent.start()

        def theirs():
            page = page_of(f"http://127.0.0.1:{port}/metrics")
            return page and parse(page)

        def ours_since(then):
            """The agent's page, once it tells of a collection after `then`."""
            page = page_of(f"{agent.url}/metrics")
            now = page and parse(page)
            return now and now[0].get(("node_time_seconds", frozenset()), 0) > then and now

        wait_for("node_exporter answers", theirs, 20)
        # A mount or device that comes or goes between the two looks is tried again, not forgiven.
        for attempt in range(3):
            before = theirs()
            then = before[0]["node_time_seconds", frozenset()]
            ours = wait_for("a collection of the agent", lambda: ours_since(then), 20)
            after = theirs()
            wrong = compare(before, ours, after)
            if not wrong:
                break
        check(not wrong, "\n" + "\n".join(wrong))
        found, moving = told_from_nothing(before, ours, after)
        check(found * 3 >= moving * 2, f"bounds too wide: of {moving} moving gauges only {found} could not be 0")
        print(f"{found} of {moving} moving gauges could not be 0 unseen;", end=" ")
        print(f"{len(after[0])} series in {len(after[1])} families are the same")


run(parity)
