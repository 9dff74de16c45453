"""What the comparisons with other exporters share: reading a page of metrics, and what differs."""
import subprocess
from dataclasses import dataclass, field

import text_format
from lab import check, wait_for


@dataclass
class Page:
    """Series by (name, labels); an empty label is an absent one."""
    series: dict = field(default_factory=dict)
    types: dict = field(default_factory=dict)
    helps: dict = field(default_factory=dict)

    def get(self, name, **labels):
        return self.series.get((name, frozenset(labels.items())))


def show(key):
    return key[0] + "{" + ",".join(f'{n}="{v}"' for n, v in sorted(key[1])) + "}"


def fetch(url):
    try:
        return text_format.fetch(url, timeout=5)
    except OSError:
        return None


def parse(text, keep, instance=None):
    """Those whose name matches `keep`; of one target, without its job and instance."""
    page = Page()
    samples, types, helps = text_format.read(text)
    for name, labels, value in samples:
        if instance is not None:
            if labels.pop("instance", None) != instance:
                continue
            labels.pop("job")
        if not keep.match(name):
            continue
        key = (name, frozenset(labels.items()))
        check(key not in page.series, f"{show(key)} stands twice")
        page.series[key] = value
    there = {name for name, _ in page.series}
    page.types = {n: t for n, t in types.items() if n in there}
    page.helps = {n: h for n, h in helps.items() if n in there}
    return page


def compare(before, ours, after, moving, other_types=()):
    """What differs, a line each. `before` and `after` are the exporter's, `ours` lies between them: a
    counter lies between its two values, whatever they have the same, and `moving` does not match, is
    the same, and the rest is near them."""
    wrong = [f"only the exporter has {show(k)}" for k in sorted(after.series.keys() - ours.series.keys(), key=show)]
    wrong += [f"only we have {show(k)}" for k in sorted(ours.series.keys() - after.series.keys(), key=show)]
    for what, theirs, mine in (("type", after.types, ours.types), ("help", after.helps, ours.helps)):
        for name in sorted(theirs.keys() & mine.keys()):
            if theirs[name] != mine[name] and not (what == "type" and name in other_types):
                wrong.append(f"{what} of {name}: {theirs[name]!r}, ours {mine[name]!r}")
    compared = 0
    for key in sorted(after.series.keys() & ours.series.keys() & before.series.keys(), key=show):
        low, high, value = before.series[key], after.series[key], ours.series[key]
        near = 1e-9 * max(abs(high), 1)
        if ours.types.get(key[0]) == "counter" and low <= high:
            good = low - near <= value <= high + near
        elif low == high and not moving.match(key[0]):
            good = abs(value - high) <= near
        elif low == high:
            continue  # it is another for each who asks
        else:
            # It moves: near what the exporter saw before and after.
            some = (1 << 20 if key[0].endswith("_bytes") else 16) + 0.5 * max(abs(low), abs(high))
            good = min(low, high) - some <= value <= max(low, high) + some
        compared += 1
        if not good:
            wrong.append(f"{show(key)}: {value}, the exporter {low} before and {high} after")
    return wrong, compared


def agree(name, ours, theirs, counted, moving, least, other_types=()):
    """Waits for a look of ours that lies between two of the exporter's, and compares. `counted` is a counter
    of the server that each look at it raises; at least `least` values are to be compared."""
    looks = lambda page: page.get(counted) or 0

    def between():
        before = theirs()
        seen = looks(before)
        mine = wait_for(f"{name}: a collection after {counted} {seen}",
                        lambda: (lambda page: looks(page) >= seen and page)(ours()))
        return before, mine, theirs()

    theirs()  # so that the exporter's own commands are among those that both count
    for attempt in range(3):  # what comes or goes between the looks is tried again, not forgiven
        wrong, compared = compare(*between(), moving, other_types)
        if not wrong:
            break
    check(not wrong, f"{name}:\n" + "\n".join(wrong))
    check(compared > least, f"{name}: only {compared} values were compared")
    print(f"{name}: {compared} values compared")


class Exporter:
    """A Debian exporter on a port of its own, ended by its process id."""

    def __init__(self, argv, port, log, env=None):
        self.url = f"http://127.0.0.1:{port}"
        self.log = open(log, "wb")
        self.process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, env=env)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
