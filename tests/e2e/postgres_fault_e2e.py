#!/usr/bin/env python3
"""What goes wrong with a PostgreSQL: sessions that block each other, a full server, one that is stopped, a
statement that hangs or answers with a novel, a user without privileges. Each is told, and the agent recovers."""
from pathlib import Path

from lab import Agent, check, run, scene, wait_for
from pg_lab import Metrics, Postgres, end, need_postgres, one, password_file, wait_value

CONFIG = """
collect:
  postgres:
    - instance: db
      dsn: "host=localhost port={port} user=tocsin dbname=shop"
      password_file: {password}
      lock_timeout: 200ms
      checks:
        - {{name: slow, query: "SELECT n FROM (SELECT 1 AS n, nap(switch) FROM sleeps) AS s", values: [n]}}
        - {{name: orders, query: SELECT count(*) AS n FROM orders, values: [n]}}
        - {{name: novel, query: "SELECT repeat('x', 20000000) AS text, 1 AS n", labels: [text], values: [n], every: 1h}}
    - instance: plain
      dsn: "host=127.0.0.1 port={port} user=plain dbname=shop"
"""

SHOP = """
CREATE TABLE orders (id int);
CREATE TABLE sleeps (switch int);
INSERT INTO sleeps VALUES (0);
CREATE FUNCTION nap(seconds float) RETURNS void LANGUAGE sql AS 'SELECT pg_sleep(seconds)';
GRANT SELECT ON orders, sleeps TO tocsin;
"""


def told(agent, *parts):
    return [line for line in agent.log.read_text().splitlines() if all(part in line for part in parts)]


def long_text(agent):
    """An answer far larger than the agent: it costs neither memory nor anything else."""
    wait_for("a label that is none to be named", lambda: told(agent, "check novel", "longer than 1024 bytes"))
    peak = next(line for line in Path(f"/proc/{agent.process.pid}/status").read_text().splitlines()
                if line.startswith("VmHWM"))
    check(int(peak.split()[1]) < 40 * 1024, f"the answer is never held: {peak}")


def blocked(agent, server, cleanup):
    holder = server.session("BEGIN; LOCK TABLE orders;", cleanup, database="shop", application="holder")
    wait_for("the lock", lambda: server.sql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' "
                                            "AND granted AND relation IS NOT NULL") != "0")
    waiter = server.session("SELECT * FROM orders;", cleanup, database="shop", application="waiter")
    # A check waits for the same lock now and then; what counts is our waiter.
    wait_for("who waits for whom is told", lambda: one(agent, "tocsin_pg_blocked_seconds", application_name="waiter"))
    series = Metrics(agent.url).series("tocsin_pg_blocked_seconds", application_name="waiter")[0]
    check(series["blocked_by_application_name"] == "holder", f"waiter waits for holder: {series}")
    check(series["blocked_by_state"] == "idle in transaction", f"and what holder does: {series}")
    check(series["datname"] == "shop" and series["usename"] == "postgres", f"in shop: {series}")
    pid = server.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'holder'")
    check(series["blocked_by_pid"] == pid, f"by its process {pid}: {series}")
    check(one(agent, "tocsin_pg_blocked_sessions", datname="shop", instance="db") >= 1, "a session waits")

    # The check that reads the table: the server ends it, nothing else suffers.
    wait_value(agent, 0.0, "tocsin_sql_check_success", check="orders")
    check(one(agent, "up", instance="db") == 1.0, "the server is up all the same")
    check(len(told(agent, "check orders", "lock timeout")) == 1, "it is told once why")
    end(holder)
    end(waiter)
    wait_value(agent, 1.0, "tocsin_sql_check_success", check="orders")
    wait_value(agent, 0.0, "tocsin_pg_blocked_sessions", datname="shop", instance="db")


def hangs(agent, server, cleanup):
    server.sql("UPDATE sleeps SET switch = 60", "shop")
    wait_value(agent, 0.0, "tocsin_sql_check_success", check="slow")
    check(told(agent, "check slow", "statement timeout"), "a statement without end is ended by the server")
    # Its limit comes from the interval of a second, and it waits behind the others.
    wait_value(agent, 1.0, "tocsin_sql_check_success", check="orders")
    check(one(agent, "up", instance="db") == 1.0, "it costs nothing but itself")
    server.sql("UPDATE sleeps SET switch = 0", "shop")
    wait_value(agent, 1.0, "tocsin_sql_check_success", check="slow")

    # A query of ours that waits for a lock: what it gives is missing, and up says so.
    holder = server.session("BEGIN; LOCK TABLE pg_stat_archiver;", cleanup, database="shop", application="holder")
    wait_value(agent, 0.0, "up", instance="db")
    m = Metrics(agent.url)
    check(m.get("pg_up", instance="db") == [1.0], "the server itself lets us in")
    check(m.get("pg_stat_bgwriter_buffers_alloc_total", instance="db"), "the rest is told")
    check(not m.get("pg_stat_archiver_archived_count", instance="db"), "what waits is not")
    check(told(agent, "postgres db", "target fails", "stat_archiver", "lock timeout"), "the log says what and why")
    end(holder)
    wait_value(agent, 1.0, "up", 25, instance="db")


def full(agent, server, cleanup):
    sessions = [server.session("SELECT pg_sleep(300);", cleanup, database="shop", user="plain", application="crowd")
                for _ in range(12)]
    # Between two collections: a query that it ends has a reason of its own, and another is told a minute later.
    kick = ("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'tocsin' "
            "AND usename = 'tocsin' AND state = 'idle' AND clock_timestamp() - state_change > '100 ms'")
    crowd = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crowd'"
    before = int(server.sql(crowd))

    def out():
        server.sql(kick)
        sessions.append(server.session("SELECT pg_sleep(300);", cleanup, database="shop", user="plain",
                                       application="crowd"))
        return one(agent, "up", instance="db") == 0.0
    wait_for("no room is left for the agent", out, 20, 0.1)
    check(before > 0, "others hold its slots")
    wait_for("the log to say that it is full", lambda: told(agent, "postgres db", "target fails", "connection slots"))
    check(one(agent, "pg_up", instance="db") == 0.0, "pg_up is 0")
    for session in sessions:
        end(session)
    server.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'crowd'")
    wait_value(agent, 1.0, "up", 25, instance="db")


def stopped(agent, server):
    server.stop()
    wait_value(agent, 0.0, "up", instance="db")
    wait_for("the reason in the log", lambda: told(agent, "postgres db", "target fails", "refused"))
    check(one(agent, "pg_stat_bgwriter_buffers_alloc_total", instance="db") is None, "what it told has ended")
    server.start()
    wait_value(agent, 1.0, "up", 25, instance="db")


def unprivileged(agent):
    m = Metrics(agent.url)
    check(m.get("up", instance="plain") == [1.0], "a user without pg_monitor is up")
    check(m.get("tocsin_pg_monitor_granted", instance="plain") == [0.0], "and said to be none")
    check(m.get("pg_stat_database_xact_commit", instance="plain", datname="shop"), "what everybody may see is told")
    check(not m.get("pg_wal_segments", instance="plain"), "the WAL is hidden")
    check(m.get("tocsin_pg_query_success", instance="plain", query="wal") == [0.0], "which its query says")
    for query in ("query=wal", "query=privileges"):
        lines = told(agent, "postgres plain", "query fails", query)
        check(len(lines) == 1 and "packaging/grants/postgres.sql" in lines[0], f"{query} is named once: {lines}")


def test():
    need_postgres()
    with scene() as (directory, cleanup):
        server = Postgres(directory, max_connections=12)
        cleanup.callback(server.stop, "immediate")
        server.start()
        server.grant()
        server.sql("CREATE ROLE plain LOGIN")
        server.sql("CREATE DATABASE shop")
        server.sql(SHOP, "shop")
        rules = Path(directory, "none.yml")
        rules.write_text("groups: []\n")
        agent = Agent(directory, [], rules, config=CONFIG.format(port=server.port, password=password_file(directory)))
        cleanup.callback(agent.stop)
        agent.start()
        for instance in ("db", "plain"):
            wait_value(agent, 1.0, "up", instance=instance)
        unprivileged(agent)
        long_text(agent)
        blocked(agent, server, cleanup)
        hangs(agent, server, cleanup)
        full(agent, server, cleanup)
        stopped(agent, server)
        unprivileged_lines = told(agent, "postgres plain", "query fails", "query=wal")
        check(len(unprivileged_lines) == 1, f"what a privilege hides is still named once: {unprivileged_lines}")
        refusals = server.log.read_text().count("permission denied for function pg_ls_waldir\n")
        check(refusals == 1, f"and asked for once, not at every turn: {refusals} times")


run(test)
