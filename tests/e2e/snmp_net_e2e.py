#!/usr/bin/env python3
"""SNMP over networks of their own: an interface that is unplugged and comes back under its name, and a hundred
devices of which ten do not answer, and what it costs to ask for all of their interfaces.

  snmp_net_e2e.py replug|many|ports
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lab import Agent, check, run, scene, skip, wait_for
from snmp_lab import NOBODY, Process, Snmpd, free_udp_port, need, query, snmp_tool, value


def ip(*words, inside=None):
    prefix = ["ip", "netns", "exec", inside] if inside else []
    return subprocess.run([*prefix, "ip", *words], check=True, capture_output=True, text=True).stdout


class Network:
    """A network namespace behind a veth pair: we are 10.213.77.1, it has what addresses it is given."""

    def __init__(self, addresses):
        self.name, self.outer = f"tocsin-{os.getpid()}", f"tv{os.getpid() % 100000}"
        ip("netns", "add", self.name)
        try:
            ip("link", "add", self.outer, "type", "veth", "peer", "name", "uplink", "netns", self.name)
            ip("addr", "add", "10.213.77.1/24", "dev", self.outer)
            ip("link", "set", self.outer, "up")
            for address in addresses:
                ip("addr", "add", f"{address}/24", "dev", "uplink", inside=self.name)
            ip("link", "set", "uplink", "up", inside=self.name)
            ip("link", "set", "lo", "up", inside=self.name)
        except BaseException:
            self.remove()
            raise

    def plug(self, interface):
        ip("link", "add", interface, "type", "veth", "peer", "name", f"{interface}-end", inside=self.name)
        ip("link", "set", interface, "up", inside=self.name)

    def unplug(self, interface):
        ip("link", "del", interface, inside=self.name)

    def remove(self):
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", self.outer], check=False, capture_output=True)


def network(cleanup, addresses):
    try:
        made = Network(addresses)
    except subprocess.CalledProcessError as error:
        skip(f"this machine gives no network namespace: {error.stderr.strip()}")
    cleanup.callback(made.remove)
    return made


def agent_of(directory, cleanup, snmp):
    rules = Path(directory, "rules.yml")
    rules.write_text("groups: []\n")
    agent = Agent(directory, [], rules, config=f"collect:\n  filesystem: false\n  snmp:\n{snmp}")
    cleanup.callback(agent.stop)
    return agent.start()


def replug():
    need("snmpd", "snmpget", "ip")
    with scene() as (directory, cleanup):
        net = network(cleanup, ["10.213.77.2"])
        net.plug("port1")
        net.plug("port2")
        inside = ["ip", "netns", "exec", net.name]
        # One that shows for five minutes what was unplugged, as is net-snmp's default, and one that does not.
        keeps = Snmpd(directory, "keeps", ["10.213.77.2"], inside=inside)
        cleanup.callback(keeps.stop)
        forgets = Snmpd(directory, "forgets", ["10.213.77.2"], "interface_fadeout 1\n", inside)
        cleanup.callback(forgets.stop)
        agent = agent_of(directory, cleanup, f"""
    - {{job: keeps, targets: ["{keeps.target}"], modules: [if_mib], every: 1s, timeout: 900ms}}
    - {{job: forgets, targets: ["{forgets.target}"], modules: [if_mib], every: 1s, timeout: 900ms}}
""")
        number = lambda job: value(agent, f'ifIndex{{job="{job}",ifName="port1",ifIndex=""}}')
        status = lambda job: value(agent, f'ifOperStatus{{job="{job}",ifName="port1",ifIndex=""}}')
        wait_for("the port is there", lambda: number("keeps") and number("forgets"), 15)
        first = number("keeps")
        net.unplug("port1")
        wait_for("the port is gone, and told as gone", lambda: number("forgets") is None, 20)
        wait_for("or as not up", lambda: status("keeps") != 1, 20)
        check(value(agent, "count(up == 1)") == 2, "the devices answer on")
        net.plug("port1")
        for job in ("keeps", "forgets"):
            wait_for(f"{job}: it is back under another number", lambda j=job: number(j) not in (None, first), 20)
            series = f'ifHCInOctets{{job="{job}",ifName="port1",ifIndex=""}}'
            seen = query(agent, f"count(last_over_time({series}[5m]))")
            check([v for _, v in seen] == [1.0], f"{job}: and is the one series that it was: {seen}")
        old = query(agent, 'ifIndex{job="keeps",ifName="port1",ifIndex!=""}')
        check([(m["ifIndex"], v) for m, v in old] == [(f"{first:.0f}", first)], f"the old one has its number: {old}")
        check(len(query(agent, 'ifHCInOctets{ifName="port2",ifIndex=""}')) == 2, "its neighbour was always there")


def simulated(directory, ports):
    """A device's answers in snmpsim's form, sorted by OID: name, state and traffic of its ports."""
    lines = ["1.3.6.1.2.1.1.5.0|4|simulated"]
    for p in range(1, ports + 1):
        lines.append(f"1.3.6.1.2.1.2.2.1.8.{p}|2|{1 + p % 2}")
    for column, tag, text in ((1, "4", "Gi0/{p}"), (6, "70:numeric", "rate=1000,initial={p}"),
                              (10, "70:numeric", "rate=2000,initial={p}")):
        for p in range(1, ports + 1):
            lines.append(f"1.3.6.1.2.1.31.1.1.1.{column}.{p}|{tag}|{text.format(p=p)}")
    Path(directory, "public.snmprec").write_text("\n".join(lines) + "\n")


MODULE = """
port_traffic:
  walk: [1.3.6.1.2.1.2.2.1.8, 1.3.6.1.2.1.31.1.1]
  metrics:
    - name: ifOperStatus
      oid: 1.3.6.1.2.1.2.2.1.8
      type: gauge
      indexes: &index [{labelname: ifIndex, type: gauge}]
      lookups: &name
        - {labels: [ifIndex], labelname: ifName, oid: 1.3.6.1.2.1.31.1.1.1.1, type: DisplayString}
        - {labels: [], labelname: ifIndex}
    - {name: ifHCInOctets, oid: 1.3.6.1.2.1.31.1.1.1.6, type: counter, indexes: *index, lookups: *name}
    - {name: ifHCOutOctets, oid: 1.3.6.1.2.1.31.1.1.1.10, type: counter, indexes: *index, lookups: *name}
"""


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def many():
    need("snmpsimd", "snmpget")
    ports, devices, processes = 48, 90, 3
    with scene() as (directory, cleanup):
        data, cache = Path(directory, "data"), Path(directory, "cache")
        for path in (data, cache):
            path.mkdir()
        simulated(data, ports)
        os.chmod(directory, 0o755)
        for path in (data, cache, *data.iterdir()):
            shutil.chown(path, "nobody", "nogroup")
        port = free_udp_port()
        answering = [f"127.0.1.{i}:{port}" for i in range(1, devices + 1)]
        silent = [f"127.0.1.{200 + i}:{port}" for i in range(10)]
        for part in range(processes):
            ends = [f"--agent-udpv4-endpoint={a}" for a in answering[part::processes]]
            own = cache / str(part)
            own.mkdir()
            shutil.chown(own, "nobody", "nogroup")
            simulator = Process([*NOBODY, "snmpsimd", f"--data-dir={data}", f"--cache-dir={own}", *ends,
                                 "--logging-method=null"], Path(directory, f"snmpsim{part}.log"),
                                {"MIBS": "", "HOME": str(own)})
            cleanup.callback(simulator.stop)
        for address in answering[:processes]:
            wait_for(f"{address} answers", lambda a=address: snmp_tool(
                "snmpget", "-v2c", "-c", "public", "-Oqv", "-t", "0.5", "-r", "0", a, "1.3.6.1.2.1.1.5.0"), 30)
        Path(directory, "modules.yml").write_text(MODULE)
        targets = ", ".join(f'"{a}"' for a in answering + silent)
        agent = agent_of(directory, cleanup, f"""
    - {{targets: [{targets}], modules: [port_traffic], module_files: [{directory}/modules.yml], every: 20s,
       timeout: 15s, request_timeout: 3s, retries: 1}}
""")
        counts = lambda: {v: value(agent, f"count(up == {v})") for v in (0, 1)}
        wait_for("ninety answer and ten do not", lambda: counts() == {0: 10, 1: devices}, 60)
        log = Path(directory, "agent.log").read_text()
        for address in silent:
            check(f'target="snmp {address}" error="no answer to 2 requests within 6s' in log,
                  f"{address} is named with its reason")
        check(value(agent, 'count(ifHCInOctets)') == devices * ports, "every port of every device has its series")
        check(value(agent, 'count(count by (ifName) (ifHCInOctets))') == ports, "under its name")
        seconds = cpu_seconds(agent.process.pid)
        print(f"the agent took {seconds:.2f} s of CPU for {devices} devices, {ports} ports each, and its host")
        check(seconds < 3, f"it cost little: {seconds} s")


def ports():
    """if_mib as it is shipped, of ninety devices with 48 ports each: one real snmpd at ninety addresses, which has the
    interfaces of its network namespace."""
    need("snmpd", "snmpget", "ip")
    devices, pairs, every = 90, 24, 15
    with scene() as (directory, cleanup):
        net = network(cleanup, [f"10.213.77.{2 + i}" for i in range(devices)])
        for pair in range(pairs):
            net.plug(f"port{pair}")  # with its end, which is a port too
        snmpd = Snmpd(directory, "switch", [f"10.213.77.{2 + i}" for i in range(devices)],
                      inside=["ip", "netns", "exec", net.name])
        cleanup.callback(snmpd.stop)
        targets = ", ".join(f'"{a}:{snmpd.port}"' for a in snmpd.addresses)
        agent = agent_of(directory, cleanup, f"""
    - {{targets: [{targets}], modules: [if_mib], every: {every}s, timeout: 14s, request_timeout: 3s, retries: 1}}
""")
        wait_for("all devices answer", lambda: value(agent, "count(up == 1)") == devices, 60)
        # lo and uplink besides.
        rows = value(agent, 'count(ifHCInOctets)')
        check(rows == devices * (2 * pairs + 2), f"every port of every device has its series: {rows}")
        per_device = value(agent, 'count({job="snmp"})') / devices
        check(per_device > 48 * 15, f"all columns were asked for: {per_device} series a device")
        rounds = 3
        asked = lambda: value(agent, 'sum(count_over_time(up{job="snmp"}[10m]))')
        before, first = cpu_seconds(agent.process.pid), asked()
        wait_for("each was asked three times more", lambda: asked() >= first + rounds * devices, 4 * every, 0.5)
        spent = (cpu_seconds(agent.process.pid) - before) / rounds
        check(value(agent, "count(up == 1)") == devices, "all devices still answer")
        took = value(agent, 'max(scrape_duration_seconds{job="snmp"})')
        share = spent / devices * 100 / 60
        print(f"one round of {devices} devices, {per_device:.0f} series each, took {spent:.2f} s of CPU, the host's "
              f"collectors in it; a hundred devices a minute are {share:.1%} of a core; the slowest took {took:.2f} s")
        check(share < 0.05, f"a hundred devices a minute cost a few percent of a core: {share:.1%}")


run({"replug": replug, "many": many, "ports": ports}[sys.argv[1]])
