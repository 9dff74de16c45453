"""A night of a hundred hosts that fail and recover, from a seed: what changes, and when.

Four racks of 25 hosts. Each host fails in one of four ways, at a time of its own; some time in the night
one rack loses its power. Times are seconds from 22:00; all is over by 06:30.
"""
import json
import random
from datetime import datetime, timedelta, timezone

BEGIN = datetime(2026, 11, 26, 22, 0, tzinfo=timezone.utc)  # a Thursday
HOURS = 10
LAST = 9 * 3600


def night(seed):
    """(time, labels, severity or None for "has cleared"), in the order of the times."""
    dice = random.Random(seed)
    out = []

    def episode(name, host, begin, lasts, *levels):
        """Fires with each severity from its time on, and clears."""
        labels = {"alertname": name, "host": host, "rack": rack_of(host), "instance": f"{host}:9100"}
        for after, severity in levels:
            out.append((begin + after, labels, severity))
        out.append((begin + lasts, labels, None))

    def host_is_down(host, begin, lasts):
        episode("HostDown", host, begin, lasts, (0, "critical"))
        for service in dice.sample(["nginx", "redis", "app"], dice.randint(1, 3)):
            late = dice.uniform(15, 60)
            episode(f"ServiceDown_{service}", host, begin + late, lasts - late + dice.uniform(0, 60), (0, "critical"))

    def disk_fills(host, begin):
        lasts = dice.uniform(1800, 7200)
        levels = [(0, "warning")]
        if dice.random() < 0.35:
            levels.append((lasts * dice.uniform(0.3, 0.8), "critical"))
        episode("DiskFilling", host, begin, lasts, *levels)

    def load_wavers(host, begin):
        severity = "critical" if dice.random() < 0.3 else "warning"
        for _ in range(dice.randint(6, 14)):
            fires = dice.uniform(40, 240)
            episode("HighLoad", host, begin, fires, (0, severity))
            begin += fires + dice.uniform(40, 240)

    def blips(host, begin):
        for _ in range(dice.randint(1, 3)):
            episode("ServiceSlow", host, begin, dice.uniform(20, 50), (0, "warning"))
            begin += dice.uniform(600, 1800)

    for host in hosts():
        begin = dice.uniform(60, LAST - 7200)
        kind = dice.random()
        if kind < 0.40:
            disk_fills(host, begin)
        elif kind < 0.60:
            load_wavers(host, begin)
        elif kind < 0.80:
            host_is_down(host, begin, dice.uniform(180, 2400))
        else:
            blips(host, begin)
    power = dice.uniform(3600, LAST - 3600)
    back = power + dice.uniform(1200, 2100)
    rack = dice.choice(sorted({rack_of(h) for h in hosts()}))
    for host in hosts():
        if rack_of(host) == rack:
            begin = power + dice.uniform(0, 30)
            host_is_down(host, begin, back + dice.uniform(0, 180) - begin)
    out.sort(key=lambda change: (change[0], sorted(change[1].items())))
    return out


def hosts():
    return [f"web-{i:03}" for i in range(1, 101)]


def rack_of(host):
    return f"r{(int(host[4:]) - 1) // 25 + 1}"


def changes(events):
    """As alerts to post: (time, [alerts]), each with the severity that it had before ended."""
    level = {}
    for at, labels, severity in events:
        key = (labels["alertname"], labels["host"])
        alerts = []
        if severity:
            alerts.append(({**labels, "severity": severity}, False))
        before = level.get(key)
        if before and before != severity:
            alerts.append(({**labels, "severity": before}, True))
        level[key] = severity
        if alerts:
            yield at, alerts


def lines(events):
    """docs/simulate.md"""
    for at, alerts in changes(events):
        time = stamp(at)
        yield json.dumps({"at": time, "sender": "prometheus", "alerts": [
            {"labels": labels, **({"endsAt": time} if ended else {})} for labels, ended in alerts]})


def stamp(at):
    return (BEGIN + timedelta(seconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
