#!/usr/bin/env python3
"""The command lines of the three programs: each answers --help and --version, what is wrong in form is 2,
what cannot be read is 3, and no output is lost silently."""
import re
import subprocess

from lab import BIN, check, run


def ran(*words, out=subprocess.PIPE):
    done = subprocess.run([BIN / words[0], *words[1:]], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
                          text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


def subcommands(*words):
    """Those that the help names, with those below them."""
    status, text, error = ran(*words, "--help")
    check(status == 0, f"{words} --help: {status} {error}")
    for name in re.findall(r"^  ([a-z][\w-]*) ", text.partition("\nSubcommands:\n")[2], re.M):
        yield (*words, name)
        yield from subcommands(*words, name)


def versions():
    for program, least in (("tocsin", 80), ("tocsin-agent", 2), ("tocsin-bridge", 1)):
        known = [(program,), *subcommands(program)]
        check(len(known) > least, f"{program} has its commands: {known}")
        for words in known:
            status, text, error = ran(*words, "--version")
            check(status == 0 and re.fullmatch(rf"{program} \d+\.\d+\.\d+\n", text), f"{words}: {status} {text} {error}")


def statuses():
    for want, *words in (
            (2, "tocsin-agent", "serve", "--listen", "foo"),
            (2, "tocsin-agent", "serve", "--interval", "5"),
            (2, "tocsin-agent", "serve", "--bridge", "nonsense"),
            (2, "tocsin-bridge", "serve", "--listen", "foo"),
            (2, "tocsin-bridge", "serve", "--store", "foo"),
            (2, "tocsin", "--bridge", "nonsense", "incidents", "list"),
            (3, "tocsin", "--token-file", "/nonexist", "incidents", "list"),
            (3, "tocsin-agent", "serve", "--config", "/nonexist"),
            (3, "tocsin-bridge", "serve", "--config", "/nonexist")):
        status, _, error = ran(*words)
        check(status == want and error, f"{words}: {status}, not {want}: {error}")


def lost_output():
    for words in (["tocsin-agent", "collect"], ["tocsin-agent", "--help"], ["tocsin-bridge", "serve", "--version"],
                  ["tocsin", "completion", "bash"], ["tocsin", "--version"]):
        with open("/dev/full", "w") as full:
            status, _, error = ran(*words, out=full)
        check(status == 3 and "could not be written" in error, f"{words} > /dev/full: {status} {error}")


run(versions)
run(statuses)
run(lost_output)
