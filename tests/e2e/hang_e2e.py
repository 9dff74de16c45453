#!/usr/bin/env python3
"""A file system hangs under a running agent: the mount is named, everything else goes on being
collected and told, and the agent still stops when it is asked to."""
import subprocess
import time
import urllib.parse
from pathlib import Path

from lab import ROOT, Agent, Bridge, check, http, run, scene, skip, wait_for

RULES = """
groups:
  - name: hang
    rules:
      - alert: FilesystemHangs
        expr: node_filesystem_device_error{{mountpoint="{mount}"}} == 1
"""

CONFIG = """
routes:
  - {group_by: [alertname, host]}
"""


def value(agent, expr):
    status, answer = http("GET", f"{agent.url}/api/v1/query?query={urllib.parse.quote(expr)}")
    check(status == 200, f"{expr} answered {status}: {answer}")
    found = answer["data"]["result"]
    return float(found[0]["value"][1]) if found else None


def hang():
    if not Path("/dev/fuse").exists():
        skip("there is no /dev/fuse")
    with scene() as (directory, cleanup):
        point, gate = Path(directory, "mount"), Path(directory, "gate")
        point.mkdir()
        filesystem = subprocess.Popen(["/usr/bin/python3", ROOT / "tests/support/hanging_fs.py", point, gate],
                                      stdout=subprocess.PIPE, text=True)
        cleanup.callback(lambda: (filesystem.kill(), filesystem.wait(),
                                  subprocess.run(["umount", "-l", point], check=False)))
        if filesystem.stdout.readline().strip() != "ready":
            skip("this machine mounts no FUSE file system")
        bridge = Bridge(directory, CONFIG)
        cleanup.callback(bridge.stop)
        bridge.start()
        rules = Path(directory, "rules.yml")
        rules.write_text(RULES.format(mount=point))
        gate.touch()  # open: statfs is answered
        agent = Agent(directory, [bridge.url], rules,
                      config="collect: {filesystem: {timeout: 300ms}}\n")
        cleanup.callback(agent.stop)
        agent.start()
        error = f'node_filesystem_device_error{{mountpoint="{point}"}}'
        wait_for("the healthy mount reported", lambda: value(agent, error) == 0)

        gate.unlink()
        hung = f'tocsin_filesystem_hung_seconds{{mountpoint="{point}"}}'
        wait_for("the hung mount reported", lambda: value(agent, error) == 1, 10)
        age = wait_for("how long it hangs", lambda: value(agent, hung))
        wait_for("the growing of that", lambda: value(agent, hung) > age + 1)
        check(value(agent, f'node_filesystem_size_bytes{{mountpoint="{point}"}}') is None,
              "a hung mount has no size")
        wait_for("an incident that names the mount",
                 lambda: bridge.incidents(alertname="FilesystemHangs"), 10)
        seen = value(agent, "time()-timestamp(node_load1)")
        check(seen is not None and seen <= 2.5, f"node_load1 is as fresh as ever, not {seen} s old")

        took = value(agent, 'max_over_time(tocsin_collector_duration_seconds{collector="filesystem"}[1m])')
        check(took < 1, f"the cycle in which it hung went on without it, after {took} s")
        count = lambda what: len(list(Path(f"/proc/{agent.process.pid}/{what}").iterdir()))
        threads, descriptors = count("task"), count("fd")
        since = value(agent, hung)
        wait_for("ten more cycles with it", lambda: value(agent, hung) > since + 10, 20)
        check(count("task") <= threads, f"{threads} threads became {count('task')}")
        check(count("fd") <= descriptors + 1, f"{descriptors} descriptors became {count('fd')}")

        gate.touch()
        wait_for("the mount well again", lambda: value(agent, error) == 0, 10)
        check(value(agent, f'node_filesystem_size_bytes{{mountpoint="{point}"}}') == 4096000, "its size told")
        wait_for("no more talk of hanging", lambda: value(agent, hung) is None)
        gate.unlink()
        wait_for("it hung again", lambda: value(agent, error) == 1, 10)

        # The kernel keeps a thread that is inside such a file system, whatever kills it: what the
        # process can do is to end all others, and be gone with the file system's answer.
        before = time.monotonic()
        agent.process.terminate()
        state = Path(f"/proc/{agent.process.pid}/stat")
        wait_for("the agent has ended but for the thread that the kernel holds",
                 lambda: state.read_text().rpartition(")")[2].split()[0] == "Z", 10)
        print(f"stopped in {time.monotonic() - before:.2f} s with a hung file system")
        gate.touch()
        check(agent.process.wait(10) == 0, "and with exit status 0")


run(hang)
