"""The exporters that the agent's collection is measured beside, and how each and its server start."""
import contextlib
import http.server
import os
import subprocess
import threading
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

PACE = "every: 1s, timeout: 900ms"


@contextlib.contextmanager
def this_host(directory):
    yield None


@contextlib.contextmanager
def postgres(directory):
    from pg_lab import Postgres
    server = Postgres(directory).start()
    try:
        server.grant()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def redis(directory):
    from redis_e2e import Redis
    with contextlib.ExitStack() as stack:
        yield Redis(directory, "master", stack).start()


@contextlib.contextmanager
def mariadb(directory):
    from lab import certificate
    from mysql_e2e import Maria, fill
    with contextlib.ExitStack() as stack:
        server = Maria(directory, stack, certificate(directory, "mysql")).start()
        fill(server)
        yield server


@contextlib.contextmanager
def device(directory):
    from snmp_lab import Snmpd
    server = Snmpd(directory)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def web(directory):
    """Ten pages: a prober watches more than one."""
    class Ok(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"ok\n")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ok)
    server.handle_error = lambda *_: None  # who asks may go before it is answered
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield [f"http://127.0.0.1:{server.server_port}/{number}" for number in range(10)]
    finally:
        server.shutdown()


@contextlib.contextmanager
def processes(directory):
    """Groups of 40 processes in all, among the machine's own."""
    started = [subprocess.Popen(["/bin/sleep", f"{100_000 + number}"], stdin=subprocess.DEVNULL) for number in range(40)]
    try:
        yield None
    finally:
        for process in started:
            process.kill()
            process.wait()


def process_exporter(binary, port, server, directory):
    config = Path(directory, "process.yml")
    config.write_text("process_names:\n" + "".join(
        f"  - {{name: g{group}, cmdline: ['sleep 1000{group}[0-9]']}}\n" for group in range(4)))
    return [binary, "-config.path", str(config), "-children=false", "-threads=false", "-gather-smaps=false",
            "-web.listen-address", f"127.0.0.1:{port}"], None


def collect_processes(server, directory):
    return "  processes:\n    groups:\n" + "".join(
        f"      - {{name: g{group}, match: {{cmdline: 'sleep 1000{group}[0-9]'}}, context_switches: true}}\n"
        for group in range(4))


def collect_mysql(server, directory):
    from lab import secret
    return (f"  mysql:\n    - {{host: 127.0.0.1, port: {server.port}, "
            f"password_file: {secret(directory, 'password', 'pass word')}, {PACE}}}\n")


def postgres_exporter(binary, port, server, directory):
    from pg_lab import PASSWORD
    quoted = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
    dsn = f"host=127.0.0.1 port={server.port} user=tocsin password='{quoted}' dbname=postgres sslmode=disable"
    return [binary, f"--web.listen-address=127.0.0.1:{port}"], {**os.environ, "DATA_SOURCE_NAME": dsn}


def collect_postgres(server, directory):
    from pg_lab import password_file
    return (f'  postgres:\n    - {{dsn: "host=127.0.0.1 port={server.port} user=tocsin dbname=postgres", '
            f"password_file: {password_file(directory)}, {PACE}}}\n")


def redis_exporter(binary, port, server, directory):
    return [binary, "-web.listen-address", f"127.0.0.1:{port}", "-redis-only-metrics",
            "-redis.addr", f"redis://127.0.0.1:{server.port}"], None


def mysqld_exporter(binary, port, server, directory):
    config = Path(directory, "exporter.cnf")
    config.write_text(f"[client]\nuser=tocsin\npassword=pass word\nhost=127.0.0.1\nport={server.port}\n")
    return [binary, f"--config.my-cnf={config}", f"--web.listen-address=127.0.0.1:{port}"], None


def snmp_exporter(binary, port, server, directory):
    from snmp_lab import MODULES
    config = Path(directory, "snmp.yml")
    config.write_text("".join(path.read_text() for path in sorted(MODULES.glob("*.yml"))))
    return [binary, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"], None


def blackbox_exporter(binary, port, server, directory):
    config = Path(directory, "blackbox.yml")
    config.write_text("modules:\n  http:\n    prober: http\n    http: {preferred_ip_protocol: ip4}\n")
    return [binary, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"], None


@dataclass(frozen=True)
class Peer:
    kind: str
    exporter: str
    budget: float          # of the exporter's CPU a scrape
    server: Callable       # directory → context manager of the server: what the next three are given
    command: Callable      # (binary, port, server, directory) → (argv, environment or None)
    collect: Callable      # (server, directory) → the lines under `collect`; "": the agent's defaults
    module: str = ""       # the agent's module of this kind
    paths: Callable = field(default=lambda server: ["/metrics"])  # what of the exporter is scraped in a cycle


def asked(page, **query):
    return f"/{page}?{urllib.parse.urlencode(query)}"


PEERS = [
    Peer("host", "prometheus-node-exporter", 0.15, this_host,
         lambda binary, port, server, directory: ([binary, f"--web.listen-address=127.0.0.1:{port}"], None),
         lambda server, directory: ""),
    Peer("processes", "prometheus-process-exporter", 0.25, processes, process_exporter, collect_processes),
    Peer("postgres", "prometheus-postgres-exporter", 0.25, postgres, postgres_exporter, collect_postgres, "postgres"),
    Peer("mysql", "prometheus-mysqld-exporter", 0.25, mariadb, mysqld_exporter, collect_mysql, "mysql"),
    Peer("redis", "prometheus-redis-exporter", 0.25, redis, redis_exporter,
         lambda server, directory: f"  redis:\n    - {{url: 'redis://127.0.0.1:{server.port}', {PACE}}}\n"),
    Peer("snmp", "prometheus-snmp-exporter", 0.25, device, snmp_exporter,
         lambda server, directory: f"  snmp:\n    - {{targets: ['{server.target}'], modules: [if_mib], {PACE}, "
         "request_timeout: 500ms}\n", "snmp",
         lambda server: [asked("snmp", target=server.target, module="if_mib")]),
    Peer("probe", "prometheus-blackbox-exporter", 0.25, web, blackbox_exporter,
         lambda servers, directory: "  probe:\n" + "".join(
             f"    - {{job: web, http: {{url: '{url}'}}, {PACE}}}\n" for url in servers), "probe",
         lambda servers: [asked("probe", target=url, module="http") for url in servers]),
]
