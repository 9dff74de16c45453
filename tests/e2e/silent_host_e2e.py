#!/usr/bin/env python3
"""An agent that is killed -9 leaves a host that is silent, not one that is well: its incident stays,
and HostUnreachable opens. It comes back: HostUnreachable is over and the incident is the same. An
agent that is stopped says goodbye, and its host has the goodbye's grace."""
import time

from lab import Agent, Bridge, check, http, run, scene, wait_for

# The grace is longer than what the deadline can have left at the stop.
DEADLINE, GRACE, STABLE = 4, 12, 2
CONFIG = f"""
incidents: {{stable: {STABLE}s}}
hosts: {{heartbeat: 1s, deadline: {DEADLINE}s, goodbye_grace: {GRACE}s, restart_hold: 3s}}
"""
RULES = """
groups:
  - name: always
    rules:
      - {alert: AlwaysBad, expr: node_memory_MemTotal_bytes, levels: {warning: "> 0"}}
"""


def hosts(bridge):
    status, answer = http("GET", f"{bridge.url}/api/v1/hosts")
    check(status == 200, f"listing hosts answered {status}: {answer}")
    return answer["hosts"]


def silence():
    with scene() as (directory, cleanup):
        bridge = Bridge(directory, CONFIG).start()
        cleanup.callback(bridge.stop)
        rules = f"{directory}/rules.yml"
        with open(rules, "w") as file:
            file.write(RULES)
        agent = Agent(directory, [bridge.url], rules, host="lab-9").start()
        cleanup.callback(agent.stop)

        def one(alertname):
            found = bridge.incidents(alertname=alertname, host="lab-9")
            check(len(found) <= 1, f"more than one incident of {alertname}: {found}")
            return found[0] if found else None

        bad = wait_for("an incident", lambda: one("AlwaysBad"), 10)
        wait_for("a heartbeat of the host", lambda: any(h["host"] == "lab-9" for h in hosts(bridge)), 10)
        wait_for("the agent beats as it is asked to",
                 lambda: hosts(bridge)[0]["inventory"]["interval_seconds"] == 1, 10)
        # A whole deadline and more, and it is there: it beats every second, not every half minute.
        end = time.time() + 2 * DEADLINE
        wait_for("twice the deadline to pass", lambda: time.time() > end or one("HostUnreachable"), 30)
        check(one("HostUnreachable") is None, "the host is there")

        agent.kill()
        killed = time.time()
        lost = wait_for("HostUnreachable", lambda: one("HostUnreachable"), DEADLINE + 10, 0.1)
        took = time.time() - killed
        print(f"kill -9 to HostUnreachable: {took:.1f} s")
        check(DEADLINE - 2 <= took, f"not before the deadline has passed since the last heartbeat: {took:.1f} s")
        check(lost["severity"] == "critical", f"critical: {lost}")
        check(one("AlwaysBad")["state"] == "triggered", "its incident stays")

        agent.start()
        wait_for("the host is back", lambda: one("HostUnreachable")["state"] == "resolved", STABLE + 15)
        check(one("AlwaysBad")["key"] == bad["key"] and one("AlwaysBad")["state"] == "triggered", "the same incident")

        check(agent.stop() == 0, "a clean stop")
        stopped = time.time()
        wait_for("HostUnreachable again", lambda: one("HostUnreachable")["state"] == "triggered", GRACE + 10, 0.1)
        took = time.time() - stopped
        print(f"goodbye to HostUnreachable: {took:.1f} s")
        check(GRACE - 1 <= took <= GRACE + 5, f"after the goodbye's grace of {GRACE} s, not {took:.1f} s")


run(silence)
