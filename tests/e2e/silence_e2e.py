#!/usr/bin/env python3
"""Silences through the eyes of Alertmanager's own tools: the same requests to Debian's Alertmanager and
to the bridge give the same answers (amtool); what Debian's Prometheus sends under a silence opens nothing,
and its incident opens when the silence ends (prometheus)."""
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from lab import BIN, Bridge, Daemon, check, free_port, http, run, scene, skip, wait_for

for tool in ("amtool", "prometheus-alertmanager", "prometheus"):
    if shutil.which(tool) is None:
        skip(f"{tool} is not installed (script/install test)")

ALERTMANAGER = "route: {receiver: page, group_by: [alertname, host]}\nreceivers: [{name: page}]\n"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIMES = [re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")]


class Side:
    """One of the two, asked by amtool and by hand; ids are numbered as they appear."""

    def __init__(self, url):
        self.url, self.ids = url, []

    def known(self, match):
        if match.group(0) not in self.ids:
            self.ids.append(match.group(0))
        return f"<id {self.ids.index(match.group(0)) + 1}>"

    def plain(self, text):
        text = UUID.sub(self.known, text)
        for times in TIMES:
            text = times.sub("<time>", text)
        return text

    def amtool(self, arguments, stdin=None):
        argv = [self.ids[int(a[1:]) - 1] if re.fullmatch(r"#\d+", a) else a for a in arguments]
        done = subprocess.run(["amtool", f"--alertmanager.url={self.url}", *argv], input=stdin,
                              capture_output=True, text=True, timeout=20)
        # The columns of a table are as wide as what stands in them; times are of one width.
        return done.returncode, self.plain(done.stdout), self.plain(done.stderr)

    def ask(self, method, path, body):
        status, answer = http(method, self.url + path, body)
        return status, self.plain(json.dumps(answer, sort_keys=True) if not isinstance(answer, str) else answer)


def both(sides, name, question):
    theirs, ours = (question(side) for side in sides)
    check(theirs == ours, f"{name}:\nAlertmanager: {theirs}\nthe bridge:   {ours}")
    return theirs


def posted(**changes):
    silence = {"matchers": [{"name": "alertname", "value": "DiskFull", "isRegex": False}],
               "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2040-01-01T00:00:00Z", "createdBy": "li.na", "comment": "c"}
    silence.update(changes)
    return {key: value for key, value in silence.items() if value is not None}


# What is wrong with a silence, in Alertmanager's words; and one that is right, of a negation alone.
WRONG = [
    {}, posted(comment=None), posted(createdBy=None), posted(matchers=None), posted(matchers=[]),
    posted(startsAt=None), posted(endsAt=None),
    posted(matchers=[{"name": "a", "value": "b"}]), posted(matchers=[{"name": "a", "isRegex": True}]),
    posted(matchers=[{"value": "b", "isRegex": True}]),
    posted(matchers=[{"name": "a", "value": "", "isRegex": False}]),
    posted(matchers=[{"name": "a", "value": ".*", "isRegex": True}]),
    posted(matchers=[{"name": "a-b", "value": "x", "isRegex": False}]),
    posted(endsAt="2026-01-01T00:00:00Z"), posted(endsAt="2025-01-01T00:00:00Z"),
    posted(startsAt="2020-01-01T00:00:00Z", endsAt="2021-01-01T00:00:00Z"),
    posted(id="nobody's"), posted(id="00000000-0000-4000-8000-000000000000"),
    posted(matchers=[{"name": "alertname", "value": "DiskFull|NetDown", "isRegex": True, "isEqual": False}]),
]

# Alerts that are refused, by the framework or by the handler, and some that are taken.
LABELS = {"alertname": "Posted"}
ALERTS = [
    [{}], [{"labels": None}], b"", None, [], [{"labels": {}}], [{"labels": {"a": ""}}], [{"labels": {"a-b": "c"}}],
    [{"labels": LABELS | {"a-b": "", "c": None}, "endsAt": "2026-01-01T00:00:00Z"}],
    [{"labels": LABELS, "startsAt": "", "endsAt": "2026-01-01T00:00:00Z"}],
    [{"labels": LABELS, "annotations": {"a-b": "c"}}], [{"labels": LABELS, "annotations": {"": "c"}}],
    [{"labels": LABELS, "startsAt": "2040-01-01T00:00:00Z"}],
    [{"labels": LABELS, "startsAt": "2026-01-02T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z"}],
    [{"labels": {}}, {"labels": None}], [{"labels": LABELS, "generatorURL": "foo"}, {"labels": None}],
    [{"generatorURL": "foo"}], [{"labels": {"a-b": "c"}}, {"labels": {}}],
    *([{"labels": LABELS, "generatorURL": url, "endsAt": "2026-01-01T00:00:00Z"}] for url in (
        "foo", "not a url", "", "/x", "foo:bar", "http://", "http://h/a b", "http://foo bar", "http://h/%zz", "*",
        "http://h:port/", "1http://x", "http://[::1/x", "http://[::1]:9/x", "#x", " http://h/", "http://u:p@h/?%zz")),
]

# Flags, filters and what its framework answers.
QUERIES = [
    *(("GET", f"/api/v2/alerts?{flag}={value}") for flag in ("active", "silenced", "inhibited", "unprocessed")
      for value in ("TRUE", "t", "yes", "foo", "False", "", "%20true")),
    ("GET", "/api/v2/alerts?active=false&active=true"), ("GET", "/api/v2/alerts/groups?active=foo"),
    *(("GET", f"/api/v2/{what}?filter={quote(text)}") for what in ("alerts", "alerts/groups", "silences") for text in (
        'alertname="A', 'a="b",c="d"', 'a=b"', 'a=="b"', 'a="\\"', "a", "=b", "", "{a=b}", "a!b", "a=~(", "a=~[", 'a=~"a**"',
        "a=~x{5000}", 'a=~"\\"', "a=~*", "a=~a\\", "a=~[b-a]", "a=~\\pX", "a=~(?i", "a=~)", "a=~(?P<n>", "a=~(?z)")),
    ("GET", "/api/v2/alerts?receiver=("), ("GET", "/api/v2/nope"), ("POST", "/api/v2/nope"), ("GET", "/api/v2/no%20pe"),
    ("GET", "/api/v2/silence/x/y"), ("POST", "/api/v2/status"), ("PUT", "/api/v2/receivers"),
]

AMTOOL = [
    ["silence", "add", "alertname=DiskFull", "host=web-1", "-a", "li.na", "-c", "new disk", "-d", "2h"],       # 2
    ["silence", "add", "alertname=~Net.*", "host!=web-1", "env!~t.*", "-a", "li.na", "-c", "link", "-d", "5h"],  # 3
    ["silence", "add", "alertname=Later", "-a", "root", "-c", "later", "--start", "2039-01-01T00:00:00Z",
     "--end", "2040-01-01T00:00:00Z"],                                                                          # 4
    ["silence", "query"], ["silence", "query", "-o", "json"], ["silence", "query", "-q"],
    ["silence", "query", "-o", "extended"], ["silence", "query", "alertname=DiskFull"],
    ["silence", "query", "alertname=~Net.*"], ["silence", "query", "host!=web-1"], ["silence", "query", "--within", "3h"],
    ["silence", "query", "--created-by", "root"], ["silence", "query", "--id", "#2"],
    ["alert", "query"], ["alert", "query", "-o", "json"], ["alert", "query", "-s", "-o", "json"],
    ["alert", "query", "-a", "-s", "-i", "-o", "json"], ["alert", "query", "-o", "json", "host=~web.*"],
    ["alert", "DiskFull"],
    ["silence", "update", "#2", "-d", "3h"], ["silence", "query", "-o", "json", "alertname=DiskFull"],
    ["silence", "update", "#2", "-c", "longer"], ["silence", "update", "#4", "--end", "2041-01-01T00:00:00Z"],
    ["silence", "query", "-o", "json"],
    ["silence", "expire", "#3"], ["silence", "expire", "#3"], ["silence", "query", "-q"],
    ["silence", "query", "--expired", "-o", "json"],
    ["silence", "expire", "00000000-0000-4000-8000-000000000000"], ["silence", "expire", "nobody's"],
    ["silence", "add", "alertname=", "-a", "x", "-c", "y"], ["silence", "add", "alertname=X", "-a", "x"],
    ["alert", "query", "-o", "json", "["], ["silence", "query", "["],
    ["cluster", "show"], ["config", "routes", "test", "alertname=DiskFull"],
]


def start_both(directory, cleanup):
    port = free_port()
    config = Path(directory, "alertmanager.yml")
    config.write_text(ALERTMANAGER)
    peer = Daemon("alertmanager", ["prometheus-alertmanager", f"--config.file={config}", f"--storage.path={directory}/am",
                                   f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
                  Path(directory, "alertmanager.log"), f"http://127.0.0.1:{port}/-/ready")
    bridge = Bridge(directory)
    for daemon in (peer, bridge):
        cleanup.callback(daemon.stop)
        daemon.start()
    return Side(f"http://127.0.0.1:{port}"), Side(bridge.url)


def same_as_alertmanager():
    with scene() as (directory, cleanup):
        sides = start_both(directory, cleanup)
        ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        alerts = [{"labels": {"alertname": name, "host": host, "severity": "warning"}, "annotations": {"summary": name},
                   "startsAt": "2026-01-01T00:00:00Z", "endsAt": ends}
                  for name, host in (("DiskFull", "web-1"), ("DiskFull", "web-2"), ("NetDown", "web-2"))]
        for side in sides:
            status, answer = http("POST", side.url + "/api/v2/alerts", alerts)
            check(status == 200, f"{side.url} takes alerts: {status} {answer}")
        for side in sides:
            wait_for("three alerts", lambda s=side: len(http("GET", s.url + "/api/v2/alerts")[1]) == 3)

        def alerts_of(side, path):
            status, answer = http("GET", side.url + path)
            if path.split("?")[0].endswith("/groups") and status == 200:
                return status, sorted(json.dumps([group["labels"], group["receiver"]]) for group in answer)
            fingerprints = status == 200 and not path.startswith("/api/v2/silences")
            return status, [alert["fingerprint"] for alert in answer] if fingerprints else answer

        for body in ALERTS:
            both(sides, f"POST {body}", lambda side, b=body: side.ask(
                "POST", "/api/v2/alerts", b if isinstance(b, bytes) else json.dumps(b).encode()))
        for method, path in [("GET", "/api/v2/alerts/groups"), *QUERIES]:
            both(sides, f"{method} {path}", lambda side, m=method, p=path:
                 alerts_of(side, p) if m == "GET" else side.ask(m, p, b"[]"))
        for body in WRONG:
            both(sides, f"POST {body}", lambda side, b=body: side.ask("POST", "/api/v2/silences", b))
        for method, path in (("GET", "/api/v2/silence/nobody's"), ("DELETE", "/api/v2/silence/nobody's"),
                             ("GET", "/api/v2/silence/00000000-0000-4000-8000-000000000000"),
                             ("DELETE", "/api/v2/silence/00000000-0000-4000-8000-000000000000"),
                             ("GET", "/api/v2/silences?filter=%5B"), ("GET", "/api/v2/receivers")):
            both(sides, f"{method} {path}", lambda side, m=method, p=path: side.ask(m, p, None))
        # What its JSON parser says is Go's; that it is a 400 is what counts.
        for body in (b"x", b"[]", json.dumps(posted(startsAt="soon")).encode(),
                     json.dumps(posted(matchers=[{"name": "a", "value": "b", "isRegex": "yes"}])).encode(),
                     json.dumps(posted(matchers=[{"name": "a", "value": "[", "isRegex": True}])).encode()):
            both(sides, f"POST {body}", lambda side, b=body: side.ask("POST", "/api/v2/silences", b)[0])

        asked = 0
        for arguments in AMTOOL:
            both(sides, "amtool " + " ".join(arguments), lambda side, a=arguments: side.amtool(a))
            asked += 1
        check(asked == len(AMTOOL) and len(sides[0].ids) >= 3, f"{asked} questions, ids {sides[0].ids}")
        # What one exports the other imports.
        exported = subprocess.run(["amtool", f"--alertmanager.url={sides[0].url}", "silence", "query", "-o", "json",
                                   "alertname=Later"], capture_output=True, text=True, timeout=20).stdout
        check(json.loads(exported), f"a silence to import: {exported}")
        both(sides, "amtool silence import", lambda side: side.amtool(["silence", "import", "--force"], exported)[0])
        for body in (b"", b" ", b"null", json.dumps(posted(matchers=[
                {"name": "gone", "value": "b", "isRegex": False, "isEqual": None}])).encode()):
            both(sides, f"POST {body}", lambda side, b=body: side.ask("POST", "/api/v2/silences", b))
        groups = both(sides, "groups", lambda side: sorted(
            len(group["alerts"]) for group in http("GET", side.url + "/api/v2/alerts/groups")[1]))
        check(groups == [1, 1, 1], f"three groups of one: {groups}")


PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{bridge}"]}}]}}]}}
rule_files: ["{rules}"]
"""

RULES = """
groups:
  - name: peers
    rules:
      - {alert: DiskFull, expr: vector(1), labels: {severity: warning, host: web-1}}
      - {alert: DiskFull, expr: vector(1), labels: {severity: warning, host: web-2}}
"""


def tocsin(bridge, *arguments):
    done = subprocess.run([BIN / "tocsin", "--bridge", bridge.url, "--as", "li.na", *arguments], capture_output=True,
                          text=True, timeout=20)
    return done.returncode, done.stdout, done.stderr


def prometheus_under_a_silence():
    with scene() as (directory, cleanup):
        bridge = Bridge(directory)
        cleanup.callback(bridge.stop)
        bridge.start()
        added = subprocess.run(["amtool", f"--alertmanager.url={bridge.url}", "silence", "add", "host=web-1", "-a", "li.na",
                                "-c", "new disk", "-d", "1h"], capture_output=True, text=True, timeout=20)
        check(added.returncode == 0, f"amtool silence add: {added.stderr}")
        silence = added.stdout.strip()
        status, window, error = tocsin(bridge, "maintenance", "start", "--host", "web-3", "--for", "30m", "--change", "CHG-7")
        check(status == 0 and UUID.fullmatch(window.strip()), f"maintenance start: {status} {window} {error}")

        rules, config, port = Path(directory, "rules.yml"), Path(directory, "prometheus.yml"), free_port()
        rules.write_text(RULES)
        config.write_text(PROMETHEUS.format(bridge=bridge.port, rules=rules))
        prometheus = Daemon("prometheus", ["prometheus", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}",
                                           f"--storage.tsdb.path={directory}/tsdb", "--rules.alert.resend-delay=1s"],
                            Path(directory, "prometheus.log"), f"http://127.0.0.1:{port}/-/ready")
        cleanup.callback(prometheus.stop)
        prometheus.start()
        wait_for("the other host's incident", lambda: bridge.incidents(host="web-2"), 30)
        hidden = wait_for("the silenced alert, held back", lambda: http(
            "GET", bridge.url + "/api/v1/suppressed")[1]["alerts"], 30)
        check([(a["labels"]["host"], a["status"], a["suppressed_by"]["id"], a["incident"]) for a in hidden]
              == [("web-1", "suppressed", silence, None)], f"held back by the silence: {hidden}")
        check(bridge.incidents(host="web-1") == [], "a silenced alert opens no incident")
        status, table, error = tocsin(bridge, "silences", "hidden")
        check(status == 0 and "DiskFull" in table and "by li.na: new disk" in table, f"silences hidden: {table} {error}")

        # Killed in between, the bridge still knows.
        bridge.kill()
        bridge.start()
        status, table, error = tocsin(bridge, "silences", "list")
        check(status == 0 and silence in table and 'host="web-1"' in table, f"silences list: {table} {error}")
        check(bridge.incidents(host="web-1") == [], "nor after kill -9")

        status, _, error = tocsin(bridge, "silences", "expire", silence)
        check(status == 0, f"silences expire: {error}")
        opened = wait_for("the incident that comes out", lambda: bridge.incidents(host="web-1"), 10)
        kinds = [entry["kind"] for entry in bridge.incident(opened[0]["key"])["timeline"]]
        check(kinds[:2] == ["opened", "unsuppressed"], f"it says what held it back: {kinds}")

        # A silence over the open incident, until it has cleared.
        key = opened[0]["key"]
        status, until_clear, error = tocsin(bridge, "silences", "add", "--incident", key, "--comment", "known")
        check(status == 0, f"silences add --incident: {error}")
        check(bridge.incident(key)["suppressed"]["id"] == until_clear.strip(), "the incident says what holds it back")
        check(bridge.incident(key)["escalation"]["next_at"] is None, "its ladder stands still")
        rules.write_text(RULES.replace("vector(1)", "vector(1) > 1"))
        prometheus.process.send_signal(1)
        wait_for("all clear", lambda: bridge.incident(key)["alert_counts"]["firing"] == 0, 90)
        ended = http("GET", f"{bridge.url}/api/v2/silence/{until_clear.strip()}")[1]
        check(ended["status"]["state"] == "expired", f"the silence has ended with it: {ended}")

        status, table, error = tocsin(bridge, "maintenance", "list")
        check(status == 0 and "CHG-7" in table, f"maintenance list: {table} {error}")
        status, said, error = tocsin(bridge, "maintenance", "end", window.strip())
        check(status == 0 and "has ended" in said, f"maintenance end: {said} {error}")


run(prometheus_under_a_silence if sys.argv[1:] == ["prometheus"] else same_as_alertmanager)
