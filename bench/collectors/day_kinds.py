"""The kinds of targets whose day is measured: the real server of each, and what of it happens meanwhile."""
import contextlib
import os
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import peers

PLUGINS = Path("/usr/lib/nagios/plugins")
WRITER = "/usr/lib/systemd/systemd-journal-remote"
DAY = 24 * 3600
UP = 'up{instance!=""}'


@contextlib.contextmanager
def again_and_again(what, every=0.2):
    """Calls `what` with 0, 1, … from a thread until the end."""
    stop = threading.Event()

    def loop():
        number = 0
        while not stop.wait(every):
            what(number)
            number += 1

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def exporter(directory):
    """Debian's node_exporter: a page of Go's own metrics and the host's, others in each scrape."""
    from lab import Daemon, free_port
    port = free_port()
    url = f"http://127.0.0.1:{port}/metrics"
    daemon = Daemon("node_exporter", ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}",
                                      "--collector.disable-defaults", "--collector.loadavg", "--collector.meminfo"],
                    Path(directory, "exporter.log"), url).start()
    try:
        yield url
    finally:
        daemon.stop()


@contextlib.contextmanager
def log(directory):
    """A program that writes, and whose file is renamed, truncated or removed every second."""
    folder = Path(directory, "log")
    folder.mkdir()
    path = folder / "app.log"

    def write(number):
        with open(path, "a", encoding="ascii") as out:
            out.writelines(f"n={line} level={'info' if line % 3 else 'error'}\n" for line in range(20))
        if number % 5 == 4:
            os.replace(path, folder / f"app.log.{number % 4}")
        elif number % 5 == 2:
            os.truncate(path, 0)

    with again_and_again(write):
        yield folder


@contextlib.contextmanager
def journal(directory):
    folder = Path(directory, "journal")
    folder.mkdir()

    def write(number):
        at = 1_700_000_000_000_000 + number * 1_000_000
        entry = (f"__REALTIME_TIMESTAMP={at}\n__MONOTONIC_TIMESTAMP={at // 1000}\n"
                 f"_BOOT_ID={'1' * 32}\nMESSAGE=an error {number}\n\n")
        subprocess.run([WRITER, f"--output={folder}/{number // 20 % 3}.journal", "-"], input=entry.encode(),
                       check=True, capture_output=True)

    write(0)
    with again_and_again(write, 0.5):
        yield folder


@contextlib.contextmanager
def machine(directory):
    """A machine with a systemd of its own, one of whose units fails and is started again every second."""
    from machine import Machine
    booted = Machine(directory, "tocsin-day")
    try:
        booted.start()
        booted.unit("tocsin-broken.service", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 3'\n"
                                             "[Unit]\nStartLimitIntervalSec=0\n")
        booted.run("systemctl", "daemon-reload")
        with again_and_again(lambda number: booted.run("systemctl", "start", "tocsin-broken.service", check=False), 1):
            yield booted
    finally:
        booted.stop()


@contextlib.contextmanager
def groups(directory):
    """Forty processes, and others that come and go."""
    with peers.processes(directory):
        with again_and_again(lambda number: subprocess.run(["/bin/sleep", f"0.0{number % 9}"], check=True)):
            yield None


@contextlib.contextmanager
def certificates(directory):
    """A file that is renewed every second, and an endpoint."""
    from lab import certificate, free_port
    port = free_port()
    pem, key = certificate(directory, "endpoint")
    server = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", pem, "-key", key,
                               "-quiet"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        with again_and_again(lambda number: certificate(directory, "file"), 1):
            yield pem, Path(directory, "file.pem"), port
    finally:
        server.kill()
        server.wait()


@contextlib.contextmanager
def plugins(directory):
    if not (PLUGINS / "check_load").exists():
        raise SystemExit("monitoring-plugins-basic is not installed: script/install test")
    yield PLUGINS


@contextlib.contextmanager
def traps(directory):
    """A device whose interfaces go down and come up again; the first of them stays down."""
    from snmp_lab import free_udp_port
    if not shutil.which("snmptrap"):
        raise SystemExit("snmptrap is not installed: script/install test")
    port = free_udp_port()
    state = Path(directory, "sender")
    state.mkdir()

    def send(number):
        interface = number % 20
        down = interface == 0 or number // 20 % 2 == 0
        subprocess.run(["snmptrap", "-v2c", "-c", "public", f"127.0.0.1:{port}", "", f"1.3.6.1.6.3.1.1.5.{3 if down else 4}",
                        f"1.3.6.1.2.1.2.2.1.1.{interface}", "i", str(interface)], check=True, capture_output=True,
                       env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(state)})

    with again_and_again(send, 0.01):
        yield port


@dataclass(frozen=True)
class Kind:
    name: str
    pace: str               # how often it collects here
    server: Callable        # directory → context manager of the server: what the next ones are given
    collect: Callable       # (server, directory, pace) → the lines under `collect`
    series: str             # one sample a collection of each target, in PromQL
    good: str = ""          # as that, and 1 when the collection got what it wanted; "": nothing says so
    targets: int = 1
    every: int = 15         # seconds between two collections, left at its default
    module: str = ""
    warm: int = 0           # seconds more than the others need
    environment: Callable = field(default=lambda server: {})
    interval: str = "1s"    # of the host's collectors

    @property
    def cycles_of_a_day(self):
        return DAY // self.every


def of_peer(kind, pace, **more):
    """One that bench/collectors/peers.py knows how to start."""
    peer = next(peer for peer in peers.PEERS if peer.kind == kind)
    return Kind(kind, pace, peer.server,
                lambda server, directory, pace: peer.collect(server, directory).replace(peers.PACE, pace),
                UP, **{"good": UP, "module": peer.module, **more})


KINDS = [
    of_peer("redis", "10ms"),
    of_peer("postgres", "40ms"),
    of_peer("mysql", "40ms"),
    of_peer("snmp", "40ms"),
    of_peer("probe", "40ms", targets=10, good="probe_success"),
    Kind("scrape", "20ms", exporter,
         lambda url, directory, pace: f"  scrape:\n    - {{job: node, url: '{url}', {pace}}}\n", UP, UP),
    Kind("logs", "10ms", log,
         lambda folder, directory, pace: "  logs:\n    - {name: app, files: " + str(folder) + "/app.log*, "
         "patterns: [{name: error, regex: 'level=error'}], " + pace.split(",")[0] + "}\n", "tocsin_log_files",
         warm=60),  # a file that was removed is read on until it has been quiet for a minute
    Kind("journal", "40ms", journal,
         lambda folder, directory, pace: f"  journal:\n    - {{name: app, directory: {folder}, "
         "patterns: [{name: error, regex: error}], " + pace.split(",")[0] + "}\n", "tocsin_log_behind_seconds",
         module="systemd"),
    Kind("plugins", "40ms", plugins,
         lambda folder, directory, pace: "  plugins:\n    - {name: load, command: ["
         f"{folder}/check_load, -w, '900,900,900', -c, '999,999,999'], {pace}}}\n", "nagios_check_status", every=60),
    Kind("processes", "100ms", groups, lambda nothing, directory, pace: peers.collect_processes(nothing, directory),
         'namedprocess_namegroup_num_procs{groupname="g1"}', interval="100ms"),
    Kind("certificates", "40ms", certificates,
         lambda served, directory, pace: f"  certificates:\n    - {{files: [{served[1]}], {pace}}}\n"
         f"    - {{endpoints: ['127.0.0.1:{served[2]}'], ca_file: {served[0]}, server_name: localhost, {pace}}}\n",
         UP, UP, every=60),
    Kind("traps", "40ms", traps,
         lambda port, directory, pace: f"  snmp_traps:\n    - {{listen: ['127.0.0.1:{port}'], community: public, "
         + pace.split(",")[0] + "}\n", "tocsin_traps_unmapped_total", 'tocsin_trap_active{ifIndex="0"}', module="snmp"),
    Kind("systemd", "100ms", machine, lambda booted, directory, pace: "  systemd: {enable_task_metrics: true}\n",
         "node_systemd_version", module="systemd", interval="100ms",
         environment=lambda booted: {"DBUS_SYSTEM_BUS_ADDRESS": booted.bus}),
]
