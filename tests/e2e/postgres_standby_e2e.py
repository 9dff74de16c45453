#!/usr/bin/env python3
"""A PostgreSQL and its standby under a running agent: who follows whom and how far behind, as Debian's exporter tells
it of both.

  postgres_standby_e2e.py
"""
from pathlib import Path

from lab import Agent, check, run, scene, skip, wait_for
from pg_compare import compare
from pg_lab import EXPORTER, Exporter, Metrics, Postgres, Standby, need_postgres, one, password_file, wait_value


# pg_replication as the exporter's examples/queries.yaml has it.
LAG = """
pg_replication:
  query: "SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0 ELSE GREATEST (0, EXTRACT(EPOCH FROM (now() - pg_last_xact_replay_timestamp()))) END AS lag"
  master: true
  metrics:
    - lag: {usage: "GAUGE", description: "Replication lag behind master in seconds"}
"""


def entry(name, server, password):
    return (f"    - {{instance: {name}, dsn: \"host=127.0.0.1 port={server.port} user=tocsin dbname=postgres\", "
            f"password_file: {password}, every: 500ms, timeout: 400ms}}\n")


def followed(primary):
    return primary.sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "1"


def replication(agent, primary, standby, exporters):
    """What only a pair shows: the lag of a standby that stops replaying, a slot that nobody reads."""
    for name, server, expected in (("primary", primary, "f"), ("standby", standby, "t")):
        said = server.sql("SELECT pg_is_in_recovery()")
        told = one(agent, "pg_replication_is_replica", instance=name)
        check(said == expected and told == (said == "t"), f"{name} in recovery: it says {said}, the agent {told}")
    told = Metrics(agent.url).series("pg_stat_replication_reply_time", instance="primary")
    check([t["slot_name"] for t in told] == ["standby"] and told[0]["state"] == "streaming", f"who follows: {told}")
    wait_value(agent, 1.0, "pg_replication_slots_active", instance="primary", slot_name="standby")

    # Until it has replayed a transaction a standby knows of none that it could be behind of.
    primary.sql("INSERT INTO steps VALUES (0)")
    wait_for("it has replayed one", lambda: standby.sql("SELECT pg_last_xact_replay_timestamp()") != "")
    # A standby that receives and does not replay falls behind, second by second.
    check(one(agent, "pg_replication_lag", instance="primary") == 0.0, "a primary is not behind itself")
    standby.sql("SELECT pg_wal_replay_pause()")
    wait_for("the replay is paused", lambda: standby.sql("SELECT pg_get_wal_replay_pause_state()") == "paused")
    primary.sql("INSERT INTO steps SELECT generate_series(1, 10000)")
    lag = lambda: one(agent, "pg_replication_lag", instance="standby") or 0
    wait_for("the standby is two seconds behind", lambda: lag() > 2, 20, 0.1)
    ours, theirs = lag(), Metrics(exporters["standby"].url).get("pg_replication_lag")
    check(len(theirs) == 1 and abs(ours - theirs[0]) < 3, f"it is {ours} s behind, the exporter says {theirs}")
    check(standby.sql("SELECT count(*) FROM steps WHERE n > 0") == "0", "which is so")
    standby.sql("SELECT pg_wal_replay_resume()")
    wait_for("it catches up", lambda: standby.sql("SELECT count(*) FROM steps WHERE n > 0") == "10000")
    # The lag is the age of what was replayed last, so it takes another transaction to see that it is near.
    wait_for("and is told as near", lambda: primary.sql("INSERT INTO steps VALUES (0)") == "" and lag() < 2, 20, 0.3)

    # A slot that nobody reads holds the WAL back: both say how much.
    standby.stop()
    wait_value(agent, 0.0, "pg_replication_slots_active", instance="primary", slot_name="standby")
    wait_value(agent, 0.0, "up", instance="standby")
    primary.sql("INSERT INTO steps SELECT generate_series(1, 20000)")
    behind = lambda: one(agent, "pg_replication_slots_pg_wal_lsn_diff", instance="primary", slot_name="standby") or 0
    wait_for("the slot holds a megabyte", lambda: behind() > 1_000_000, 15, 0.1)
    theirs = Metrics(exporters["primary"].url).get("pg_replication_slots_pg_wal_lsn_diff", slot_name="standby")
    check(len(theirs) == 1 and abs(behind() - theirs[0]) < 200_000, f"{behind()} bytes, the exporter says {theirs}")
    check(Metrics(agent.url).series("pg_stat_replication_reply_time", instance="primary") == [], "nobody follows")
    standby.start()
    wait_for("it follows again", lambda: followed(primary), 20)
    wait_value(agent, 1.0, "up", instance="standby")
    wait_for("the slot is read", lambda: behind() < 1_000_000, 15, 0.1)

    # The standby becomes the primary.
    standby.as_postgres("/usr/lib/postgresql/15/bin/pg_ctl", "-D", standby.data, "-w", "promote")
    wait_value(agent, 0.0, "pg_replication_is_replica", instance="standby")


def test():
    need_postgres()
    if not EXPORTER.exists():
        skip("prometheus-postgres-exporter is not installed (script/install test)")
    with scene() as (directory, cleanup):
        primary = Postgres(directory, max_connections=30)
        cleanup.callback(primary.stop)
        primary.start()
        primary.grant()
        primary.sql("CREATE TABLE steps (n int)")
        standby = Standby(directory, primary, max_connections=30)
        cleanup.callback(standby.stop)
        standby.start()
        wait_for("the standby follows", lambda: followed(primary), 20)
        exporters = {}
        Path(directory, "lag.yaml").write_text(LAG)
        for name, server in (("primary", primary), ("standby", standby)):
            exporters[name] = Exporter(directory, server, f"exporter-{name}",
                                       [f"--extend.query-path={directory}/lag.yaml"])
            cleanup.callback(exporters[name].stop)
            exporters[name].start()
        password = password_file(directory)
        Path(directory, "none.yml").write_text("groups: []\n")
        agent = Agent(directory, [], Path(directory, "none.yml"), config="collect:\n  postgres:\n" +
                      entry("primary", primary, password) + entry("standby", standby, password))
        cleanup.callback(agent.stop)
        agent.start()
        for name in exporters:
            wait_value(agent, 1.0, "up", instance=name)
            Metrics(exporters[name].url)  # its first connection counts too
        for name in exporters:
            compare(agent, exporters[name], name, (350, 200, 60))
            failing = [s for s in Metrics(agent.url).series("tocsin_pg_query_success", instance=name)
                       if one(agent, "tocsin_pg_query_success", **s) != 1.0]
            check(not failing, f"every query of the {name} gives all it should: {failing}")
        replication(agent, primary, standby, exporters)


run(test)
