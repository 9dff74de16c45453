#!/usr/bin/env python3
"""Debian's Alertmanager keeps its routes and tells the bridge by its webhook, with a bearer token: an alert
that fires is one incident, and its end resolves it."""
import shutil
import time
from pathlib import Path

from lab import Bridge, Daemon, check, free_port, http, run, scene, secret, skip, wait_for

if shutil.which("prometheus-alertmanager") is None:
    skip("prometheus-alertmanager is not installed (script/install test)")

# What docs/alertmanager.md tells people to write.
ALERTMANAGER = """
route: {{receiver: tocsin, group_by: [alertname], group_wait: 100ms, group_interval: 500ms, repeat_interval: 4h}}
receivers:
  - name: tocsin
    webhook_configs:
      - url: {url}/api/v1/webhook/alertmanager
        send_resolved: true
        max_alerts: {most}
        http_config: {{authorization: {{credentials_file: {token}}}}}
"""


def at(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def alerts(hosts, ends=None):
    one = {"annotations": {"summary": "96 % used"}, "startsAt": at(-60)}
    if ends is not None:
        one["endsAt"] = at(ends)
    return [{**one, "labels": {"alertname": "DiskFull", "host": host, "severity": "warning"}} for host in hosts]


def metric(bridge, name):
    text = http("GET", bridge.url + "/metrics")[1]
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def webhook():
    with scene() as (directory, cleanup):
        token = secret(directory, "alertmanager.token", "a-token-of-its-own")
        bridge = Bridge(directory, f"access: {{tokens: [{{name: alertmanager, token_file: {token}, role: agent}}]}}\n"
                                   "incidents: {stable: 1s}\n")
        cleanup.callback(bridge.stop)
        bridge.start()
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        config = Path(directory, "alertmanager.yml")
        config.write_text(ALERTMANAGER.format(url=bridge.url, token=token, most=2))
        peer = Daemon("alertmanager", ["prometheus-alertmanager", f"--config.file={config}",
                                       f"--storage.path={directory}/am", f"--web.listen-address=127.0.0.1:{port}",
                                       "--cluster.listen-address="],
                      Path(directory, "alertmanager.log"), url + "/-/ready")
        cleanup.callback(peer.stop)
        peer.start()

        status, answer = http("POST", url + "/api/v2/alerts", alerts(["web-1"]))
        check(status == 200, f"Alertmanager takes it: {status} {answer}")
        found = wait_for("an incident of Alertmanager's alert", lambda: bridge.incidents(alertname="DiskFull"), 30)
        check([i["labels"]["host"] for i in found] == ["web-1"], f"one incident, of web-1: {found}")
        detail = bridge.incident(found[0]["key"])
        check([a["source"] for a in detail["alerts"]] == ["alertmanager"], f"under its token's name: {detail['alerts']}")
        check(detail["alerts"][0]["ends_at"] is None, "it holds until Alertmanager says otherwise")

        # One more in its group: the same webhook tells both, and only the new one opens.
        http("POST", url + "/api/v2/alerts", alerts(["web-2"]))
        wait_for("the second one", lambda: bridge.incidents(host="web-2"), 30)
        check(len(bridge.incidents()) == 2, f"two incidents: {bridge.incidents()}")

        # A third is beyond max_alerts: the bridge cannot know it, but says that it is missing.
        http("POST", url + "/api/v2/alerts", alerts(["web-3"]))
        wait_for("the bridge counts what was left out",
                 lambda: metric(bridge, "tocsin_bridge_webhook_truncated_alerts_total") >= 1, 30)
        check("left alerts out of its webhook" in bridge.log.read_text(), "and its log says so")

        http("POST", url + "/api/v2/alerts", alerts(["web-1", "web-2", "web-3"], ends=-1))
        wait_for("resolved", lambda: bridge.incidents()[0]["state"] == "resolved"
                 or bridge.incidents()[1]["state"] == "resolved", 60)

        # Without the token nothing comes in, and the answer says what to do.
        status, answer = http("POST", bridge.url + "/api/v1/webhook/alertmanager", {"version": "4", "alerts": []},
                              {"Authorization": "Bearer wrong"})
        check(status == 401 and "not known" in answer["error"]["message"], f"a wrong token: {status} {answer}")


run(webhook)
