#!/usr/bin/env python3
"""Every channel against an end that behaves as its vendor does (robots.py), and mail against a real SMTP
server: an incident opens, escalates, is acknowledged by a link and resolves, in both languages; then 60 hosts
fail at once and recover, and no limit is ever passed. With `down` DingTalk throttles from the start: the
message goes by SMS, and what is given up is sent again by hand. With `busy` each of them is too busy for the first
message: it comes later, once. With `locked` they refuse the signature: nobody goes on asking, and it stands where
one looks for it."""
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from lab import BIN, Bridge, MailServer, check, http, run, scene, secret, wait_for
from robots import SECRET, TOKEN, Town

ESCALATE = 4

CONFIG = """
language: en
timezone: Asia/Shanghai
incidents: {{stable: 1s}}
calendars: {{office: 7x24}}
people:
  - name: li.na
    display: 李娜
    language: zh-CN
    contacts:
      - {{channel: ding, at: "13800000000"}}
      - {{channel: wecom, at: lina}}
      - {{channel: feishu}}
      - {{channel: sms, number: "+8613800000000", for: [P1]}}
      - {{channel: mail, address: li.na@example.com}}
  - name: zhao.lei
    language: en
    contacts:
      - {{channel: slack, at: U024BE7LH}}
      - {{channel: teams, at: zhao.lei@example.com}}
      - {{channel: pager}}
      - {{channel: modem, number: "13900000000", for: [P1]}}
      - {{channel: mail, address: zhao.lei@example.com}}
policies:
  - name: ops
    response:
      - {{tell: ["person:li.na"]}}
      - {{after: {escalate}s, tell: ["person:zhao.lei"]}}
channels:
  - {{name: ding, type: dingtalk, url: "{town}/dingtalk/robot/send", token_file: "{token}", secret_file: "{secret}"}}
  - {{name: wecom, type: wecom, url: "{town}/wecom/cgi-bin/webhook/send", token_file: "{token}"}}
  - {{name: feishu, type: feishu, url: "{town}/feishu/open-apis/bot/v2/hook", token_file: "{token}", secret_file: "{secret}"}}
  - {{name: slack, type: slack, url_file: "{slack}"}}
  - {{name: teams, type: teams, url: "{town}/teams/workflows/1/triggers/manual/paths/invoke?sig=secret"}}
  - {{name: pager, type: pagerduty, url: "{town}/pagerduty/v2/enqueue", routing_key_file: "{key}"}}
  - {{name: sms, type: http, url: "{town}/sms/send", headers_file: "{headers}", expect: '"code": 0',
     body: {{to: "{{{{ .Number }}}}", text: "{{{{ .Text }}}}"}}}}
  - {{name: modem, type: command, command: ["{modem}", "{{{{ .Number }}}}", "{{{{ .Text }}}}"]}}
  - {{name: mail, type: email, server: "127.0.0.1:{port}", from: tocsin@example.com,
     user: tocsin, password_file: "{password}", ca_file: "{ca}"}}
routes:
  - {{policy: ops}}
storms: {{more_than: 0}}  # each host is told of by itself
"""


def start(directory, cleanup, town, mail, signature=SECRET):
    modem = Path(directory, "modem")
    modem.write_text(f'#!/bin/sh\nprintf "%s|%s\\n" "$1" "$2" >> {directory}/modem.out\n')
    modem.chmod(0o755)
    config = CONFIG.format(
        town=town.url, escalate=ESCALATE, port=mail.port, password=mail.password_file, ca=mail.certificate, modem=modem,
        token=secret(directory, "token", TOKEN), secret=secret(directory, "secret", signature),
        key=secret(directory, "key", "0123456789abcdef0123456789abcdef"),
        headers=secret(directory, "headers", "X-App-Key: k3y"),
        slack=secret(directory, "slack", f"{town.url}/slack/services/T0/B0/secret"))
    bridge = Bridge(directory, config)
    cleanup.callback(bridge.stop)
    return bridge.start()


def alerts(bridge, hosts, tier, ended=False, summary="/ on {} is 93 % full @all [x](http://evil.example)"):
    body = [{"labels": {"alertname": "DiskFull", "host": host, "severity": "critical", "tier": tier},
             "annotations": {"summary": summary.format(host),
                             "runbook_url": "https://wiki.example/disk"},
             **({"endsAt": "2020-01-01T00:00:00Z"} if ended else {})} for host in hosts]
    status, answer = http("POST", f"{bridge.url}/api/v2/alerts", body)
    check(status == 200, f"alerts answered {status}: {answer}")


def says(robot, *parts):
    return next((text for text in robot.texts() if all(part in text for part in parts)), None)


def check_one_incident(bridge, town, mail, directory):
    """A P1 opens (li.na, Chinese), escalates (zhao.lei, English), is acknowledged by the mail's link, ends."""
    alerts(bridge, ["web-1"], "1")
    key = wait_for("an incident", lambda: bridge.incidents(host="web-1"))[0]["key"]
    for name in ("dingtalk", "wecom", "feishu", "sms"):
        text = wait_for(f"{name} tells the opening", lambda n=name: says(town[n], "新事件"))
        check("93" in text and key in text, f"{name} says what: {text}")
        if name != "feishu" and name != "sms":
            check("[x](" not in text and "http://evil" not in text, f"{name} made a link of a label: {text}")
    check(town["dingtalk"].accepted[0][1]["at"]["atMobiles"] == ["13800000000"], "DingTalk mentions the number")
    check("<@lina>" in town["wecom"].texts()[0], "WeCom mentions the user")
    opened = wait_for("li.na's mail", lambda: mail.to("li.na@example.com"))[0][1]
    check(opened["Auto-Submitted"] == "auto-generated", "mails are marked as automatic")
    text = opened.get_body(("plain",)).get_content()
    check("新事件" in opened["Subject"] and "(Asia/Shanghai)" in text and "处置手册" in text, f"a whole mail: {text}")
    check(opened.get_body(("html",)) is not None, "text and HTML")

    for name in ("slack", "teams", "pagerduty"):
        wait_for(f"{name} tells the escalation", lambda n=name: says(town[n], "Not acknowledged"), ESCALATE + 10)
    wait_for("the modem's text", lambda: Path(directory, "modem.out").exists(), 10)
    check("13900000000|[P1]" in Path(directory, "modem.out").read_text(), "the command got number and text")
    check("<@U024BE7LH>" in says(town["slack"], "Not acknowledged"), "Slack mentions the member")

    follow_link(bridge, key, text)
    alerts(bridge, ["web-1"], "1", ended=True)
    for name, words in (("dingtalk", "已解决"), ("wecom", "已解决"), ("feishu", "已解决"), ("sms", "已解决"),
                        ("slack", "Resolved"), ("teams", "Resolved"), ("pagerduty", "resolve ")):
        wait_for(f"{name} tells the end", lambda n=name, w=words: says(town[n], w), 15)
    for address in ("li.na@example.com", "zhao.lei@example.com"):
        mails = wait_for(f"{address} hears the end", lambda a=address: [
            m for _, m in mail.to(a) if m["X-Tocsin-Kind"] == "resolved"], 15)
        check(mails[0]["In-Reply-To"] == opened["Message-ID"] == mails[0]["References"], "one thread an incident")
    actions = [body["event_action"] for _, body in town["pagerduty"].accepted]
    check(actions[0] == "trigger" and actions[-1] == "resolve", f"PagerDuty's alert: {actions}")


def follow_link(bridge, key, text):
    link = re.search(r"http://\S+/l/\S+/acknowledge/\S+", text).group(0)
    for method in ("GET", "HEAD"):
        request = urllib.request.Request(link, method=method, headers={"Accept-Language": "zh-CN"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            page = answer.read().decode()
            check(answer.status == 200 and (method == "HEAD" or "认领该事件？" in page), f"the link's page: {page}")
    check(bridge.incident(key)["state"] == "triggered", "a preview acknowledges nothing")
    form = urllib.request.Request(link, data=b"", headers={"Content-Type": "application/x-www-form-urlencoded"})
    with urllib.request.urlopen(form, timeout=10) as answer:
        check(answer.status == 200, "the button answers")
    incident = bridge.incident(key)
    check((incident["state"], incident["assignee"]) == ("acknowledged", "li.na"), f"acknowledged by li.na: {incident}")


def check_flood(bridge, town, mail):
    """60 hosts at once, P2: everybody hears of every incident, no robot is ever sent too much."""
    hosts = [f"db-{n:02}" for n in range(60)]
    alerts(bridge, hosts, "2", summary="{} is full")
    keys = {i["key"] for i in wait_for("60 incidents", lambda: (
        lambda found: found if len(found) == 60 else None)([i for i in bridge.incidents() if i["labels"]["host"] in hosts]))}

    def missing(name):
        heard = "\n".join(town[name].texts())
        return [key for key in keys if key not in heard]

    for name in ("dingtalk", "wecom"):
        wait_for(f"{name} names all 60", lambda n=name: not missing(n), 90)
    for name in ("feishu", "slack", "teams"):
        wait_for(f"{name} tells of many in one", lambda n=name: says(town[n], "汇总") or says(town[n], "messages in one"), 90)
    wait_for("all 60 mails", lambda: len({m["X-Tocsin-Incident"] for _, m in mail.to("li.na@example.com")} & keys) == 60, 60)
    wait_for("PagerDuty has all 60", lambda: keys <= {b["dedup_key"] for _, b in town["pagerduty"].accepted}, 60)
    sent = {name: len(robot.accepted) for name, robot in town.robots.items()}
    alerts(bridge, hosts, "2", ended=True)
    wait_for("DingTalk tells the ends in one", lambda: says(town["dingtalk"], "个事件已解决"), 90)
    check(len(town["dingtalk"].accepted) - sent["dingtalk"] <= 10, "recoveries are merged")
    wait_for("PagerDuty has all ends", lambda: keys <= {
        b["dedup_key"] for _, b in town["pagerduty"].accepted if b["event_action"] == "resolve"}, 60)
    for name, robot in town.robots.items():
        print(f"{name}: {len(robot.accepted)} messages, {len(robot.refused)} refused")
        check(not robot.refused, f"{name} refused: {robot.refused[:1]}")


def everything():
    with scene() as (directory, cleanup):
        mail = cleanup.enter_context(MailServer(directory))
        town = cleanup.enter_context(Town())
        bridge = start(directory, cleanup, town, mail)
        check_one_incident(bridge, town, mail, directory)
        check_flood(bridge, town, mail)


def down():
    with scene() as (directory, cleanup):
        mail = cleanup.enter_context(MailServer(directory))
        town = cleanup.enter_context(Town())
        town["dingtalk"].banned_until = time.time() + 600
        bridge = start(directory, cleanup, town, mail)
        alerts(bridge, ["web-1"], "2")  # P2: SMS is for P1 only, and stands in
        wait_for("SMS stands in for DingTalk", lambda: says(town["sms"], "新事件"), 20)
        tried = len(town["dingtalk"].refused)
        bridge.kill()  # a restart forgets no ban
        bridge.start()
        alerts(bridge, ["web-2"], "2")
        wait_for("SMS stands in again", lambda: len(town["sms"].accepted) >= 2, 20)
        check(len(town["dingtalk"].refused) == tried == 1, f"DingTalk was left in peace: {len(town['dingtalk'].refused)}")
        key = bridge.incidents(host="web-1")[0]["key"]
        kinds = [entry["kind"] for entry in bridge.incident(key)["timeline"]]
        check("fell_back" in kinds, f"the timeline says so: {kinds}")
        done = subprocess.run([BIN / "tocsin", "--bridge", bridge.url, "messages", "list", "--state", "waiting"],
                              capture_output=True, text=True)
        check(done.returncode == 0 and "130101" in done.stdout, f"messages that wait say why: {done.stdout}")


# How long each is left alone after its answer, in seconds, by its own documentation or by what its answer says:
# Feishu's 11232 passes in seconds, WeCom's 45009 counts by the minute, the others say one second or nothing.
RESTS = {"dingtalk": 0, "wecom": 60, "feishu": 10, "slack": 1, "teams": 1, "pagerduty": 0}


def busy():
    with scene() as (directory, cleanup):
        mail = cleanup.enter_context(MailServer(directory))
        town = cleanup.enter_context(Town())
        for name in RESTS:
            town[name].busy = 1
        bridge = start(directory, cleanup, town, mail)
        alerts(bridge, ["web-1"], "1")
        key = wait_for("an incident", lambda: bridge.incidents(host="web-1"))[0]["key"]
        for name, rest in RESTS.items():
            words = "新事件" if name in ("dingtalk", "wecom", "feishu") else "Not acknowledged"
            if name == "pagerduty":
                words = "trigger "
            wait_for(f"{name} tells it after all", lambda n=name, w=words: says(town[n], w), 100)
            robot = town[name]
            came = next(at for at, body in robot.accepted if words in robot.text(body))
            check(len(robot.refused) == 1, f"{name} was asked once while busy: {robot.refused}")
            check(came - robot.refused[0][0] >= rest - 0.1, f"{name} had {rest} s: {came - robot.refused[0][0]}")
            told = [text for text in robot.texts() if words in text]
            check(len(told) == 1, f"{name} tells it once: {told}")

        def waits():
            return [m for m in bridge.incident(key)["escalation"]["messages"] if m["state"] in ("waiting", "claimed", "dead")]
        wait_for("nothing waits", lambda: not waits(), 20)
        feishu = [m for m in bridge.incident(key)["escalation"]["messages"] if m["channel"] == "feishu" and m["kind"] == "opened"]
        check([(m["state"], m["attempts"]) for m in feishu] == [("delivered", 2)], f"tried twice: {feishu}")


def locked():
    with scene() as (directory, cleanup):
        mail = cleanup.enter_context(MailServer(directory))
        town = cleanup.enter_context(Town())
        bridge = start(directory, cleanup, town, mail, signature="another")
        alerts(bridge, ["web-1"], "1")
        key = wait_for("an incident", lambda: bridge.incidents(host="web-1"))[0]["key"]

        def given_up():
            return {m["channel"]: m for m in bridge.incident(key)["escalation"]["messages"] if m["state"] == "dead"}
        wait_for("both are given up", lambda: {"ding", "feishu"} <= set(given_up()), 20)
        for channel, robot, code in (("ding", "dingtalk", "310000"), ("feishu", "feishu", "19021")):
            told = given_up()[channel]
            check(code in told["result"] and told["attempts"] == 1, f"{channel} says why, and was not asked again: {told}")
            check(len(town[robot].refused) == 1, f"{robot}: {town[robot].refused}")
        wait_for("who is not locked tells it", lambda: says(town["wecom"], "新事件"), 20)


MODES = {"down": down, "busy": busy, "locked": locked}


if __name__ == "__main__":
    run(MODES.get("".join(sys.argv[1:]), everything))
