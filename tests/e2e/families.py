"""Two programs' series by family, to be compared."""
import text_format


def parse(text):
    """{name: (type, help, {labels as a sorted tuple: value})}"""
    samples, types, helps = text_format.read(text)
    out = {}
    for name, labels, value in samples:
        family = out.setdefault(name, (types.get(name), helps.get(name), {}))
        family[2][tuple(sorted(labels.items()))] = value
    return out


def fetch(url):
    return parse(text_format.fetch(url))


def value(families, name, **labels):
    """One value, or None where there is no such series."""
    return families.get(name, (None, None, {}))[2].get(tuple(sorted(labels.items())))
