#!/usr/bin/env python3
"""`tocsin events` beside a real bridge: what changes is a line, and a bridge that is killed and comes back is
followed from where it was: nothing that changed meanwhile is missing, nothing is told twice."""
import json
import subprocess
import threading

from lab import BIN, Bridge, check, http, run, scene, wait_for


class Follower:
    """The command, and the lines that it has printed so far."""

    def __init__(self, bridge, cleanup, *args):
        self.process = subprocess.Popen([BIN / "tocsin", "--bridge", bridge.url, "--output", "json", "events", *args],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.events, self.errors = [], []
        self.readers = [threading.Thread(target=self.read, args=(self.process.stdout, self.take), daemon=True),
                        threading.Thread(target=self.read, args=(self.process.stderr, self.errors.append), daemon=True)]
        for reader in self.readers:
            reader.start()
        cleanup.callback(self.stop)

    def read(self, stream, take):
        for line in stream:
            take(line)

    def take(self, line):
        self.events.append(json.loads(line))

    def about(self, host):
        return [event for event in list(self.events)
                if event["event"] == "incident" and event["data"]["labels"].get("host") == host]

    def stop(self):
        self.process.kill()
        self.process.wait()


def fire(bridge, host):
    status, answer = http("POST", f"{bridge.url}/api/v2/alerts",
                          [{"labels": {"alertname": "DiskFull", "host": host, "severity": "critical"}}])
    check(status == 200, f"alerts answered {status}: {answer}")


def test():
    with scene() as (directory, cleanup):
        bridge = Bridge(directory)
        cleanup.callback(lambda: bridge.stop())
        bridge.start()
        # Something to begin after, so that nothing depends on when the command has connected.
        fire(bridge, "db-0")
        follower = Follower(bridge, cleanup, "--after", "0")
        first = wait_for("the incident from before", lambda: follower.about("db-0"))
        check(first[0]["id"] is not None and first[0]["data"]["state"] == "triggered", f"an incident: {first}")
        fire(bridge, "db-1")
        wait_for("the incident as it opens", lambda: follower.about("db-1"))

        bridge.kill()
        wait_for("it says that the bridge is gone", lambda: follower.errors)
        before = len(follower.events)
        seen = int(follower.events[-1]["id"])
        bridge.start()
        fire(bridge, "db-2")
        wait_for("the incident after the restart", lambda: follower.about("db-2"), 20)
        again = [event for event in follower.events[before:] if int(event["id"]) <= seen]
        check(not again, f"what was told before is not told again: {again}")
        check(len(follower.errors) == 1, f"said once: {follower.errors}")
        check(follower.process.poll() is None, "and it goes on")

        last = follower.about("db-2")[-1]["id"]
        fire(bridge, "db-3")
        done = subprocess.run([BIN / "tocsin", "--bridge", bridge.url, "events", "--after", last, "--limit", "1"],
                              capture_output=True, text=True, timeout=20)
        check(done.returncode == 0 and "db-3" in done.stdout, f"a table from there: {done.stdout}{done.stderr}")


run(test)
