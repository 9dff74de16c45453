#!/usr/bin/env python3
"""Bad input: rule files are refused with position and reason while the old rules stay; a bridge that
gets half a body, 100 MB, deep JSON or wrong types answers 4xx and stays as it was."""
import os
import signal
import socket
import subprocess
from pathlib import Path

from lab import BIN, Agent, Bridge, check, http, run, scene, wait_for

GOOD = """
groups:
  - name: good
    rules:
      - {alert: Fine, expr: node_load1 > 1e9}
"""

# What a person does wrong, and what must be said of it: line:column and a word of the reason.
BAD = {
    "unknown key": ("groups:\n  - name: a\n    rules:\n      - alert: X\n        exp: up\n", ":5:9:", "expr"),
    "bad expression": ("groups:\n  - name: a\n    rules:\n      - alert: X\n        expr: sum(rate(foo[5m])\n", ":5:", "paren"),
    "duplicate group": ("groups:\n  - {name: a, rules: []}\n  - {name: a, rules: []}\n", ":3:", "a"),
    "bad YAML": ("groups:\n  - name: [a\n", ":", ""),
}


def rule_files(directory, cleanup):
    for name, (text, place, word) in BAD.items():
        path = Path(directory, "bad.yml")
        path.write_text(text)
        done = subprocess.run([BIN / "tocsin", "rules", "check", path], capture_output=True, text=True)
        said = done.stdout + done.stderr
        check(done.returncode == 1, f"{name}: exit 1, not {done.returncode}: {said}")
        check(f"bad.yml{place}" in said and word in said, f"{name}: says where and why: {said}")
    done = subprocess.run([BIN / "tocsin", "rules", "check", f"{directory}/absent.yml"], capture_output=True, text=True)
    check(done.returncode == 3, f"a file that is not there: exit 3, not {done.returncode}")

    rules = Path(directory, "rules.yml")
    rules.write_text(GOOD)
    agent = Agent(directory, [], rules)
    cleanup.callback(agent.stop)
    agent.start()

    def loaded():
        groups = http("GET", agent.url + "/api/v1/rules")[1]["data"]["groups"]
        return [rule["name"] for group in groups for rule in group["rules"]]

    check(loaded() == ["Fine"], f"the good file is loaded: {loaded()}")
    for name, (text, place, _) in BAD.items():
        # At once: half a file that was read would be another fault than the one that is meant.
        Path(directory, "new.yml").write_text(text)
        os.replace(Path(directory, "new.yml"), rules)
        os.kill(agent.process.pid, signal.SIGHUP)
        wait_for(f"{name}: the reload is refused", lambda: "tocsin_rules_reload_success 0" in http(
            "GET", agent.url + "/metrics")[1])
        check(loaded() == ["Fine"], f"{name}: the old rules stay: {loaded()}")
        wait_for(f"{name}: the log says where", lambda p=place: f"rules.yml{p}" in agent.log.read_text())
        rules.write_text(GOOD)
        os.kill(agent.process.pid, signal.SIGHUP)
        wait_for("a good file again", lambda: "tocsin_rules_reload_success 1" in http("GET", agent.url + "/metrics")[1])


def raw(bridge, data, closing=True):
    """The first line of the answer to raw bytes."""
    with socket.create_connection(("127.0.0.1", bridge.port), timeout=60) as s:
        try:
            s.sendall(data)
            if closing:
                s.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # answered and closed while the body was still coming
        answer = b""
        try:
            while b"\r\n" not in answer:
                part = s.recv(4096)
                if not part:
                    break
                answer += part
        except OSError:
            pass
        return answer.split(b"\r\n")[0].decode(errors="replace")


def memory(pid):
    return int(next(line.split()[1] for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS")))


def bridge_bodies(directory, cleanup):
    bridge = Bridge(directory)
    cleanup.callback(bridge.stop)
    bridge.start()
    path = "/api/v2/alerts"
    status, answer = http("POST", bridge.url + path, [{"labels": {"alertname": "Good", "severity": "warning"}}])
    check(status == 200, f"a good alert: {status} {answer}")
    before = memory(bridge.process.pid)

    cases = {
        "no JSON": b"{", "not an array": b"{}", "an array of numbers": b"[1,2]",
        "labels of the wrong type": b'[{"labels": []}]', "a label that is a number": b'[{"labels": {"a": 1}}]',
        "no labels": b"[{}]", "a time that is none": b'[{"labels":{"alertname":"a"},"startsAt":"yesterday"}]',
        "deep JSON": b"[" * 100_000 + b"]" * 100_000,
        "deep inside": b'[{"labels":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}]",
        "bad label name": b'[{"labels":{"alert name":"a"}}]',
    }
    for name, body in cases.items():
        status, answer = http("POST", bridge.url + path, body)
        check(400 <= status < 500, f"{name}: 4xx, not {status}: {answer}")
        check(answer, f"{name}: a reason")
    for move, body in {"no such move": b"{}", "acknowledge": b"[]"}.items():
        status, answer = http("POST", f"{bridge.url}/api/v1/incidents/INC-2026-000001/{move.replace(' ', '-')}", body)
        check(400 <= status < 500 and answer["error"]["message"], f"{move} {body}: {status} {answer}")

    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    half = raw(bridge, f"{head}Content-Length: 1000\r\n\r\n[{{\"labels\"".encode())
    check(" 400 " in half or " 408 " in half, f"half a body is no alert: {half!r}")
    huge = raw(bridge, f"{head}Content-Length: 104857600\r\n\r\n".encode() + b"x" * 104857600)
    check(" 413 " in huge, f"100 MB: 413, not {huge!r}")
    garbage = raw(bridge, b"GARBAGE\r\n\r\n")
    check(" 400 " in garbage, f"garbage: 400, not {garbage!r}")

    check(bridge.process.poll() is None, "the process is the same")
    after = memory(bridge.process.pid)
    print(f"bridge memory: {before} KiB before, {after} KiB after")
    check(after - before < 60_000, f"memory stays: {before} → {after} KiB")
    check(len(bridge.incidents()) == 1, "only the good alert is there")
    status, _ = http("POST", bridge.url + path, [{"labels": {"alertname": "Good2"}}])
    check(status == 200, "and the next good alert is taken")


def both():
    with scene() as (directory, cleanup):
        rule_files(directory, cleanup)
    with scene() as (directory, cleanup):
        bridge_bodies(directory, cleanup)


run(both)
