// Rows with every field set, and what writes and reads them, for the tests of the store.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>

#include "bridge/store/store.h"

namespace tocsin::bridge::test {

inline const Timestamp kNow = from_unix_ms(1'795'000'000'000);

inline AlertRecord alert(IncidentId incident, const std::string& identity) {
    AlertRecord out;
    out.identity = identity;
    out.fingerprint = "0123456789abcdef";
    out.labels = Labels{{"alertname", "DiskFull"}, {"host", "web-1"}, {"mountpoint", "/\"x\""}};
    out.annotations = {{"summary", "voll 满"}, {"runbook_url", "http://x/?a=b&c=d"}};
    out.severity = "warning";
    out.levels["warning"] = FiringLevel{"aa", kNow - 5min, kNow + 4min};
    out.levels["critical"] = FiringLevel{"bb", kNow - 1min, std::nullopt};
    out.starts_at = kNow - 5min;
    out.ends_at = kNow + 4min;
    out.last_seen = kNow;
    out.seq = 7;
    out.source = "agent-1";
    out.host = "web-1";
    out.generator_url = "http://g/";
    out.suppressor =
        Suppressor{SuppressorKind::kInhibit, "web-1/up", "up 满", kNow - 2min, kNow + 1h};
    out.incident = incident;
    return out;
}

inline SlaState full_sla() {
    SlaState sla;
    sla.response.runs = {{kNow - 10min, 15min, "7x24"}};
    sla.response.due = kNow + 5min;
    sla.response.next = kNow + 1min;
    sla.response.announced = 50;
    sla.resolution.runs = {{kNow - 10min, 4h, "office"}, {kNow - 5min, 1h, "7x24"}};
    sla.resolution.breached_at = kNow - 1s;
    sla.resolution.cause = "in_work";
    sla.pauses = {{kNow - 8min, kNow - 7min, "vendor"}, {kNow - 1min, std::nullopt, ""}};
    sla.none = true;
    return sla;
}

inline Facts full_facts() {
    Facts facts;
    facts.request = true;
    facts.category = "database";
    facts.reporter = Reporter{"ms.wu", "mail", "wu@example.com"};
    facts.more_reporters = {{"mr.li", "", ""}, {"ms.he", "sms", "138"}};
    facts.since = kNow - 1h;
    facts.findings = {"change", "rolled back 回滚", "https://x/?a=b"};
    facts.verified_at = kNow - 9s;
    facts.verified_by = "zhao.lei";
    facts.verified_how = "df";
    facts.lowered_from = Priority::kP2;
    facts.known_severity = "critical";
    facts.satisfaction = 4;
    facts.satisfaction_comment = "quick";
    facts.links = {{"wiki", "https://wiki.example/"}, {"split off", "INC-2026-000009"}};
    facts.more_keys = {"k1", "k2"};
    facts.title = {{"words", "join"}, {"host", "web-1"}};
    facts.all_clear_since = kNow - 8s;
    facts.major = Major{kNow - 7s, "system", "li.na", "chen.yu", 30min, true};
    return facts;
}

// Every field set to something that is not its default, so that one the store forgets is seen.
inline Incident full_incident(std::int64_t id) {
    Incident i;
    i.id = IncidentId{id};
    i.key = "INC-2026-" + std::to_string(id);
    i.dedup_key = "default:alertname=\"DiskFull\",host=\"web-" + std::to_string(id) + "\"";
    i.state = State::kPending;
    i.priority = Priority::kP2;
    i.severity = "critical";
    i.title = "/ is 93 % full";
    i.labels = Labels{{"alertname", "DiskFull"}, {"host", "web-1"}};
    i.opened_at = kNow - 10min;
    i.updated_at = kNow;
    i.route = "default";
    i.team = "web";
    i.policy = "web";
    i.assignee = "li.na";
    i.acknowledged_by = "li.na";
    i.acknowledged_at = kNow - 3min;
    i.responded_at = kNow - 4min;
    i.acknowledged_priority = Priority::kP3;
    i.step = 2;
    i.step_told = 3;
    i.step_failed = 1;
    i.repeats = 4;
    i.next_asked = true;
    i.told = {"li.na", "zhao.lei"};
    i.watchers = {"team:dba"};
    i.stable_since = kNow - 1min;
    i.resolved_at = kNow - 30s;
    i.resolved_by = "system";
    i.resolved_by_hand = true;
    i.confirmed_at = kNow - 20s;
    i.confirmed_by = "reporter";
    i.closed_at = kNow - 10s;
    i.snoozed_until = kNow + 1h;
    i.pending_until = kNow + 2h;
    i.pending_reason = "vendor";
    i.reopen_count = 2;
    i.predecessor = "INC-2026-000100";
    i.suppressed = Suppressor{SuppressorKind::kSilence, "6f1c", "by li.na", kNow, std::nullopt};
    i.successor = "INC-2026-000200";
    i.pending_cause = "vendor";
    i.pending_by = "zhao.lei";
    i.service = "shop";
    i.sla = full_sla();
    i.facts = full_facts();
    i.openings = {kNow - 2min, kNow - 1min};
    i.flapping_since = kNow - 1min;
    i.observed = true;
    i.copied = true;
    i.parent = "INC-2026-000300";
    i.parent_id = IncidentId{300};
    i.absorbed = true;
    i.kind = Incident::Kind::kStorm;
    i.storm_group = "alertname=\"A\"";
    i.hosts = 21;
    i.children = 22;
    i.children_open = 20;
    i.children_most = 23;
    i.storm_policies = {"dba", "network"};
    i.storm_step = 21;
    return i;
}

inline Incident simple(std::int64_t id, State state = State::kTriggered) {
    Incident i;
    i.id = IncidentId{id};
    i.key = "INC-2026-00000" + std::to_string(id);
    i.dedup_key = "k" + std::to_string(id);
    i.state = state;
    i.title = "title " + std::to_string(id);
    i.opened_at = i.updated_at = kNow;
    return i;
}

inline TimelineRow entry(std::int64_t incident, const std::string& kind) {
    return {0, IncidentId{incident},
            TimelineEntry{kNow, kind, "system", "text of " + kind, {{"a", "b\"c"}}}};
}

inline EffectRow message(std::int64_t incident, Timestamp due) {
    EffectRow out;
    out.incident = IncidentId{incident};
    out.due = due;
    out.notify = Notify{
        "li.na", "mail", "li.na@example.com", MessageKind::kEscalated, Priority::kP1, 2, due};
    return out;
}

inline std::int64_t write(Store& store, const Changes& changes) {
    std::int64_t newest = 0;
    const auto done = store.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(newest, tx.write(changes));
        return success();
    });
    if (!done) throw std::runtime_error(done.error().message);
    return newest;
}

template <class Read>
inline auto read(Store& store, Read&& reader) {
    std::remove_cvref_t<decltype(reader(std::declval<Tx&>()).value())> out{};
    const auto done = store.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(out, reader(tx));
        return success();
    });
    if (!done) throw std::runtime_error(done.error().message);
    return out;
}

}  // namespace tocsin::bridge::test
