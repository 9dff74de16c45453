"""Prometheus's text format, taken apart: the one reader of what daemons and exporters say."""
import re
import urllib.request

SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')


def read(text):
    """([(name, {label: value}, value)], {name: type}, {name: help}); an empty label is an absent one."""
    samples, types, helps = [], {}, {}
    for line in text.splitlines():
        if line.startswith(("# TYPE ", "# HELP ")):
            name, _, rest = line[7:].partition(" ")
            (types if line[2] == "T" else helps)[name] = rest
        elif line and not line.startswith("#"):
            name, labels, value = SAMPLE.match(line).groups()
            samples.append((name, {n: v for n, v in LABEL.findall(labels or "") if v}, float(value)))
    return samples, types, helps


def fetch(url, timeout=10):
    """A page; what refuses or hangs raises OSError."""
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read().decode()
