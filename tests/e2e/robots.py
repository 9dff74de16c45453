"""Local servers that behave as each channel's vendor does: addresses, signatures, limits, error codes. What each
was written from stands beside it; a number in [brackets] of a GitHub thread stands for what no document says and
the service does.
"""
import base64
import hashlib
import hmac
import json
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "SEC0123456789"
TOKEN = "robot-token"


def sign(key, message):
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


class Robot:
    """One vendor's end. `accepted` holds (time, body) of what it took, `refused` what it did not, and why."""

    name = ""
    limits = ()  # (count, seconds): more than so many within so long is too many

    def __init__(self):
        self.accepted, self.refused, self.lock = [], [], threading.Lock()
        self.busy = 0  # so many of the next messages come while it is

    def too_many(self, now):
        return any(sum(1 for at, _ in self.accepted if at > now - seconds) >= most for most, seconds in self.limits)

    def take(self, path, query, headers, raw):
        """(status, headers, body) of the answer."""
        now = time.time()
        with self.lock:
            try:
                body = json.loads(raw)
                problem = self.problem(path, query, headers, raw, body, now)
            except ValueError:
                body, problem = raw, self.unreadable()
            if problem is None and self.busy:
                self.busy -= 1
                problem = self.overloaded()
            if problem is None and self.too_many(now):
                problem = self.throttled()
            if problem is None:
                self.accepted.append((now, body))
                return self.good()
            self.refused.append((now, body, problem))
            return problem

    def problem(self, path, query, headers, raw, body, now):
        return None

    def unreadable(self):
        return 400, {}, "not JSON"

    def throttled(self):
        return 429, {"Retry-After": "1"}, "too many"

    def overloaded(self):
        return self.throttled()

    def good(self):
        return 200, {}, "ok"

    def texts(self):
        """What of each message a person reads."""
        return [self.text(body) for _, body in self.accepted]


class Dingtalk(Robot):
    """Call, types, codes: open.dingtalk.com/document/orgapp/custom-robots-send-group-messages. Signature, an hour:
    …/robots/customize-robot-security-settings. Twenty a minute, then throttled for ten minutes, 20,000 bytes:
    …/robots/custom-robot-access. The words of 130101: [ccfos/nightingale#369]."""
    name, limits = "dingtalk", ((20, 60),)

    def __init__(self):
        super().__init__()
        self.banned_until = 0

    def error(self, code, words):
        return 200, {}, json.dumps({"errcode": code, "errmsg": words})

    def problem(self, path, query, headers, raw, body, now):
        if not headers.get("Content-Type", "").startswith("application/json"):
            return self.error(43004, "invalid http header Content-Type")
        if path != "/robot/send" or query.get("access_token") != TOKEN:
            return self.error(300001, "token is not exist")
        stamp = query.get("timestamp", "")
        if query.get("sign") != sign(SECRET, f"{stamp}\n{SECRET}"):
            return self.error(310000, "sign not match")
        if abs(now * 1000 - int(stamp)) > 3600 * 1000:
            return self.error(310000, "invalid timestamp")
        if len(raw) > 20000:
            return self.error(460101, "message too long")
        if body["msgtype"] not in ("text", "link", "markdown", "actionCard", "feedCard"):
            return self.error(400105, "unsupported msgtype")
        if body["msgtype"] in ("markdown", "actionCard") and not all(body[body["msgtype"]].get(k) for k in ("title", "text")):
            return self.error(40035, "title and text are needed")
        return self.throttled() if now < self.banned_until else None

    def unreadable(self):
        return self.error(40035, "json is missing")

    def overloaded(self):
        return self.error(-1, "system busy")

    def throttled(self):
        self.banned_until = max(self.banned_until, time.time() + 600)
        return self.error(130101, "send too fast, exceed 20 times per minute")

    def good(self):
        return self.error(0, "ok")

    def text(self, body):
        inner = body[body["msgtype"]]
        return inner["title"] + "\n" + inner["text"]


class Wecom(Robot):
    """Call, bytes, twenty a minute: developer.work.weixin.qq.com/document/path/91770. Codes: …/path/90313."""
    name, limits = "wecom", ((20, 60),)

    def error(self, code, words):
        return 200, {}, json.dumps({"errcode": code, "errmsg": words})

    def problem(self, path, query, headers, raw, body, now):
        if path != "/cgi-bin/webhook/send" or query.get("key") != TOKEN:
            return self.error(93000, "invalid webhook url")
        kind = body["msgtype"]
        most = {"markdown": 4096, "text": 2048}.get(kind)
        if most is None:
            return self.error(40008, "invalid message type")
        if not body[kind]["content"]:
            return self.error(44004, "empty content")
        if len(body[kind]["content"].encode()) > most:
            return self.error(40058, f"{kind}.content exceed max length {most}")
        return None

    def throttled(self):
        return self.error(45009, "api freq out of limit")

    def good(self):
        return self.error(0, "ok")

    def text(self, body):
        return body[body["msgtype"]]["content"]


class Feishu(Robot):
    """Call, signature, 20 KB, codes: open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. 100 a minute and 5 a
    second: …/server-docs/api-call-guide/frequency-control; the answer beyond: [ccfos/nightingale#1437]."""
    name, limits = "feishu", ((100, 60), (5, 1))

    def error(self, code, words, status=200):
        return status, {}, json.dumps({"code": code, "data": {}, "msg": words})

    def unreadable(self):
        return self.error(9499, "Bad Request", 400)

    def problem(self, path, query, headers, raw, body, now):
        if path != f"/open-apis/bot/v2/hook/{TOKEN}":
            return self.error(19001, "param invalid: incoming webhook access token invalid")
        stamp = body.get("timestamp", "")
        expected = sign(f"{stamp}\n{SECRET}", "")  # the text is the key, nothing is signed
        if body.get("sign") != expected or abs(now - int(stamp)) > 3600:
            return self.error(19021, "sign match fail or timestamp is not within one hour from current time")
        if len(raw) > 20 * 1024:
            return self.unreadable()
        if body["msg_type"] != "interactive":
            return self.error(19002, "params error, msg_type need")
        return None

    def overloaded(self):
        """At every full and half hour, as the page of the robot warns."""
        return self.error(11232, "frequency limited")

    def throttled(self):
        return self.error(9499, "too many request", 400)

    def good(self):
        return 200, {}, json.dumps({"code": 0, "data": {}, "msg": "success", "StatusCode": 0, "StatusMessage": "success"})

    def text(self, body):
        card = body["card"]
        return card["header"]["title"]["content"] + "\n" + card["elements"][0]["content"]


class Slack(Robot):
    """One a second, short bursts allowed, Retry-After: docs.slack.dev/apis/web-api/rate-limits. Statuses and words:
    api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks. Blocks:
    docs.slack.dev/reference/block-kit/blocks, …/block-elements/button-element."""

    name, limits = "slack", ((2, 1),)

    def problem(self, path, query, headers, raw, body, now):
        if path != "/services/T0/B0/secret":
            return 404, {}, "no_service"
        if not body.get("text"):
            return 400, {}, "no_text"
        return None if len(body["blocks"]) <= 50 and all(map(self.fits, body["blocks"])) else (400, {}, "invalid_blocks")

    def fits(self, block):
        if block["type"] == "actions":
            return 0 < len(block["elements"]) <= 25 and all(
                0 < len(button["text"]["text"]) <= 75 and len(button["url"]) <= 3000 for button in block["elements"])
        return 0 < len(block["text"]["text"]) <= {"header": 150, "section": 3000}[block["type"]]

    def unreadable(self):
        return 400, {}, "invalid_payload"

    def throttled(self):
        return 429, {"Retry-After": "1"}, "rate_limited"

    def text(self, body):
        return "\n".join(block["text"]["text"] for block in body["blocks"] if "text" in block)


class Teams(Robot):
    """28 KB, four a second: learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/
    add-incoming-webhook; "Request Entity too large": learn.microsoft.com/connectors/teams, known issues. The 202 and
    the signature in the address are those of a workflow's trigger: learn.microsoft.com/azure/connectors/
    connectors-native-reqres."""
    name, limits = "teams", ((4, 1),)

    def problem(self, path, query, headers, raw, body, now):
        if path != "/workflows/1/triggers/manual/paths/invoke" or query.get("sig") != "secret":
            return 401, {}, "DirectApiAuthorizationRequired"
        if len(raw) > 28 * 1024:
            return 413, {}, "Request Entity too large"
        card = body["attachments"][0]
        if card["contentType"] != "application/vnd.microsoft.card.adaptive" or card["content"]["type"] != "AdaptiveCard":
            return 400, {}, "Bad payload received"
        return None

    def good(self):
        return 202, {}, ""

    def text(self, body):
        card = body["attachments"][0]["content"]
        return "\n".join(run["text"] for block in card["body"] for run in block.get("inlines", []))


class Pagerduty(Robot):
    """developer.pagerduty.com/docs/send-alert-event and …/events-api-v2-overview ("Response codes and retry logic",
    as in PagerDuty/api-schema, reference/events-v2). No number of events is promised: "we dynamically adjust our
    throttle limits". 1,024 characters: [livepeer/stream-tester#354], 512 KB: [prometheus/alertmanager#2178]."""

    name = "pagerduty"

    def unreadable(self):
        return self.wrong("Unrecognized object", "Event object format is unrecognized", ["JSON parse error"])

    def wrong(self, status, message, errors):
        return 400, {}, json.dumps({"status": status, "message": message, "errors": errors})

    def problem(self, path, query, headers, raw, body, now):
        if len(raw) > 512 * 1024:
            return 413, {}, "Request Entity Too Large"
        wrong = []
        if path != "/v2/enqueue" or len(body.get("routing_key", "")) != 32:
            wrong.append("Invalid routing key")
        if body.get("event_action") not in ("trigger", "acknowledge", "resolve"):
            wrong.append("'event_action' is invalid")
        if not 0 < len(body.get("dedup_key", "")) <= 255:
            wrong.append("'dedup_key' is invalid")
        payload = body.get("payload", {})
        if not 0 < len(payload.get("summary", "")) <= 1024 or not payload.get("source"):
            wrong.append("'payload' is invalid")
        if payload.get("severity") not in ("critical", "error", "warning", "info"):
            wrong.append("'payload.severity' is invalid (must be one of critical, error, warning, info)")
        if not wrong:
            return None
        return self.wrong("invalid event", "Event object is invalid", wrong)

    def throttled(self):
        return 429, {}, json.dumps({"status": "throttle exceeded", "message": "Requests for this service are arriving "
                                    "too quickly.  Please retry later.", "errors": ["Enhance Your Calm."]})

    def good(self):
        return 202, {}, json.dumps({"status": "success", "message": "Event processed", "dedup_key": self.accepted[-1][1]["dedup_key"]})

    def text(self, body):
        return body["event_action"] + " " + body["payload"]["summary"]


class SmsGateway(Robot):
    """A gateway as they are: an error is a 200 with a code."""

    name = "sms"

    def problem(self, path, query, headers, raw, body, now):
        if headers.get("X-App-Key") != "k3y":
            return 200, {}, json.dumps({"code": 401, "message": "no such app"})
        if not body["to"].lstrip("+").isdigit() or not body["text"]:
            return 200, {}, json.dumps({"code": 400, "message": "bad request"})
        return None

    def good(self):
        return 200, {}, json.dumps({"code": 0, "message": "ok"})

    def text(self, body):
        return body["text"]


class Town:
    """All of them on one port, each under its own name: /dingtalk/robot/send …"""

    def __init__(self):
        self.robots = {robot.name: robot for robot in
                       (Dingtalk(), Wecom(), Feishu(), Slack(), Teams(), Pagerduty(), SmsGateway())}
        town = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                url = urllib.parse.urlsplit(self.path)
                _, name, rest = url.path.split("/", 2)
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                query = dict(urllib.parse.parse_qsl(url.query))
                try:
                    status, headers, text = town.robots[name].take("/" + rest, query, self.headers, raw)
                except Exception as error:  # what a robot cannot read is the bridge's mistake
                    town.robots[name].refused.append((time.time(), raw, repr(error)))
                    status, headers, text = 400, {}, repr(error)
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __getitem__(self, name):
        return self.robots[name]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
