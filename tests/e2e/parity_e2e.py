#!/usr/bin/env python3
"""What the agent collects of this host is what Debian's node_exporter collects of it: the same
series, the same types and help, and the same values where they hold still.

  parity_e2e.py COLLECT_HOST
"""
import re
import shutil
import subprocess
import sys

import text_format
from lab import check, free_port, skip, wait_for

COLLECTORS = ("arp bcache bonding btrfs conntrack cpu cpufreq diskstats dmi edac entropy fibrechannel filefd "
              "filesystem hwmon infiniband ipvs loadavg mdadm meminfo netclass netdev netstat nfs nfsd nvme os "
              "powersupplyclass pressure rapl schedstat selinux sockstat softnet stat tapestats textfile "
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


def compare(before, ours, after):
    """What differs, one line each."""
    wrong = []
    theirs, their_types, their_helps = after
    mine, my_types, my_helps = ours
    show = lambda key: key[0] + "{" + ",".join(f'{n}="{v}"' for n, v in sorted(key[1])) + "}"
    wrong += [f"only node_exporter has {show(key)}" for key in sorted(theirs.keys() - mine.keys(), key=show)]
    wrong += [f"only we have {show(key)}" for key in sorted(mine.keys() - theirs.keys(), key=show)]
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
            continue
        if not good:
            wrong.append(f"{show(key)}: {value}, node_exporter {low} before and {high} after")
    return wrong


def main():
    port = free_port()
    exporter = subprocess.Popen(
        ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}", "--collector.disable-defaults",
         *(f"--collector.{name}" for name in COLLECTORS)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def scrape():
            try:
                return parse(text_format.fetch(f"http://127.0.0.1:{port}/metrics", timeout=5))
            except OSError:
                return None

        wait_for("node_exporter answers", scrape, 20)
        # A mount or device that comes or goes between the two looks is tried again, not forgiven.
        for attempt in range(3):
            before = scrape()
            ours = subprocess.run([sys.argv[1]], capture_output=True, text=True, timeout=60)
            check(ours.returncode == 0, f"a collector fails here: {ours.stderr}")
            after = scrape()
            wrong = compare(before, parse(ours.stdout), after)
            if not wrong:
                break
        check(not wrong, "\n" + "\n".join(wrong))
        print(f"{len(after[0])} series in {len(after[1])} families are the same")
    finally:
        exporter.kill()
        exporter.wait()


main()
