#!/usr/bin/env python3
"""A disk fills on this host, and one incident tells it from warning to critical, through mail to a
person, to resolved and reopened. With `kill` as argument the bridge is killed -9 while the fault
starts and the agent while it lasts, each at a moment that a seed decides (printed; a second
argument repeats it)."""
import random
import subprocess
import sys
import threading
import time

from lab import BIN, Agent, Bridge, MailServer, Tmpfs, check, run, scene, wait_for

RULES = """
groups:
  - name: disk
    rules:
      - alert: FilesystemFilling
        expr: 100 * (1 - node_filesystem_avail_bytes{{mountpoint="{mount}"}} / node_filesystem_size_bytes)
        levels: {{warning: "> 80", critical: "> 92"}}
        clear: 3
        annotations:
          summary: '{{{{ $labels.mountpoint }}}} is {{{{ $value | printf "%.0f" }}}} % full'
          tocsin_group_by: mountpoint
"""

STEP_2_AFTER = 4
STEP_3_AFTER = 9
STABLE = 3

CONFIG = """
language: en
incidents: {{stable: {stable}s}}
calendars: {{office: 7x24}}
people:
  - {{name: li.na, contacts: [{{channel: mail, address: li.na@example.com, for: all}}]}}
  - {{name: wang.wei, contacts: [{{channel: mail, address: wang.wei@example.com, for: all}}]}}
  - {{name: boss, contacts: [{{channel: mail, address: boss@example.com, for: all}}]}}
teams:
  - {{name: ops, manager: wang.wei, members: [li.na]}}
policies:
  - name: ops
    response:
      - {{tell: ["person:li.na"]}}
      - {{after: {step}s, tell: ["manager:ops"]}}
      - {{after: {step3}s, tell: ["person:boss"]}}
channels:
  - {{name: mail, type: email, server: "127.0.0.1:{port}", from: tocsin@example.com,
     user: tocsin, password_file: "{password}", ca_file: "{ca}"}}
routes:
  - {{team: ops, policy: ops, reopen: 30m}}
"""


def kinds(incident):
    return [entry["kind"] for entry in incident["timeline"]]


def in_order(wanted, seen):
    rest = iter(seen)
    return all(any(kind == s for s in rest) for kind in wanted)


def kill_at(daemon, seconds):
    """kill -9 so long from now, then up again."""
    threading.Event().wait(seconds)
    print(f"kill -9 of the {daemon.name} after {seconds:.2f} s")
    daemon.kill()
    daemon.start()


def check_mails(mail, with_kills):
    """Nobody is told twice: a send that a kill cut off may come again, but as the same message."""
    for address in ("li.na@example.com", "wang.wei@example.com"):
        ids = [message["Message-ID"] for _, message in mail.to(address)]
        kinds_of = [message["X-Tocsin-Kind"] for _, message in mail.to(address)]
        print(f"mails to {address}: {' '.join(kinds_of)}")
        check(with_kills or len(ids) == len(set(ids)), f"{address} got a mail twice: {ids}")
        for kind in ("opened", "escalated", "resolved"):
            distinct = {i for i, k in zip(ids, kinds_of) if k == kind}
            check(len(distinct) <= 1, f"{address} was told {kind} in {len(distinct)} mails")


def fault(with_kills, seed):
    moments = random.Random(seed)
    if with_kills:
        print(f"seed {seed}")
    with scene() as (directory, cleanup):
        mail = cleanup.enter_context(MailServer(directory))
        disk = Tmpfs(directory)
        cleanup.callback(disk.unmount)
        bridge = Bridge(directory, CONFIG.format(stable=STABLE, step=STEP_2_AFTER, step3=STEP_3_AFTER, port=mail.port,
                                                 password=mail.password_file, ca=mail.certificate))
        cleanup.callback(bridge.stop)
        bridge.start()
        rules = f"{directory}/rules.yml"
        with open(rules, "w") as file:
            file.write(RULES.format(mount=disk.path))
        agent = Agent(directory, [bridge.url], rules)
        cleanup.callback(agent.stop)
        agent.start()

        def only():
            found = bridge.incidents(alertname="FilesystemFilling")
            check(len(found) <= 1, f"more than one incident: {found}")
            return found[0] if found else None

        # 85 %: a warning, P3, within three seconds.
        filled = disk.fill(0.85)
        if with_kills:
            kill_at(bridge, moments.uniform(0, 2))  # from before the sample to after the delivery
        first = wait_for("an incident", only, 3 if not with_kills else 15)
        took = time.time() - filled
        print(f"85 % full to incident: {took:.2f} s")
        check(first["severity"] == "warning" and first["priority"] == "P3", f"warning, P3: {first}")
        check(first["state"] == "triggered", f"triggered: {first}")
        key = first["key"]

        # 95 %: the same incident is critical, P2.
        disk.fill(0.95)
        if with_kills:
            kill_at(agent, moments.uniform(0, 2))
        wait_for("the same incident critical, P2",
                 lambda: (only() or {}).get("severity") == "critical" and only()["priority"] == "P2",
                 3 if not with_kills else 15)
        check(only()["key"] == key, "the same incident rises")

        # Nobody acknowledges: step 2 by mail at its due time.
        wait_for("mail of step 1", lambda: mail.to("li.na@example.com"), 15)
        second = wait_for("mail of step 2", lambda: mail.to("wang.wei@example.com"), 20)
        opened = wait_for("the incident", lambda: bridge.incident(key))["opened_at"]
        from datetime import datetime
        due = datetime.fromisoformat(opened.replace("Z", "+00:00")).timestamp() + STEP_2_AFTER
        late = second[0][0] - due
        print(f"step 2 came {late:+.2f} s from its due time")
        check(-0.1 <= late <= (3 if not with_kills else 10), f"step 2 at its due time, not {late:+.2f} s off")
        text = second[0][1].get_body(("plain",)).get_content()
        check(key in text and str(disk.path) in text, f"the mail says what and where:\n{text}")

        # Acknowledged while the disk is still full: step 3 does not come when it would have.
        status, answer = bridge.move(key, "acknowledge", actor="li.na", text="looking")
        check(status == 200 and answer["state"] == "acknowledged", f"acknowledge: {status} {answer}")
        # A note by the command, as the person who says it.
        noted = subprocess.run([BIN / "tocsin", "--bridge", bridge.url, "--as", "zhao.lei", "incidents", "note", key,
                                "logs are rotated"], capture_output=True, text=True)
        check(noted.returncode == 0, f"tocsin incidents note: {noted.stdout}{noted.stderr}")
        notes = [(e["actor"], e["text"]) for e in bridge.incident(key)["timeline"] if e["kind"] == "note"]
        check([actor for actor, text in notes] == ["zhao.lei"] and "logs are rotated" in notes[0][1],
              f"the note is zhao.lei's: {notes}")

        threading.Event().wait(max(0, due - STEP_2_AFTER + STEP_3_AFTER + 2 - time.time()))
        check(not mail.to("boss@example.com"), "no escalation after the acknowledge")
        check(only()["state"] == "acknowledged", f"still acknowledged: {only()}")

        # Emptied: resolved after the stability window.
        emptied = disk.fill(0.10)
        wait_for("resolved", lambda: only()["state"] == "resolved", STABLE + 10)
        print(f"emptied to resolved: {time.time() - emptied:.2f} s (window {STABLE} s)")
        check(time.time() - emptied >= STABLE - 0.1, "not resolved before the stability window has passed")

        # Filled again inside the reopen window: the same incident.
        disk.fill(0.85)
        wait_for("reopened", lambda: only()["state"] == "triggered", 10)
        incident = bridge.incident(key)
        check(incident["key"] == key, "the same incident reopens")
        seen = kinds(incident)
        print("timeline:", " ".join(seen))
        # A mail may be read and answered before the server's "250" has come back to the bridge.
        for order in (["opened", "level_raised", "step", "acknowledged", "resolved", "reopened"],
                      ["opened", "told", "level_raised", "step", "told", "resolved"]):
            check(in_order(order, seen), f"the timeline tells all of it in order: {seen}")
        times = [entry["at"] for entry in incident["timeline"]]
        check(times == sorted(times), f"the timeline is ordered: {times}")
        check(len(bridge.incidents(alertname="FilesystemFilling")) == 1, "exactly one incident exists")
        check_mails(mail, with_kills)


run(lambda: fault("kill" in sys.argv[1:], int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 10**6))
