#!/usr/bin/env python3
"""Real Redis servers beside Debian's redis_exporter: the same series of a master, a replica, a sentinel
and a cluster's node, over TCP, TLS and a unix socket, with passwords and few rights; then servers that
are stopped, that hang, and that refuse the password."""
import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.parse
from pathlib import Path

import exporters
from exporters import Exporter, fetch, parse
from lab import ROOT, Agent, certificate, check, free_port, run, scene, secret, skip, wait_for

# What the exporter says of itself, and what it says of a key group or a key's text (parity.md).
KEEP = re.compile(r"^redis_(?!exporter_|target_scrape_request_errors_total|last_key_groups_|key_value_as_string)")
# Gauges that every look at a server moves.
MOVING = re.compile(r"^redis_(memory_used_|mem_|allocator_|client_recent_|connected_clients|uptime_|start_time_|"
                    r"latency_percentiles_|last_slow_|slowlog_|master_last_io_|connected_slave_|slave_repl_|"
                    r"master_repl_|repl_backlog_|replica_|expired_)")
CHECKED = ("n", "queue", "text", "seen", "none", "db3=h", "db3=s", "db3=z", "db3=events")


class Redis:
    def __init__(self, directory, name, cleanup, port=None, tls=None, extra=()):
        self.directory, self.name = Path(directory, name), name
        self.directory.mkdir()
        self.socket = self.directory / "s"
        self.port, self.tls, self.password = port or free_port(), tls, None
        listen = ["--port", self.port] if tls is None else [
            "--port", 0, "--tls-port", self.port, "--tls-cert-file", tls[0], "--tls-key-file", tls[1],
            "--tls-ca-cert-file", tls[0], "--tls-auth-clients", "no"]
        self.argv = ["redis-server", *listen, "--bind", "127.0.0.1", "--dir", self.directory, "--save", "",
                     "--unixsocket", self.socket, *extra]
        self.log = Path(directory, f"redis-{name}.log")
        self.process = None
        cleanup.callback(self.kill)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(a) for a in self.argv], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)
        wait_for(f"redis {self.name} answers", lambda: self.cli("PING") in ("PONG", "NOAUTH Authentication required."))
        return self

    def cli(self, *words, db=0):
        env = dict(os.environ, REDISCLI_AUTH=self.password) if self.password else None
        done = subprocess.run(["redis-cli", "-s", self.socket, "-n", str(db), *[str(w) for w in words]],
                              capture_output=True, text=True, env=env)
        return done.stdout.strip()

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()


class Sentinel(Redis):
    def __init__(self, directory, cleanup, master):
        super().__init__(directory, "sentinel", cleanup)
        config = self.directory / "sentinel.conf"
        config.write_text(f"port {self.port}\nbind 127.0.0.1\nunixsocket {self.socket}\ndir {self.directory}\n"
                          f"sentinel monitor shop 127.0.0.1 {master.port} 1\n")
        self.argv = ["redis-server", config, "--sentinel"]


def fill(master):
    for words in (("SET", "n", "3.5"), ("SET", "text", "hello"), ("RPUSH", "queue", 1, 2, 3),
                  ("PFADD", "seen", "a", "b", "c"), ("SET", "gone", 1, "EX", 1000), ("GET", "queue"), ("NOSUCH",),
                  ("DEBUG", "SLEEP", "0.03"), ("EVAL", "return 1", 0)):
        master.cli(*words)
    for words in (("HSET", "h", "f", "v"), ("SADD", "s", 1, 2), ("ZADD", "z", 1, "m"), ("XADD", "events", "*", "a", 1)):
        master.cli(*words, db=3)
    # What packaging/grants gives, the password, and the keys that are to be watched.
    _, name, *rules = (ROOT / "packaging/grants/redis.acl").read_text().split()
    check(master.cli("ACL", "SETUSER", name, *rules, ">granted", "~*") == "OK", f"the grants are taken: {rules}")
    master.cli("ACL", "SETUSER", "mon", "on", ">few rights", "-@all", "+info", "+client|setname")


def agree(name, agent, exporter_page, own_types=("redis_latency_percentiles_usec",)):
    exporters.agree(name, lambda: parse(fetch(f"{agent.url}/metrics"), KEEP, instance=name), exporter_page,
                    "redis_connections_received_total", MOVING, 40, own_types)


def main():
    for program, package in (("redis-server", "redis-server"), ("redis-cli", "redis-tools"),
                             ("prometheus-redis-exporter", "prometheus-redis-exporter")):
        if shutil.which(program) is None:
            skip(f"{package} is not installed (script/install test)")
    with scene() as (directory, cleanup):
        pem, key = certificate(directory, "redis")
        master = Redis(directory, "master", cleanup, extra=(
            "--enable-debug-command", "local", "--latency-monitor-threshold", 5, "--io-threads", 2,
            "--repl-diskless-sync-delay", 0)).start()
        fill(master)
        replica = Redis(directory, "replica", cleanup, extra=("--replicaof", f"127.0.0.1 {master.port}")).start()
        secured = Redis(directory, "secured", cleanup, tls=(pem, key), extra=("--requirepass", "pass word"))
        secured.password = "pass word"
        secured.start()
        sentinel = Sentinel(directory, cleanup, master).start()
        node = Redis(directory, "node", cleanup, extra=("--cluster-enabled", "yes", "--cluster-port", free_port())).start()
        node.cli("CLUSTER", "ADDSLOTSRANGE", 0, 16383)

        right, wrong, few, granted = (secret(directory, n, t) for n, t in (
            ("right", "pass word"), ("wrong", "no"), ("few", "few rights"), ("granted", "granted")))
        url = lambda server: f"redis://127.0.0.1:{server.port}"
        checked = ", ".join(f'"{k}"' for k in CHECKED)
        silent = socket.create_server(("127.0.0.1", 0))
        cleanup.callback(silent.close)
        pace = "every: 1s, timeout: 700ms"
        Path(directory, "rules.yml").write_text("groups: []\n")
        agent = Agent(directory, [], Path(directory, "rules.yml"), config=f"""
collect:
  redis:
    - {{instance: master, url: "{url(master)}", user: tocsin, password_file: {granted}, check_keys: [{checked}], {pace}}}
    - {{instance: replica, url: "unix://{replica.socket}", {pace}}}
    - {{instance: secured, url: "rediss://localhost:{secured.port}", password_file: {right}, tls: {{ca_file: {pem}}}, {pace}}}
    - {{instance: sentinel, url: "{url(sentinel)}", {pace}}}
    - {{instance: node, url: "{url(node)}", {pace}}}
    - {{instance: few, url: "{url(master)}", user: mon, password_file: {few}, {pace}}}
    - {{instance: refused, url: "{url(master)}", user: mon, password_file: {wrong}, {pace}}}
    - {{instance: untrusted, url: "rediss://127.0.0.1:{secured.port}", password_file: {right}, {pace}}}
    - {{instance: locked, url: "unix://{secured.socket}", {pace}}}
    - {{instance: silent, url: "redis://127.0.0.1:{silent.getsockname()[1]}", {pace}}}
""")
        cleanup.callback(agent.stop)
        agent.start()

        def exporter(*flags):
            port = free_port()
            made = Exporter(["prometheus-redis-exporter", "-web.listen-address", f"127.0.0.1:{port}",
                             "-redis-only-metrics", *flags], port, Path(directory, f"exporter-{port}.log"))
            cleanup.callback(made.stop)
            wait_for("the exporter answers", lambda: fetch(f"{made.url}/metrics"))
            return made

        plain = exporter("-redis.addr", "")
        keyed = exporter("-redis.addr", url(master), "-check-single-keys", ",".join(CHECKED))
        login = exporter("-redis.addr", url(master), "-redis.user", "mon", "-redis.password", "few rights")
        tls = exporter("-redis.addr", f"rediss://localhost:{secured.port}", "-redis.password", "pass word",
                       "-skip-tls-verification")
        page = lambda made: lambda: parse(fetch(f"{made.url}/metrics"), KEEP)
        target = lambda at: lambda: parse(fetch(f"{plain.url}/scrape?target={urllib.parse.quote(at, safe='')}"), KEEP)
        status = lambda name, metric="up": parse(fetch(f"{agent.url}/metrics"), re.compile(rf"^{metric}$"), name).get(metric)

        for name in ("master", "replica", "secured", "sentinel", "node", "few"):
            wait_for(f"{name} is up", lambda n=name: status(n) == 1 and status(n, "redis_up") == 1)
        wait_for("the replica is in step", lambda: status("replica", "redis_connected_slaves") == 0 and
                 "master_link_status:up" in replica.cli("INFO", "replication"))
        agree("master", agent, page(keyed))
        agree("replica", agent, target(f"unix://{replica.socket}"))
        agree("secured", agent, page(tls))
        agree("sentinel", agent, target(url(sentinel)))
        agree("node", agent, target(url(node)))
        agree("few", agent, page(login))

        # Each reason is in the log, once, and the others do not mind.
        log = lambda: agent.log.read_text()
        for what in ("CONFIG GET", "LATENCY LATEST", "SLOWLOG LEN", "SLOWLOG GET"):
            said = [line for line in log().splitlines() if f'asked="{what}"' in line]
            check(len(said) == 1 and "NOPERM" in said[0] and "redis few" in said[0], f"{what} is named once: {said}")
        for name, why in (("refused", "WRONGPASS"), ("refused", str(wrong)), ("untrusted", "certificate"),
                          ("locked", "set \\\"password_file\\\""), ("silent", "no answer within 700ms")):
            check(status(name) == 0 and status(name, "redis_up") == 0, f"{name} is down")
            said = [line for line in log().splitlines() if f'"redis {name}"' in line]
            check(len(said) == 1 and why in said[0], f"{name} says {why} once: {said}")
        check('"redis master"' not in log(), "the grants leave nothing out")
        check("pass word" not in log() and "few rights" not in log(), "no password is logged")

        commands = lambda: status("master", "redis_commands_processed_total")
        secured.kill()
        wait_for("a stopped server is down", lambda: status("secured") == 0 and status("secured", "redis_up") == 0)
        secured.start()
        wait_for("a server that is back is up", lambda: status("secured") == 1, 20)

        replica.process.send_signal(signal.SIGSTOP)
        wait_for("a hung server is down", lambda: status("replica") == 0 and status("replica", "redis_up") == 0)
        before = commands()
        wait_for("and costs only itself", lambda: commands() > before and status("master") == 1)
        replica.process.send_signal(signal.SIGCONT)
        wait_for("a server that goes on is up", lambda: status("replica") == 1, 20)
        check(agent.stop() == 0, "the agent stops with 0")


if __name__ == "__main__":
    run(main)
