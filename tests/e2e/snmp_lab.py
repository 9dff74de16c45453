"""What the tests of SNMP share: Debian's snmpd, its exporter, devices that say nothing."""
import os
import shutil
import socket
import subprocess
import threading
import urllib.parse
from pathlib import Path

import text_format
from lab import ROOT, check, free_port, http, skip, wait_for

MODULES = ROOT / "collector/net/snmp/modules"
USER, PASSWORD, KEY = "mon", "authpass-123", "privpass-123"
NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            skip(f"{program} is not installed (script/install test)")
    if os.geteuid() != 0:
        skip("starting other users' daemons and networks needs root")


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """A child with its log, ended by its process id."""

    def __init__(self, argv, log, env=None):
        with open(log, "ab") as out:
            self.process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=out, env={**os.environ, **(env or {})})

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Snmpd(Process):
    """Debian's snmpd as nobody, with a community, users of v3, and what else `config` says."""

    def __init__(self, directory, name="snmpd", addresses=None, config="", inside=(), password=PASSWORD, port=None):
        self.name, self.port = name, port or free_udp_port()
        self.addresses = addresses or ["127.0.0.1"]
        where = Path(directory, name)
        (where / "state").mkdir(parents=True)
        listen = ",".join(f"udp:{a}:{self.port}" for a in self.addresses)
        (where / "snmpd.conf").write_text(
            f"agentaddress {listen}\nrocommunity public\nsysName {name}\nsysLocation lab\nsysContact nobody\n"
            f"createUser {USER} SHA {password} AES {KEY}\nrwuser {USER} priv\n"
            f"createUser signed SHA-256 {PASSWORD}\nrouser signed auth\n"
            f"createUser strong SHA-512 {PASSWORD} AES {KEY}\nrouser strong priv\n"
            f"createUser plain\nrouser plain noauth\n{config}")
        for path in (where, where / "state", where / "snmpd.conf"):
            shutil.chown(path, "nobody", "nogroup")
        os.chmod(directory, 0o755)
        super().__init__([*inside, *NOBODY, "snmpd", "-f", "-LE", "4", "-C", "-c", where / "snmpd.conf"],
                         Path(directory, f"{name}.log"), {"SNMP_PERSISTENT_DIR": str(where / "state"), "MIBS": ""})
        wait_for(f"{name} answers", lambda: self.get("1.3.6.1.2.1.1.5.0"), 15)

    def get(self, oid):
        return snmp_tool("snmpget", "-v2c", "-c", "public", "-Oqv", "-t", "0.2", "-r", "0",
                         f"{self.addresses[0]}:{self.port}", oid)

    @property
    def target(self):
        return f"{self.addresses[0]}:{self.port}"


def snmp_tool(*argv):
    """What it prints, or nothing when it fails."""
    done = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, "MIBS": ""})
    return done.stdout.strip() if done.returncode == 0 else ""


class Exporter(Process):
    """Debian's prometheus-snmp-exporter, with our modules as its snmp.yml: the form is the same."""

    def __init__(self, directory):
        self.port = free_port()
        config = Path(directory, "snmp.yml")
        config.write_text("".join(p.read_text() for p in sorted(MODULES.glob("*.yml"))))
        super().__init__(["prometheus-snmp-exporter", f"--config.file={config}",
                          f"--web.listen-address=127.0.0.1:{self.port}"], Path(directory, "exporter.log"))
        wait_for("the exporter answers", self.answers, 15)

    def answers(self):
        try:
            return http("GET", f"http://127.0.0.1:{self.port}/")[0] == 200
        except OSError:
            return False

    def scrape(self, target, module):
        query = urllib.parse.urlencode({"target": target, "module": module})
        return text_format.fetch(f"http://127.0.0.1:{self.port}/snmp?{query}", timeout=20)


def series_of(text, instance=None, job=None):
    """Families {name: (type, help)} and series {name, labels: value} of a /metrics, without labels that are
    empty; of one target where it is named."""
    samples, types, helps = text_format.read(text)
    series = {}
    for name, labels, value in samples:
        if instance and (labels.pop("instance", None) != instance or labels.pop("job", None) != job):
            continue
        key = (name, tuple(sorted(labels.items())))
        check(key not in series, f"{key} stands once")
        series[key] = value
    return {name: [types.get(name), helps.get(name)] for name in types.keys() | helps.keys()}, series


def metrics(agent):
    return text_format.fetch(f"{agent.url}/metrics")


def query(agent, expression):
    """[(labels, value or samples)] of an instant query."""
    status, answer = http("GET", f"{agent.url}/api/v1/query?query={urllib.parse.quote(expression)}")
    check(status == 200, f"{expression} answers {status}: {answer}")
    return [(r["metric"], r.get("values") or float(r["value"][1])) for r in answer["data"]["result"]]


def value(agent, expression):
    found = query(agent, expression)
    return found[0][1] if found else None


class Silent(threading.Thread):
    """A device that hears and never answers; with `engine`, it answers discovery first (RFC 3414, 4)."""

    def __init__(self, engine=None):
        super().__init__(daemon=True)
        self.engine, self.heard = engine, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.port = self.socket.getsockname()[1]
        self.ended = threading.Event()
        self.start()

    def run(self):
        while not self.ended.is_set():
            try:
                datagram, peer = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            self.heard += 1
            # An engine ID of no octets is a discovery; its number stands in the header, after the version.
            if self.engine and b"\x04\x10\x30\x0e\x04\x00" in datagram:
                self.socket.sendto(report(datagram[9:9 + datagram[8]], self.engine), peer)

    def stop(self):
        self.ended.set()
        self.join()
        self.socket.close()


def element(tag, *content):
    content = b"".join(content)
    return bytes([tag, len(content)]) + content


def report(number, engine):
    """usmStatsUnknownEngineIDs, as an engine answers a discovery."""
    integer = lambda n: element(2, bytes([n]))
    oid = bytes([0x2b, 6, 1, 6, 3, 15, 1, 1, 4, 0])
    header = element(0x30, element(2, number), element(2, b"\x00\xff\xe3"), element(4, b"\0"), integer(3))
    user = element(0x30, element(4, engine), integer(1), integer(9), element(4), element(4), element(4))
    pdu = element(0xA8, element(2, number), integer(0), integer(0),
                  element(0x30, element(0x30, element(6, oid), element(0x41, b"\x01"))))
    return element(0x30, integer(3), header, element(4, user),
                   element(0x30, element(4, engine), element(4), pdu))
