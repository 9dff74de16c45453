#!/usr/bin/env python3
"""More databases hang than there are threads for them: probes by name, logs and the host's own
collectors go on."""
import http.server
import socket
import threading
import time
import urllib.parse
from pathlib import Path

from lab import Agent, check, free_port, http as ask, run, scene, wait_for

HUNG = 34  # more than the pool of a kind ever has threads
PATIENCE = 4  # seconds: a busy machine answers within them, a hung database holds a thread for longer


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def value(agent, expr):
    status, answer = ask("GET", f"{agent.url}/api/v1/query?query={urllib.parse.quote(expr)}")
    check(status == 200, f"{expr} answered {status}: {answer}")
    found = answer["data"]["result"]
    return float(found[0]["value"][1]) if found else None


def hung_targets():
    with scene() as (directory, cleanup):
        silent = socket.create_server(("127.0.0.1", 0), backlog=64)  # the kernel accepts, nobody speaks
        cleanup.callback(silent.close)
        page = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Page)
        threading.Thread(target=page.serve_forever, daemon=True).start()
        cleanup.callback(page.shutdown)
        secret = Path(directory, "password")
        secret.write_text("x\n")
        secret.chmod(0o600)
        log = Path(directory, "app.log")
        log.write_text("")
        port = silent.getsockname()[1]
        databases = "".join(
            f"    - {{host: 127.0.0.1, port: {port}, instance: db-{n}, password_file: {secret}, every: 5s, timeout: 5s}}\n"
            for n in range(HUNG))
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        agent = Agent(directory, [], rules, config=f"""collect:
  mysql:
{databases}  probe:
    - {{job: web, http: {{url: 'http://localhost:{page.server_port}/'}}, every: {PATIENCE}s, timeout: {PATIENCE}s}}
  logs:
    - {{name: app, files: ['{log}'], patterns: [{{name: error, regex: ERROR}}], every: 1s}}
""")
        cleanup.callback(agent.stop)
        agent.start()
        wait_for("all databases named down", lambda: value(agent, 'count(up{job="mysql"} == 0)') == HUNG, 60)
        # While all of them hang again, and again: what is counted is what came, not how soon.
        began = time.monotonic()

        def told_since(series):
            return value(agent, f"count_over_time({series}[{1 + int(time.monotonic() - began)}s])") or 0

        wait_for("five probes", lambda: told_since("probe_success") >= 5, 90)
        check(value(agent, "min_over_time(probe_success[1m])") == 1, "a name is looked up all the while")
        for series in ['up{job="mysql",instance="db-0"}', "tocsin_log_lines_total", "node_load1"]:
            wait_for(f"{series} again", lambda: told_since(series) >= 2, 60)


run(hung_targets)
