#!/usr/bin/env python3
"""What the agent's probes say of real servers is what Debian's blackbox_exporter says of them at the
same moment: the same series, types and help, and the same values where they hold still. The servers
are Debian's nginx, knot and chrony, and aiosmtpd; some refuse, hang, redirect for ever or show
certificates that nobody should trust."""
import json
import re
import shutil
import threading
import urllib.parse
from pathlib import Path

import text_format
from lab import Agent, Daemon, MailServer, check, free_port, run, scene, secret, skip, wait_for
from probe_lab import Silent, certificates, start_servers

PROGRAMS = ("prometheus-blackbox-exporter", "prometheus-node-exporter", "nginx", "knotd", "chronyd", "openssl")
MOVING = re.compile(r"(_duration_seconds|_lookup_time_seconds|_rtt_seconds|_offset_seconds|_dispersion_seconds|"
                    r"_reference_timestamp_seconds|_root_delay_seconds)$")
# Ours, of every target; and what differs on purpose (docs/collectors/parity.md).
OWN = {"up", "scrape_duration_seconds"}
SLOWEST = 0.5  # seconds that a phase on loopback may take on a busy machine

def cases(ports, silent, mail, directory):
    """(job, target, blackbox_exporter's module, our entry). Each is asked by both."""
    ca = {"ca_file": f"{directory}/ca.pem"}
    plain, file = f"http://127.0.0.1:{ports['plain']}", f"{directory}/secret"
    dns = f"127.0.0.1:{ports['dns']}"
    rows = []

    def http(job, url, theirs=None, ours=None):
        rows.append((job, url, {"prober": "http", "timeout": "1s", "http": {"preferred_ip_protocol": "ip4",
                                                                             **(theirs or {})}},
                     {"http": {"url": url, **(ours or {})}}))

    def tls(job, port, host="127.0.0.1", **options):
        http(job, f"https://{host}:{ports[port]}/", {"tls_config": {**ca, **options}}, {"tls": {**ca, **options}})

    def tcp(job, target, theirs=None, ours=None):
        rows.append((job, target, {"prober": "tcp", "timeout": "1s", "tcp": {"preferred_ip_protocol": "ip4",
                                                                            **(theirs or {})}},
                     {"tcp": {"target": target, **(ours or {})}}))

    def query(job, kind, name="example.test", theirs=None, ours=None, target=dns):
        rows.append((job, target,
                     {"prober": "dns", "timeout": "1s", "dns": {"preferred_ip_protocol": "ip4", "query_name": name,
                                                                "query_type": kind, **(theirs or {})}},
                     {"dns": {"server": target, "name": name, "type": kind, **(ours or {})}}))

    http("plain", f"{plain}/")
    http("body", f"{plain}/", {"fail_if_body_not_matches_regexp": ["^all fine"]}, {"expect": {"body": "^all fine"}})
    http("wrong body", f"{plain}/", {"fail_if_body_matches_regexp": ["fine"]}, {"expect": {"body_not": "fine"}})
    http("header", f"{plain}/", {"fail_if_header_not_matches": [{"header": "Server", "regexp": "apache"}]},
         {"expect": {"headers": {"Server": "apache"}}})
    http("moved", f"{plain}/moved")
    http("not followed", f"{plain}/moved", {"follow_redirects": False, "valid_status_codes": [302]},
         {"follow_redirects": False, "expect": {"status": [302]}})
    http("loop", f"{plain}/loop")
    http("empty", f"{plain}/empty")
    http("missing", f"{plain}/nothing")
    http("file", f"{plain}/file")
    http("head", f"{plain}/file", {"method": "HEAD"}, {"method": "HEAD"})
    http("packed", f"{plain}/packed", {"compression": "gzip", "headers": {"Accept-Encoding": "gzip"}},
         {"compression": "gzip"})
    http("basic", f"{plain}/private", {"basic_auth": {"username": "user", "password": "sesame"}},
         {"basic_auth": {"username": "user", "password_file": file}})
    http("no password", f"{plain}/private")
    http("bearer", f"{plain}/token", {"bearer_token_file": file}, {"bearer_token_file": file})
    http("post", f"{plain}/host", {"method": "POST", "body": "{}", "headers": {"Host": "shop.test", "X-Tocsin": "a"},
                                   "fail_if_body_not_matches_regexp": ["shop.test a POST"]},
         {"method": "POST", "body": "{}", "headers": {"Host": "shop.test", "X-Tocsin": "a"},
          "expect": {"body": "shop.test a POST"}})
    http("refused", f"http://127.0.0.1:{ports['refused']}/")
    http("silent", f"http://127.0.0.1:{silent.ports[0]}/")
    http("not ssl", f"{plain}/", {"fail_if_not_ssl": True}, {"fail_if_not_ssl": True})
    http("version", f"{plain}/", {"valid_http_versions": ["HTTP/2.0"]}, {"expect": {"http_version": "2"}})
    tls("http2", "http2")
    http("http1", f"https://127.0.0.1:{ports['http2']}/", {"enable_http2": False, "tls_config": ca},
         {"http_version": "1.1", "tls": ca})
    tls("tls12", "tls12")
    tls("tls13", "tls13")
    tls("by name", "tls13", host="localhost")
    tls("sni", "tls13", server_name="shop.example.test")
    tls("expired", "expired")
    tls("another's", "other")
    tls("another's name", "other", server_name="other.test")
    http("unknown authority", f"https://127.0.0.1:{ports['tls13']}/")
    http("unverified", f"https://127.0.0.1:{ports['expired']}/", {"tls_config": {"insecure_skip_verify": True}},
         {"tls": {"insecure_skip_verify": True}})

    tcp("tcp", f"127.0.0.1:{ports['plain']}")
    tcp("tcp refused", f"127.0.0.1:{ports['refused']}")
    tcp("tcp tls", f"localhost:{ports['tls13']}", {"tls": True, "tls_config": ca}, {"tls": ca})
    tcp("tcp expired", f"127.0.0.1:{ports['expired']}", {"tls": True, "tls_config": ca}, {"tls": ca})
    talk = [{"send": "GET / HTTP/1.0\r\n\r"}, {"expect": "^HTTP/(1.1) 200"}, {"expect": "^all fine$"}]
    tcp("tcp talk", f"127.0.0.1:{ports['plain']}", {"query_response": talk}, {"script": talk})
    talk = [{"send": "GET / HTTP/1.0\r\n\r"}, {"expect": "^SSH"}]
    tcp("tcp wrong talk", f"127.0.0.1:{ports['plain']}", {"query_response": talk}, {"script": talk})
    tcp("tcp silent", f"127.0.0.1:{silent.ports[0]}", {"query_response": [{"expect": "x"}]},
        {"script": [{"expect": "x"}]})
    talk = [{"expect": "^220 "}, {"send": "EHLO probe\r"}, {"expect": "^250-STARTTLS"}, {"expect": "^250 "},
            {"send": "STARTTLS\r"}, {"expect": "^220"}, {"starttls": True}, {"send": "EHLO probe\r"},
            {"expect": "^250-AUTH"}, {"send": "QUIT\r"}]
    tcp("smtp", f"localhost:{mail.port}",
        {"query_response": talk, "tls_config": {"ca_file": str(mail.certificate)}},
        {"script": talk, "tls": {"ca_file": str(mail.certificate)}})

    for target in ("127.0.0.1", "localhost"):
        rows.append((f"ping {target}", target, {"prober": "icmp", "timeout": "1s",
                                                "icmp": {"preferred_ip_protocol": "ip4"}},
                     {"icmp": {"target": target}}))
    rows.append(("ping nobody", "nobody.invalid", {"prober": "icmp", "timeout": "1s", "icmp": {}},
                 {"icmp": {"target": "nobody.invalid"}}))

    for kind, name in (("A", "www.example.test"), ("AAAA", "www.example.test"), ("MX", "example.test"),
                       ("SOA", "example.test"), ("NS", "example.test"), ("TXT", "example.test"),
                       ("SRV", "_sip._tcp.example.test"), ("CNAME", "alias.example.test")):
        query(f"dns {kind}", kind, name)
        query(f"dns {kind} tcp", kind, name, {"transport_protocol": "tcp"}, {"transport": "tcp"})
    query("dns nxdomain", "A", "nobody.example.test")
    query("dns nxdomain wanted", "A", "nobody.example.test", {"valid_rcodes": ["NXDOMAIN"]},
          {"valid_rcodes": ["NXDOMAIN"]})
    query("dns refused", "A", "elsewhere.invalid")
    query("dns no server", "A", target=f"127.0.0.1:{ports['refused']}")
    whole = r"^www\.example\.test\.\t300\tIN\tA\t192\.0\.2\.[12]$"
    for job, kind, expressions in (
            ("matches", "matches", ["192.0.2.2"]), ("matches one of two", "matches", ["192.0.2.9", "192.0.2.2"]),
            ("matches neither", "matches", ["192.0.2.9", "192.0.2.8"]),
            ("matches not", "not_matches", ["192.0.2.2"]), ("each", "not_matches", [whole]),
            ("each both", "not_matches", [whole, "192"]), ("each one of two", "not_matches", ["192", "192.0.2.2"]),
            ("none", "none_matches", ["192.0.2.9"]), ("none of two", "none_matches", ["192.0.2.9", "192.0.2.8"]),
            ("some of two", "none_matches", ["192.0.2.9", "192.0.2.2"])):
        query(f"dns {job}", "A", "www.example.test", {"validate_answer_rrs": {f"fail_if_{kind}_regexp": expressions}},
              {"validate": {"answer": {f"fail_if_{kind}": expressions}}})
    # As a zone file has them, for the exporter's library and for us.
    for kind, name, record in (
            ("CAA", "example.test", r'\tCAA\t0 issue "letsencrypt.org"$'),
            ("NAPTR", "example.test", r'\t100 50 "s" "SIP\+D2U" "" _sip\._udp\.example\.test\.$'),
            ("URI", "example.test", r'\tURI\t10 1 "https://example.test/"$'),
            ("SSHFP", "example.test", r"\tSSHFP\t1 2 123456789ABCDEF67890123456789ABCDEF67890123456789ABCDEF123456789$"),
            ("TLSA", "_443._tcp.example.test", r"\tTLSA\t3 1 1 d2abde240d7cd3ee[0-9a-f]*$"),
            ("DNAME", "elsewhere.example.test", r"\tDNAME\texample\.org\.$"),
            ("HTTPS", "example.test",
             r'\t1 \. alpn="h2,h3" port="8443" ipv4hint="192.0.2.1,192.0.2.2" ipv6hint="2001:db8::1"$')):
        query(f"dns {kind}", kind, name, {"validate_answer_rrs": {"fail_if_not_matches_regexp": [record]}},
              {"validate": {"answer": {"fail_if_not_matches": record}}})
    query("dns TYPE257", "CAA", theirs={}, ours={"type": "TYPE257"})
    query("dns chaos", "TXT", "version.bind", {"query_class": "CH"}, {"class": "CH"})
    text = r'TXT\t"v=spf1 -all" "two \\"quoted\\" parts"$'
    query("dns text", "TXT", theirs={"validate_answer_rrs": {"fail_if_not_matches_regexp": [text]}},
          ours={"validate": {"answer": {"fail_if_not_matches": text}}})
    return rows


def get(url):
    return text_format.fetch(url, timeout=15)


def parse(text):
    """{(name, labels): value} by (job, instance), types and help by name."""
    series = {}
    samples, types, helps = text_format.read(text)
    for name, labels, value in samples:
        target = labels.pop("job", ""), labels.pop("instance", "")
        series.setdefault(target, {})[name, frozenset(labels.items())] = value
    return series, {("TYPE", n): t for n, t in types.items()} | {("HELP", n): h for n, h in helps.items()}


def differences(job, theirs, ours):
    """What differs, one line each."""
    out = []
    ours = {key: value for key, value in ours.items() if key[0] not in OWN}
    theirs = dict(theirs)
    if job == "unverified":
        # No chain was verified; the exporter says then that it ended in the year 1.
        gone = theirs.pop(("probe_ssl_last_chain_expiry_timestamp_seconds", frozenset()))
        check(gone < 0, f"the exporter's chain that was not verified ends at {gone}")
    out += [f"{job}: only the exporter has {name} {dict(labels)}" for name, labels in theirs.keys() - ours.keys()]
    out += [f"{job}: only the agent has {name} {dict(labels)}" for name, labels in ours.keys() - theirs.keys()]
    for key in theirs.keys() & ours.keys():
        a, b = theirs[key], ours[key]
        moving = MOVING.search(key[0])
        bound = 60 if "reference" in key[0] else SLOWEST  # when chrony last looked at its own clock
        if moving and not (b >= 0 and abs(b - a) <= bound):
            out.append(f"{job}: {key[0]} {dict(key[1])} is {b}, the exporter's {a}")
        if not moving and a != b:
            out.append(f"{job}: {key[0]} {dict(key[1])} is {b}, the exporter says {a}")
    return out


def compare_clock(ours, ports, directory, cleanup):
    """NTP is node_exporter's: the same names and help, and the same clock."""
    port = free_port()
    exporter = Daemon("node_exporter", ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}",
                                        "--collector.disable-defaults", "--collector.ntp",
                                        "--collector.ntp.server=127.0.0.1",
                                        f"--collector.ntp.server-port={ports['ntp']}"],
                      Path(directory, "node_exporter.log"), f"http://127.0.0.1:{port}/metrics")
    cleanup.callback(exporter.stop)
    exporter.start()
    theirs, words = parse(get(f"http://127.0.0.1:{port}/metrics"))
    theirs = {k: v for k, v in theirs["", ""].items() if k[0].startswith("node_ntp_")}
    clock = {k: v for k, v in ours.items() if k[0].startswith("node_ntp_")}
    check(len(theirs) == 8, f"node_exporter has eight series of the clock: {sorted(theirs)}")
    sanity, offset = ("node_ntp_sanity", frozenset()), ("node_ntp_offset_seconds", frozenset())
    if max(abs(theirs[offset]), abs(clock[offset])) > 0.0005:
        # A busy machine's offset may lie on either side of the tolerance of a millisecond.
        theirs[sanity] = clock[sanity]
    found = differences("ntp", theirs, {k: abs(v) for k, v in clock.items()})
    check(not found, "\n".join(found))
    return {key: text for key, text in words.items() if key[1].startswith("node_ntp_")}


def probe():
    for program in PROGRAMS:
        if shutil.which(program) is None:
            skip(f"{program} is not installed (script/install test)")
    with scene() as (directory, cleanup):
        certificates(directory)
        secret(directory, "secret", "sesame")
        silent = Silent(11)
        cleanup.callback(silent.close)
        mail = cleanup.enter_context(MailServer(directory))
        ports = start_servers(directory, cleanup)
        rows = cases(ports, silent, mail, directory)

        port = free_port()
        Path(directory, "blackbox.yml").write_text(json.dumps({"modules": {job: module for job, _, module, _ in rows}}))
        exporter = Daemon("blackbox_exporter", ["prometheus-blackbox-exporter", f"--web.listen-address=127.0.0.1:{port}",
                                                f"--config.file={directory}/blackbox.yml"],
                          Path(directory, "blackbox.log"), f"http://127.0.0.1:{port}/-/healthy")
        cleanup.callback(exporter.stop)
        exporter.start()

        entries = [{"job": job, "every": "3s", "timeout": "1s", "preferred_ip_protocol": "ip4", **entry}
                   for job, _, _, entry in rows]
        entries.append({"job": "ntp", "every": "3s", "ntp": {"server": f"127.0.0.1:{ports['ntp']}"}})
        entries.append({"job": "paced", "every": "1s", "http": {"url": f"http://127.0.0.1:{ports['plain']}/paced"}})
        entries.append({"job": "ten", "every": "1s",
                        "http": {"targets": [f"http://127.0.0.1:{p}/" for p in silent.ports[1:]]}})
        rules = Path(directory, "rules.yml")
        rules.write_text("groups: []\n")
        agent = Agent(directory, [], rules,
                      config=f"collect: {json.dumps({'probe': entries})}\n")
        cleanup.callback(agent.stop)
        agent.start()

        def done():
            series, _ = parse(get(f"{agent.url}/metrics"))
            return all((job, target) in series for job, target, _, _ in rows) and ("ntp", entries[-3]["ntp"]["server"]) in series

        wait_for("each probe was made once", done, 15)
        theirs, words = {}, {}

        def ask(job, target):
            query = urllib.parse.urlencode({"module": job, "target": target})
            series, said = parse(get(f"http://127.0.0.1:{port}/probe?{query}"))
            theirs[job] = series["", ""]
            words.update(said)

        asking = [threading.Thread(target=ask, args=(job, target)) for job, target, _, _ in rows]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        ours, our_words = parse(get(f"{agent.url}/metrics"))
        found = []
        for job, target, _, _ in rows:
            found += differences(job, theirs[job], ours[job, target])
        found += [f"{key}: {our_words.get(key)!r}, the exporter says {said!r}" for key, said in words.items()
                  if our_words.get(key) != said]
        check(not found, "\n".join(sorted(found)))
        succeeded = {job for job in theirs if theirs[job]["probe_success", frozenset()] == 1}
        should = {"http2", "sni", "smtp", "dns SOA tcp", "dns text", "ping localhost", "packed", "dns matches neither",
                  "dns each both", "dns some of two", "dns CAA", "dns NAPTR", "dns URI", "dns SSHFP", "dns TLSA",
                  "dns DNAME", "dns HTTPS", "dns TYPE257"}
        check(should <= succeeded, f"what should succeed does: {sorted(should - succeeded)}")
        check(not {"expired", "another's", "unknown authority", "loop", "silent", "dns none", "dns matches one of two",
                   "dns each one of two", "dns none of two"} & succeeded, "what should fail does")
        check(all(ours[job, target]["up", frozenset()] == 1 for job, target, _, _ in rows),
              "a server that fails is no failure of the collection")
        said = compare_clock(ours["ntp", entries[-3]["ntp"]["server"]], ports, directory, cleanup)
        check(all(our_words.get(key) == text for key, text in said.items()), f"help of the clock's series: {said}")

        # Ten that hang, a second each, and one that answers: it is asked every second.
        times = wait_for("the one that answers is asked six times",
                         lambda: len(lines := Path(directory, "paced.log").read_text().split()) >= 6 and lines, 20)
        gaps = [float(b) - float(a) for a, b in zip(times, times[1:])]
        check(all(0.6 < gap < 1.4 for gap in gaps), f"seconds between its requests: {gaps}")
        check(all(ours["ten", f"http://127.0.0.1:{p}/"]["probe_success", frozenset()] == 0 for p in silent.ports[1:]),
              "the ten fail")
        log = agent.log.read_text()
        for reason in ("Connection refused", "certificate has expired", "not done within 1s", "redirects more than 10",
                       "its body matches", "self-signed certificate in certificate chain", "NXDOMAIN",
                       "no alternative certificate subject name matches", "looking up nobody.invalid"):
            check(reason in log, f"the log says {reason!r}")
        check("sesame" not in log, "the log has no password")
        check(log.count("its body matches") == 1, "a reason that stays is said once")
        check(agent.stop() == 0, "the agent stops with 0")


if __name__ == "__main__":
    run(probe)
