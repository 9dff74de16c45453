#!/usr/bin/env python3
"""Of a host of files with devices that this one does not have, the agent tells what Debian's node_exporter tells: the
same series, types, help and values.

  tree_parity_e2e.py devices|flags
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import host_proc
import host_sys
from exporters import Exporter, compare, fetch, parse, show
from lab import BIN, ROOT, check, free_port, run, scene, skip, wait_for

# What is asked of the kernel and not of files (selinux, timex, uname) is in parity_e2e; /etc/os-release has no path.
COLLECTORS = ("arp bcache bonding btrfs conntrack cpu cpufreq diskstats dmi edac entropy fibrechannel filefd "
              "filesystem hwmon infiniband interrupts ipvs loadavg mdadm meminfo meminfo_numa netclass netdev "
              "netstat nfs nfsd nvme powersupplyclass pressure processes rapl schedstat sockstat softnet stat "
              "tapestats thermal_zone time udp_queues vmstat xfs zfs").split()
OTHERS = "os selinux textfile timex uname watchdog".split()
KEEP = re.compile(r"(?!node_scrape_|node_exporter_|go_|process_|promhttp_|tocsin_)")
# The clock, and the disk that the files lie on.
MOVING = re.compile(r"^node_(time_seconds|filesystem_(avail_bytes|free_bytes|files_free))$")
# docs/collectors/parity.md: node_exporter 1.5 does not know the state, and reads the second under a name that no ZFS has.
OURS = re.compile(r'^node_zfs_(zpool_state\{state="suspended"|dbuf_)')

if shutil.which("prometheus-node-exporter") is None:
    skip("prometheus-node-exporter is not installed (script/install test)")


def write(base, files):
    for name, content in files:
        path = Path(base, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            os.symlink(content, path)
        else:
            path.write_text(content)


class Both:
    """The agent and node_exporter over one tree."""

    def __init__(self, directory):
        self.directory = Path(directory)
        paths = {"procfs": host_proc.files(), "sysfs": host_sys.files(), "udev_data": host_sys.udev_data(),
                 "rootfs": [(f"{mount}/x", "") for mount in ("data disk", "srv/a\"b", "srv/nfs")]}
        for name, files in paths.items():
            write(self.directory / name, files)
        self.paths = {name: str(self.directory / name) for name in paths}

    def theirs(self, *flags):
        port = free_port()
        names = {"udev_data": "udev.data"}
        exporter = Exporter(
            ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}", "--collector.disable-defaults",
             "--no-collector.netdev.netlink", *(f"--path.{names.get(n, n)}={path}" for n, path in self.paths.items()),
             *(f"--collector.{name}" for name in COLLECTORS), *flags], port, self.directory / "node_exporter.log")
        try:
            return wait_for(f"node_exporter answers {flags}", lambda: fetch(f"{exporter.url}/metrics"), 20)
        finally:
            exporter.stop()

    def ours(self, settings):
        config = {name: settings.get(name, True) for name in COLLECTORS} | dict.fromkeys(OTHERS, False)
        path = self.directory / "agent.yml"
        path.write_text(json.dumps({"path": self.paths, "collect": config}))
        done = subprocess.run([BIN / "tocsin-agent", "collect", "--config", path], capture_output=True, text=True)
        check(done.returncode == 0 and not done.stderr, f"every collector succeeds: {done.stderr}")
        return done.stdout

    def compare(self, settings=None):
        """What node_exporter tells, once both tell the same with the same settings."""
        settings = settings or {}
        before = self.theirs(*flags_of(settings))
        ours, theirs = parse(self.ours(settings), KEEP), parse(before, KEEP)
        failed = [line for line in before.splitlines() if re.match(r"node_scrape_collector_success\{.* 0$", line)]
        check(not failed, f"every collector of node_exporter succeeds: {failed}")
        mine = [key for key in ours.series if OURS.match(show(key))]
        for key in mine:
            del ours.series[key]
        wrong, compared = compare(theirs, ours, theirs, MOVING)
        check(not wrong, f"{settings}:\n" + "\n".join(wrong))
        return theirs, mine, compared


def devices():
    with scene() as (directory, _):
        both = Both(directory)
        theirs, mine, compared = both.compare()
        check({key[0] for key in mine} == {"node_zfs_zpool_state", "node_zfs_dbuf_cache_count"}, f"ours alone: {mine}")
        check(compared > 1000, f"only {compared} series were compared")
        print(f"{compared} series in {len(theirs.types)} families are the same")


# What each setting is tried with; its flag has the same name.
SETTINGS = (
    {"arp": {"device_include": "eth.*"}}, {"arp": {"device_exclude": "br"}},
    {"bcache": {"priority_stats": True}},
    {"cpu": {"guest": False}}, {"cpu": {"info": True}}, {"cpu": {"info_flags_include": "^(fpu|sse.*)$"}},
    {"cpu": {"info_bugs_include": "spectre|^mds"}},
    {"diskstats": {"device_include": "^(sd|nvme)"}}, {"diskstats": {"device_exclude": "a$"}},
    {"diskstats": {"device_exclude": ""}},
    {"filesystem": {"mount_points_exclude": "^/(run|srv)"}}, {"filesystem": {"fs_types_exclude": "^(proc|nfs.*)$"}},
    {"filesystem": {"mount_points_exclude": "^$", "fs_types_exclude": "^$"}},
    {"ipvs": {"backend_labels": "local_address,proto"}},
    {"netclass": {"ignored_devices": "^(lo|bond.*)$"}}, {"netclass": {"ignore_invalid_speed": True}},
    {"netdev": {"device_include": "eth|lan"}}, {"netdev": {"device_exclude": "^(bond|veth)"}},
    {"netdev": {"device_exclude": ""}},
    {"netstat": {"fields": "^(Tcp_.*|Udp6?_In.*)$"}},
    {"powersupplyclass": {"ignored_supplies": "^A"}},
    {"rapl": {"enable_zone_label": True}},
    {"stat": {"softirq": True}},
    {"tapestats": {"ignored_devices": "1$"}},
    {"vmstat": {"fields": "^(nr_|pswp)"}})
# What has no counterpart (docs/collectors/parity.md), and how node_exporter asks the kernel.
OURS_ALONE = {("filesystem", "timeout")}
THEIRS_ALONE = {"netdev.address-info", "netdev.enable-detailed-metrics", "netdev.netlink", "netclass.netlink"}
RENAMED = {"bcache.priority-stats": "bcache.priorityStats", "cpu.info-flags-include": "cpu.info.flags-include",
           "cpu.info-bugs-include": "cpu.info.bugs-include",
           "powersupplyclass.ignored-supplies": "powersupply.ignored-supplies"}


def flag_name(collector, setting):
    name = f"{collector}.{setting.replace('_', '-')}"
    return RENAMED.get(name, name)


def flags_of(settings):
    flags = []
    for collector, values in settings.items():
        for setting, value in values.items():
            name = flag_name(collector, setting)
            flags.append({True: f"--collector.{name}", False: f"--no-collector.{name}"}[value] if isinstance(value, bool)
                         else f"--collector.{name}={value}")
            # The default of one stands in the way of the other there.
            if setting == "device_include" and collector != "arp":
                flags.append(f"--collector.{collector}.device-exclude=")
    return flags


def all_are_tried():
    """Every setting of these collectors that is documented, and every flag of node_exporter's, is one of SETTINGS."""
    tried = {(collector, setting) for row in SETTINGS for collector, values in row.items() for setting in values}
    documented = {pair for pair in re.findall(r"^\| `collect\.(\w+)\.(\w+)`", (ROOT / "docs/configuration.md").read_text(), re.M)
                  if pair[0] in COLLECTORS}
    check(documented - OURS_ALONE == tried, f"settings not tried: {documented - OURS_ALONE - tried}")
    usage = subprocess.run(["prometheus-node-exporter", "--help"], capture_output=True, text=True)
    known = set(re.findall(r"^ +--collector\.(\w+\.[\w.-]+)", usage.stdout + usage.stderr, re.M))
    known = {name for name in known if name.partition(".")[0] in (*COLLECTORS, "powersupply")}
    check(known - THEIRS_ALONE == {flag_name(*pair) for pair in tried}, f"flags not tried: {known}")


def flags():
    all_are_tried()
    with scene() as (directory, _):
        both = Both(directory)
        usual, _, _ = both.compare()
        for settings in SETTINGS:
            theirs, _, compared = both.compare(settings)
            check(theirs.series.keys() != usual.series.keys(), f"{settings} makes no difference")
            print(f"{settings}: {compared} series are the same")


run({"devices": devices, "flags": flags}[sys.argv[1]])
