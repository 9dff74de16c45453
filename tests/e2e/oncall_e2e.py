#!/usr/bin/env python3
"""Who is told is who is on call: two people hand over every 20 s, mail goes to a real server, and
an override and its end change who gets it. The command shows the same people."""
import json
import subprocess
import time

from lab import BIN, Bridge, MailServer, check, http, run, scene, wait_for

EVERY = 20
PEOPLE = ["li.na", "zhao.lei"]

CONFIG = """
language: en
calendars: {{office: 7x24}}
people:
  - {{name: li.na, contacts: [{{channel: mail, address: li.na@example.com}}]}}
  - {{name: zhao.lei, contacts: [{{channel: mail, address: zhao.lei@example.com}}]}}
  - {{name: wang.wei, contacts: [{{channel: mail, address: wang.wei@example.com}}]}}
teams:
  - {{name: ops, members: [li.na, zhao.lei], manager: wang.wei}}
rotations:
  - {{name: ops-primary, team: ops, every: {every}s, people: [li.na, zhao.lei], starts: 2026-01-05}}
policies:
  - name: ops
    response:
      - {{tell: ["rotation:ops-primary"]}}
      - {{after: 1h, tell: ["manager-of:rotation:ops-primary"]}}
channels:
  - {{name: mail, type: email, server: "127.0.0.1:{port}", from: tocsin@example.com,
     user: tocsin, password_file: "{password}", ca_file: "{ca}"}}
routes:
  - {{team: ops}}
"""


def turn_of(moment):
    """Whose turn it is, by arithmetic: turns of EVERY seconds from 2026-01-05T00:00:00Z."""
    begin = 1767571200
    return PEOPLE[int((moment - begin) // EVERY) % 2]


def left_of_turn(moment):
    return EVERY - (moment - 1767571200) % EVERY


def command(bridge, *args, status=0):
    done = subprocess.run([BIN / "tocsin", "--bridge", bridge.url, "--as", "wang.wei", *args],
                          capture_output=True, text=True)
    check(done.returncode == status, f"tocsin {' '.join(args)}: {done.returncode}, not {status}: {done.stdout}{done.stderr}")
    return done.stdout


def on_call(bridge):
    """The person, and that no hand-over came between asking and answer."""
    answer = json.loads(command(bridge, "oncall", "--output", "json"))
    return answer["rotations"][0]["now"]["person"]


def fire(bridge, host):
    status, answer = http("POST", f"{bridge.url}/api/v2/alerts",
                          [{"labels": {"alertname": "Down", "host": host, "severity": "critical"}}])
    check(status == 200, f"an alert: {status} {answer}")


def mail_about(mail, host):
    """Who got the opening of the incident on a host."""
    return sorted(person for person in PEOPLE + ["wang.wei"]
                  for _, message in mail.to(f"{person}@example.com")
                  if host in message.get_body(("plain",)).get_content())


def with_time_left():
    """Waits for a moment with some seconds before the next hand-over."""
    wait_for("time left in the turn", lambda: left_of_turn(time.time()) > 6, EVERY)


def test():
    with scene() as (directory, cleanup):
        mail = cleanup.enter_context(MailServer(directory))
        config = CONFIG.format(every=EVERY, port=mail.port, password=mail.password_file, ca=mail.certificate)
        bridge = Bridge(directory, config)
        cleanup.callback(bridge.stop)
        bridge.start()

        # Each turn's person is told, and the command names the same.
        told = []
        for host in ("alpha", "beta"):
            if told:
                wait_for("the other's turn", lambda: turn_of(time.time()) != told[-1], EVERY + 5)
            with_time_left()
            expected = turn_of(time.time())
            fire(bridge, host)
            check(on_call(bridge) == expected, f"tocsin oncall names {expected}")
            got = wait_for(f"a mail about {host}", lambda host=host: mail_about(mail, host), 15)
            print(f"{host}: {expected} is on call, mail to {got}")
            check(got == [expected], f"{expected} is told of {host}, not {got}")
            told.append(expected)
        check(sorted(told) == PEOPLE, f"both had their turn: {told}")
        text = command(bridge, "oncall", "next")
        check("ops-primary" in text and any(p in text for p in PEOPLE), f"tocsin oncall next:\n{text}")

        # An override: neither of them, but wang.wei; kept over a kill -9.
        made = command(bridge, "oncall", "override", "ops-primary", "wang.wei", "--for", "1h", "--why", "a wedding")
        print(made.strip())
        check("wang.wei" in made, f"the override is told: {made}")
        bridge.kill()
        bridge.start()
        check(on_call(bridge) == "wang.wei", "tocsin oncall names who stands in")
        fire(bridge, "gamma")
        got = wait_for("a mail about gamma", lambda: mail_about(mail, "gamma"), 15)
        print(f"gamma: mail to {got}")
        check(got == ["wang.wei"], f"wang.wei is told of gamma, not {got}")
        listed = json.loads(command(bridge, "oncall", "overrides", "--output", "json"))
        row = listed["overrides"][0]
        check((row["actor"], row["why"]) == ("wang.wei", "a wedding"), f"who and why are kept: {row}")

        # Its end: whoever's turn it is again.
        command(bridge, "oncall", "cancel", str(row["id"]))
        command(bridge, "oncall", "cancel", str(row["id"]), status=1)
        with_time_left()
        expected = turn_of(time.time())
        fire(bridge, "delta")
        got = wait_for("a mail about delta", lambda: mail_about(mail, "delta"), 15)
        check(got == [expected], f"{expected} is told of delta, not {got}")

        # A swap turns the two round.
        command(bridge, "oncall", "swap", "ops-primary", "li.na", "zhao.lei", "--for", "1h")
        with_time_left()
        swapped = PEOPLE[1 - PEOPLE.index(turn_of(time.time()))]
        check(on_call(bridge) == swapped, f"after the swap {swapped} is on call")
        fire(bridge, "epsilon")
        got = wait_for("a mail about epsilon", lambda: mail_about(mail, "epsilon"), 15)
        check(got == [swapped], f"{swapped} is told of epsilon, not {got}")

        # A test of one's contacts, the calendar, and the report of the shift.
        before = len(mail.to("wang.wei@example.com"))
        text = command(bridge, "oncall", "test-me")
        check("delivered" in text and "wang.wei@example.com" in text, f"test-me:\n{text}")
        check(len(mail.to("wang.wei@example.com")) == before + 1, "test-me sent one mail")
        calendar = command(bridge, "oncall", "month", "--ical")
        check(calendar.startswith("BEGIN:VCALENDAR") and "SUMMARY:" in calendar, "an iCalendar")
        report = json.loads(command(bridge, "oncall", "handover", "--output", "json"))
        check(len(report["open"]) == 5 and report["due"], f"the report: {len(report['open'])} open, {report['due'][:1]}")
        command(bridge, "oncall", "override", "none", "li.na", "--for", "1h", status=1)
        command(bridge, "oncall", "override", "ops-primary", "li.na", status=2)


run(test)
