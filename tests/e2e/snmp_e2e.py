#!/usr/bin/env python3
"""Real devices under a running agent: Debian's snmpd beside Debian's exporter, with wrong keys, changed keys and
silent neighbours.

  snmp_e2e.py parity|faults|silent|reload
"""
import os
import signal
import sys
import time
from pathlib import Path

from lab import Agent, check, run, scene, secret, wait_for
from snmp_lab import (KEY, PASSWORD, USER, Exporter, Silent, Snmpd, metrics, need, query, series_of, value)

SHIPPED = ["entity_sensor", "host_resources", "if_mib", "system", "ucd"]
# What counts time or traffic; everything else stands still between two scrapes of a moment.
MOVES = ("Octets", "Pkts", "Raw", "Uptime", "UpTime", "memAvail", "memTotalFree", "memCached", "memBuffer", "memShared",
         "hrStorageUsed", "hrSystemDate", "hrSystemProcesses", "hrProcessorLoad", "laLoad", "diskIO", "dskAvail",
         "dskUsed", "dskPercent", "hrStorageSize", "memSysAvail", "memTotalReal")


def v3(user, directory, level, auth="SHA", password="auth", key="priv"):
    text = f"version: 3, auth: {{user: {user}"
    if level > 0:
        text += f", auth: {{protocol: {auth}, password_file: {directory}/{password}}}"
    if level > 1:
        text += f", priv: {{protocol: AES, password_file: {directory}/{key}}}"
    return text + "}"


def agent_of(directory, cleanup, entries, pace="every: 1s, timeout: 900ms, request_timeout: 200ms"):
    config = "collect:\n  filesystem: false\n  snmp:\n"
    config += "".join(f"    - {{{e}, {pace}}}\n" for e in entries)
    rules = Path(directory, "rules.yml")
    rules.write_text("groups: []\n")
    secret(directory, "auth", PASSWORD)
    secret(directory, "priv", KEY)
    agent = Agent(directory, [], rules, config=config)
    cleanup.callback(agent.stop)
    agent.start()
    return agent


def compare(module, ours, theirs):
    """Ours and theirs are (families, series) of the same device at about the same moment."""
    own = {k: v for k, v in theirs[1].items() if not k[0].startswith("snmp_")}
    check(own or module == "entity_sensor", f"the exporter has series of {module}")
    missing, more = own.keys() - ours[1].keys(), ours[1].keys() - own.keys()
    check(not missing, f"{module}: only the exporter has {sorted(missing)[:5]}")
    check(not more, f"{module}: only the agent has {sorted(more)[:5]}")
    for name in {k[0] for k in own}:
        check(ours[0][name] == theirs[0][name], f"{name} is {ours[0][name]}, the exporter's {theirs[0][name]}")
    for key, expected in own.items():
        seen = ours[1][key]
        if any(part in key[0] for part in MOVES):
            bound = max(abs(expected) * 0.25, 5000)
            check(abs(seen - expected) <= bound, f"{key} is {seen}, the exporter's {expected}")
        else:
            check(seen == expected, f"{key} is {seen}, the exporter's {expected}")
    return len(own)


def compared(agent, exporter, device, module):
    """How many series agree. snmpd finds some of its devices only when it has been asked, and between two looks
    a value may move: some seconds are given to it."""
    def once():
        ours = series_of(metrics(agent), device.target, module)
        ours = (ours[0], {k: v for k, v in ours[1].items() if k[0] not in ("up", "scrape_duration_seconds")})
        try:
            return [compare(module, ours, series_of(exporter.scrape(device.target, module)))]
        except AssertionError as difference:
            differences.append(str(difference))
            return None

    differences = []
    try:
        # In a list, for none is a number too: snmpd has the sensors' MIB only where there are sensors.
        return wait_for(f"{module} agrees", once, 8, 0.5)[0]
    except AssertionError:
        raise AssertionError(differences[-1]) from None


def parity():
    need("snmpd", "prometheus-snmp-exporter", "snmpget")
    with scene() as (directory, cleanup):
        device = Snmpd(directory, config="includeAllDisks 10%\nload 12 10 5\n")
        cleanup.callback(device.stop)
        exporter = Exporter(directory)
        cleanup.callback(exporter.stop)
        target = f'targets: ["{device.target}"]'
        entries = [f"job: {m}, {target}, modules: [{m}]" for m in SHIPPED]
        entries.append(f"job: number, {target}, modules: [if_mib], keep_indexes: true")
        for job, how in (("priv", v3(USER, directory, 2)), ("auth", v3("signed", directory, 1, "SHA-256")),
                         ("plain", v3("plain", directory, 0)), ("strong", v3("strong", directory, 2, "SHA-512"))):
            entries.append(f"job: {job}, {target}, modules: [if_mib], {how}")
        agent = agent_of(directory, cleanup, entries)
        for job in SHIPPED + ["number", "priv", "auth", "plain", "strong"]:
            wait_for(f"{job} answers", lambda j=job: value(agent, f'up{{job="{j}"}}') == 1, 10)
        total = sum(compared(agent, exporter, device, module) for module in SHIPPED)
        check(total > 300, f"enough was compared: {total} series")

        # Version 3 of every level says the same as 2c; with numbers as labels, each interface keeps its own.
        names = {k for k in series_of(metrics(agent), device.target, "if_mib")[1]}
        for job in ("priv", "auth", "plain", "strong"):
            check({k for k in series_of(metrics(agent), device.target, job)[1]} == names, f"{job} has 2c's series")
        check(query(agent, 'ifHCInOctets{job="number",ifIndex="1",ifName="lo"}'), "ifIndex stays where asked for")
        check(not query(agent, 'ifHCInOctets{job="if_mib",ifIndex!=""}'), "and nowhere else")


def faults():
    need("snmpd", "snmpget")
    with scene() as (directory, cleanup):
        device, other = Snmpd(directory, config="engineID the-device\n"), Snmpd(directory, "other")
        cleanup.callback(device.stop)
        cleanup.callback(other.stop)
        # Two of one engine ID, as a cloned configuration makes them, with a key each.
        twins = [Snmpd(directory, name, config="engineID twin\n", password=f"password-of-{name}")
                 for name in ("twin1", "twin2")]
        for twin in twins:
            cleanup.callback(twin.stop)
            secret(directory, f"of-{twin.name}", f"password-of-{twin.name}")
        secret(directory, "wrong", "something-else")
        secret(directory, "turned", PASSWORD)
        Path(directory, "open").write_text("public\n")  # others can read it
        target = f'targets: ["{device.target}"], modules: [system]'
        agent = agent_of(directory, cleanup, [
            f"job: good, {target}, {v3(USER, directory, 2, password='turned')}",
            f'job: community, targets: ["{other.target}"], modules: [system], community: secret',
            f'job: auth, targets: ["{other.target}"], modules: [system], {v3(USER, directory, 2, password="wrong")}',
            f"job: user, {target}, {v3('nobody', directory, 1)}",
            f"job: level, {target}, {v3('plain', directory, 1)}",
            f"job: right, {target}, {v3('signed', directory, 0)}",
            f"job: key, {target}, {v3('strong', directory, 2, 'SHA-512', key='wrong')}",
            *[f'job: twin, targets: ["{t.target}"], modules: [system], '
              f'{v3(USER, directory, 2, password="of-" + t.name)}' for t in twins],
            f'job: closed, targets: ["127.0.0.1:9"], {v3(USER, directory, 0)}',
            f"job: open, {target}, community_file: {directory}/open",
            f'job: name, targets: ["no-such-device.invalid"], modules: [system]',
            f"job: module, {target.replace('system', 'sistem')}"])
        wait_for("the one with the right keys answers", lambda: value(agent, 'up{job="good"}') == 1, 10)
        reasons = ["no answer to 4 requests", f'takes the authentication of \\"{USER}\\" for wrong: check SHA',
                   'knows no user \\"nobody\\"', 'does not let the user \\"plain\\" ask with authNoPriv', "answers authorizationError for 1.3",
                   f"though it answers discovery; check AES and the password in {directory}/wrong",
                   "has the engine ID 80001f88047477696e, as 127.0.0.1:", "nothing listens on its UDP port", f"{directory}/open",
                   "does not resolve", 'there is no SNMP module \\"sistem\\"; known are entity_sensor']
        log = Path(directory, "agent.log")
        for reason in reasons:
            wait_for(f"the log says: {reason}", lambda r=reason: r in log.read_text(), 15)
        for job in ("community", "auth", "user", "level", "right", "key", "closed", "open", "name"):
            wait_for(f"{job} is down", lambda j=job: value(agent, f'up{{job="{j}"}}') == 0, 10)
        wait_for("of the twins one answers", lambda: value(agent, 'sum(up{job="twin"})') == 1, 10)
        check(value(agent, 'up{job="good"}') == 1, "which costs the good one nothing")

        # The device gets another key; the agent fails, and goes on when its file has the key, without a restart.
        device.stop()
        turned = Snmpd(directory, "again", config="engineID the-device\n", password="another-pass-1",
                       port=device.port)
        cleanup.callback(turned.stop)
        wait_for("the old key fails", lambda: value(agent, 'up{job="good"}') == 0, 10)
        secret(directory, "turned", "another-pass-1")
        wait_for("the new one works", lambda: value(agent, 'up{job="good"}') == 1, 20)
        check(agent.stop() == 0, "the agent stops with 0")


def silent():
    need("snmpd", "snmpget")
    with scene() as (directory, cleanup):
        device = Snmpd(directory)
        cleanup.callback(device.stop)
        quiet = [Silent() for _ in range(5)]
        quiet += [Silent(b"\x80\x00\x1f\x88\x04engine" + bytes([48 + i])) for i in range(5)]
        for peer in quiet:
            cleanup.callback(peer.stop)
        ports = ", ".join(f'"127.0.0.1:{p.port}"' for p in quiet)
        agent = agent_of(directory, cleanup, [
            f'job: v2c, targets: ["{device.target}"], modules: [if_mib], every: 500ms',
            f"job: silent, targets: [{ports}], {v3(USER, directory, 2)}, every: 2s"],
            "timeout: 450ms, request_timeout: 100ms, retries: 2")
        wait_for("the ten are silent and named", lambda: value(agent, 'count(up{job="silent"} == 0)') == 10, 15)
        wait_for("each was asked", lambda: all(p.heard > 2 for p in quiet), 10)
        start = time.monotonic()
        wait_for("twelve seconds of polls", lambda: time.monotonic() - start > 12, 15)
        took = query(agent, 'max_over_time(scrape_duration_seconds{job="v2c"}[10s])')[0][1]
        check(took < 0.05, f"no poll of the device took longer than 50 ms: {took} s")
        samples = query(agent, f'up{{job="v2c"}}[10s]')[0][1]
        check(all(v == "1" for _, v in samples), "each poll of the device succeeded")
        gaps = [b[0] - a[0] for a, b in zip(samples, samples[1:])]
        check(len(gaps) >= 15, f"there were polls: {len(gaps)}")
        late = max(abs(gap - 0.5) for gap in gaps)
        check(late < 0.05, f"none came 50 ms late: {late:.3f} s")
        log = Path(directory, "agent.log").read_text()
        check(log.count("no answer to 3 SNMPv3 discoveries") == 5, "five never said who they are")
        check("though it answers discovery" in log or "no answer within 450ms" in log, "five stopped after that")


def reload():
    """Another user, key and device in agent.yml: in force with SIGHUP, without a restart."""
    need("snmpd", "snmpget")
    with scene() as (directory, cleanup):
        device, other = Snmpd(directory, config="engineID the-device\n"), Snmpd(directory, "other")
        cleanup.callback(device.stop)
        cleanup.callback(other.stop)
        secret(directory, "old", "the-old-password")
        entry = lambda at, password: f'job: it, targets: ["{at.target}"], modules: [system], ' \
            f"{v3(USER, directory, 2, password=password)}"
        kept = f'job: kept, targets: ["{device.target}"], modules: [system]'
        agent = agent_of(directory, cleanup, [entry(device, "old"), kept])
        wait_for("the old key fails", lambda: value(agent, 'up{job="it"}') == 0, 10)
        wait_for("the other target answers", lambda: value(agent, 'up{job="kept"}') == 1, 10)
        config, log = Path(directory, "agent.yml"), Path(directory, "agent.log")

        def change(old, new):
            text = config.read_text()
            check(old in text, f"{old} stands in {text}")
            config.write_text(text.replace(old, new))
            os.kill(agent.process.pid, signal.SIGHUP)

        change(f"{directory}/old", f"{directory}/auth")
        wait_for("the new key is in force", lambda: value(agent, 'up{job="it"}') == 1, 10)
        change(f"user: {USER}", "user: strong")
        wait_for("who signs otherwise", lambda: value(agent, 'up{job="it"}') == 0, 10)
        change("protocol: SHA,", "protocol: SHA-512,")
        wait_for("and another user with another protocol", lambda: value(agent, 'up{job="it"}') == 1, 10)

        # A mistake changes nothing, and is named with its place.
        change("version: 3", "version: 4")
        wait_for("the mistake is named", lambda: "the old targets stay" in log.read_text(), 10)
        check("agent.yml:" in log.read_text().split("the old targets stay")[1], "with its place")
        since = time.monotonic()
        wait_for("polls go on", lambda: time.monotonic() - since > 2 and value(agent, 'up{job="it"}') == 1, 10)
        change("version: 4", "version: 3")

        # Another device: the series of the one before end at once.
        change(f'job: it, targets: ["{device.target}"]', f'job: it, targets: ["{other.target}"]')
        wait_for("the other device answers", lambda: value(agent, f'up{{job="it",instance="{other.target}"}}') == 1, 10)
        check(not query(agent, f'{{job="it",instance="{device.target}"}}'), "nothing is told of the first any more")
        changes = query(agent, 'resets(sysUpTime{job="kept"}[5m])')[0][1]
        check(changes == 0 and value(agent, 'up{job="kept"}') == 1, "a target that is the same goes on")
        check(agent.stop() == 0, "the agent stops with 0")


run({"parity": parity, "faults": faults, "silent": silent, "reload": reload}[sys.argv[1]])
