#!/usr/bin/env python3
"""A real MariaDB beside Debian's mysqld_exporter: the same series over TCP, TLS and a unix socket, with
the rights that packaging/grants gives; a query of one's own; then a user with few rights, a wrong
password, a lock that blocks, and a server that hangs, is killed, and comes back."""
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import exporters
from exporters import Exporter, fetch, parse
from lab import ROOT, Agent, certificate, check, free_port, run, scene, secret, skip, wait_for

# What the exporter says of itself, and threads, which differ at each look (compared apart).
KEEP = re.compile(r"^mysql_(?!exporter_|info_schema_processlist_)")
# Gauges and untyped values that every look at a server moves, and not always up.
MOVING = re.compile(r"^mysql_global_status_(threads_|uptime|memory_used|open_|opened_|table_open_|innodb_(buffer_pool|"
                    r"checkpoint|history|ibuf|lsn|master|max_trx|mem_|data_|log_|last_|num_)|"
                    r"buffer_pool_|aria_pagecache|slow_|tmp_|max_used|subquery|ssl_|last_query_cost|questions|queries)")
HISTOGRAM = ("mysql_info_schema_query_response_time_seconds_bucket",)


class Maria:
    def __init__(self, directory, cleanup, tls):
        if os.geteuid() != 0:
            skip("MariaDB is started as its own user, which needs root")
        Path(directory).chmod(0o755)
        self.data, self.log = Path(directory, "data"), Path(directory, "mariadbd.log")
        self.data.mkdir()
        shutil.chown(self.data, "mysql", "mysql")
        self.socket, self.port = self.data / "s", free_port()
        # It reads its key as its own user.
        for file in tls:
            shutil.copy(file, self.data)
            shutil.chown(self.data / file.name, "mysql", "mysql")
        self.argv = ["mariadbd", "--no-defaults", "--user=mysql", f"--datadir={self.data}", f"--socket={self.socket}",
                     f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-log-bin", "--server-id=7",
                     f"--ssl-cert={self.data / tls[0].name}", f"--ssl-key={self.data / tls[1].name}",
                     "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", "--plugin-load-add=query_response_time",
                     "--query-response-time-stats=ON", "--max-statement-time=60"]
        self.process = None
        cleanup.callback(self.kill)
        subprocess.run(["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={self.data}",
                        "--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=8M"],
                       check=True, capture_output=True)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for("MariaDB answers", lambda: self.sql("SELECT 1") == "1", 30)
        return self

    def argv_of_client(self):
        return ["mariadb", "--no-defaults", "-uroot", f"--socket={self.socket}", "-N"]

    def sql(self, text):
        done = subprocess.run(self.argv_of_client(), input=text, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else None

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()


def fill(maria):
    grants = (ROOT / "packaging/grants/mysql.sql").read_text()
    check("change me" in grants, "the grants have a place for the password")
    for text in (grants.replace("change me", "pass word"), """
CREATE DATABASE shop;
CREATE TABLE shop.orders (id INT PRIMARY KEY, state VARCHAR(10)) ENGINE=InnoDB;
INSERT INTO shop.orders VALUES (1, 'new'), (2, 'new'), (3, 'sent');
CREATE VIEW shop.v AS SELECT * FROM shop.orders;
GRANT SELECT ON shop.* TO 'tocsin'@'localhost';
ALTER USER 'tocsin'@'localhost' WITH MAX_USER_CONNECTIONS 0;
CREATE USER 'few'@'localhost' IDENTIFIED BY 'few rights';
CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=1, MASTER_USER='x';
CHANGE MASTER 'second' TO MASTER_HOST='127.0.0.2', MASTER_PORT=1, MASTER_USER='x';
"""):
        check(maria.sql(text) is not None, f"MariaDB takes {text}")


def agree(name, agent, exporter_page, keep=KEEP):
    exporters.agree(name, lambda: parse(fetch(f"{agent.url}/metrics"), keep, instance=name), exporter_page,
                    "mysql_global_status_connections", MOVING, 600, HISTOGRAM)


def main():
    for program, package in (("mariadbd", "mariadb-server"), ("mariadb", "mariadb-client"),
                             ("prometheus-mysqld-exporter", "prometheus-mysqld-exporter")):
        if shutil.which(program) is None:
            skip(f"{package} is not installed (script/install test)")
    with scene() as (directory, cleanup):
        files = certificate(directory, "mysql")
        maria = Maria(directory, cleanup, files)
        maria.start()
        fill(maria)
        right, wrong, few = (secret(directory, n, t) for n, t in
                             (("right", "pass word"), ("wrong", "no"), ("few", "few rights")))
        pace = "every: 1s, timeout: 800ms"
        tcp = f"host: 127.0.0.1, port: {maria.port}"
        Path(directory, "rules.yml").write_text("groups: []\n")
        agent = Agent(directory, [], Path(directory, "rules.yml"), config=f"""
collect:
  mysql:
    - instance: tcp
      host: 127.0.0.1
      port: {maria.port}
      password_file: {right}
      processlist: true
      table_sizes: [shop]
      checks:
        - name: orders
          query: SELECT state, count(*) AS waiting FROM orders GROUP BY state
          database: shop
          labels: [state]
          values: [{{column: waiting, metric: shop_orders, help: Orders by state.}}]
        - {{name: slow, query: SELECT shop.nap(20) AS s, values: [s], every: 1m}}
        - {{name: locks, query: SELECT shop.hold() AS n, values: [n], every: 1m}}
        - {{name: join, query: SELECT * FROM shop.bits x JOIN shop.bits y ON x.id = y.id, values: [flags]}}
        - {{name: flood, query: SELECT seq AS i FROM seq_1_to_200000, values: [i], labels: [i], database: shop}}
        - {{name: writes, query: "SELECT shop.f() AS n", values: [n]}}
      every: 1s
      timeout: 1s
    - {{instance: tls, host: localhost, port: {maria.port}, password_file: {right}, tls: {{ca_file: {files[0]}}}, {pace}}}
    - {{instance: socket, socket: {maria.socket}, password_file: {right}, {pace}}}
    - {{instance: few, {tcp}, user: few, password_file: {few}, processlist: true, {pace}}}
    - {{instance: refused, {tcp}, password_file: {wrong}, {pace}}}
    - {{instance: untrusted, {tcp}, password_file: {right}, tls: {{ca_file: /etc/ssl/certs/ca-certificates.crt}}, {pace}}}
    - {{instance: nobody, host: 127.0.0.1, port: {free_port()}, password_file: {right}, {pace}}}
""")
        # A function that would write: the transaction it runs in is read-only. One that takes a lock: the agent lets
        # go of it.
        maria.sql("SET GLOBAL log_bin_trust_function_creators=1;\nDELIMITER //\nCREATE FUNCTION shop.f() RETURNS INT "
                  "BEGIN INSERT INTO shop.orders VALUES (9, 'bad'); RETURN 1; END//\nDELIMITER ;\n"
                  "CREATE FUNCTION shop.nap(s INT) RETURNS INT RETURN SLEEP(s);\n"
                  "CREATE FUNCTION shop.hold() RETURNS INT RETURN GET_LOCK('nightly_job', 0);\n"
                  "CREATE TABLE shop.bits (id INT PRIMARY KEY, flags BIT(12));\n"
                  "INSERT INTO shop.bits VALUES (1, b'100000000101');\n"
                  "GRANT EXECUTE, INSERT ON shop.* TO 'tocsin'@'localhost';")
        cleanup.callback(agent.stop)
        agent.start()
        config = Path(directory, "exporter.cnf")
        config.write_text(f"[client]\nuser=tocsin\npassword=pass word\nhost=127.0.0.1\nport={maria.port}\n")
        port = free_port()
        exporter = Exporter(["prometheus-mysqld-exporter", f"--config.my-cnf={config}",
                             f"--web.listen-address=127.0.0.1:{port}", "--collect.info_schema.tables",
                             "--collect.info_schema.tables.databases=shop", "--collect.info_schema.processlist"],
                            port, Path(directory, "exporter.log"))
        cleanup.callback(exporter.stop)
        wait_for("the exporter answers", lambda: "mysql_up 1" in (fetch(f"{exporter.url}/metrics") or ""))
        page = lambda keep=KEEP: parse(fetch(f"{exporter.url}/metrics"), keep)
        no_tables = re.compile(KEEP.pattern + r"(?!info_schema_table_)")
        # The server's certificate is a status of connections under TLS, and the exporter's is plain.
        no_dates = re.compile(no_tables.pattern + r"(?!global_status_ssl_server_not_)")
        mine = lambda name, keep: parse(fetch(f"{agent.url}/metrics"), re.compile(keep), name)
        status = lambda name, metric="up": mine(name, rf"^{metric}$").get(metric)

        for name in ("tcp", "tls", "socket", "few"):
            wait_for(f"{name} is up", lambda n=name: status(n) == 1 and status(n, "mysql_up") == 1, 20)
        agree("tcp", agent, page)
        agree("tls", agent, lambda: page(no_dates), no_dates)
        agree("socket", agent, lambda: page(no_tables))
        check(maria.sql("SELECT count(*) FROM information_schema.processlist WHERE user = 'tocsin'") == "3",
              "one connection each")

        # Checks of one's own.
        own = mine("tcp", "^(shop_orders|slow_s|writes_n|locks_n|join_flags|flood_i|tocsin_sql_check_success)$")
        check(own.get("shop_orders", state="new") == 2 and own.get("shop_orders", state="sent") == 1,
              f"the check's rows: {own.series}")
        check(own.get("join_flags") == 0b100000000101, f"a join of a table with itself, and BIT: {own.series}")
        check(sum(name == "flood_i" for name, _ in own.series) == 1000, "an answer without end is cut off")
        check(own.get("locks_n") == 1, f"a function took a lock: {own.series}")
        check(maria.sql("SELECT IS_USED_LOCK('nightly_job') IS NULL") == "1", "and holds it no more")
        for name, good in (("orders", 1), ("slow", 0), ("writes", 0), ("locks", 1), ("join", 1), ("flood", 0)):
            check(own.get("tocsin_sql_check_success", check=name) == good, f"the check {name}: {own.series}")
        check(maria.sql("SELECT count(*) FROM shop.orders") == "3", "nothing was written")

        # A session that waits for another's lock is seen by both.
        holder = subprocess.Popen(maria.argv_of_client(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        cleanup.callback(holder.kill)
        holder.stdin.write("LOCK TABLES shop.orders WRITE;\n")
        holder.stdin.flush()
        blocked = subprocess.Popen(maria.argv_of_client(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        cleanup.callback(blocked.kill)
        wait_for("the lock is taken", lambda: maria.sql("SHOW OPEN TABLES FROM shop WHERE In_use > 0"))
        blocked.stdin.write("ALTER TABLE shop.orders ADD COLUMN x INT;\n")
        blocked.stdin.flush()
        waits = dict(command="query", state="waiting_for_table_metadata_lock")
        threads = "mysql_info_schema_processlist_threads"
        wait_for("the blocked session is counted", lambda: (mine("tcp", "^mysql_info").get(threads, **waits) or 0) >= 1)
        theirs, ours = page(re.compile("^mysql_info_schema_processlist_")), mine("tcp", "^mysql_info_schema_processlist_")
        check((theirs.types, theirs.helps) == (ours.types, ours.helps), f"threads: {theirs.types} {ours.types}")
        check({n for n, _ in theirs.series} == {n for n, _ in ours.series}, "the same metrics of threads")
        check((theirs.get(threads, **waits) or 0) >= 1, "the exporter counts it too")
        for process in (blocked, holder):
            process.kill()
            process.wait()

        # Each reason is in the log, once, and the others do not mind.
        log = lambda name: [line for line in agent.log.read_text().splitlines() if f'"mysql {name}"' in line]
        for query, why in (("slave_status", "SLAVE MONITOR"), ("process_privilege", "PROCESS")):
            said = [line for line in log("few") if f"query={query}" in line]
            check(len(said) == 1 and why in said[0] and "grants/mysql.sql" in said[0], f"{query} is named once: {said}")
        for name, why in (("refused", "Access denied"), ("untrusted", "certificate"), ("nobody", "Can't connect")):
            check(status(name) == 0 and status(name, "mysql_up") == 0, f"{name} is down")
            check(len(log(name)) == 1 and re.search(why, log(name)[0], re.I), f"{name} says {why} once: {log(name)}")
        check("pass word" not in agent.log.read_text(), "no password is logged")

        maria.process.send_signal(signal.SIGSTOP)
        wait_for("a hung server is down", lambda: status("tls") == 0 and status("tls", "mysql_up") == 0)
        wait_for("and says why", lambda: "no answer within 800ms" in "".join(log("tls")))
        maria.process.send_signal(signal.SIGCONT)
        wait_for("a server that goes on is up", lambda: status("tls") == 1 and status("socket") == 1, 20)
        maria.kill()
        wait_for("a killed server is down", lambda: status("tls") == 0 and status("tls", "mysql_up") == 0)
        maria.start()
        wait_for("a server that is back is up", lambda: status("tls") == 1 and status("tls", "mysql_up") == 1, 20)
        check(agent.stop() == 0, "the agent stops with 0")


if __name__ == "__main__":
    run(main)
