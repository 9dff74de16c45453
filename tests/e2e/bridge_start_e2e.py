#!/usr/bin/env python3
"""The bridge makes the folder of its store, and says what to do where it cannot. Its log is in the format
that is asked for, by file or flag, and a reload changes it."""
import json
import signal
import subprocess
from pathlib import Path

from lab import BIN, Bridge, check, run, scene, wait_for


def refused(*argv):
    done = subprocess.run([BIN / "tocsin-bridge", "serve", *argv], capture_output=True, text=True, timeout=20,
                          check=False)
    return done.returncode, done.stderr


def start():
    with scene() as (directory, cleanup):
        bridge = Bridge(directory, "log: {format: json}\n")
        folder = Path(directory, "state")
        bridge.argv[bridge.argv.index("--store") + 1] = f"sqlite:{folder}/bridge.db"
        bridge.start()
        cleanup.callback(bridge.stop)
        check(folder.stat().st_mode & 0o777 == 0o750, f"{folder} has the mode {folder.stat().st_mode:o}")
        lines = bridge.log.read_text().splitlines()
        check(any("serves" in json.loads(line)["msg"] for line in lines), f"JSON from the first line on: {lines}")

        Path(directory, "bridge.yml").write_text("log: {format: journald}\n")
        bridge.process.send_signal(signal.SIGHUP)
        wait_for("the next line as the new file wants it",
                 lambda: any(line.startswith("<6>") for line in bridge.log.read_text().splitlines()), 10)

        status, said = refused("--store", "sqlite:/proc/none/bridge.db")
        check(status == 3 and "/proc/none" in said and "--store" in said, f"{status}: {said}")
        status, said = refused("--log.format", "syslog")
        check(status == 2 and "journald" in said, f"{status}: {said}")


run(start)
