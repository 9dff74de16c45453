"""A machine with a systemd of its own: a minimal Debian under systemd-nspawn, booted in seconds.

Its root is made once (debootstrap, about three minutes) and kept under ~/.cache/tocsin; each boot
sees it through an overlay and leaves nothing behind.
"""
import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from lab import skip, wait_for

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "tocsin")
PACKAGES = "systemd,systemd-sysv,dbus,iproute2,procps"
HIERARCHIES = [Path("/sys/fs/cgroup", name) for name in ("systemd", "unified", "") if
               Path("/sys/fs/cgroup", name, "cgroup.procs").exists()]


def root():
    """The machine's root, made if it is not there."""
    for tool, package in (("systemd-nspawn", "systemd-container"), ("debootstrap", "debootstrap")):
        if shutil.which(tool) is None:
            skip(f"{package} is not installed (script/install test)")
    if os.geteuid() != 0:
        skip("booting a machine needs root")
    CACHE.mkdir(parents=True, exist_ok=True)
    made = CACHE / "systemd-root"
    with open(CACHE / "systemd-root.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            half = CACHE / "systemd-root.new"
            shutil.rmtree(half, ignore_errors=True)
            done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm",
                                   half, mirror()], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                skip(f"debootstrap: {done.stderr[-300:] or done.stdout[-300:]}")
            (half / "etc/hostname").unlink(missing_ok=True)
            half.rename(made)
    return made


def mirror():
    """The one that apt on this machine uses for its release."""
    lines = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)",
                            "Created-By: Packages"], capture_output=True, text=True, check=True).stdout
    for line in lines.splitlines():
        uri, codename, component = line.split()
        if (codename, component) == ("bookworm", "main"):
            return uri
    return skip("apt knows no mirror of bookworm")


class Machine:
    def __init__(self, directory, name):
        self.name, self.console = f"{name}-{os.getpid()}", Path(directory, "console.log")
        self.groups = [hierarchy / self.name for hierarchy in HIERARCHIES]
        self.nspawn = self.leader = None

    def start(self):
        made = root()

        def enter_groups():
            for group in self.groups:
                (group / "cgroup.procs").write_text(str(os.getpid()))

        for group in self.groups:
            group.mkdir()
        with open(self.console, "wb") as console:
            self.nspawn = subprocess.Popen(
                ["systemd-nspawn", "-q", "-b", "-D", made, "-M", self.name, f"--hostname={self.name}",
                 "--volatile=overlay", "--register=no", "--keep-unit", "--private-network", "--console=pipe"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, preexec_fn=enter_groups)
        self.leader = wait_for("the machine's first process", self.find_leader, 20)
        wait_for("the machine is up", lambda: self.state() in ("running", "degraded"), 40, 0.2)
        return self

    def find_leader(self):
        if self.nspawn.poll() is not None:
            skip("systemd-nspawn does not boot here: " + self.console.read_text(errors="replace")[-300:])
        tasks = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text()
        found = [int(pid) for pid in tasks.split() if Path(f"/proc/{pid}/comm").read_text() == "systemd\n"]
        return found[0] if found else None

    def run(self, *command, check=True):
        """Its standard output."""
        return subprocess.run(["nsenter", "-t", str(self.leader), "-a", "--", *command], capture_output=True,
                              text=True, check=check, timeout=30).stdout.strip()

    def state(self):
        return self.run("systemctl", "is-system-running", check=False)

    def path(self, inside):
        """A file of the machine, as this one sees it."""
        return Path(f"/proc/{self.leader}/root{inside}")

    def unit(self, name, text):
        self.path(f"/etc/systemd/system/{name}").write_text(text)

    @property
    def bus(self):
        return f"unix:path={self.path('/run/dbus/system_bus_socket')}"

    def stop(self):
        if self.nspawn is not None and self.nspawn.poll() is None:
            self.nspawn.terminate()
            try:
                self.nspawn.wait(15)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        for group in self.groups:
            for inner, _, _ in os.walk(group, topdown=False):
                Path(inner).rmdir()
