#!/usr/bin/env python3
"""A night of a hundred hosts: whom Tocsin wakes, beside Debian's Alertmanager with the same routes.

  bench/night/night_bench.py [--seed 1] [--factor 120] [--bin build/release/bin]

Tocsin runs in fast time (`tocsin incidents simulate`). Alertmanager has no such clock, so its night is
compressed: every duration of its configuration and every time of the night is divided by `factor` (120: an
hour takes 30 s), and its webhooks are counted by a server here. Both are told of each change once, when it
happens; an alert holds until it is ended.

A message is one webhook, or one message by a channel of Tocsin's. A wake-up is a message by the channel that
rings (`sms`: critical only) to a person between 22:00 and 08:00. Alertmanager's webhook `sms` stands for one
person's telephone.
"""
import argparse
import collections
import http.client
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "bench"), str(Path(__file__).parent)]

os.environ.setdefault("TOCSIN_BIN", str(ROOT / "build/release/bin"))
from lab import wait_for  # noqa: E402
from measure import machine  # noqa: E402
from night import HOURS, changes, lines, night  # noqa: E402

# Alertmanager's defaults, by which most sites run; "same key" groups as Tocsin's default route does.
GROUPINGS = {"same key": ["alertname", "host", "instance"], "by alertname": ["alertname"]}


def duration(seconds, factor):
    return f"{max(round(seconds * 1000 / factor), 1)}ms"


def alertmanager_config(group_by, port, factor):
    receivers = [{"name": name, "webhook_configs": [
        {"url": f"http://127.0.0.1:{port}/{name}", "send_resolved": True}]} for name in ("sms", "mail")]
    return {
        "route": {"receiver": "mail", "group_by": group_by, "group_wait": duration(30, factor),
                  "group_interval": duration(300, factor), "repeat_interval": duration(4 * 3600, factor),
                  "routes": [{"matchers": ['severity="critical"'], "receiver": "sms", "continue": True},
                             {"receiver": "mail"}]},
        "inhibit_rules": [{"source_matchers": ['alertname="HostDown"'],
                           "target_matchers": ['alertname!="HostDown"'], "equal": ["host"]}],
        "receivers": receivers}


class Hooks(http.server.ThreadingHTTPServer):
    """Counts what one Alertmanager sends."""

    def __init__(self):
        self.seen = []  # (when, receiver, status, group)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.server.seen.append((time.monotonic(), self.path[1:], body["status"], body["groupKey"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Alertmanager:
    def __init__(self, folder, group_by, factor):
        self.hooks = Hooks()
        config = Path(folder, "alertmanager.yml")
        config.write_text(json.dumps(alertmanager_config(group_by, self.hooks.server_port, factor)))
        with http.server.HTTPServer(("127.0.0.1", 0), None) as free:
            self.port = free.server_port
        self.process = subprocess.Popen(
            ["prometheus-alertmanager", f"--config.file={config}", f"--storage.path={folder}/data",
             f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address=", "--log.level=error"])
        wait_for("Alertmanager starts", self.is_ready)

    def is_ready(self):
        try:
            return self.request("GET", "/-/ready").status == 200
        except OSError:
            return False

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer

    def post(self, alerts):
        now = datetime.now(timezone.utc)
        body = [{"labels": labels, "endsAt": (now if ended else now + timedelta(days=30)).isoformat()}
                for labels, ended in alerts]
        answer = self.request("POST", "/api/v2/alerts", json.dumps(body))
        if answer.status != 200:
            raise AssertionError(f"Alertmanager answered {answer.status}")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.hooks.shutdown()


def compressed_night(events, factor):
    """Both groupings at once: rows by name."""
    with tempfile.TemporaryDirectory() as folder:
        peers = {}
        try:
            for name, group_by in GROUPINGS.items():
                Path(folder, name).mkdir()
                peers[name] = Alertmanager(Path(folder, name), group_by, factor)
            # The night itself, its clock run faster: each change is posted when it is due.
            begin, late = time.monotonic(), 0.0
            for at, alerts in changes(events):
                due = begin + at / factor
                time.sleep(max(due - time.monotonic(), 0))
                for peer in peers.values():
                    peer.post(alerts)
                late = max(late, time.monotonic() - due)
            time.sleep(max(begin + HOURS * 3600 / factor - time.monotonic(), 0))
            seen = {name: list(peer.hooks.seen) for name, peer in peers.items()}
        finally:
            for peer in peers.values():
                peer.stop()
    return {name: row_of_hooks(hooks) for name, hooks in seen.items()}, late * factor


def row_of_hooks(hooks):
    count = collections.Counter((receiver, status) for _, receiver, status, _ in hooks)
    sms = count["sms", "firing"] + count["sms", "resolved"]
    # Everything goes to "mail", so that its groups are all there are.
    return {"opened": len({group for _, receiver, _, group in hooks if receiver == "mail"}),
            "messages": len(hooks), "sms": sms,
            "wake_ups": sms, "of_ends": count["sms", "resolved"]}


def tocsin(binary, events, *options):
    with tempfile.TemporaryDirectory() as folder:
        alerts = Path(folder, "night.jsonl")
        alerts.write_text("\n".join(lines(events)) + "\n")
        begin = time.monotonic()
        done = subprocess.run(
            [binary, "--output", "json", "incidents", "simulate", "--config",
             str(ROOT / "bench/night/bridge.yml"), "--run-on", "6h", *options, str(alerts)],
            capture_output=True, text=True, check=True)
        took = time.monotonic() - begin
    out = json.loads(done.stdout)
    sms = [m for m in out["messages"] if m["channel"] == "sms"]
    ends = sum(len(m["wakes"]) for m in sms if all(p["kind"] == "resolved" for p in m["parts"]))
    return {"opened": len([i for i in out["incidents"] if not i["parent"]]),
            "messages": len(out["messages"]), "sms": len(sms),
            "wake_ups": out["totals"]["wake_ups"], "of_ends": ends}, took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--factor", type=float, default=120)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin"))
    args = parser.parse_args()
    events = night(args.seed)
    rows = {}
    binary = str(Path(args.bin, "tocsin"))
    rows["Tocsin, nobody answers"], took = tocsin(binary, events)
    rows["Tocsin, answered after 5 m"], _ = tocsin(binary, events, "--answer-after", "5m")
    theirs, late = compressed_night(events, args.factor)
    rows = {**{f"Alertmanager, {name}": row for name, row in theirs.items()}, **rows}
    version = subprocess.run(["prometheus-alertmanager", "--version"], capture_output=True, text=True, check=False)
    print(json.dumps({**machine(), "seed": args.seed, "factor": args.factor, "events": len(events),
                      "simulated_in_s": round(took, 2), "posted_late_at_most_s_of_the_night": round(late, 1),
                      "alertmanager": (version.stdout + version.stderr).split("\n")[0]}))
    print("| | opened | messages | by SMS | wake-ups | of them ends |\n|---|---|---|---|---|---|")
    for name, row in rows.items():
        print(f"| {name} | {row['opened']} | {row['messages']} | {row['sms']} | {row['wake_ups']} | {row['of_ends']} |")


if __name__ == "__main__":
    main()
