#!/usr/bin/env python3
"""A real PostgreSQL under a running agent: what it tells is what Debian's exporter tells, and checks in SQL.

  postgres_e2e.py
"""
import shutil
import subprocess
from pathlib import Path

from lab import Agent, certificate, check, run, scene, skip, wait_for
from pg_compare import compare
from pg_lab import EXPORTER, Exporter, Metrics, Postgres, end, need_postgres, one, password_file, wait_value

CONFIG = """
collect:
  certificates:
    - endpoints: ["postgres://127.0.0.1:{port}"]
      ca_file: {ca}
      every: 1s
  postgres:
    - instance: db
      dsn: "host=127.0.0.1 port={port} user=tocsin dbname=postgres"
      password_file: {password}
      user_tables: true
      databases: [shop]
      checks:
        - name: orders
          query: "SELECT shop, count(*) AS waiting, max(amount) AS largest FROM orders GROUP BY shop; -- all"
          database: shop
          labels: [shop]
          values:
            - {{column: waiting, metric: shop_orders_waiting, help: Orders not sent yet., type: gauge}}
            - largest
        - {{name: seldom, query: "SELECT count(*) AS n FROM orders", values: [n], database: shop, every: 1h}}
        - {{name: limits, query: SHOW max_connections, values: [max_connections]}}
        - {{name: writes, query: SELECT bump() AS n, values: [n], database: shop}}
        - {{name: flood, query: "SELECT i, i AS n FROM generate_series(1, 100000) AS i", labels: [i], values: [n]}}
        - {{name: locks, query: SELECT hold() AS n, values: [n], database: shop}}
        - {{name: nothing, query: SELECT 1 AS n FROM no_such_table, values: [n]}}
"""

SHOP = """
CREATE TABLE orders (shop text, amount numeric);
INSERT INTO orders VALUES ('north', 3.5), ('north', 4), ('south', NULL);
GRANT SELECT ON orders TO tocsin;
CREATE TABLE hits (n int);
GRANT ALL ON hits TO tocsin;
CREATE FUNCTION bump() RETURNS bigint LANGUAGE sql AS 'INSERT INTO hits VALUES (1); SELECT count(*) FROM hits';
CREATE FUNCTION hold() RETURNS int LANGUAGE sql AS 'SELECT pg_advisory_lock(42); SELECT 1';
"""

def more_than_the_exporter(agent, server):
    m = Metrics(agent.url)
    check(m.get("up", instance="db", job="postgres") == [1.0], "up is 1")
    check(m.get("pg_up") == [1.0] and m.get("tocsin_pg_monitor_granted") == [1.0], "it is let in, with pg_monitor")
    check(m.series("pg_stat_replication_reply_time")[0]["slot_name"] == "rw", "the stream's slot is named")
    check(m.get("pg_replication_is_replica") == [0.0] and m.get("pg_replication_lag") == [0.0], "it is no replica")
    check(m.get("pg_wal_segments")[0] >= 1 and m.get("pg_wal_size_bytes")[0] >= 2 ** 24, "there is WAL")
    check(m.get("tocsin_pg_wal_bytes_total")[0] > 0, "WAL was written")
    started = float(server.sql("SELECT extract(epoch FROM pg_postmaster_start_time())"))
    check(abs(m.get("pg_postmaster_start_time_seconds")[0] - started) < 0.001, "since when it runs")
    age = float(server.sql("SELECT age(datfrozenxid) FROM pg_database WHERE datname = 'shop'"))
    told = m.get("pg_database_wraparound_age_datfrozenxid_seconds", datname="shop")[0]
    check(0 <= age - told < 50, f"the age of shop is near {age}: {told}")
    check(m.get("pg_stat_user_tables_n_tup_ins", datname="shop", schemaname="public", relname="orders") == [3.0],
          "the table orders of shop had three rows inserted")
    failing = [s for s in m.series("tocsin_pg_query_success") if m.get("tocsin_pg_query_success", **s) != [1.0]]
    check(not failing, f"every query gives all it should: {failing}")
    sessions = server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tocsin'")
    check(sessions == "2", f"one connection a database: {sessions}")


def checks(agent, server):
    m = Metrics(agent.url)
    check(m.get("shop_orders_waiting", shop="north") == [2.0], "two orders wait in the north")
    check(m.get("shop_orders_waiting", shop="south") == [1.0], "one in the south")
    check(m.get("orders_largest", shop="north") == [4.0], "the largest of the north")
    check(m.get("orders_largest", shop="south") == [], "NULL is no sample")
    check(m.help["shop_orders_waiting"] == "Orders not sent yet.", "its help")
    check(m.get("limits_max_connections") == [30.0], "what SHOW shows")
    check(len(m.series("flood_n")) == 1000, "an answer without end is cut off")
    good = {s["check"]: m.get("tocsin_sql_check_success", check=s["check"])[0]
            for s in m.series("tocsin_sql_check_success")}
    check(good == {"orders": 1, "seldom": 1, "limits": 1, "writes": 0, "flood": 0, "locks": 1, "nothing": 0}, f"{good}")
    check(server.sql("SELECT count(*) FROM hits", "shop") == "0", "a function that writes wrote nothing")
    wait_for("a lock that a function takes does not stay", lambda: server.sql(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "shop") == "0")
    log = agent.log.read_text()
    for name, reason in (("writes", "read-only transaction"), ("flood", "more than 1000 rows"),
                         ("nothing", "no_such_table")):
        told = [line for line in log.splitlines() if f'"check {name}"' in line and reason in line]
        check(len(told) == 1, f"the check {name} is told once: {told}")
    server.sql("INSERT INTO orders VALUES ('north', 9)", "shop")
    wait_value(agent, 3.0, "shop_orders_waiting", shop="north")
    check(one(agent, "seldom_n") == 3.0, "a check that runs once an hour keeps its answer")


def shows_its_certificate(agent, server):
    endpoint = f"postgres://127.0.0.1:{server.port}"
    wait_value(agent, 1.0, "ssl_probe_success", instance=endpoint)
    check(one(agent, "ssl_cert_not_after", instance=endpoint) > 1.7e9, "its end is told")
    check(one(agent, "up", instance=endpoint) == 1.0, "it is up")
    check("startup packet" not in server.log.read_text(), "the server has nothing to say of it")


def refused(agent, directory):
    path = Path(directory, "wrong.yml")
    path.write_text("collect:\n  postgres:\n    - dsn: host=x\n      checks:\n"
                    "        - {name: a, values: [n], query: 'WITH d AS (DELETE FROM t RETURNING 1) SELECT 1'}\n"
                    "        - {name: b, values: [n], query: 'SELECT pg_catalog.\"pg_advisory_lock\" (42) IS NULL AS n'}\n")
    done = subprocess.run([agent.argv[0], "serve", "--config", path], capture_output=True, text=True, timeout=20)
    check(done.returncode != 0, "a configuration with a check that writes does not start")
    for line, why in ((5, "DELETE is none"), (6, "the function pg_advisory_lock does more")):
        check(f"wrong.yml:{line}:" in done.stderr and why in done.stderr, f"it says where and why: {done.stderr}")


def test():
    need_postgres()
    if not EXPORTER.exists():
        skip("prometheus-postgres-exporter is not installed (script/install test)")
    with scene() as (directory, cleanup):
        server = Postgres(directory, max_connections=30, ssl="on", ssl_cert_file="'server.pem'")
        own, key = certificate(directory, "server")
        for file in (own, key):  # it reads its key as its own user
            shutil.copy(file, server.data)
            shutil.chown(server.data / file.name, "postgres", "postgres")
        cleanup.callback(server.stop)
        server.start()
        server.grant()
        server.sql("CREATE DATABASE shop")
        server.sql(SHOP, "shop")
        server.sql("SELECT pg_create_physical_replication_slot('spare'), pg_create_physical_replication_slot('rw')")
        stream = subprocess.Popen(server.command("pg_receivewal", "-h", "127.0.0.1", "-p", server.port, "-U", "postgres",
                                                 "-D", server.directory, "--slot", "rw"),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cleanup.callback(end, stream)
        wait_for("the stream", lambda: server.sql("SELECT count(*) FROM pg_stat_replication") == "1")
        exporter = Exporter(directory, server)
        cleanup.callback(exporter.stop)
        exporter.start()
        agent = Agent(directory, [], Path(directory, "none.yml"), config=CONFIG.format(
            port=server.port, password=password_file(directory), ca=own))
        cleanup.callback(agent.stop)
        Path(directory, "none.yml").write_text("groups: []\n")
        agent.start()
        wait_value(agent, 1.0, "up", instance="db")
        Metrics(exporter.url)  # its first connection counts too
        wait_for("the tables' statistics", lambda: one(agent, "pg_stat_user_tables_n_tup_ins", relname="orders") == 3.0)
        compare(agent, exporter, "db")
        more_than_the_exporter(agent, server)
        checks(agent, server)
        shows_its_certificate(agent, server)
        refused(agent, directory)


run(test)
