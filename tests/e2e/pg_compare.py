"""What the agent tells of a PostgreSQL beside what Debian's exporter tells of it at the same moment."""
import math

from lab import check, wait_for
from pg_lab import Metrics

# The exporter's own, and what each session has of its own (docs/collectors/parity.md).
ITS_OWN = ("pg_exporter_", "pg_scrape_collector_", "postgres_exporter_", "go_", "process_", "promhttp_")
SESSIONS = {"pg_settings_extra_float_digits"}
# Whoever asks counts itself, or asks at another moment.
MOVING = {"pg_locks_count", "pg_stat_activity_count", "pg_stat_activity_max_tx_duration",
          "pg_stat_database_numbackends", "pg_replication_slots_pg_wal_lsn_diff",
          "pg_stat_replication_pg_wal_lsn_diff"}
# postgres_exporter names the process where the slot should stand.
SLOT_IS_OURS = {"pg_stat_replication_pg_current_wal_lsn_bytes", "pg_stat_replication_pg_wal_lsn_diff",
                "pg_stat_replication_reply_time"}


def comparable(metrics):
    """Series of names that both tell."""
    out = {}
    for (name, key), value in metrics.values.items():
        if not name.startswith("pg_") or name.startswith(ITS_OWN):
            continue
        if name in SLOT_IS_OURS:
            key = frozenset(pair for pair in key if pair[0] != "slot_name")
        out[name, key] = value
    return out


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


def compare(agent, exporter, instance, least=(400, 200, 80)):
    """`least`: of how many series, still values and growing ones there must be more."""
    told = lambda: Metrics(agent.url, drop=("instance", "job"), only={"instance": instance})
    before = told()
    ours, its = comparable(before), Metrics(exporter.url)
    theirs = comparable(its)
    check(len(theirs) > least[0], f"the exporter tells {len(theirs)} series")
    names = {name for name, _ in theirs}
    missing = sorted(f"{n}{dict(k)}" for n, k in theirs.keys() - ours.keys())
    check(not missing, f"series that only the exporter has: {missing}")
    more = sorted(f"{n}{dict(k)}" for n, k in ours.keys() - theirs.keys() if n in names)
    check(not more, f"series that only we have of its names: {more}")
    for name in sorted(names):
        check(before.type[name] == its.type[name], f"{name} is a {before.type[name]}, not a {its.type[name]}")
        check(before.help[name] == its.help[name], f"{name} says {before.help[name]!r}, not {its.help[name]!r}")

    still = [key for key in theirs if its.type[key[0]] == "gauge" and key[0] not in MOVING | SESSIONS | SLOT_IS_OURS]
    wrong = [f"{n}{dict(k)}: {ours[n, k]} not {theirs[n, k]}" for n, k in still if not same(ours[n, k], theirs[n, k])]
    check(len(still) > least[1] and not wrong, f"of {len(still)} still values differ: {wrong}")

    # What only grows: between our value of before and ours of after.
    growing = [k for k in theirs if its.type[k[0]] != "gauge" or k[0] == "pg_stat_replication_pg_current_wal_lsn_bytes"]
    check(len(growing) > least[2], f"{len(growing)} values grow")
    late = [f"{n}{dict(k)}: {ours[n, k]} > {theirs[n, k]}" for n, k in growing if ours[n, k] > theirs[n, k]]
    check(not late, f"values that were larger before: {late}")
    def caught_up():
        after = comparable(told())
        return [k for k in growing if not (same(after[k], theirs[k]) or after[k] >= theirs[k])] == []
    wait_for("our next values are no smaller than the exporter's", caught_up, 10, 0.2)
    for name, key in theirs.keys():
        if name in ("pg_locks_count", "pg_stat_activity_count", "pg_stat_database_numbackends"):
            check(abs(ours[name, key] - theirs[name, key]) <= 8, f"{name}{dict(key)} is near the exporter's")
