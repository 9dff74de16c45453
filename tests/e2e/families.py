"""Prometheus's text format, taken apart to compare two programs' series."""
import re
import urllib.request

SAMPLE = re.compile(r"([\w:]+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def parse(text):
    """{name: (type, help, {labels as a sorted tuple: value})}"""
    out, types, helps = {}, {}, {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name, _, helps_text = line[7:].partition(" ")
            helps[name] = helps_text
        elif line.startswith("# TYPE "):
            name, _, kind = line[7:].partition(" ")
            types[name] = kind
        elif line and not line.startswith("#"):
            name, labels, value = SAMPLE.match(line).groups()
            family = out.setdefault(name, (types.get(name), helps.get(name), {}))
            family[2][tuple(sorted(LABEL.findall(labels or "")))] = float(value)
    return out


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return parse(answer.read().decode())


def value(families, name, **labels):
    """One value, or None where there is no such series."""
    return families.get(name, (None, None, {}))[2].get(tuple(sorted(labels.items())))
