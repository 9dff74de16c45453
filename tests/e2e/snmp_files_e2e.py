#!/usr/bin/env python3
"""Files of SNMP modules and of mappings of traps under a running agent: one that is wrong costs only itself, and what
changes in one is in force with SIGHUP. Users of every cipher that net-snmp knows, polled and heard.

  snmp_files_e2e.py files|ciphers
"""
import os
import signal
import subprocess
import sys
from pathlib import Path

from lab import BIN, Agent, check, run, scene, secret, wait_for
from snmp_lab import KEY, PASSWORD, Snmpd, free_udp_port, need, query, value

TRAP = "1.3.6.1.4.1.99999.0"


def module(name, metric, kind="gauge"):
    return f"{name}:\n  get: [1.3.6.1.2.1.1.3.0]\n  metrics:\n" \
           f"    - {{name: {metric}, oid: 1.3.6.1.2.1.1.3, type: {kind}, help: x}}\n"


def mapping(number, alert, severity="severity"):
    return f"trap{number}: {{oid: {TRAP}.{number}, alert: {alert}, {severity}: warning, hold: 1d}}\n"


def send(directory, port, who, number, inform=False):
    state = Path(directory, "sender")
    state.mkdir(exist_ok=True)
    done = subprocess.run(["snmpinform" if inform else "snmptrap", *who, "-t", "1", "-r", "1", f"127.0.0.1:{port}", "",
                           f"{TRAP}.{number}"], capture_output=True, text=True,
                          env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(state)})
    check(done.returncode == 0, f"{who} sends: {done.stderr}")


def files():
    need("snmpd", "snmpget", "snmptrap")
    with scene() as (directory, cleanup):
        device = Snmpd(directory)
        cleanup.callback(device.stop)
        for folder in ("mod", "map"):
            Path(directory, folder).mkdir()
        write = lambda path, text: Path(directory, path).write_text(text)
        write("mod/a.yml", module("mine", "first"))
        write("map/a.yml", mapping(1, "FirstAlert"))
        write("rules.yml", "groups: []\n")
        port, pace = free_udp_port(), "every: 500ms, timeout: 400ms, request_timeout: 200ms"
        device_of = lambda job, name: f'{{job: {job}, targets: ["{device.target}"], modules: [{name}], ' \
            f'module_files: ["{directory}/mod/*.yml"], {pace}}}'
        agent = Agent(directory, [], Path(directory, "rules.yml"), interval="500ms", config=f"""
collect:
  filesystem: false
  snmp:
    - {device_of("shipped", "system")}
    - {device_of("own", "mine")}
  snmp_traps:
    - listen: 127.0.0.1:{port}
      community: public
      mapping_files: ["{directory}/map/*.yml"]
      every: 250ms
      timeout: 200ms
""")
        cleanup.callback(agent.stop)
        agent.start()
        log = Path(directory, "agent.log")
        up = lambda job: value(agent, f'up{{job="{job}"}}')
        active = lambda: {m["alert"] for m, _ in query(agent, "tocsin_trap_active")}

        def reload():
            before = log.read_text().count("read anew")
            os.kill(agent.process.pid, signal.SIGHUP)
            wait_for("it has reloaded", lambda: log.read_text().count("read anew") > before, 10)

        def tocsin_check(status, *said):
            done = subprocess.run([BIN / "tocsin", "check", Path(directory, "agent.yml")], capture_output=True, text=True)
            check(done.returncode == status, f"check ends with {status}, not {done.returncode}: {done.stdout}")
            for line in said:
                check(line in done.stdout, f"check says {line}: {done.stdout}")

        wait_for("both answer", lambda: up("shipped") == 1 and up("own") == 1 and value(agent, "first") > 0, 10)
        send(directory, port, ["-v2c", "-c", "public"], 1)
        wait_for("the trap is active", lambda: active() == {"FirstAlert"}, 10)
        tocsin_check(0, "0 errors, 0 warnings")

        # Files that nobody uses and are wrong: named with their places, and nothing else changes.
        write("mod/b.yml", module("other", "x", "gaauge"))
        write("map/b.yml", mapping(2, "SecondAlert", "sevrity"))
        wrong = (f'{directory}/mod/b.yml:4:{module("other", "x").splitlines()[3].index("gauge") + 1}: error: "type"',
                 f'{directory}/map/b.yml:1:{mapping(2, "SecondAlert").index("severity") + 1}: error: unknown key')
        tocsin_check(1, *wrong)
        reload()
        reload()
        for line in wrong:
            check(log.read_text().replace('\\"', '"').count(line) == 1, f"the log says {line} once: {agent.tail()}")
        check(up("shipped") == 1 and up("own") == 1 and active() == {"FirstAlert"}, "nothing else changes")

        # What changes in a file is in force; agent.yml is as it was, and whoever has nothing of it goes on.
        write("mod/a.yml", module("mine", "second"))
        write("map/b.yml", mapping(2, "SecondAlert"))
        reload()
        wait_for("the module is another", lambda: value(agent, "second") and not query(agent, "first"), 10)
        send(directory, port, ["-v2c", "-c", "public"], 2)
        wait_for("so is the mapping", lambda: active() == {"FirstAlert", "SecondAlert"}, 10)
        check('targets=3 made=1' in log.read_text(), f"one target was made anew: {agent.tail()}")

        # Wrong now what was right: what it said stays in force.
        write("mod/a.yml", module("mine", "third", "gaauge"))
        write("map/a.yml", "trap1: [")
        reload()
        wait_for("the log says so", lambda: log.read_text().count("last right version stays in force") == 2, 10)
        since = value(agent, "second")
        wait_for("the device is asked as before", lambda: value(agent, "second") > since, 10)
        check(up("own") == 1 and active() == {"FirstAlert", "SecondAlert"}, "both files' last words stand")

        # After a restart there is no right version: that costs those who use it, with the reason, and no alert.
        check(agent.stop() == 0, "the agent stops with 0")
        agent.start()
        wait_for("the shipped module is asked for", lambda: up("shipped") == 1, 10)
        wait_for("the own one is down", lambda: up("own") == 0, 10)
        check(f'there is no SNMP module \\"mine\\"; {directory}/mod/a.yml:4:' in log.read_text(), agent.tail())
        wait_for("what was active stays", lambda: active() == {"FirstAlert", "SecondAlert"}, 10)
        write("mod/a.yml", module("mine", "third"))
        write("map/a.yml", mapping(1, "FirstAlert"))
        reload()
        wait_for("and works when its file is right", lambda: up("own") == 1 and value(agent, "third") > 0, 10)
        write("map/a.yml", "{}\n")
        reload()
        wait_for("what nothing raises any more ends", lambda: active() == {"SecondAlert"}, 10)
        check(agent.stop() == 0, "the agent stops with 0")


# Of the agent's protocols, and what net-snmp calls the cipher.
CIPHERS = [("MD5", "DES", "DES"), ("SHA-224", "AES", "AES"), ("SHA-256", "AES-192", "AES-192"),
           ("SHA-384", "AES-256", "AES-256"), ("SHA-512", "AES-256", "AES-256"), ("SHA", "AES-192-C", "AES192C"),
           ("SHA-512", "AES-256-C", "AES256C")]


def ciphers():
    need("snmpd", "snmpget", "snmptrap")
    with scene() as (directory, cleanup):
        secret(directory, "auth", PASSWORD)
        secret(directory, "priv", KEY)
        users = [(f"user{i}", *row) for i, row in enumerate(CIPHERS)]
        # SHA's key is shorter than AES-192's, so that how it is lengthened shows.
        odd = ("odd", "SHA", "AES-192", "AES192C")
        device = Snmpd(directory, config="".join(
            f"createUser {user} {auth} {PASSWORD} {name} {KEY}\nrouser {user} priv\n"
            for user, auth, _, name in [*users, odd]))
        cleanup.callback(device.stop)
        who = lambda user, auth, priv, _: f"{{user: {user}, auth: {{protocol: {auth}, password_file: {directory}/auth}}, " \
            f"priv: {{protocol: {priv}, password_file: {directory}/priv}}}}"
        entries = "".join(f'    - {{job: {row[0]}, targets: ["{device.target}"], modules: [system], version: 3, '
                          f"auth: {who(*row)}, every: 1s, timeout: 900ms, request_timeout: 200ms}}\n"
                          for row in [*users, odd])
        port = free_udp_port()
        Path(directory, "rules.yml").write_text("groups: []\n")
        agent = Agent(directory, [], Path(directory, "rules.yml"), interval="500ms", config=f"""
collect:
  filesystem: false
  snmp:
{entries}  snmp_traps:
    - listen: 127.0.0.1:{port}
      users: [{", ".join(who(*row) for row in users)}]
      every: 250ms
      timeout: 200ms
""")
        cleanup.callback(agent.stop)
        agent.start()
        for user, auth, priv, _ in users:
            wait_for(f"{auth} with {priv} is answered", lambda u=user: value(agent, f'up{{job="{u}"}}') == 1, 10)
        wait_for("a key that is lengthened otherwise is another", lambda: value(agent, 'up{job="odd"}') == 0, 10)
        for number, (user, auth, _, name) in enumerate(users):
            sender = ["-v3", "-u", user, "-l", "authPriv", "-a", auth, "-A", PASSWORD, "-x", name, "-X", KEY]
            for inform in (False, True):
                send(directory, port, sender, number, inform)
            wait_for(f"a trap and an inform by {auth} and {name} are believed", lambda n=number: value(
                agent, f'tocsin_traps_total{{oid="{TRAP}.{n}"}}') == 2, 10)
        check(value(agent, "sum(tocsin_traps_refused_total)") == 0, "none was refused")
        check(agent.stop() == 0, "the agent stops with 0")


run({"files": files, "ciphers": ciphers}[sys.argv[1]])
