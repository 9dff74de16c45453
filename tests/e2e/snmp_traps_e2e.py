#!/usr/bin/env python3
"""Debian's snmptrap and snmpinform send to a running agent: alerts fire and clear, informs are acknowledged, strangers
are refused, a flood is bounded.

  snmp_traps_e2e.py alerts|strangers|flood
"""
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from lab import ROOT, Agent, check, http, run, scene, secret, skip, wait_for
from snmp_lab import KEY, PASSWORD, USER, Snmpd, free_udp_port, need, query, value

LINK_DOWN, LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"
PRIV = ["-v3", "-u", USER, "-l", "authPriv", "-a", "SHA", "-A", PASSWORD, "-x", "AES", "-X", KEY]
V2C = ["-v2c", "-c", "public"]


class Receiver:
    """An agent that listens for traps with what Debian's tools need to reach it."""

    def __init__(self, directory, cleanup, more=""):
        for program in ("snmptrap", "snmpinform"):
            if not shutil.which(program):
                skip(f"{program} is not installed (script/install test)")
        self.port, self.directory = free_udp_port(), directory
        secret(directory, "auth", PASSWORD)
        secret(directory, "priv", KEY)
        user = (f"{{user: {USER}, auth: {{password_file: {directory}/auth}}, "
                f"priv: {{password_file: {directory}/priv}}}}")
        self.agent = Agent(directory, [], ROOT / "agent/rules.d/traps.yml", config=f"""
collect:
  filesystem: false
  snmp_traps:
    - listen: ["127.0.0.1:{self.port}", "[::1]:{self.port}"]
      community: public
      users: [{user}, {{user: signed, auth: {{protocol: SHA-512, password_file: {directory}/auth}}}}]
      instances: {{127.0.0.1: core-switch}}
      every: 250ms
      timeout: 200ms
{more}""", interval="500ms")
        cleanup.callback(self.agent.stop)
        self.agent.start()
        wait_for("the receiver reports", lambda: value(self.agent, "tocsin_traps_unmapped_total") == 0, 10)

    def send(self, who, trap, *varbinds, inform=False, to=None):
        """Whether it was sent, and with inform, acknowledged."""
        state = Path(self.directory, "sender")
        state.mkdir(exist_ok=True)
        argv = ["snmpinform" if inform else "snmptrap", *who, "-t", "0.5", "-r", "1",
                f"{to or '127.0.0.1'}:{self.port}", "", trap, *varbinds]
        done = subprocess.run(argv, capture_output=True, text=True,
                              env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(state)})
        self.said = done.stderr
        return done.returncode == 0

    def link(self, who, trap, interface, **how):
        status = "2" if trap == LINK_DOWN else "1"
        return self.send(who, trap, f"1.3.6.1.2.1.2.2.1.1.{interface}", "i", str(interface),
                         f"1.3.6.1.2.1.2.2.1.8.{interface}", "i", status,
                         f"1.3.6.1.2.1.31.1.1.1.1.{interface}", "s", f"ge-0/0/{interface}", **how)

    def alerts(self):
        """The firing ones, by what they mean and of which interface."""
        status, answer = http("GET", f"{self.agent.url}/api/v1/alerts")
        check(status == 200, f"alerts answer {status}")
        firing = [a for a in answer["data"]["alerts"] if a["state"] == "firing"]
        return {(a["labels"].get("alert", a["labels"]["alertname"]), a["labels"].get("ifIndex")): a for a in firing}

    def fires(self, *key):
        return wait_for(f"{key} fires", lambda: self.alerts().get(key), 10)

    def clears(self, *key):
        wait_for(f"{key} clears", lambda: key not in self.alerts(), 10)

    def log(self):
        return Path(self.directory, "agent.log").read_text()


def alerts():
    with scene() as (directory, cleanup):
        receiver = Receiver(directory, cleanup)
        agent = receiver.agent
        # A trap of version 2c: the alert is the mapping's, with the labels of its varbinds.
        check(receiver.link(V2C, LINK_DOWN, 7), f"snmptrap sends: {receiver.said}")
        alert = receiver.fires("LinkDown", "7")
        labels = {k: alert["labels"].get(k) for k in ("alertname", "instance", "job", "severity", "ifName")}
        check(labels == {"alertname": "SnmpTrap", "instance": "core-switch", "job": "snmp_traps",
                         "severity": "warning", "ifName": "ge-0/0/7"}, f"its labels are {alert['labels']}")
        check(alert["annotations"]["summary"] == "LinkDown on core-switch: ge-0/0/7", f"it says {alert['annotations']}")
        # An inform of 2c is acknowledged; another interface is another alert, and one's end leaves the other.
        check(receiver.link(V2C, LINK_DOWN, 8, inform=True), f"the inform is acknowledged: {receiver.said}")
        receiver.fires("LinkDown", "8")
        check(receiver.link(V2C, LINK_UP, 7), "snmptrap sends")
        receiver.clears("LinkDown", "7")
        receiver.fires("LinkDown", "8")
        # Version 3: a trap of an engine that nobody has heard of, an inform to the agent's own engine.
        check(receiver.link(PRIV, LINK_DOWN, 9), f"snmptrap sends: {receiver.said}")
        receiver.fires("LinkDown", "9")
        check(receiver.link(PRIV, LINK_UP, 9, inform=True), f"the v3 inform is acknowledged: {receiver.said}")
        receiver.clears("LinkDown", "9")
        signed = ["-v3", "-u", "signed", "-l", "authNoPriv", "-a", "SHA-512", "-A", PASSWORD]
        check(receiver.link(signed, LINK_DOWN, 9, inform=True), f"a signed inform too: {receiver.said}")
        receiver.fires("LinkDown", "9")
        check(receiver.link(signed, LINK_UP, 9), f"and a signed trap: {receiver.said}")
        receiver.clears("LinkDown", "9")
        # The same port by IPv6 is another device.
        check(receiver.send(V2C, "1.3.6.1.6.3.1.1.5.1", to="udp6:[::1]"), f"snmptrap sends: {receiver.said}")
        check(receiver.fires("DeviceRestarted", None)["labels"]["instance"] == "::1", "by its address")
        # What no mapping knows is counted and named once.
        for _ in range(3):
            check(receiver.send(V2C, "1.3.6.1.4.1.99999.0.1"), "snmptrap sends")
        wait_for("the unmapped are counted", lambda: value(agent, "tocsin_traps_unmapped_total") == 3, 5)
        check(receiver.log().count("1.3.6.1.4.1.99999.0.1") == 1, "and named once")
        check(value(agent, f'tocsin_traps_total{{instance="core-switch",oid="{LINK_DOWN}"}}') == 4, "traps are counted")

        # A restart, also one that nobody announced, forgets nothing that is active, and the engine stays.
        engine = [line.split("id=")[1].split()[0] for line in receiver.log().splitlines() if "SNMP engine" in line]
        for stop in (agent.stop, agent.kill):
            stop()
            agent.start()
            receiver.fires("LinkDown", "8")
        check(receiver.link(PRIV, LINK_DOWN, 10, inform=True), f"informs go on: {receiver.said}")
        engines = [line.split('SNMP engine" ')[1] for line in receiver.log().splitlines() if "SNMP engine" in line]
        check(len(engines) == 3 and all(engine[0] in line for line in engines), f"one engine: {engines}")
        check([line.split("boots=")[1].strip() for line in engines] == ["1", "2", "3"], f"each start counts: {engines}")
        receiver.fires("LinkDown", "10")
        check(receiver.link(PRIV, LINK_UP, 10, inform=True), f"informs go on: {receiver.said}")
        receiver.clears("LinkDown", "10")
        # What was restored is held until the rule's lookback is full again (docs/rules.md); its series ends at once.
        check(receiver.link(V2C, LINK_UP, 8), "snmptrap sends")
        wait_for("its series ends", lambda: not query(agent, 'tocsin_trap_active{ifIndex="8"}'), 10)
        check(agent.stop() == 0, "the agent stops with 0")


def strangers():
    need("snmpd")
    with scene() as (directory, cleanup):
        device = Snmpd(directory, config="engineID the-device\n")
        cleanup.callback(device.stop)
        # A device that is polled by the same user with the same keys, whose traps are taken too.
        polled = f"""  snmp:
    - targets: ["{device.target}"]
      modules: [system]
      version: 3
      auth: {{user: {USER}, auth: {{password_file: {directory}/auth}}, priv: {{password_file: {directory}/priv}}}}
      every: 1s
      timeout: 900ms
"""
        receiver = Receiver(directory, cleanup, polled)
        agent = receiver.agent
        wait_for("the device is polled", lambda: value(agent, 'up{job="snmp"}') == 1, 10)
        wrong = [*PRIV[:8], "another-password", *PRIV[9:]]
        cases = [("community", ["-v2c", "-c", "private"], "its community is another one"),
                 ("user", ["-v3", "-u", "nobody", "-l", "noAuthNoPriv"], 'there is no user \\"nobody\\"'),
                 ("key", wrong, f"signs with another key: check SHA and the password in {directory}/auth"),
                 ("level", ["-v3", "-u", USER, "-l", "noAuthNoPriv"], "sends with another level"),
                 ("version", ["-v1", "-c", "public"], "version 1 is not taken")]
        for reason, who, why in cases:
            before = value(agent, f'tocsin_traps_refused_total{{reason="{reason}"}}')
            if reason == "version":
                done = subprocess.run(["snmptrap", *who, f"127.0.0.1:{receiver.port}", "1.3.6.1.4.1.99999", "127.0.0.1",
                                       "2", "0", ""], capture_output=True, env={**os.environ, "MIBS": ""})
                check(done.returncode == 0, "snmptrap sends")
            else:
                check(receiver.link(who, LINK_DOWN, 7), f"snmptrap sends: {receiver.said}")
                check(not receiver.link(who, LINK_DOWN, 7, inform=True), f"{reason}: no inform is acknowledged")
            wait_for(f"{reason} is counted",
                     lambda r=reason, b=before: value(agent, f'tocsin_traps_refused_total{{reason="{r}"}}') > b, 10)
            wait_for(f"the log says: {why}", lambda w=why: w in receiver.log(), 5)
            check(receiver.log().count(why) == 1, f"{reason} is named once")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            for datagram in (b"", b"GET / HTTP/1.0\r\n\r\n", b"\x30\x82\xff\xff\x02\x01\x03", os.urandom(60000)):
                peer.sendto(datagram, ("127.0.0.1", receiver.port))
        wait_for("malformed ones are counted",
                 lambda: value(agent, 'tocsin_traps_refused_total{reason="malformed"}') == 4, 10)
        check("Authentication failed" not in receiver.log(), "the library writes no lines of its own")
        wait_for("somebody is told", lambda: any(a[0] == "SnmpTrapsRefused" for a in receiver.alerts()), 10)
        check(not any(a[0] == "LinkDown" for a in receiver.alerts()), "none of it is an alert")
        # The polled device's own engine, in a trap of it; and the poll goes on.
        check(receiver.link([*PRIV, "-e", "0x80001f88047468652d646576696365", "-Z", "1,5"], LINK_DOWN, 7), "snmptrap sends")
        receiver.fires("LinkDown", "7")
        check(value(agent, 'up{job="snmp"}') == 1, "the device is still polled")
        # Its password in the file is another: so is its key, without a restart.
        secret(directory, "auth", "another-password")
        wait_for("the new key is taken", lambda: receiver.link(wrong, LINK_UP, 7, inform=True), 10)
        receiver.clears("LinkDown", "7")


def resident_kib(process):
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


def flood():
    with scene() as (directory, cleanup):
        receiver = Receiver(directory, cleanup)
        agent = receiver.agent
        def send(peer, trap, seconds, a_second):
            datagram = bytes.fromhex(
                "305402010104067075626c6963a7470204652a6c3d0201000201003039300d06082b0601020101030043012a3017060a2b0601"
                "0603010104010006092b0601060301010503300f060a2b060102010202010107020107")
            datagram = datagram.replace(bytes.fromhex("2b0601060301010503"), trap)
            begin, sent = time.monotonic(), 0
            while (elapsed := time.monotonic() - begin) < seconds:
                while sent < elapsed * a_second:
                    peer.sendto(datagram, ("127.0.0.1", receiver.port))
                    sent += 1
            return sent

        down, up = bytes.fromhex("2b0601060301010503"), bytes.fromhex("2b0601060301010504")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.2", 0))
            sent = send(peer, down, 1, 10_000)
            wait_for("it settles", lambda: value(agent, 'tocsin_trap_active{alert="LinkDown",instance="127.0.0.2"}') == 1, 10)
            before, ticks = resident_kib(agent.process), cpu_seconds(agent.process)
            sent += send(peer, down, 5, 10_000)
            spent, after = cpu_seconds(agent.process) - ticks, resident_kib(agent.process)
            # Another device is heard meanwhile.
            check(receiver.link(V2C, LINK_DOWN, 8, inform=True), f"another device is heard: {receiver.said}")
            receiver.fires("LinkDown", "8")
            send(peer, up, 0.01, 100)
            answered = lambda: sum(v for _, v in query(agent, "sum(tocsin_traps_dropped_total)")
                                   + query(agent, 'sum(tocsin_traps_total{instance="127.0.0.2"})'))
            wait_for("each is counted, taken or dropped", lambda: answered() >= sent, 10)
        taken = value(agent, 'sum(tocsin_traps_total{instance="127.0.0.2"})')
        check(taken <= 100 * 8, f"at most a hundred a second of one device are taken: {taken}")
        check(after - before < 1024, f"its memory stays: {before} KiB before, {after} after")
        check(http("GET", f"{agent.url}/-/ready")[0] == 200, "it answers")
        print(f"{sent} traps sent, {taken:.0f} taken; {spent / 5:.2f} of a CPU; {before} KiB before, {after} after")


def cpu_seconds(process):
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


run({"alerts": alerts, "strangers": strangers, "flood": flood}[sys.argv[1]])
