#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

enum class Ends { kLater, kNow, kNever };

Alert posted(std::string_view severity, Ends ends, Timestamp now, std::uint64_t seq = 0) {
    Alert a;
    a.labels = LabelsBuilder()
                   .set("alertname", "disk")
                   .set("host", "web-17")
                   .set("severity", severity)
                   .build();
    if (seq != 0) {
        a.annotations["tocsin_alert"] = "abc";
        a.annotations["tocsin_seq"] = std::to_string(seq);
    }
    a.starts_at = now - 1min;
    if (ends == Ends::kLater) a.ends_at = now + 4min;
    if (ends == Ends::kNow) a.ends_at = now;
    return a;
}

Receipt receipt(Timestamp now, std::optional<Timestamp> sent = std::nullopt) {
    return {now, sent, "agents"};
}

// What a batch makes of what was known: "firing critical", "resolved warning", "nothing".
std::string outcome(std::optional<AlertRecord>& known, std::vector<Alert> batch, Timestamp now,
                    std::optional<Timestamp> sent = std::nullopt) {
    const PriorityRules rules;
    std::string out;
    for (const AlertNews& news : fold_batch(std::move(batch), receipt(now, sent))) {
        const auto event = apply_news(known ? &*known : nullptr, news, rules);
        if (!out.empty()) out += "; ";
        if (!event) {
            out += "nothing";
        } else if (const auto* f = std::get_if<AlertFiring>(&*event)) {
            known = f->alert;
            out += "firing " + f->alert.severity;
        } else if (const auto* r = std::get_if<AlertResolved>(&*event)) {
            known = r->alert;
            out += "resolved " + r->alert.severity;
        } else if (const auto* u = std::get_if<AlertUnknown>(&*event)) {
            known = u->alert;
            out += "unknown " + u->alert.severity;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("identity: the agent's own with its host, or the labels without severity") {
    const Alert warning = posted("warning", Ends::kLater, kStart);
    const Alert critical = posted("critical", Ends::kLater, kStart);
    CHECK(identity_of(warning) == identity_of(critical));
    CHECK(identity_of(warning).size() == 16);
    CHECK(identity_of(posted("warning", Ends::kLater, kStart, 7)) == "web-17/abc");
    Alert without_seq = posted("warning", Ends::kLater, kStart, 7);
    without_seq.annotations["tocsin_seq"] = "x";
    CHECK(identity_of(without_seq) == identity_of(warning));
}

TEST_CASE("an agent's change of level is one piece of news, in either direction and order") {
    std::optional<AlertRecord> known;
    CHECK(outcome(known, {posted("warning", Ends::kLater, kStart, 1)}, kStart) == "firing warning");
    CHECK(outcome(known,
                  {posted("critical", Ends::kLater, kStart, 2),
                   posted("warning", Ends::kNow, kStart, 2)},
                  kStart) == "firing critical");
    CHECK(known->levels.size() == 1);
    CHECK(outcome(known,
                  {posted("critical", Ends::kNow, kStart, 3),
                   posted("warning", Ends::kLater, kStart, 3)},
                  kStart) == "firing warning");
    CHECK(outcome(known, {posted("warning", Ends::kNow, kStart, 4)}, kStart) == "resolved warning");
    CHECK(known->ends_at == kStart);
}

TEST_CASE("lower sequences are dropped, in a batch and after one") {
    std::optional<AlertRecord> known;
    CHECK(outcome(known,
                  {posted("warning", Ends::kNow, kStart, 4),
                   posted("critical", Ends::kLater, kStart, 5),
                   posted("warning", Ends::kLater, kStart, 3)},
                  kStart) == "firing critical");
    CHECK(known->seq == 5);
    CHECK(outcome(known, {posted("critical", Ends::kNow, kStart, 4)}, kStart) == "nothing");
    CHECK(outcome(known, {posted("critical", Ends::kLater, kStart, 5)}, kStart) ==
          "firing critical");
}

TEST_CASE("a delivery that was delayed says nothing new, however its times are corrected") {
    for (const Duration delay : {Duration(20s), Duration(2h)}) {
        std::optional<AlertRecord> known;
        CHECK(outcome(known, {posted("warning", Ends::kLater, kStart, 5)}, kStart) ==
              "firing warning");
        CHECK(outcome(known, {posted("warning", Ends::kNow, kStart + 10s, 6)}, kStart + 10s) ==
              "resolved warning");
        const Timestamp late = kStart + 10s + delay;
        CHECK(outcome(known, {posted("warning", Ends::kLater, kStart, 5)}, late, kStart) ==
              "nothing");
        CHECK(known->seq == 6);
        CHECK(known->status == AlertStatus::kResolved);
    }
}

TEST_CASE("a level that fires on began when it was first heard of, whatever each request took") {
    std::optional<AlertRecord> known;
    CHECK(outcome(known, {posted("warning", Ends::kLater, kStart, 5)}, kStart + 30ms, kStart) ==
          "firing warning");
    const AlertRecord first = *known;
    Alert again = posted("warning", Ends::kLater, kStart + 1min, 5);
    again.starts_at = kStart - 1min;  // the same episode, sent again
    CHECK(outcome(known, {again}, kStart + 1min + 70ms, kStart + 1min) == "firing warning");
    CHECK(known->levels.at("warning").starts_at == first.levels.at("warning").starts_at);
    CHECK(known->starts_at == first.starts_at);
}

TEST_CASE("the end of what never fired here is nothing") {
    std::optional<AlertRecord> known;
    CHECK(outcome(known, {posted("warning", Ends::kNow, kStart, 1)}, kStart) == "nothing");
    CHECK(outcome(known, {posted("warning", Ends::kNow, kStart)}, kStart) == "nothing");
}

TEST_CASE("a foreign sender's warning and critical are one alert at the worse level") {
    std::optional<AlertRecord> known;
    Timestamp t = kStart;
    CHECK(outcome(known, {posted("warning", Ends::kLater, t)}, t) == "firing warning");
    CHECK(outcome(known, {posted("critical", Ends::kLater, t)}, t) == "firing critical");
    CHECK(known->levels.size() == 2);
    CHECK(outcome(known, {posted("warning", Ends::kLater, t)}, t) == "firing critical");
    // The end of one is no end of the other.
    CHECK(outcome(known, {posted("critical", Ends::kNow, t)}, t) == "firing warning");
    CHECK(known->labels.get("severity") == "warning");
    CHECK(known->fingerprint == fingerprint(known->labels));
    CHECK(outcome(known, {posted("warning", Ends::kNow, t)}, t) == "resolved warning");
}

TEST_CASE("a foreign level that is renewed no more gives way to one that is") {
    std::optional<AlertRecord> known;
    CHECK(
        outcome(known,
                {posted("warning", Ends::kLater, kStart), posted("critical", Ends::kLater, kStart)},
                kStart) == "firing critical");
    const Timestamp later = kStart + 5min;
    CHECK(outcome(known, {posted("warning", Ends::kLater, later)}, later) == "firing warning");
    CHECK(known->levels.size() == 1);
}

TEST_CASE("only endsAt at or before receipt resolves") {
    const Receipt r = receipt(kStart);
    struct Case {
        std::optional<Timestamp> ends;
        AlertStatus status;
        std::optional<Timestamp> until;
    };
    for (const Case& c : {Case{kStart, AlertStatus::kResolved, kStart},
                          Case{kStart - 1h, AlertStatus::kResolved, kStart - 1h},
                          Case{kStart + 1ms, AlertStatus::kFiring, kStart + 1ms},
                          Case{std::nullopt, AlertStatus::kFiring, kStart + 5min}}) {
        Alert a = posted("warning", Ends::kNever, kStart);
        a.ends_at = c.ends;
        const auto news = fold_batch({a}, r);
        REQUIRE(news.size() == 1);
        CHECK(news[0].levels[0].status == c.status);
        CHECK(news[0].levels[0].ends_at == c.until);
    }
}

TEST_CASE("an agent's clock does not matter: its times count from receipt") {
    // The agent is an hour ahead: its "now" would be an end far in the future.
    Receipt r = receipt(kStart);
    r.sent_at = kStart + 1h;
    auto news = fold_batch({posted("warning", Ends::kNow, kStart + 1h, 2)}, r);
    CHECK(news[0].levels[0].status == AlertStatus::kResolved);
    CHECK(news[0].levels[0].ends_at == kStart);
    // An hour behind: its promise would be over already.
    r.sent_at = kStart - 1h;
    news = fold_batch({posted("warning", Ends::kLater, kStart - 1h, 3)}, r);
    CHECK(news[0].levels[0].status == AlertStatus::kFiring);
    CHECK(news[0].levels[0].ends_at == kStart + 4min);
    // A foreign sender's times are taken as they are, but never start in the future.
    news = fold_batch({posted("warning", Ends::kLater, kStart + 1h)}, r);
    CHECK(news[0].levels[0].starts_at == kStart);
}

TEST_CASE("the bridge's own alerts hold until they end") {
    Receipt r = receipt(kStart);
    r.source = kSourceBridge;
    const auto news = fold_batch({posted("critical", Ends::kNever, kStart)}, r);
    CHECK_FALSE(news[0].levels[0].ends_at);
    const auto event = apply_news(nullptr, news[0], PriorityRules{});
    const AlertRecord& record = std::get<AlertFiring>(*event).alert;
    CHECK_FALSE(record.ends_at);
    CHECK_FALSE(alert_deadline(record, nullptr, kStart, {}));
}

TEST_CASE("a batch keeps the order in which identities first appear") {
    std::vector<Alert> batch;
    for (const char* name : {"b", "a", "b", "c"}) {
        Alert a;
        a.labels = LabelsBuilder().set("alertname", name).build();
        batch.push_back(a);
    }
    const auto news = fold_batch(batch, receipt(kStart));
    REQUIRE(news.size() == 3);
    CHECK(news[0].levels[0].alert.labels.get("alertname") == "b");
    CHECK(news[1].levels[0].alert.labels.get("alertname") == "a");
    CHECK(news[2].levels[0].alert.labels.get("alertname") == "c");
}

TEST_CASE("an episode keeps its start and its incident over levels and resends") {
    std::optional<AlertRecord> known;
    outcome(known, {posted("warning", Ends::kLater, kStart, 1)}, kStart);
    known->incident = IncidentId{7};
    const Timestamp began = known->starts_at;
    CHECK(began == kStart - 1min);
    outcome(known, {posted("critical", Ends::kLater, kStart + 5min, 2)}, kStart + 5min);
    CHECK(known->starts_at == began);
    CHECK(known->incident == IncidentId{7});
    CHECK(known->last_seen == kStart + 5min);
    outcome(known, {posted("critical", Ends::kNow, kStart + 6min, 3)}, kStart + 6min);
    outcome(known, {posted("warning", Ends::kLater, kStart + 9min, 4)}, kStart + 9min);
    CHECK(known->starts_at == kStart + 8min);
}
