#!/usr/bin/env python3
"""What the agent scrapes is what Debian's Prometheus scrapes of the same targets with the same settings:
node_exporter, pages in both formats with everything odd in them, relabelling, limits, and targets
that end, break, dawdle or flood."""
import gzip
import http.server
import json
import math
import shutil
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from lab import Agent, Daemon, check, free_port, run, scene, skip, wait_for

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4"

OPEN_PAGE = r"""# TYPE page_requests counter
# HELP page_requests Requests with \"quotes\", a \\ and\na line break.
page_requests_total{path="/",code="200"} 1027 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.789
page_requests_total{path="/a\"b\\c\nd\x",code="500"} 3.5e+2
page_requests_created{path="/",code="200"} 1520872607.123
# TYPE page_seconds histogram
# UNIT page_seconds seconds
page_seconds_bucket{le="0.1"} 8
page_seconds_bucket{le="1.0"} 10 # {} 0.5
page_seconds_bucket{le="+Inf"} 11
page_seconds_count 11
page_seconds_sum 3.25
# TYPE page_rpc summary
page_rpc{quantile="0.99"} NaN
page_rpc_count 0
page_rpc_sum 0
# TYPE page_build info
page_build_info{version="1.2",empty="",utf8="日本語"} 1
# TYPE page_state stateset
page_state{page_state="a"} 1
page_state{page_state="b"} 0
# TYPE page_heap gaugehistogram
page_heap_bucket{le="+Inf"} 42
page_heap_gcount 42
page_heap_gsum 3289
# TYPE page_unknown unknown
page_unknown -Inf
page_bare 18446744073709551615
page_conflict{job="theirs",instance="",exported_job="older"} 1
page_timed 5 TIME
# EOF
"""

TEXT_PAGE = """# HELP text_help  two blanks and a \\\\ here
# TYPE text_help counter
text_help   1
# a comment, then an empty line

#no comment either
# TYPE text_untyped untyped
text_untyped{a="1" , b="}",} 2e-3\t
text_twice{a="1",b="2"} 1
text_twice{b="2",a="1"} 2
text_twice{a="1",b="2"} 3
text_blank { a = "x" } 7
text_lines{a="one
two"} 8
text_ahead 9 AHEAD
text_last +Inf"""

LABELS_PAGE = "".join(
    f'm{kind}{{pod="web-{n}",zone="{zone}",__meta="x",Mixed="CaSe-{n}",same="web-1"}} {n}\n'
    for kind in ("_kept", "_gone", "_renamed") for n in range(4) for zone in ("a", "b"))

RULES = r"""
      - {source_labels: [__name__], regex: m_gone, action: drop}
      - {source_labels: [__name__, pod], separator: "@", regex: "m_(renamed)@web-([0-9]+)", target_label: __name__, replacement: "n_${1}_$2"}
      - {source_labels: [pod, zone], target_label: joined}
      - {source_labels: [pod], regex: "(?P<what>[a-z]+)-(.*)", target_label: named, replacement: "$what/${2}/$$1/$9/${what}x/$whatx"}
      - {source_labels: [zone], regex: "(.*)", target_label: "zone_${1}", replacement: "yes"}
      - {source_labels: [pod], regex: "(web-3)", target_label: "${1}", replacement: "never"}
      - {source_labels: [pod], target_label: shard, action: hashmod, modulus: 1000}
      - {source_labels: [pod, nowhere], target_label: shard_of_two, action: hashmod, modulus: 4294967296}
      - {source_labels: [Mixed], target_label: lower, action: lowercase}
      - {source_labels: [Mixed], target_label: upper, action: uppercase}
      - {regex: "(M)ixed", replacement: "${1}_mapped", action: labelmap}
      - {source_labels: [pod], target_label: same, action: dropequal}
      - {source_labels: [pod], regex: "web-2", target_label: zone, replacement: ""}
      - {regex: "__meta|same", action: labeldrop}
      - {target_label: constant, replacement: set}
"""
KEEP_RULES = r"""
      - {source_labels: [same], target_label: pod, action: keepequal}
      - {source_labels: [zone], regex: "a|c", action: keep}
      - {regex: "__name__|pod|job", action: labelkeep}
"""

# job: (path, settings of both)
JOBS = {
    "open": ("/open", ""),
    "open-honored": ("/open", "honor_labels: true"),
    "open-now": ("/open", "honor_timestamps: false"),
    "text": ("/text", ""),
    "relabel": ("/labels", f"metric_relabel_configs:{RULES}"),
    "keep": ("/labels", f"metric_relabel_configs:{KEEP_RULES}"),
    "limited": ("/labels", "sample_limit: 5"),
    "unread": ("/unread", ""),
    "unlike": ("/unlike", ""),
    "flips": ("/flips", ""),
    "slow": ("/slow", ""),
}


class Pages:
    """A server of pages that the test changes."""

    def __init__(self):
        self.pages, self.port, self.release = {}, free_port(), threading.Event()
        pages = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                kind, body, headers = pages.pages[self.path]
                if self.path == "/slow":
                    pages.release.wait(20)
                try:
                    self.send_response(200)
                    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path, text, kind=TEXT, headers=None):
        self.pages[path] = (kind, text if isinstance(text, bytes) else text.encode(), headers or {})

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


def query(url, selector):
    """{labels: value} of an instant query, as Prometheus's API answers it."""
    with urllib.request.urlopen(f"{url}/api/v1/query?query={urllib.parse.quote(selector)}", timeout=5) as answer:
        result = json.load(answer)["data"]["result"]
    return {frozenset(s["metric"].items()): s["value"][1] for s in result}


def show(labels):
    pairs = dict(labels)
    name = pairs.pop("__name__", "")
    return name + json.dumps(pairs, sort_keys=True, ensure_ascii=False)


def same(a, b):
    a, b = float(a), float(b)
    return a == b or (math.isnan(a) and math.isnan(b))


MOVING = ("scrape_duration_seconds", "scrape_series_added")


def differences(theirs, ours, values=True):
    wrong = [f"only Prometheus has {show(k)}" for k in theirs.keys() - ours.keys()]
    wrong += [f"only we have {show(k)}" for k in ours.keys() - theirs.keys()]
    if values:
        wrong += [f"{show(k)}: {theirs[k]}, ours {ours[k]}" for k in theirs.keys() & ours.keys()
                  if dict(k)["__name__"] not in MOVING and not same(theirs[k], ours[k])]
    return sorted(wrong)


def configs(node, pages):
    """What Prometheus reads and what the agent reads of the same jobs."""
    prometheus = "global: {scrape_interval: 1s, scrape_timeout: 900ms}\nscrape_configs:\n"
    agent = "collect:\n  scrape:\n"
    for job, port, path, more in [("exporter", node, "/metrics", "")] + [
            (job, pages, path, more) for job, (path, more) in JOBS.items()]:
        prometheus += f"  - job_name: {job}\n    metrics_path: {path}\n    static_configs:\n"
        prometheus += f"      - {{targets: ['127.0.0.1:{port}'], labels: {{team: web}}}}\n    {more}\n"
        agent += f"    - job: {job}\n      url: http://127.0.0.1:{port}{path}\n      every: 1s\n"
        agent += f"      timeout: 900ms\n      labels: {{team: web}}\n      {more}\n"
    agent += f"    - {{job: flood, url: 'http://127.0.0.1:{pages}/flood', every: 2s}}\n"
    agent += f"    - {{job: bomb, url: 'http://127.0.0.1:{pages}/bomb', every: 2s}}\n"
    return prometheus, agent


def families(page):
    out = {}
    for line in page.splitlines():
        if line.startswith(("# TYPE ", "# HELP ")):
            out[tuple(line.split(" ", 3)[1:3])] = line
    return out


def get(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


def peak_kib(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0])


def test_faults(agent, prometheus, pages, exporter):
    both = lambda selector: (query(prometheus.url, selector), query(agent.url, selector))
    down = lambda job: lambda: all(list(r.values()) == ["0"] for r in both(f'up{{job="{job}"}}'))

    wait_for("a page that is too slow is down", down("slow"), 10)
    wait_for("more samples than the limit are down", down("limited"), 10)
    limited = differences(*both('{job="limited"}'))
    check(not limited, "\n".join(limited))
    check(query(agent.url, 'scrape_samples_post_metric_relabeling{job="limited"}').popitem()[1] == "24",
          "samples beyond the limit are counted")

    check(all(len(r) == 1 for r in both('flips_value{job="flips"}')), "the page was good")
    pages.put("/flips", "flips_other 2 x\nflips_value 1\n")
    wait_for("a page with a mistake is down", down("flips"), 10)
    ended = lambda selector: lambda: [sorted(map(show, r)) for r in both(selector)] == [[], []]
    wait_for("and its series have ended", ended('flips_value{job="flips"}'), 5)
    pages.put("/flips", "flips_new 1\n")
    wait_for("it comes back", lambda: all(both('flips_new{job="flips"}')), 15)
    pages.put("/flips", "flips_value 1\n")
    wait_for("what is no longer on the page has ended",
             lambda: all(both("flips_value")) and not any(both("flips_new")), 15)

    exporter.kill()
    wait_for("a target that was killed is down", down("exporter"), 10)
    wait_for("and its series have ended", ended('node_load1{job="exporter"}'), 5)
    rest = differences(*both('{job="exporter"}'), values=False)
    check(not rest, "\n".join(rest))

    for job in ("flood", "bomb"):
        wait_for(f"{job}: 50 MB are refused", lambda j=job: list(query(agent.url, f'up{{job="{j}"}}').values()) == ["0"], 10)
    check("longer than 16777216 bytes" in agent.log.read_text(), f"the log says why: {agent.tail()}")
    peak = peak_kib(agent.process.pid)
    check(peak < 160 * 1024, f"50 MB pages leave the agent below 160 MB: {peak} KiB")


def scrape():
    for program in ("prometheus", "prometheus-node-exporter"):
        if shutil.which(program) is None:
            skip(f"{program} is not installed (script/install test)")
    with scene() as (directory, cleanup):
        pages = Pages()
        cleanup.callback(pages.close)
        now = time.time()
        pages.put("/open", OPEN_PAGE.replace("TIME", f"{now - 3:.3f}"), OPENMETRICS)
        pages.put("/text", TEXT_PAGE.replace("AHEAD", str(int((now + 3600) * 1000))))
        pages.put("/labels", LABELS_PAGE)
        # Pages that do not read: of how many samples both say so.
        pages.put("/unread", 'unread_a 1\nunread_b 2\nunread_c{d=1} 3\n')
        pages.put("/unlike", 'unlike_a 1\nunlike_b{c="d",c="e"} 2\n')
        pages.put("/flips", "flips_value 1\n")
        pages.put("/slow", "slow 1\n")
        big = b"".join(b'flood{n="%d"} 1\n' % n for n in range(2_500_000))
        pages.put("/flood", big)
        pages.put("/bomb", gzip.compress(big, 1), headers={"Content-Encoding": "gzip"})
        check(len(big) > 50_000_000, "the flood is one")

        node = free_port()
        exporter = Daemon("node_exporter", ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{node}", "--log.level=error"],
                          Path(directory, "node_exporter.log"), f"http://127.0.0.1:{node}/")
        cleanup.callback(exporter.stop)
        exporter.start()
        theirs, ours = configs(node, pages.port)
        Path(directory, "prometheus.yml").write_text(theirs)
        port = free_port()
        prometheus = Daemon("prometheus", ["prometheus", f"--config.file={directory}/prometheus.yml",
                                           f"--storage.tsdb.path={directory}/tsdb", "--log.level=error",
                                           f"--web.listen-address=127.0.0.1:{port}"],
                            Path(directory, "prometheus.log"), f"http://127.0.0.1:{port}/-/ready")
        prometheus.url = f"http://127.0.0.1:{port}"
        cleanup.callback(prometheus.stop)
        prometheus.start()
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        agent = Agent(directory, [], rules, config=ours)
        cleanup.callback(agent.stop)
        agent.start()

        of = lambda job: f'{{job="{job}"}}'
        for job in ("exporter", "open", "open-honored", "open-now", "text", "relabel", "keep", "unread", "unlike"):
            def wrong(job=job):
                a, b = query(prometheus.url, of(job)), query(agent.url, of(job))
                if len(b) < 5:
                    return ["nothing was scraped yet"]
                return differences(a, b, values=job != "exporter")
            wait_for(f"{job} is scraped", lambda: wrong() != ["nothing was scraped yet"], 15)
            try:
                wait_for(f"{job} is the same", lambda: not wrong(), 6, every=0.2)
            except AssertionError:
                raise AssertionError(f"{job}:\n" + "\n".join(wrong()[:30])) from None
            print(f"{job}: {len(query(agent.url, of(job)))} series are the same")
        # With honor_labels the page's own job is the series'.
        honored = differences(query(prometheus.url, '{job="theirs"}'), query(agent.url, '{job="theirs"}'))
        check(not honored, "\n".join(honored))

        # What node_exporter says of its families is what /metrics says of them.
        said, shown = families(get(f"http://127.0.0.1:{node}/metrics")), families(get(f"{agent.url}/metrics"))
        missing = [line for key, line in said.items() if key in shown and shown[key] != line]
        missing += [line for key, line in said.items() if key not in shown and key[1].startswith(("go_", "process_"))]
        check(not missing, "\n".join(missing))
        check("# UNIT page_seconds seconds" in get(f"{agent.url}/metrics"), "the unit is told")
        test_faults(agent, prometheus, pages, exporter)
        check(agent.stop() == 0, "the agent stops with 0")


run(scrape)
