#!/usr/bin/env python3
"""The systemd collector beside Debian's node_exporter, on the bus of a real systemd: the same series
of the same units. What fails between two collections is counted, also after the bus was lost; and what its journald
writes is counted line by line."""
import os
import shutil
import socket
import subprocess
import urllib.parse
from pathlib import Path

import families
from lab import Agent, check, free_port, http, run, scene, skip, wait_for
from machine import Machine

UNITS = {
    "tocsin-crash.service": "[Service]\nExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=0\n"
                            "[Unit]\nStartLimitIntervalSec=0\n",
    "tocsin-broken.service": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 3'\n",
    "tocsin-needy.service": "[Unit]\nRequires=tocsin-broken.service\nAfter=tocsin-broken.service\n"
                            "[Service]\nExecStart=/bin/sleep infinity\n",
    "tocsin-tick.service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
    "tocsin-tick.timer": "[Timer]\nOnActiveSec=1s\nAccuracySec=1ms\n",
    "tocsin-echo.socket": "[Socket]\nListenStream=/run/echo.sock\nAccept=yes\nMaxConnections=2\n",
    "tocsin-noisy@.service": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo fine; echo error %i; echo error again'\n",
    "tocsin-quiet@.service": "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo error elsewhere'\n",
    "tocsin-echo@.service": "[Service]\nExecStart=/bin/cat\nStandardInput=socket\n",
}
RULES = "groups: [{name: none, rules: []}]\n"
MOVING = {"node_systemd_unit_tasks_current"}


def value(agent, expr):
    status, answer = http("GET", f"{agent.url}/api/v1/query?query={urllib.parse.quote(expr)}")
    check(status == 200, f"{expr} answered {status}: {answer}")
    found = answer["data"]["result"]
    return float(found[0]["value"][1]) if found else None


def systemd_families(url):
    """Those of node_systemd_*; an empty label is an absent one."""
    found = {name: family for name, family in families.fetch(f"{url}/metrics").items()
             if name.startswith("node_systemd_")}
    return {name: (kind, text, {tuple(pair for pair in labels if pair[1]): sample
                                for labels, sample in series.items()})
            for name, (kind, text, series) in found.items()}


def differences(theirs, ours):
    wrong = []
    for name in sorted(theirs.keys() | ours.keys()):
        if name not in theirs or name not in ours:
            wrong.append(f"{name}: only {'we' if name in ours else 'node_exporter'} have it")
            continue
        (kind, text, series), (own_kind, own_text, own) = theirs[name], ours[name]
        if (kind, text) != (own_kind, own_text):
            wrong.append(f"{name}: {kind} {text!r}, ours {own_kind} {own_text!r}")
        for labels in sorted(series.keys() | own.keys()):
            if labels not in series or labels not in own:
                wrong.append(f"{name}{labels}: only {'we' if labels in own else 'node_exporter'} have it")
            elif name not in MOVING and abs(series[labels] - own[labels]) > 1e-6 * abs(series[labels]):
                wrong.append(f"{name}{labels}: {series[labels]}, ours {own[labels]}")
    return wrong


def same(exporter, agent, what):
    """Both say the same within a few collections; what it was is returned."""
    last = []

    def agree():
        theirs = systemd_families(exporter)
        ours = systemd_families(agent.url)
        last[:] = differences(theirs, ours)
        return not last and theirs

    try:
        theirs = wait_for("agreement", agree, 10, 0.3)
    except AssertionError:
        raise AssertionError(f"{what}:\n" + "\n".join(last[:40])) from None
    print(f"{what}: {sum(len(f[2]) for f in theirs.values())} series in {len(theirs)} families are the same")
    return theirs


def failures(agent, unit, result):
    return value(agent, f'tocsin_unit_failures_total{{unit="{unit}",result="{result}"}}')


def crash(machine, times):
    """Kills the service's process; systemd has started it again when this returns."""
    for _ in range(times):
        pid = machine.run("systemctl", "show", "-P", "MainPID", "tocsin-crash.service")
        machine.run("systemctl", "kill", "-s", "KILL", "tocsin-crash.service")
        wait_for("the restart", lambda: machine.run("systemctl", "show", "-P", "MainPID",
                                                    "tocsin-crash.service") not in (pid, "0"))


def start_exporter(cleanup, environment, *flags):
    port = free_port()
    exporter = subprocess.Popen(
        ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}", "--collector.disable-defaults",
         "--collector.systemd", "--collector.systemd.enable-task-metrics",
         "--collector.systemd.enable-restarts-metrics", "--collector.systemd.enable-start-time-metrics", *flags],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    cleanup.callback(lambda: (exporter.kill(), exporter.wait()))

    def answers():
        try:
            return bool(systemd_families(f"http://127.0.0.1:{port}"))
        except OSError:
            return False

    wait_for("node_exporter tells of systemd", answers, 20)
    return f"http://127.0.0.1:{port}"


def compare(machine, exporter, agent):
    same(exporter, agent, "at rest")
    for unit in ("tocsin-tick.timer", "tocsin-echo.socket", "tocsin-crash.service"):
        machine.run("systemctl", "start", unit)
    clients = []
    for _ in range(3):
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(machine.path("/run/echo.sock")))
        clients.append(client)
    wait_for("the timer has fired", lambda: machine.run(
        "systemctl", "show", "-P", "LastTriggerUSec", "tocsin-tick.timer"))
    theirs = same(exporter, agent, "with a timer that fired and a socket that is full")
    echo = (("name", "tocsin-echo.socket"),)
    counts = [theirs[f"node_systemd_socket_{what}"][2][echo] for what in
              ("accepted_connections_total", "current_connections", "refused_connections_total")]
    check(counts == [2, 2, 1], f"two connections taken, one refused, not {counts}")
    tick = theirs["node_systemd_timer_last_trigger_seconds"][2][("name", "tocsin-tick.timer"),]
    check(tick > 1e9, f"the timer's last trigger is a time, not {tick}")
    for client in clients:
        client.close()
    crash(machine, 1)
    theirs = same(exporter, agent, "with a service that was restarted")
    restarts = theirs["node_systemd_service_restart_total"][2][("name", "tocsin-crash.service"),]
    check(restarts == 1, f"one restart, not {restarts}")


def choose(directory, cleanup, environment, rules):
    """Only the units that the settings name, as node_exporter's flags of the same names choose them."""
    wanted = {"unit_include": "tocsin-.+", "unit_exclude": r".+\.(timer|slice)|tocsin-tick.*"}
    exporter = start_exporter(cleanup, environment,
                              *(f"--collector.systemd.{name.replace('_', '-')}={regex}" for name, regex in wanted.items()))
    folder = Path(directory, "chosen")
    folder.mkdir()
    settings = "".join(f", {name}: '{regex}'" for name, regex in wanted.items())
    agent = Agent(folder, [], rules, config=f"collect:\n  systemd: {{enable_task_metrics: true{settings}}}\n", env=environment)
    cleanup.callback(agent.stop)
    agent.start()
    theirs = same(exporter, agent, "of chosen units")
    units = {dict(labels)["name"].partition("@")[0] for labels in theirs["node_systemd_unit_state"][2]}
    check("tocsin-crash.service" in units and "tocsin-echo.socket" in units and
          all(unit.startswith("tocsin-") and not unit.startswith("tocsin-tick") for unit in units), f"the units are {units}")
    agent.stop()


def fail(machine, agent):
    wait_for("the first failure counted", lambda: failures(agent, "tocsin-crash.service", "signal") == 1)
    crash(machine, 2)
    wait_for("two more", lambda: failures(agent, "tocsin-crash.service", "signal") == 3)
    seen = value(agent, 'max_over_time(node_systemd_unit_state{name="tocsin-crash.service",state="failed"}[5m])')
    check(seen == 0, "no collection saw the service failed")
    machine.run("systemctl", "start", "tocsin-needy.service", check=False)
    wait_for("the service that exits", lambda: failures(agent, "tocsin-broken.service", "exit-code") == 1)
    wait_for("the one that needs it", lambda: failures(agent, "tocsin-needy.service", "dependency") == 1)


def lose_the_bus(machine, exporter, agent):
    machine.run("systemctl", "restart", "dbus.service")
    working = 'tocsin_collector_success{collector="systemd"}'
    wait_for("systemd asked on the new bus", lambda: value(agent, working) == 1 and machine.run(
        "busctl", "status", "org.freedesktop.systemd1", check=False))
    same(exporter, agent, "after the bus was restarted")
    crash(machine, 1)
    wait_for("a failure after it", lambda: failures(agent, "tocsin-crash.service", "signal") == 4)
    check(failures(agent, "tocsin-broken.service", "exit-code") == 1, "none is counted twice")


def journal_config(machine):
    """The journal that the machine's own journald writes, as this host sees it."""
    machine.run("journalctl", "--flush")
    folder = wait_for("journald's folder", lambda: next(
        (f.parent for place in ("/var/log/journal", "/run/log/journal")
         for f in machine.path(place).glob("*/system.journal")), None))
    noisy = ", ".join(f"tocsin-noisy@{i}.service" for i in range(1, 6))
    return (f"  journal:\n    - name: noisy\n      directory: {folder}\n      match: {{unit: [{noisy}]}}\n"
            f"      patterns: [{{name: error, regex: '^error'}}]\n"
            f"    - name: all\n      directory: {folder}\n      patterns: [{{name: elsewhere, regex: 'error elsewhere'}}]\n")


def watch_the_journal(machine, agent):
    """A running journald feeds it: over rotation, over its restart, over the agent's."""
    matches = lambda log: value(agent, f'tocsin_log_matches_total{{log="{log}"}}')
    wait_for("both logs are watched", lambda: matches("noisy") == 0 and matches("all") == 0)
    machine.run("systemctl", "start", "tocsin-noisy@1.service", "tocsin-quiet@1.service")
    wait_for("two errors of the unit", lambda: matches("noisy") == 2)
    wait_for("one of another, which is none of its", lambda: matches("all") == 1)
    machine.run("journalctl", "--rotate")
    machine.run("systemctl", "start", "tocsin-noisy@2.service")
    wait_for("two more after the files were rotated", lambda: matches("noisy") == 4)
    machine.run("systemctl", "restart", "systemd-journald.service")
    machine.run("systemctl", "start", "tocsin-noisy@3.service")
    wait_for("two more after journald was restarted", lambda: matches("noisy") == 6)
    check(agent.stop() == 0, "the agent stops with 0")
    machine.run("systemctl", "start", "tocsin-noisy@4.service", "tocsin-quiet@2.service")
    agent.start()
    wait_for("what came while it was stopped, and no line twice", lambda: matches("noisy") == 2 and matches("all") == 1)
    machine.run("systemctl", "start", "tocsin-noisy@5.service")
    wait_for("and it goes on", lambda: matches("noisy") == 4)


def systemd():
    if shutil.which("prometheus-node-exporter") is None:
        skip("prometheus-node-exporter is not installed (script/install test)")
    with scene() as (directory, cleanup):
        machine = Machine(directory, "tocsin-systemd")
        cleanup.callback(machine.stop)
        machine.start()
        for name, text in UNITS.items():
            machine.unit(name, text)
        machine.run("systemctl", "daemon-reload")
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": machine.bus}
        rules = Path(directory, "rules.yml")
        rules.write_text(RULES)
        exporter = start_exporter(cleanup, environment)
        agent = Agent(directory, [], rules, config="collect:\n  systemd: {enable_task_metrics: true}\n" +
                      journal_config(machine), env=environment)
        cleanup.callback(agent.stop)
        agent.start()
        compare(machine, exporter, agent)
        choose(directory, cleanup, environment, rules)
        fail(machine, agent)
        lose_the_bus(machine, exporter, agent)
        watch_the_journal(machine, agent)


run(systemd)
