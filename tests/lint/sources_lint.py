#!/usr/bin/env python3
"""Checks what a compiler does not: the form of sources and of the repository.

  sources_lint.py ROOT

Prints file:line: what, one a line; exit status 1 when there is any.
"""
import re
import subprocess
import sys
from pathlib import Path

CODE = (".cpp", ".h")
found = []


def report(path, line, text):
    found.append(f"{path}:{line}: {text}")


def without_comments(text):
    """The code with comments and string contents blanked, line breaks kept."""
    def blank(match):
        part = match.group(0)
        if part.startswith('"'):
            return '""'
        if part.startswith("'"):
            return "' '"
        return re.sub(r"[^\n]", " ", part)

    raw = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"')
    text = raw.sub(lambda m: '""' + "\n" * m.group(0).count("\n"), text)
    return re.sub(r'//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', blank, text)


def check_includes(path, lines):
    for number, line in enumerate(lines, 1):
        if re.match(r'\s*#\s*include\s*["<]\.\.?/', line):
            report(path, number, "include from the repository's root, never ./ or ../")
        if "<boost/asio.hpp>" in line:
            report(path, number, "include the exact Asio headers")
        if "<iostream>" in line and not path.name == "main.cpp" and "tests/" not in str(path):
            report(path, number, "only main prints; use base/net/log.h or take a stream")


def statements(code):
    """(line, text) of each statement that awaits, cut at ; { and }."""
    for match in re.finditer(r"\bco_await\b", code):
        begin = max(code.rfind(mark, 0, match.start()) for mark in ";{}")
        end = code.find(";", match.end())
        # The statement's own braces are part of it.
        text = code[begin + 1:end]
        yield code.count("\n", 0, match.start()) + 1, text.strip()


AWAIT_FORM = re.compile(
    r"^(?:else\s+)?(?:if\s*\((?:[^()]|\([^()]*\))*\)\s*)?(?:\[\[maybe_unused\]\]\s*)?(?:(?:const\s+)?(?:auto|std::size_t|bool|[\w:<>]+)(?:\s*[&*])?\s+(?:\w+|\[[\w, ]+\])\s*=\s*"
    r"|[\w.\->\[\]]+\s*=\s*|co_return\s+)?co_await\s+[\w:.\->]+(?:<[\w:, ]+>)?\s*\((?:[^{}\[\]?]|\[\w+\])*\)$",
    re.S)


def check_awaits(path, code):
    """g++ 12.2 miscompiles temporaries in a full expression with co_await (docs/adr/0002)."""
    for line, text in statements(code):
        awaited = text[text.rfind(")", 0, text.index("co_await")) + 1:]
        if "&&" in awaited or "||" in awaited or "?" in awaited:
            report(path, line, "no ?:, && or || around co_await")
        elif not AWAIT_FORM.match(text):
            report(path, line, "await as a whole statement: auto r = co_await f(name, std::move(b));")


def check_code(path, text):
    lines = text.splitlines()
    check_includes(path, lines)
    if path.suffix == ".h" and "#pragma once" not in text:
        report(path, 1, "a header begins with #pragma once")
    code = without_comments(text)
    check_awaits(path, code)
    for number, line in enumerate(code.splitlines(), 1):
        if re.search(r"\bnew\s+\w", line) and not re.search(r"unique_ptr|shared_ptr|\bstatic\b", line):
            report(path, number, "no raw new: a smart pointer beside it, or a static that is never destroyed")
        if re.search(r"\bthread_local\b", line):
            report(path, number, "no thread_local")
        if re.search(r"\b(sleep_for|usleep)\b", line) and "//" not in lines[number - 1]:
            report(path, number, "wait for a condition; a sleep in a test needs its reason beside it")


def check_words(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            report(path, number, "finish it or take it out")
        if re.search(r"https?://(deb|security|ftp)\.debian\.org|registry\.npmjs\.org", line):
            report(path, number, "name no registry's host")


def check_tests_are_tests(path, text):
    if str(path).endswith("_test.cpp") and not re.search(r"\b(TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)", text):
        report(path, 1, "a test file without a test")
    if str(path).endswith("_test.cpp") and not re.search(r"\b(REQUIRE|CHECK)\w*\s*\(", text):
        report(path, 1, "a test file without an assertion")


def main(root):
    files = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
                           check=True, capture_output=True, text=True).stdout.split("\n")
    count = 0
    for name in filter(None, files):
        path = Path(root, name)
        if not path.is_file() or path.suffix in (".png", ".db", ".gz"):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        count += 1
        relative = Path(name)
        if name != "tests/lint/sources_lint.py":
            check_words(relative, text)
        if relative.suffix in CODE:
            check_code(relative, text)
            check_tests_are_tests(relative, text)
    for line in found:
        print(line)
    print(f"{count} files read, {len(found)} findings")
    return 1 if found or count < 50 else 0


sys.exit(main(sys.argv[1]))
