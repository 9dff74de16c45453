#!/usr/bin/env python3
"""script/run as a person runs it: it says where the page is, the page answers, Ctrl-C stops both, once
pressed or again and again."""
import os
import pty
import re
import signal
import subprocess
import threading
import time

from lab import ROOT, check, free_port, http, run, scene, wait_for


def two_commands():
    with scene() as (directory, cleanup):
        ports = {"TOCSIN_BRIDGE_PORT": str(free_port()), "TOCSIN_AGENT_PORT": str(free_port()),
                 "TOCSIN_VAR": f"{directory}/var"}
        for start in ("first", "second", "third"):
            master, slave = pty.openpty()
            began = time.monotonic()
            process = subprocess.Popen([ROOT / "script/run", "--no-build"], stdin=slave, stdout=slave, stderr=slave,
                                       env={**os.environ, **ports}, start_new_session=True, close_fds=True)
            os.close(slave)
            output = []

            def read():
                try:
                    while part := os.read(master, 4096):
                        output.append(part.decode(errors="replace"))
                except OSError:
                    pass

            reader = threading.Thread(target=read, daemon=True)
            reader.start()
            cleanup.callback(lambda p=process: p.poll() is None and os.killpg(p.pid, signal.SIGKILL))
            wait_for("it says how to stop", lambda: "Ctrl-C" in "".join(output), 30)
            print(f"{start} start: {time.monotonic() - began:.1f} s")
            said = "".join(output)
            page = re.search(r"http://127\.0\.0\.1:\d+/(?=\s)", said).group(0)
            check(page == f"http://127.0.0.1:{ports['TOCSIN_BRIDGE_PORT']}/", f"the page's address: {said}")
            status, html = http("GET", page)
            check(status == 200 and "<html" in html, f"the page answers: {status}")
            wait_for("the agent's heartbeat is there", lambda: http("GET", page + "api/v1/hosts")[1].get("hosts"), 15)
            os.killpg(process.pid, signal.SIGINT)
            while start != "first":  # impatient: again every 20 ms
                try:
                    process.wait(0.02)
                    break
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGTERM if start == "third" else signal.SIGINT)
            check(process.wait(20) == 0, f"Ctrl-C ends it with 0, not {process.returncode}: {''.join(output)}")
            for name in ("TOCSIN_BRIDGE_PORT", "TOCSIN_AGENT_PORT"):
                left = subprocess.run(["ss", "-Hltn", f"sport = :{ports[name]}"], capture_output=True, text=True).stdout
                check(not left, f"nothing listens any more: {left}")
            os.close(master)


def usage():
    asked = subprocess.run([ROOT / "script/run", "--help"], capture_output=True, text=True, timeout=10)
    check(asked.returncode == 0 and "--no-build" in asked.stdout, f"--help says how to use it: {asked}")
    for words in (["nonsense"], ["--no-build", "--no-biuld"]):
        refused = subprocess.run([ROOT / "script/run", *words], capture_output=True, text=True, timeout=10)
        check(refused.returncode == 2 and words[-1] in refused.stderr, f"{words} is refused and named: {refused}")


run(usage)
run(two_commands)
