"""A real PostgreSQL for the tests, Debian's exporter beside it, and readers of what both tell."""
import os
import pwd
import subprocess
from pathlib import Path

import text_format
from lab import ROOT, Daemon, check, free_port, secret, skip, wait_for

BINARIES = Path("/usr/lib/postgresql/15/bin")
EXPORTER = Path("/usr/bin/prometheus-postgres-exporter")
PASSWORD = "it's-a-quote\\and-more"


def need_postgres():
    if not (BINARIES / "initdb").exists():
        skip("postgresql-15 is not installed (script/install test)")
    if os.geteuid() != 0:
        skip("starting a server as the user postgres needs root")


class Postgres:
    """One server of its own on a spare port; ended whatever happens."""

    def __init__(self, directory, name="pg", **settings):
        self.directory, self.port = Path(directory, name), free_port()
        Path(directory).chmod(0o755)
        self.directory.mkdir()
        owner = pwd.getpwnam("postgres")
        os.chown(self.directory, owner.pw_uid, owner.pw_gid)
        self.data, self.log = self.directory / "data", Path(directory, f"{name}.log")
        self.make_data()
        settings = {"port": self.port, "listen_addresses": "'127.0.0.1'", "fsync": "off", "autovacuum": "off",
                    "unix_socket_directories": f"'{self.directory}'", **settings}
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.writelines(f"{key} = {value}\n" for key, value in settings.items())
        self.log.touch()
        os.chown(self.log, owner.pw_uid, owner.pw_gid)

    def make_data(self):
        self.as_postgres(BINARIES / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-N")
        hba = self.data / "pg_hba.conf"
        hba.write_text("host all tocsin 127.0.0.1/32 scram-sha-256\n" + hba.read_text())

    def as_postgres(self, *argv):
        done = subprocess.run(self.command(*argv), capture_output=True, text=True, cwd="/")
        check(done.returncode == 0, f"{argv[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")

    @staticmethod
    def command(*argv):
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *map(str, argv)]

    def start(self):
        # Its log is a file of its own, so that nothing keeps this process's pipes.
        self.as_postgres(BINARIES / "pg_ctl", "-D", self.data, "-w", "-l", self.log, "start")
        return self

    def stop(self, mode="fast"):
        if (self.data / "postmaster.pid").exists():
            self.as_postgres(BINARIES / "pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def psql(self, database="postgres", user="postgres", application="psql"):
        return ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                f"host=127.0.0.1 port={self.port} user={user} dbname={database} application_name={application}"]

    def sql(self, text, database="postgres"):
        done = subprocess.run([*self.psql(database), "-c", text], capture_output=True, text=True)
        check(done.returncode == 0, f"{text}: {done.stderr}")
        return done.stdout.strip()

    def grant(self):
        """The agent's user, as packaging/grants/postgres.sql makes it, twice to see that it may."""
        quoted = "'" + PASSWORD.replace("'", "''") + "'"
        for _ in range(2):
            done = subprocess.run([*self.psql(), "-v", f"password={quoted}",
                                   "-f", ROOT / "packaging/grants/postgres.sql"], capture_output=True, text=True)
            check(done.returncode == 0, f"the grant script: {done.stderr}")

    def session(self, text, cleanup, **who):
        """A client that runs `text` and stays, until it is ended or its server goes."""
        child = subprocess.Popen(self.psql(**who), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, text=True)
        cleanup.callback(end, child)
        child.stdin.write(text + "\n")
        child.stdin.flush()
        return child


class Standby(Postgres):
    """A copy of a server that follows it by streaming, over the slot `standby` of the server's."""

    def __init__(self, directory, primary, **settings):
        self.primary = primary
        super().__init__(directory, "standby", **settings)

    def make_data(self):
        # -R writes standby.signal and primary_conninfo; -C makes the slot.
        self.as_postgres(BINARIES / "pg_basebackup", "-h", "127.0.0.1", "-p", self.primary.port, "-U", "postgres",
                         "-D", self.data, "-R", "-C", "-S", "standby", "-X", "stream", "-c", "fast")


def end(child):
    if child.poll() is None:
        child.kill()
    child.wait()
    if child.stdin:
        try:
            child.stdin.close()
        except BrokenPipeError:
            pass


def password_file(directory):
    return secret(directory, "tocsin.password", PASSWORD)


class Exporter(Daemon):
    def __init__(self, directory, server, name="exporter", options=()):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        quoted = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
        dsn = f"host=127.0.0.1 port={server.port} user=tocsin password='{quoted}' dbname=postgres sslmode=disable"
        super().__init__("postgres_exporter", [EXPORTER, f"--web.listen-address=127.0.0.1:{self.port}", *options],
                         Path(directory, f"{name}.log"), f"{self.url}/", {**os.environ, "DATA_SOURCE_NAME": dsn})


class Metrics:
    """A /metrics page: values by (name, labels as a frozenset of pairs), help and type by name."""

    def __init__(self, url, drop=(), only=None):
        samples, self.type, self.help = text_format.read(text_format.fetch(f"{url}/metrics"))
        self.values = {(name, frozenset(pair for pair in labels.items() if pair[0] not in drop)): value
                       for name, labels, value in samples if (only or {}).items() <= labels.items()}

    def get(self, metric, **labels):
        """The values of all its series that have these labels."""
        return [value for (name, key), value in self.values.items()
                if name == metric and set(labels.items()) <= key]

    def series(self, metric, **labels):
        return [dict(key) for (name, key) in self.values if name == metric and set(labels.items()) <= key]


def one(agent, metric, **labels):
    found = Metrics(agent.url).get(metric, **labels)
    return found[0] if len(found) == 1 else None


def wait_value(agent, value, metric, seconds=15, **labels):
    wait_for(f"{metric}{labels} is {value}", lambda: one(agent, metric, **labels) == value, seconds, 0.1)
