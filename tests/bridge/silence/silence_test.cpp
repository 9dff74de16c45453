// Silences by the rules of Alertmanager 0.25 (silence/silence.go, api/v2/api.go).
#include "bridge/silence/silence.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

constexpr Timestamp kNow = from_unix_ms(1'795'000'000'000);

Matchers matchers(std::initializer_list<const char*> texts) {
    Matchers out;
    for (const char* text : texts) out.push_back(parse_matcher(text).value());
    return out;
}

Silence silence(Duration from, Duration to, std::string id = "") {
    Silence s;
    s.id = std::move(id);
    s.matchers = matchers({"alertname=\"DiskFull\"", "host=~\"web-.*\""});
    s.starts_at = kNow + from;
    s.ends_at = kNow + to;
    s.created_by = "li.na";
    s.comment = "disk is being replaced";
    return s;
}

std::string why_not(const Result<SilencePut>& result) {
    REQUIRE_FALSE(result);
    return result.error().message;
}

}  // namespace

TEST_CASE("a silence is pending, active, expired by its times, and hides while it settles") {
    struct Case {
        const char* what;
        Duration at;
        SilenceStatus status;
        bool hides;
    };
    Silence s = silence(1h, 2h);
    s.settle = 5min;
    const Labels labels{{"alertname", "DiskFull"}, {"host", "web-17"}};
    for (const Case& c : {Case{"before", 1h - 1ms, SilenceStatus::kPending, false},
                          Case{"at its start", 1h, SilenceStatus::kActive, true},
                          Case{"just before its end", 2h - 1ms, SilenceStatus::kActive, true},
                          Case{"at its end", 2h, SilenceStatus::kExpired, true},
                          Case{"settled", 2h + 5min, SilenceStatus::kExpired, false}}) {
        INFO(c.what);
        CHECK(status_of(s, kNow + c.at) == c.status);
        CHECK(hides(s, labels, kNow + c.at) == c.hides);
    }
    const Labels other{{"alertname", "DiskFull"}, {"host", "db-1"}};
    CHECK_FALSE(hides(s, other, kNow + 1h));
    s.ends_at = s.starts_at;  // expired before it began: it never held anything back
    CHECK_FALSE(hides(s, labels, kNow + 1h));
}

TEST_CASE("a silence that is wrong is refused in Alertmanager's words") {
    Silence none = silence(0s, 1h);
    none.matchers.clear();
    CHECK(why_not(put_silence(nullptr, none, "id", kNow)) ==
          "silence invalid: at least one matcher required");
    Silence empty = silence(0s, 1h);
    empty.matchers = matchers({"env=\"\"", "host=~\".*\""});
    CHECK(why_not(put_silence(nullptr, empty, "id", kNow)) ==
          "silence invalid: at least one matcher must not match the empty string");
    Silence negated = silence(0s, 1h);
    negated.matchers = matchers({"team!=\"web\""});
    CHECK(put_silence(nullptr, negated, "id", kNow));
    CHECK(why_not(put_silence(nullptr, silence(2h, 1h), "id", kNow)) ==
          "silence invalid: end time must not be before start time");
    const auto unknown = put_silence(nullptr, silence(0s, 1h, "nobody's"), "id", kNow);
    CHECK(why_not(unknown) == "silence not found");
    CHECK(unknown.error().code == ErrorCode::kNotFound);
}

TEST_CASE("what a POST makes of a silence that is there: the same one, or a new one") {
    struct Case {
        const char* what;
        Silence known;
        Silence posted;
        bool same;
        bool expires;
    };
    Silence other = silence(-1h, 1h, "old");
    other.matchers = matchers({"alertname=\"Other\""});
    const std::vector<Case> cases = {
        {"active, a later end", silence(-1h, 1h, "old"), silence(-1h, 3h, "old"), true, false},
        {"active, another start", silence(-1h, 1h, "old"), silence(0s, 3h, "old"), false, true},
        {"active, an end that is past", silence(-1h, 1h, "old"), silence(-1h, -1ms, "old"), false,
         true},
        {"active, other matchers", silence(-1h, 1h, "old"), other, false, true},
        {"pending, a later start", silence(1h, 2h, "old"), silence(90min, 2h, "old"), true, false},
        {"pending, a start that is past", silence(1h, 2h, "old"), silence(-1h, 2h, "old"), false,
         true},
        {"expired", silence(-2h, -1h, "old"), silence(-2h, 1h, "old"), false, false},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        const auto put = put_silence(&c.known, c.posted, "new", kNow);
        if (c.posted.ends_at < kNow) {
            // Beginning anew it would end before it starts.
            CHECK(why_not(put) == "silence invalid: end time must not be before start time");
            continue;
        }
        REQUIRE(put);
        CHECK(put.value().stored.id == (c.same ? "old" : "new"));
        CHECK(put.value().stored.ends_at == c.posted.ends_at);
        CHECK(put.value().expired.has_value() == c.expires);
        if (c.expires) {
            CHECK(put.value().expired->id == "old");
            CHECK(status_of(*put.value().expired, kNow) == SilenceStatus::kExpired);
        }
        if (!c.same) CHECK(put.value().stored.starts_at >= kNow);
    }
}

TEST_CASE("expiring ends an active silence, undoes a pending one, and leaves an expired one") {
    const Silence active = expire_silence(silence(-1h, 1h, "a"), kNow);
    CHECK(active.starts_at == kNow - 1h);
    CHECK(active.ends_at == kNow);
    const Silence pending = expire_silence(silence(1h, 2h, "p"), kNow);
    CHECK(pending.starts_at == kNow);
    CHECK(pending.ends_at == kNow);
    const Silence expired = silence(-2h, -1h, "e");
    CHECK(expire_silence(expired, kNow) == expired);
}

TEST_CASE("what happens to a silence happens once, whenever it is looked at") {
    Silence s = put_silence(nullptr, silence(1h, 3h), "s", kNow).value().stored;
    const auto at = [&](Duration when) {
        SilenceSteps steps = advance_silence(s, kNow + when);
        s = steps.next;
        std::string said;
        if (steps.started) said += "started ";
        if (steps.warn) said += "warn ";
        if (steps.ended) said += "ended ";
        if (steps.forget) said += "forget ";
        return said;
    };
    CHECK(at(0s).empty());
    CHECK(s.due == kNow + 1h);
    CHECK(at(1h) == "started ");
    CHECK(s.due == kNow + 3h - 15min);
    CHECK(at(1h).empty());
    CHECK(at(3h - 15min) == "warn ");
    CHECK(s.due == kNow + 3h);
    CHECK(at(3h) == "ended ");
    CHECK(s.due == kNow + 3h + kKeptAfterEnd);
    CHECK(at(3h).empty());
    CHECK(at(3h + kKeptAfterEnd) == "forget ");
}

TEST_CASE("a bridge that was away catches up: nothing is skipped, and no warning comes late") {
    const Silence s = put_silence(nullptr, silence(1h, 3h), "s", kNow).value().stored;
    const SilenceSteps within = advance_silence(s, kNow + 2h + 50min);
    CHECK(within.started);
    CHECK(within.warn);
    CHECK_FALSE(within.ended);
    const SilenceSteps after = advance_silence(s, kNow + 4h);
    CHECK_FALSE(after.started);
    CHECK_FALSE(after.warn);
    CHECK(after.ended);
}

TEST_CASE(
    "one that is made for less than the warning's time is not warned of, nor is maintenance") {
    const Silence brief = put_silence(nullptr, silence(0s, 10min), "s", kNow).value().stored;
    CHECK_FALSE(advance_silence(brief, kNow).warn);
    Silence window = silence(0s, 3h);
    window.kind = SuppressorKind::kMaintenance;
    window.settle = kMaintenanceSettle;
    window = put_silence(nullptr, window, "w", kNow).value().stored;
    const SilenceSteps begun = advance_silence(window, kNow);
    CHECK(begun.started);
    CHECK(begun.next.due == kNow + 3h + 5min);
    CHECK_FALSE(advance_silence(begun.next, kNow + 3h - 1min).warn);
    CHECK_FALSE(advance_silence(begun.next, kNow + 3h).ended);
    CHECK(advance_silence(begun.next, kNow + 3h + 5min).ended);
}

TEST_CASE("an end that is put off after its warning is warned of again") {
    Silence s = put_silence(nullptr, silence(0s, 1h), "s", kNow).value().stored;
    s = advance_silence(s, kNow).next;
    s = advance_silence(s, kNow + 45min).next;
    REQUIRE(s.phase == SilencePhase::kWarned);
    Silence longer = s;
    longer.ends_at = kNow + 3h;
    s = put_silence(&s, longer, "unused", kNow + 50min).value().stored;
    CHECK(s.id == "s");
    CHECK(s.phase == SilencePhase::kActive);
    CHECK(s.due == kNow + 3h - 15min);
}

TEST_CASE("lists are in Alertmanager's order") {
    std::vector<Silence> all = {
        silence(-3h, -2h, "expired earlier"), silence(3h, 9h, "pending 2"),
        silence(-1h, 2h, "active 2"),         silence(1h, 9h, "pending 1"),
        silence(-1h, 1h, "active 1"),         silence(-3h, -1h, "expired later")};
    sort_silences(all, kNow);
    std::string order;
    for (const Silence& s : all) order += s.id + ", ";
    CHECK(order == "active 1, active 2, pending 1, pending 2, expired later, expired earlier, ");
}

TEST_CASE("a filter is one of the silence's own matchers, word for word") {
    const Silence s = silence(0s, 1h);  // alertname="DiskFull", host=~"web-.*"
    struct Case {
        const char* filter;
        bool passes;
    };
    // What Debian's Alertmanager 0.25 answered to each.
    for (const Case& c : {Case{"alertname=\"DiskFull\"", true}, Case{"alertname=\"Other\"", false},
                          Case{"alertname!=\"Other\"", false}, Case{"alertname=~\"Disk.*\"", false},
                          Case{"host=\"web-.*\"", false}, Case{"host=~\"web-.*\"", true},
                          Case{"host=\"web-17\"", false}, Case{"team!=\"web\"", false},
                          Case{"team=\"\"", false}, Case{"alertname!=\"\"", false},
                          Case{"team!~\"w.*\"", false}, Case{"team=~\"\"", false}}) {
        INFO(c.filter);
        CHECK(passes_filter(s, matchers({c.filter})) == c.passes);
    }
    CHECK(passes_filter(s, {}));
}

TEST_CASE("a silence that has matched nothing for a week is unused") {
    Silence s = silence(0s, 30 * 24h);
    CHECK_FALSE(is_unused(s, kNow + 7 * 24h - 1ms));
    CHECK(is_unused(s, kNow + 7 * 24h));
    s.matched_at = kNow + 24h;
    CHECK_FALSE(is_unused(s, kNow + 7 * 24h));
    CHECK(is_unused(s, kNow + 8 * 24h));
    CHECK_FALSE(is_unused(s, kNow + 30 * 24h));  // expired
}

TEST_CASE("a suppressor by a silence says who and why, and until when") {
    Silence s = silence(0s, 1h, "6f1c");
    s.settle = 5min;
    CHECK(suppressor_by(s, kNow) == Suppressor{SuppressorKind::kSilence, "6f1c",
                                               "by li.na: disk is being replaced", kNow,
                                               kNow + 1h + 5min});
    s.comment.clear();
    CHECK(suppressor_by(s, kNow).name == "by li.na");
    s.name = "patch night";
    CHECK(suppressor_by(s, kNow).name == "patch night");
}
