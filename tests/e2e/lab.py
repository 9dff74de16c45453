"""What the end-to-end tests share: real daemons on spare ports, a real mail server, waiting.

Every test is a program of its own: it exits 0 when what it shows is so, 1 with the reason when it
is not, 77 (CTest: skipped) with the reason where this machine cannot show it.
"""
import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

BIN = Path(os.environ["TOCSIN_BIN"])
ROOT = Path(__file__).resolve().parents[2]


def skip(why):
    print(f"SKIP: {why}")
    sys.exit(77)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, condition, seconds=10.0, every=0.02):
    """The first true value of condition(), or a failure that names `what` and the last value."""
    end = time.monotonic() + seconds
    value = None
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"not within {seconds} s: {what} (last: {value!r})")
        pause.wait(every)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def http(method, url, body=None, headers=None, timeout=10):
    """(status, decoded body): JSON where it is JSON."""
    data = None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
    request = urllib.request.Request(url, data=data, method=method,
                                     headers={"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            status, raw = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, raw = error.code, error.read()
    try:
        return status, json.loads(raw)
    except ValueError:
        return status, raw.decode(errors="replace")


class Daemon:
    """A child process with its log; ended by its process id, whatever happens."""

    def __init__(self, name, argv, log, ready_url, env=None):
        self.name, self.argv, self.log, self.ready_url = name, [str(a) for a in argv], Path(log), ready_url
        self.env = env
        self.tls = ssl._create_unverified_context()  # whether it answers, not who it is
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.env)
        wait_for(f"{self.name} answers at {self.ready_url}", self.answers, 20)
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.tail()}")
        try:
            with urllib.request.urlopen(self.ready_url, timeout=1, context=self.tls) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self):
        """kill -9, as the OOM killer does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=15):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"{self.name} did not stop within {seconds} s of SIGTERM") from None
        return None if self.process is None else self.process.returncode

    def tail(self, lines=25):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


class Bridge(Daemon):
    def __init__(self, directory, config=None, port=None):
        self.port = port or free_port()
        self.url = f"http{'s' if config and 'tls:' in config else ''}://127.0.0.1:{self.port}"
        self.store = Path(directory, "bridge.db")
        argv = [BIN / "tocsin-bridge", "serve", "--listen", f"127.0.0.1:{self.port}",
                "--store", f"sqlite:{self.store}", "--insecure-loopback"]
        # The lab's hosts are all new; each of their alerts is to be an incident of its own.
        if "hosts:" not in (config or ""):
            config = (config or "") + "\nhosts: {join: 0s}\n"
        if config:
            path = Path(directory, "bridge.yml")
            path.write_text(config)
            argv += ["--config", path]
        super().__init__("bridge", argv, Path(directory, "bridge.log"), f"{self.url}/-/ready")

    def incidents(self, state="all", **labels):
        query = "&".join(f"label={urllib.parse.quote(k + '=' + v)}" for k, v in labels.items())
        status, answer = http("GET", f"{self.url}/api/v1/incidents?state={state}&{query}")
        check(status == 200, f"listing incidents answered {status}: {answer}")
        return answer["incidents"]

    def incident(self, key):
        status, answer = http("GET", f"{self.url}/api/v1/incidents/{key}")
        check(status == 200, f"{key} answered {status}: {answer}")
        return answer

    def move(self, key, move, **body):
        return http("POST", f"{self.url}/api/v1/incidents/{key}/{move}", body)


class Agent(Daemon):
    def __init__(self, directory, bridges, rules, interval="1s", host="lab-1", port=None, config="", env=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        state = Path(directory, "agent")
        state.mkdir(exist_ok=True)
        path = Path(directory, "agent.yml")
        path.write_text(f"host: {host}\n{config}")
        argv = [BIN / "tocsin-agent", "serve", "--config", path, "--listen", f"127.0.0.1:{self.port}",
                "--rules", rules, "--interval", interval, "--state", state]
        for bridge in bridges:
            argv += ["--bridge", bridge]
        super().__init__("agent", argv, Path(directory, "agent.log"), f"{self.url}/-/ready", env)


def certificate(directory, name):
    """A key and a certificate of its own for loopback: (certificate, key)."""
    pem, key = Path(directory, f"{name}.pem"), Path(directory, f"{name}.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", pem], check=True, capture_output=True)
    key.chmod(0o600)
    return pem, key


def secret(directory, name, text):
    """A file that only its owner can read, as the daemons want it."""
    path = Path(directory, name)
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


class MailServer:
    """python3-aiosmtpd with STARTTLS and AUTH required; keeps what it gets with the time of arrival."""

    def __init__(self, directory):
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult
        self.directory = Path(directory)
        self.certificate, key = certificate(directory, "mail")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.user, self.password = "tocsin", "correct horse"
        self.password_file = secret(self.directory, "mail.password", self.password)
        self.messages = []
        self.port = free_port()

        def authenticate(server, session, envelope, mechanism, data):
            good = (data.login, data.password) == (self.user.encode(), self.password.encode())
            return AuthResult(success=good, handled=good)

        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, tls_context=context,
                                     require_starttls=True, authenticator=authenticate,
                                     auth_required=True, auth_require_tls=True)

    async def handle_DATA(self, server, session, envelope):
        import email
        import email.policy
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append((time.time(), list(envelope.rcpt_tos), message))
        return "250 kept"

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    def to(self, address):
        return [(at, message) for at, recipients, message in self.messages if address in recipients]


class Tmpfs:
    """An 8 MiB file system of its own, filled to a share."""

    def __init__(self, directory, mib=8):
        if os.geteuid() != 0:
            skip("mounting a file system needs root")
        self.path, self.size = Path(directory, "disk"), mib * 1024 * 1024
        self.path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tocsin-lab", self.path], check=True)

    def fill(self, share):
        """From one level straight to the other: never emptied in between. The time it was so."""
        with open(self.path / "ballast", "ab") as ballast:
            want = int(self.size * share)
            ballast.write(b"x" * max(0, want - ballast.tell()))
            ballast.truncate(want)
        return time.time()

    def unmount(self):
        subprocess.run(["umount", "-l", self.path], check=False)


@contextlib.contextmanager
def scene():
    """A temporary directory; on failure the daemons' last lines are printed before it goes."""
    directory = tempfile.mkdtemp(prefix="tocsin-e2e-")
    cleanup = contextlib.ExitStack()
    try:
        yield directory, cleanup
    except BaseException:
        for log in sorted(Path(directory).glob("*.log")):
            print(f"--- {log.name}")
            print("\n".join(log.read_text(errors="replace").splitlines()[-40:]))
        raise
    finally:
        cleanup.close()
        shutil.rmtree(directory, ignore_errors=True)


def run(test):
    try:
        test()
    except AssertionError as failure:
        print(f"FAILED: {failure}")
        sys.exit(1)
    print("passed")
