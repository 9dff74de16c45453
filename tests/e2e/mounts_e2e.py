#!/usr/bin/env python3
"""What is mounted, mounted otherwise and unmounted under a running agent is told at once, and an ext4
that stops writing after an error soon: the kernel tells nobody of that."""
import subprocess
import sys
from pathlib import Path

from lab import Agent, check, run, scene, skip, wait_for
from snmp_lab import value


def mount(*arguments):
    return subprocess.run(["mount", *map(str, arguments)], check=False, capture_output=True, text=True)


def mounts():
    with scene() as (directory, cleanup):
        point = Path(directory, "mount")
        point.mkdir()
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        agent = Agent(directory, [], rules)
        cleanup.callback(agent.stop)
        agent.start()
        read_only = lambda at: value(agent, f'node_filesystem_readonly{{mountpoint="{at}"}}')
        wait_for("the host's own mounts", lambda: read_only("/") is not None)
        check(read_only(point) is None, "nothing is mounted there yet")

        answer = mount("-t", "tmpfs", "tmpfs", point)
        if answer.returncode != 0:
            skip(f"nothing can be mounted here: {answer.stderr.strip()}")
        cleanup.callback(lambda: subprocess.run(["umount", "-l", point], check=False, capture_output=True))
        wait_for("a new mount", lambda: read_only(point) == 0, 3)
        check(mount("-o", "remount,ro", point).returncode == 0, "it is mounted read-only")
        wait_for("that it is read-only", lambda: read_only(point) == 1, 3)
        check(mount("-o", "remount,rw", point).returncode == 0, "it is mounted to be written again")
        wait_for("that it is not", lambda: read_only(point) == 0, 3)
        subprocess.run(["umount", point], check=True)
        wait_for("that it is gone", lambda: read_only(point) is None, 3)


def broken():
    with scene() as (directory, cleanup):
        point, image = Path(directory, "mount"), Path(directory, "image")
        point.mkdir()
        with open(image, "wb") as file:
            file.truncate(8 << 20)
        subprocess.run(["mkfs.ext4", "-q", image], check=True)
        answer = mount("-o", "loop,errors=remount-ro", image, point)
        if answer.returncode != 0:
            skip(f"no image can be mounted here: {answer.stderr.strip()}")
        cleanup.callback(lambda: subprocess.run(["umount", "-l", point], check=False))
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        agent = Agent(directory, [], rules)
        cleanup.callback(agent.stop)
        agent.start()
        read_only = lambda: value(agent, f'node_filesystem_readonly{{mountpoint="{point}"}}')
        wait_for("the mount", lambda: read_only() == 0)
        device = subprocess.run(["findmnt", "-no", "SOURCE", point], check=True, capture_output=True, text=True)
        Path("/sys/fs/ext4", Path(device.stdout.strip()).name, "trigger_fs_error").write_text("tocsin's test")
        wait_for("that nobody can write to it any more", lambda: read_only() == 1, 15)


run({"mounts": mounts, "broken": broken}[sys.argv[1]])
