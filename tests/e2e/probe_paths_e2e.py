#!/usr/bin/env python3
"""What the agent's probes say where the way is another: HTTPS through a proxy, DNS over TLS, ping without a privilege
and by IPv6. As blackbox_exporter says it of the same servers at the same moment.

  probe_paths_e2e.py proxy|ping
"""
import base64
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path

from lab import Agent, Daemon, check, free_port, run, scene, secret, skip, wait_for
from probe_e2e import certificates, differences, get, parse, start_servers
from snmp_lab import NOBODY

PROGRAMS = ("prometheus-blackbox-exporter", "nginx", "knotd", "chronyd", "openssl")


def pipe(a, b):
    """Both ways, until both have ended."""
    def copy(source, sink):
        try:
            while part := source.recv(65536):
                sink.sendall(part)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    back = threading.Thread(target=copy, args=(b, a), daemon=True)
    back.start()
    copy(a, b)
    back.join(5)
    for end in (a, b):
        end.close()


class Listener:
    """A server of one thread a connection."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.quietly, args=(connection,), daemon=True).start()

    def quietly(self, connection):
        try:
            connection.settimeout(10)
            self.serve(connection)
        except (OSError, ValueError):
            connection.close()

    def close(self):
        self.socket.close()


class Proxy(Listener):
    """CONNECT, and requests with a whole URL; it keeps the first line of each. With `wants`, only for who sends these
    credentials (RFC 7617)."""

    def __init__(self, wants=None):
        self.asked, self.wants = [], wants
        super().__init__()

    def serve(self, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(65536)
            if not part:
                return connection.close()
            head += part
        line = head.split(b"\r\n", 1)[0].decode()
        self.asked.append(line)
        method, where, version = line.split(" ")
        said = b"\r\nProxy-Authorization: Basic " + base64.b64encode((self.wants or "").encode()) + b"\r\n"
        if self.wants and said not in head:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                               b"Content-Length: 0\r\nConnection: close\r\n\r\n")
            return connection.close()
        if method == "CONNECT":
            host, port = where.rsplit(":", 1)
            server = socket.create_connection((host, int(port)), 5)
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            url = urllib.parse.urlsplit(where)
            server = socket.create_connection((url.hostname, url.port or 80), 5)
            server.sendall(head.replace(line.encode(), f"{method} {url.path} {version}".encode(), 1))
        pipe(connection, server)


class TlsFront(Listener):
    """TLS before a server that has none: DNS over TLS is DNS over TCP in TLS (RFC 7858)."""

    def __init__(self, directory, name, behind):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(Path(directory, f"{name}.pem"), Path(directory, f"{name}.key"))
        self.behind = behind
        super().__init__()

    def serve(self, connection):
        with self.context.wrap_socket(connection, server_side=True) as inside:
            # A request and its answer; each begins with its length.
            with socket.create_connection(("127.0.0.1", self.behind), 5) as server:
                for source, sink in ((inside, server), (server, inside)):
                    size = self.exactly(source, 2)
                    sink.sendall(size + self.exactly(source, int.from_bytes(size, "big")))

    @staticmethod
    def exactly(source, count):
        out = b""
        while len(out) < count:
            part = source.recv(count - len(out))
            if not part:
                raise OSError("cut short")
            out += part
        return out


def exporter_of(directory, cleanup, rows, command=()):
    port = free_port()
    Path(directory, "blackbox.yml").write_text(json.dumps({"modules": {job: module for job, _, module, _ in rows}}))
    exporter = Daemon("blackbox_exporter", [*command, "prometheus-blackbox-exporter",
                                            f"--web.listen-address=127.0.0.1:{port}",
                                            f"--config.file={directory}/blackbox.yml"],
                      Path(directory, "blackbox.log"), f"http://127.0.0.1:{port}/-/healthy")
    cleanup.callback(exporter.stop)
    exporter.start()

    def ask(job, target):
        query = urllib.parse.urlencode({"module": job, "target": target})
        return parse(get(f"http://127.0.0.1:{port}/probe?{query}"))[0]["", ""]
    return ask


def agent_of(directory, cleanup, rows, command=()):
    entries = [{"job": job, "every": "3s", "timeout": "1s", **entry} for job, _, _, entry in rows]
    rules = Path(directory, "rules.yml")
    rules.write_text("groups: []\n")
    agent = Agent(directory, [], rules, config=f"collect: {json.dumps({'probe': entries})}\n")
    agent.argv = [*command, *agent.argv]
    if command:
        for path in Path(directory).rglob("*"):
            shutil.chown(path, "nobody", "nogroup")
        shutil.chown(directory, "nobody", "nogroup")
    cleanup.callback(agent.stop)
    return agent.start()


def compare(agent, ask, rows):
    """{job: probe_success}, when the agent and the exporter say the same of each."""
    ours = {}

    def probed():
        ours.update(parse(get(f"{agent.url}/metrics"))[0])
        return all((job, target) in ours for job, target, _, _ in rows)

    wait_for("each probe was made once", probed, 15)
    found, success = [], {}
    for job, target, _, _ in rows:
        theirs = ask(job, target)
        found += differences(job, theirs, ours[job, target])
        success[job] = theirs["probe_success", frozenset()]
    check(not found, "\n".join(sorted(found)))
    return success


def proxy():
    for program in PROGRAMS:
        if shutil.which(program) is None:
            skip(f"{program} is not installed (script/install test)")
    with scene() as (directory, cleanup):
        ca = {"ca_file": str(certificates(directory))}
        ports = start_servers(directory, cleanup)
        through, good, other = Proxy(), TlsFront(directory, "good", ports["dns"]), TlsFront(directory, "other", ports["dns"])
        locked = Proxy("Aladdin:open sesame")
        secret(directory, "sesame", "open sesame")
        secret(directory, "wrong", "open rye")
        for listener in (through, locked, good, other):
            cleanup.callback(listener.close)
        rows = []

        def http(job, url, proxy_port=through.port, **theirs):
            at = f"http://127.0.0.1:{proxy_port}"
            rows.append((job, url, {"prober": "http", "timeout": "1s", "http": {
                "preferred_ip_protocol": "ip4", "proxy_url": at, "tls_config": ca, **theirs}},
                {"preferred_ip_protocol": "ip4", "http": {"url": url, "proxy": at, "tls": ca}}))

        def authenticated(job, url, password, file):
            rows.append((job, url, {"prober": "http", "timeout": "1s", "http": {
                "preferred_ip_protocol": "ip4", "tls_config": ca,
                "proxy_url": f"http://Aladdin:{password}@127.0.0.1:{locked.port}"}},
                {"preferred_ip_protocol": "ip4", "http": {
                    "url": url, "proxy": f"http://127.0.0.1:{locked.port}", "tls": ca,
                    "proxy_basic_auth": {"username": "Aladdin", "password_file": f"{directory}/{file}"}}}))

        def dns(job, port, name):
            rows.append((job, f"127.0.0.1:{port}", {"prober": "dns", "timeout": "1s", "dns": {
                "preferred_ip_protocol": "ip4", "query_name": name, "query_type": "A", "transport_protocol": "tcp",
                "dns_over_tls": True, "tls_config": ca}},
                {"preferred_ip_protocol": "ip4", "dns": {"server": f"127.0.0.1:{port}", "name": name, "type": "A",
                                                         "transport": "tcp", "tls": ca}}))

        http("plain", f"http://127.0.0.1:{ports['plain']}/")
        http("tls", f"https://127.0.0.1:{ports['tls13']}/")
        http("http2", f"https://127.0.0.1:{ports['http2']}/")
        http("expired", f"https://127.0.0.1:{ports['expired']}/")
        http("nobody behind it", f"https://127.0.0.1:{ports['refused']}/")
        http("no proxy", f"https://127.0.0.1:{ports['tls13']}/", ports["refused"])
        for scheme, port in (("http", ports["plain"]), ("https", ports["tls13"])):
            authenticated(f"{scheme} known to it", f"{scheme}://127.0.0.1:{port}/", "open%20sesame", "sesame")
            authenticated(f"{scheme} unknown to it", f"{scheme}://127.0.0.1:{port}/", "open%20rye", "wrong")
        dns("dns over tls", good.port, "www.example.test")
        dns("dns nxdomain", good.port, "nobody.example.test")
        dns("dns another's", other.port, "www.example.test")
        ask = exporter_of(directory, cleanup, rows)
        agent = agent_of(directory, cleanup, rows)
        success = compare(agent, ask, rows)
        check({job for job, value in success.items() if value == 1} == {
            "plain", "tls", "http2", "dns over tls", "http known to it", "https known to it"},
              f"what should succeed does, and nothing else: {success}")
        connects = [line for line in through.asked if line.startswith("CONNECT")]
        check(len(connects) >= 8, f"HTTPS went through the proxy: {through.asked}")
        check(any(line.startswith("GET http://127.0.0.1:") for line in through.asked), "so did HTTP")


def inside():
    """In a network namespace of its own: ping as nobody, by both protocols, allowed and not."""
    with scene() as (directory, cleanup):
        os.chmod(directory, 0o755)
        rows = []
        for target, protocol in (("127.0.0.1", "ip4"), ("::1", "ip6"), ("localhost", "ip4")):
            rows.append((f"ping {target}", target, {"prober": "icmp", "timeout": "1s", "icmp": {
                "preferred_ip_protocol": protocol, "ip_protocol_fallback": False}},
                {"preferred_ip_protocol": protocol, "ip_protocol_fallback": False, "icmp": {"target": target}}))
        allow("65534 65534")
        ask = exporter_of(directory, cleanup, rows, NOBODY)
        agent = agent_of(directory, cleanup, rows, NOBODY)
        status = Path(f"/proc/{agent.process.pid}/status").read_text()
        check("CapEff:\t0000000000000000" in status, f"the agent has no privilege: {status}")
        success = compare(agent, ask, rows)
        check(set(success.values()) == {1.0}, f"each is answered: {success}")
        # Without the group in the range nobody may: the agent says so, and what to do.
        allow("1 0")
        check(agent.stop() == 0, "the agent stops with 0")
        agent.start()
        wait_for("none is answered", lambda: all(
            parse(get(f"{agent.url}/metrics"))[0].get((job, target), {}).get(("probe_success", frozenset())) == 0
            for job, target, _, _ in rows), 15)
        wait_for("the log says what to do",
                 lambda: "net.ipv4.ping_group_range" in Path(directory, "agent.log").read_text(), 10)


def allow(groups):
    Path("/proc/sys/net/ipv4/ping_group_range").write_text(groups)


def ping():
    if os.geteuid() != 0:
        skip("a network namespace needs root")
    for program in ("ip", "prometheus-blackbox-exporter"):
        if shutil.which(program) is None:
            skip(f"{program} is not installed (script/install test)")
    name = f"tocsin-ping-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if made.returncode != 0:
        skip(f"this machine gives no network namespace: {made.stderr.strip()}")
    try:
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        # /proc/sys/net is the namespace's for who is in it.
        done = subprocess.run(["ip", "netns", "exec", name, sys.executable, __file__, "inside"])
        check(done.returncode == 0, f"inside the namespace it ended with {done.returncode}")
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False)


run({"proxy": proxy, "ping": ping, "inside": inside}[sys.argv[1]])
