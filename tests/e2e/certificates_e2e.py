#!/usr/bin/env python3
"""When certificates end, as the openssl command reads them: files, a chain that is fine, one that ends
soon, one that has ended, a self-signed one, a mail server's and an FTP server's behind STARTTLS, those who want to
know who asks, and nobody at all."""
import datetime
import importlib.util
import json
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.parse
import urllib.request
from pathlib import Path

from lab import Agent, MailServer, check, free_port, run, scene, skip, wait_for

CA = """[ca]
default_ca = own
[own]
dir = {dir}
new_certs_dir = {dir}
database = {dir}/index
serial = {dir}/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
organizationalUnitName = optional
[authority]
basicConstraints = critical,CA:true
[shop]
subjectAltName = DNS:shop.example,DNS:www.shop.example,IP:127.0.0.1,email:ops@shop.example
"""

RULES = """
groups:
  - name: certificates
    rules:
      - alert: CertificateEnds
        expr: ssl_cert_not_after - time()
        levels: {warning: "< 604800", critical: "< 0"}
"""


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    check(done.returncode == 0, f"openssl {arguments}: {done.stderr}")
    return done.stdout


class Authority:
    """A root, an intermediate under it, and what it issues."""

    def __init__(self, directory):
        self.dir = Path(directory, "ca")
        self.dir.mkdir()
        Path(self.dir, "conf").write_text(CA.format(dir=self.dir))
        Path(self.dir, "index").write_text("")
        Path(self.dir, "serial").write_text("0A00000000000000000001\n")
        self.root = self.make("root", "/CN=root", "authority", None, 0, 3650)
        self.middle = self.make("middle", "/CN=middle", "authority", "root", 0, 1000)

    def path(self, name):
        return self.dir / f"{name}.pem"

    def make(self, name, subject, extensions, issuer, start_days, end_days):
        """The certificate's path; its key lies beside it."""
        key, request, out = self.dir / f"{name}.key", self.dir / f"{name}.csr", self.path(name)
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
                "-out", request, "-subj", subject)
        now = datetime.datetime.now(datetime.timezone.utc)
        date = lambda days: (now + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")
        signer = ["-selfsign", "-keyfile", key] if issuer is None else [
            "-cert", self.path(issuer), "-keyfile", self.dir / f"{issuer}.key"]
        openssl("ca", "-batch", "-notext", "-config", self.dir / "conf", *signer, "-in", request, "-out", out,
                "-extensions", extensions, "-startdate", date(start_days), "-enddate", date(end_days))
        return out


def serve(cleanup, certificate, chain=None, more=()):
    port = free_port()
    argv = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", certificate,
            "-key", certificate.with_suffix(".key"), "-quiet", *more]
    server = subprocess.Popen([*argv, *(["-cert_chain", chain] if chain else [])], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    cleanup.callback(server.wait)
    cleanup.callback(server.kill)

    def answers():
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0
    wait_for("s_server listens", answers)
    return port


def serve_ftp(cleanup, chain, key):
    """RFC 4217 as far as the handshake, with a greeting of several lines; one client after the other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def talk():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.sendall(b"220-Welcome\r\n to the shop.\r\n220 Ready\r\n")
                if client.recv(100) != b"AUTH TLS\r\n":
                    continue
                client.sendall(b"234 Go\r\n")
                try:
                    with context.wrap_socket(client, server_side=True) as tls:
                        tls.recv(1)
                except OSError:
                    pass
    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    cleanup.callback(thread.join, 5)
    cleanup.callback(listener.close)
    cleanup.callback(listener.shutdown, socket.SHUT_RDWR)
    return listener.getsockname()[1]


def facts(certificate):
    """(serial in decimal, seconds of its dates) as the openssl command reads them."""
    said = dict(line.split("=", 1) for line in openssl(
        "x509", "-noout", "-serial", "-startdate", "-enddate", "-dateopt", "iso_8601", "-in", certificate).splitlines())
    at = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    return str(int(said["serial"], 16)), at(said["notBefore"]), at(said["notAfter"])


def query(agent, text):
    url = f"{agent.url}/api/v1/query?query={urllib.parse.quote(text)}"
    with urllib.request.urlopen(url, timeout=5) as answer:
        return [(s["metric"], float(s["value"][1])) for s in json.load(answer)["data"]["result"]]


def test_endpoints(agent, authority, ports):
    value = lambda name, endpoint: [v for _, v in query(agent, f'{name}{{instance="{ports[endpoint]}"}}')]
    problem = lambda endpoint: [m["problem"] for m, _ in query(
        agent, f'ssl_verify_problem_info{{instance="{ports[endpoint]}"}}')]
    for endpoint in ("good", "soon", "ended", "self", "mail", "ftp", "asks12", "known12", "known13"):
        wait_for(f"{endpoint} was looked at", lambda e=endpoint: value("up", e) == [1], 15)
    for endpoint, trusted, why in (("good", 1, []), ("soon", 1, []), ("ended", 0, ["certificate has expired"]),
                                   ("self", 0, ["self-signed certificate"]),
                                   ("mail", 0, ["self-signed certificate"]), ("ftp", 1, []),
                                   ("known12", 1, []), ("known13", 1, [])):
        check(value("ssl_verified", endpoint) == [trusted], f"{endpoint} is trusted: {trusted}")
        check(value("ssl_probe_success", endpoint) == [trusted], f"{endpoint}'s probe: {trusted}")
        check(problem(endpoint) == why, f"{endpoint}: {problem(endpoint)}")
        check(len(value("ssl_tls_version_info", endpoint)) == 1, f"{endpoint} has a version")

    # One that wants to know who we are breaks TLS 1.2 off, but has shown its chain by then.
    check(value("ssl_probe_success", "asks12") == [0], "a handshake that is broken off is no success")
    check(value("ssl_verified", "asks12") == [1] and problem("asks12") == [], "its chain would be trusted")
    said = [line for line in agent.log.read_text().splitlines() if f'"certificates {ports["asks12"]}"' in line]
    check(len(said) == 1 and "broken off" in said[0] and "handshake failure" in said[0], f"and that is told once: {said}")

    # The whole chain, each certificate as openssl reads it.
    for endpoint, chain in (("good", [authority.path("good"), authority.middle]),
                            ("asks12", [authority.path("good"), authority.middle]),
                            ("ended", [authority.path("ended"), authority.middle])):
        shown = {m["serial_no"]: v for m, v in query(agent, f'ssl_cert_not_after{{instance="{ports[endpoint]}"}}')}
        begun = {m["serial_no"]: v for m, v in query(agent, f'ssl_cert_not_before{{instance="{ports[endpoint]}"}}')}
        read = [facts(path) for path in chain]
        check(shown == {serial: end for serial, _, end in read}, f"{endpoint}: {shown}, openssl {read}")
        check(begun == {serial: start for serial, start, _ in read}, f"{endpoint}: {begun}, openssl {read}")
    labels = query(agent, f'ssl_cert_not_after{{instance="{ports["good"]}",cn="shop"}}')[0][0]
    expected = {"issuer_cn": "middle", "cn": "shop", "dnsnames": ",shop.example,www.shop.example,",
                "ips": ",127.0.0.1,", "emails": ",ops@shop.example,", "ou": ",web,"}
    check(expected.items() <= labels.items(), f"{labels}")

    wait_for("nobody and the silent one are down", lambda: value("up", "nobody") == value("up", "silent") == [0], 10)
    check(value("ssl_probe_success", "silent") == [0], "and their probes failed")

    def levels():
        with urllib.request.urlopen(f"{agent.url}/api/v1/alerts", timeout=5) as answer:
            alerts = json.load(answer)["data"]["alerts"]
        return {a["labels"]["instance"]: a["labels"]["severity"] for a in alerts if a["labels"].get("cn") == "shop"}

    wait_for("what ends is told", lambda: levels() == {ports["soon"]: "warning", ports["ended"]: "critical"})


def test_files(agent, authority, files):
    dates = lambda name: sorted(v for _, v in query(agent, f'ssl_file_cert_not_after{{file="{files / name}"}}'))
    ends = lambda *names: sorted(facts(authority.path(n))[2] for n in names)
    check(dates("chain.pem") == ends("good", "middle", "root"), "a bundle shows all of its certificates")
    check(dates("one.der") == ends("soon"), "a file in DER shows its own")
    wrong = lambda: {m["file"] for m, v in query(agent, "ssl_file_error == 1")}
    check(wrong() == {str(files / "broken.pem")}, f"the broken one is named: {wrong()}")
    check(agent.log.read_text().count("broken.pem") == 1, f"once: {agent.tail()}")
    shutil.copy(authority.path("soon"), files / "broken.pem")
    wait_for("a file that is put right counts", lambda: not wrong() and dates("broken.pem") == ends("soon"), 10)
    (files / "one.der").unlink()
    wait_for("one that went has ended", lambda: not dates("one.der"), 10)


def certificates():
    if importlib.util.find_spec("aiosmtpd") is None:
        skip("python3-aiosmtpd is not installed (script/install test)")
    with scene() as (directory, cleanup):
        authority = Authority(directory)
        for name, start, end in (("good", 0, 90), ("soon", -80, 3), ("ended", -90, -1)):
            authority.make(name, "/OU=web/CN=shop", "shop", "middle", start, end)
        own = authority.make("self", "/CN=self", "shop", None, 0, 30)
        ports = {name: serve(cleanup, authority.path(name), authority.middle) for name in ("good", "soon", "ended")}
        ports["self"], ports["nobody"] = serve(cleanup, own), free_port()
        asks = ("-Verify", "3", "-verify_return_error", "-CAfile", authority.root)
        for name, version in (("asks12", "-tls1_2"), ("known12", "-tls1_2"), ("known13", "-tls1_3")):
            ports[name] = serve(cleanup, authority.path("good"), authority.middle, (version, *asks))
        # Ours, with its chain.
        authority.make("ours", "/CN=agent", "shop", "middle", 0, 30)
        ours, chain = Path(directory, "ours.pem"), Path(directory, "chain.pem")
        for path, name in ((ours, "ours"), (chain, "good")):
            path.write_text(authority.path(name).read_text() + authority.middle.read_text())
        ports = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
        silent = socket.create_server(("127.0.0.1", 0))
        cleanup.callback(silent.close)
        ports["silent"] = f"127.0.0.1:{silent.getsockname()[1]}"
        mail = cleanup.enter_context(MailServer(directory))
        ports["mail"] = f"smtp://127.0.0.1:{mail.port}"

        ports["ftp"] = f"ftp://127.0.0.1:{serve_ftp(cleanup, chain, authority.dir / 'good.key')}"

        files = Path(directory, "files")
        files.mkdir()
        (files / "chain.pem").write_text("".join(authority.path(n).read_text() for n in ("good", "middle", "root")))
        openssl("x509", "-in", authority.path("soon"), "-outform", "DER", "-out", files / "one.der")
        (files / "broken.pem").write_text(authority.path("soon").read_text()[:-80])
        listed = lambda known: "\n".join(f'      - "{endpoint}"' for name, endpoint in ports.items()
                                         if name.startswith("known") == known)
        endpoint = f"    ca_file: {authority.root}\n    every: 1s\n    timeout: 800ms\n"
        config = (f"collect:\n  certificates:\n  - files: [{files}/*]\n    every: 1s\n"
                  f"  - endpoints:\n{listed(False)}\n{endpoint}"
                  f"  - endpoints:\n{listed(True)}\n{endpoint}"
                  f"    cert_file: {ours}\n    key_file: {authority.dir / 'ours.key'}\n")
        rules = Path(directory, "rules.yml")
        rules.write_text(RULES)
        agent = Agent(directory, [], rules, config=config)
        cleanup.callback(agent.stop)
        agent.start()
        wait_for("the files were read", lambda: query(agent, "ssl_file_cert_not_after"), 10)
        test_endpoints(agent, authority, ports)
        test_files(agent, authority, files)
        check(agent.stop() == 0, "the agent stops with 0")


run(certificates)
