#!/usr/bin/env python3
"""A rule, a group and an agent on trial: the bridge records what they fire and tells nobody, and says why;
the command names the rule's file, line, expression and value."""
import json
import subprocess
from pathlib import Path

from lab import BIN, Agent, Bridge, check, run, scene, wait_for

RULES = """groups:
  - name: trial
    mode: observe
    rules:
      - {alert: OnTrial, expr: node_load1 >= 0}
      - {alert: InForce, expr: node_load1 >= 0, mode: active}
"""

BRIDGE = """
calendars: {office: 7x24}
people: [{name: li.na, contacts: [{channel: hook}]}]
channels: [{name: hook, type: webhook, url: "http://127.0.0.1:1/"}]
policies: [{name: web, response: [{tell: [person:li.na]}]}]
routes: [{policy: web}]
"""


def tocsin(bridge, *arguments):
    done = subprocess.run([BIN / "tocsin", "--bridge", bridge.url, *arguments], capture_output=True, text=True,
                          timeout=20)
    return done.returncode, done.stdout, done.stderr


def observed(bridge, name):
    found = wait_for(f"an incident of {name}", lambda: bridge.incidents(alertname=name), 30)
    check(len(found) == 1, f"one incident of {name}: {found}")
    return found[0]


def on_trial():
    with scene() as (directory, cleanup):
        bridge = Bridge(directory, BRIDGE)
        cleanup.callback(bridge.stop)
        bridge.start()
        rules = Path(directory, "trial.yml")
        rules.write_text(RULES)
        agent = Agent(directory, [bridge.url], rules)
        cleanup.callback(agent.stop)
        agent.start()
        trial, force = observed(bridge, "OnTrial"), observed(bridge, "InForce")
        check(trial["observed"] and not force["observed"], f"by the group's mode and the rule's own: {trial} {force}")
        messages = bridge.incident(trial["key"])["escalation"]["messages"]
        check(messages == [], f"nobody is told of what is on trial: {messages}")
        check(bridge.incident(force["key"])["escalation"]["messages"], "somebody is told of what is in force")

        status, out, err = tocsin(bridge, "incidents", "why", trial["key"], "--lang", "en")
        check(status == 0, f"why answers: {out} {err}")
        for expected in (f"By the rule at {rules}:5, version ", ": node_load1 >= 0; its value was ",
                         "It is observed: all is recorded, nobody is told"):
            check(expected in out, f"why says {expected!r}:\n{out}")
        status, out, err = tocsin(bridge, "incidents", "why-not", "--labels", "alertname=OnTrial,host=lab-1", "--lang", "zh-CN")
        check(status == 0 and "其规则或代理为试运行" in out, f"why-not says it in Chinese: {out} {err}")
        status, out, err = tocsin(bridge, "--output", "json", "incidents", "why-not", "--labels", "alertname=Never",
                                  "--labels", "host=lab-1")
        steps = [link["step"] for link in json.loads(out)["links"]]
        check(status == 1 and steps[-1] == "agent", f"nothing is known of it, ask the agent: {out} {err}")
        agent.stop()

        # A whole agent on trial, whatever its rules say.
        Path(directory, "second").mkdir()
        second = Agent(Path(directory, "second"), [bridge.url], rules, host="lab-2", config="rules: {mode: observe}\n")
        cleanup.callback(second.stop)
        second.start()
        found = wait_for("its incident", lambda: bridge.incidents(alertname="InForce", host="lab-2"), 30)
        check(found[0]["observed"], f"observed by its agent: {found}")


run(on_trial)
