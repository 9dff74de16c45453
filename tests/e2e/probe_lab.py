"""What probes are pointed at: Debian's nginx, knot and chrony, certificates good and bad, silent ports."""
import socket
import subprocess
from pathlib import Path

from lab import free_port, wait_for

NGINX = """
daemon off; pid nginx.pid; error_log stderr error; worker_processes 1;
events {{}}
http {{
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  log_format times '$msec'; access_log off; default_type text/plain;
  ssl_certificate good.pem; ssl_certificate_key good.key; ssl_session_cache off;
  server {{
    listen 127.0.0.1:{plain}; root www;
    location = / {{ return 200 "all fine\\n"; }}
    location = /moved {{ return 302 /; }}
    location = /loop {{ return 302 /loop; }}
    location = /empty {{ return 204; }}
    location = /file {{ try_files /file =404; }}
    location = /packed {{ gzip on; gzip_types text/plain; gzip_min_length 1; try_files /file =404; }}
    location = /private {{ auth_basic "x"; auth_basic_user_file htpasswd; try_files /file =404; }}
    location = /token {{ if ($http_authorization != "Bearer sesame") {{ return 401; }} return 200 "in\\n"; }}
    location = /host {{ return 200 "$http_host $http_x_tocsin $request_method\\n"; }}
    location = /paced {{ access_log paced.log times; return 200 "x"; }}
  }}
  server {{ listen 127.0.0.1:{http2} ssl http2; ssl_protocols TLSv1.2 TLSv1.3; return 200 "all fine\\n"; }}
  server {{ listen 127.0.0.1:{tls12} ssl; ssl_protocols TLSv1.2; return 200 "all fine\\n"; }}
  server {{ listen 127.0.0.1:{tls13} ssl; ssl_protocols TLSv1.3; return 200 "all fine\\n"; }}
  server {{ listen 127.0.0.1:{expired} ssl; ssl_certificate expired.pem; ssl_certificate_key expired.key; }}
  server {{ listen 127.0.0.1:{other} ssl; ssl_certificate other.pem; ssl_certificate_key other.key;
            return 200 "all fine\\n"; }}
}}
"""

CA = """
[ca]
default_ca = d
[d]
database = {0}/index.txt
serial = {0}/serial
new_certs_dir = {0}
certificate = {0}/ca.pem
private_key = {0}/ca.key
default_md = sha256
policy = p
copy_extensions = copy
unique_subject = no
preserve = yes
[p]
countryName = optional
stateOrProvinceName = optional
organizationName = optional
organizationalUnitName = optional
localityName = optional
emailAddress = optional
commonName = supplied
"""

ZONE = """$ORIGIN example.test.
$TTL 300
@ SOA ns.example.test. hostmaster.example.test. 2026112501 3600 600 86400 300
@ NS ns
@ MX 10 mail
@ TXT "v=spf1 -all" "two \\"quoted\\" parts"
ns A 127.0.0.1
mail A 192.0.2.25
www A 192.0.2.1
www A 192.0.2.2
www AAAA 2001:db8::1
alias CNAME www
@ CAA 0 issue "letsencrypt.org"
@ NAPTR 100 50 "s" "SIP+D2U" "" _sip._udp
@ URI 10 1 "https://example.test/"
@ SSHFP 1 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789
_443._tcp TLSA 3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971
sub DS 60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
elsewhere DNAME example.org.
@ HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1
_sip._tcp SRV 1 2 5060 www
"""


def openssl(*argv, **kwargs):
    subprocess.run(["openssl", *map(str, argv)], check=True, capture_output=True, **kwargs)


def certificates(directory):
    """A CA, and by it: one for localhost, one that has expired, one for somebody else."""
    d = Path(directory)
    (d / "index.txt").write_text("")
    (d / "serial").write_text("1000\n")
    (d / "ca.cnf").write_text(CA.format(d))
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-keyout", d / "ca.key", "-out",
            d / "ca.pem", "-subj", "/C=CN/ST=Beijing/O=Tocsin, Inc./CN=Test CA")
    # Parts in no usual order, and characters to escape.
    names = "DNS:localhost,DNS:*.example.test,IP:127.0.0.1"
    for name, alternative, begin, end in (("good", names, "20260101000000Z", "20380101000000Z"),
                                          ("expired", names, "20200101000000Z", "20200201000000Z"),
                                          ("other", "DNS:other.test", "20260101000000Z", "20380101000000Z")):
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", d / f"{name}.key", "-out", d / f"{name}.csr",
                "-subj", f"/CN={name}.test/OU=Probes/OU=B #1/L=Haidian <1>/emailAddress=a@b/ST=B/C=CN/O=Tocsin", "-addext", f"subjectAltName={alternative}")
        openssl("ca", "-batch", "-config", d / "ca.cnf", "-startdate", begin, "-enddate", end, "-notext",
                "-in", d / f"{name}.csr", "-out", d / f"{name}.pem")
        with open(d / f"{name}.pem", "a", encoding="ascii") as chain:
            chain.write((d / "ca.pem").read_text())
    return d / "ca.pem"


def listening(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A server of Debian's in the foreground, ended by its process id."""

    def __init__(self, directory, name, argv):
        self.log = Path(directory, f"{name}.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([str(a) for a in argv], cwd=directory, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Silent:
    """Ports that take connections and never say a word, and one that nobody listens on."""

    def __init__(self, count):
        self.sockets = [socket.create_server(("127.0.0.1", 0), backlog=64) for _ in range(count)]
        self.ports = [s.getsockname()[1] for s in self.sockets]

    def close(self):
        for s in self.sockets:
            s.close()


def start_servers(directory, cleanup):
    """The ports of everything that is to be probed."""
    d = Path(directory)
    d.chmod(0o755)
    ports = {name: free_port() for name in ("plain", "http2", "tls12", "tls13", "expired", "other", "dns", "ntp",
                                            "refused")}
    (d / "www").mkdir()
    (d / "www/file").write_text("a line of text\n" * 400)
    digest = subprocess.run(["openssl", "passwd", "-apr1", "sesame"], check=True, capture_output=True, text=True)
    (d / "htpasswd").write_text(f"user:{digest.stdout}")
    (d / "nginx.conf").write_text(NGINX.format(**ports))
    (d / "example.test.zone").write_text(ZONE)
    (d / "knot.conf").write_text(
        f"server:\n  listen: [127.0.0.1@{ports['dns']}]\n  rundir: {d}/knot\n  user: root:root\n"
        f"database:\n  storage: {d}/knot\nlog:\n- target: stderr\n  any: warning\n"
        f"zone:\n- domain: example.test\n  storage: {d}\n  file: example.test.zone\n")
    (d / "knot").mkdir()
    (d / "chrony.conf").write_text(f"local stratum 8\nport {ports['ntp']}\nbindaddress 127.0.0.1\nallow 127.0.0.1\n"
                                   f"cmdport 0\nbindcmdaddress /\npidfile {d}/chrony.pid\n")
    for name, argv in (("nginx", ["nginx", "-p", d, "-c", d / "nginx.conf"]),
                       ("knot", ["knotd", "-c", d / "knot.conf"]),
                       ("chrony", ["chronyd", "-d", "-x", "-u", "root", "-f", d / "chrony.conf"])):
        cleanup.callback(Server(d, name, argv).stop)
    for name in ("plain", "other", "dns"):
        wait_for(f"the server at port {name}", lambda p=ports[name]: listening(p))
    return ports
