#!/usr/bin/env python3
"""An agent whose modules are not installed: what needs them is down and says why, and works with SIGHUP
once they are there."""
import os
import shutil
import signal
from pathlib import Path

from lab import BIN, Agent, check, free_port, http, run, scene, wait_for

CONFIG = """
collect:
  systemd: {{}}
  probe:
    - {{job: alive, tcp: {{target: "127.0.0.1:{port}"}}, every: 1s, timeout: 900ms}}
"""


def late_module():
    with scene() as (directory, cleanup):
        modules = Path(directory, "modules")
        modules.mkdir()
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        port = free_port()
        agent = Agent(directory, [], rules, port=port, config=CONFIG.format(port=port),
                      env={**os.environ, "TOCSIN_MODULE_DIR": str(modules)})
        cleanup.callback(agent.stop)
        agent.start()

        up = f'up{{instance="127.0.0.1:{port}",job="alive"}}'
        page = lambda: http("GET", agent.url + "/metrics")[1].splitlines()
        wait_for("the probe is down", lambda: f"{up} 0" in page())
        wait_for("the collector fails", lambda: 'tocsin_collector_success{collector="systemd"} 0' in page())
        check("install the package tocsin-agent-probe" in agent.log.read_text(), "the log says what to install")

        shutil.copy(BIN.parent / "lib" / "tocsin" / "modules" / "probe.so", modules)
        os.kill(agent.process.pid, signal.SIGHUP)
        wait_for("the probe is up", lambda: f"{up} 1" in page())


run(late_module)
