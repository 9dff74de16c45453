// Inhibition by Alertmanager's rules (inhibit/inhibit.go), with the settling times of semantics 7.
#include "bridge/silence/inhibit.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

constexpr Timestamp kNow = from_unix_ms(1'795'000'000'000);

AlertRecord alert(const std::string& name, const std::string& host,
                  const std::string& severity = "warning") {
    AlertRecord a;
    a.identity = host + "/" + name;
    a.labels = Labels{{"alertname", name}, {"host", host}, {"severity", severity}};
    a.host = host;
    a.starts_at = kNow;
    return a;
}

InhibitSource source(const AlertRecord& a) {
    return source_of(a, nullptr, kNow);
}

Matchers one(const char* text) {
    return {parse_matcher(text).value()};
}

bool held(const std::vector<InhibitRule>& rules, const AlertRecord& by, const AlertRecord& target,
          Standing standing = Standing::kOutside) {
    return inhibitor_of(rules, {source(by)}, target, standing, kNow) != nullptr;
}

}  // namespace

TEST_CASE("by default a host that cannot be reached holds back what is of it, and nothing else") {
    const auto rules = default_inhibition();
    const AlertRecord down = alert("HostUnreachable", "web-17", "critical");
    CHECK(is_source(rules, down.labels));
    CHECK_FALSE(is_source(rules, alert("DiskFull", "web-17").labels));
    CHECK(held(rules, down, alert("DiskFull", "web-17")));
    CHECK_FALSE(held(rules, down, alert("DiskFull", "web-18")));
    CHECK_FALSE(held(rules, down, down));
    // Another sender's alert of that name about the same host: both would be source and target.
    AlertRecord twin = down;
    twin.identity = "of another sender";
    CHECK_FALSE(held(rules, down, twin));
}

TEST_CASE("the rules of inhibition, side by side") {
    const InhibitRule critical{
        one("severity=\"critical\""), one("severity=\"warning\""), {"alertname", "host"}};
    const InhibitRule wide{one("alertname=~\"Switch.*\""), one("alertname=~\".*Down\""), {"site"}};
    struct Case {
        const char* what;
        InhibitRule rule;
        AlertRecord by;
        AlertRecord target;
        bool held;
    };
    AlertRecord in_site = alert("ServerDown", "web-1");
    in_site.labels = LabelsBuilder(in_site.labels).set("site", "bj1").build();
    AlertRecord switch_down = alert("SwitchDown", "sw-1");
    switch_down.labels = LabelsBuilder(switch_down.labels).set("site", "bj1").build();
    AlertRecord other_switch = alert("SwitchDown", "sw-2");
    other_switch.labels = LabelsBuilder(other_switch.labels).set("site", "bj1").build();
    const std::vector<Case> cases = {
        {"critical over warning", critical, alert("Disk", "a", "critical"),
         alert("Disk", "a", "warning"), true},
        {"another name", critical, alert("Cpu", "a", "critical"), alert("Disk", "a", "warning"),
         false},
        {"not the other way", critical, alert("Disk", "a", "warning"),
         alert("Disk", "a", "critical"), false},
        {"an equal label that both lack is equal", wide, alert("SwitchDown", "sw-1"),
         alert("ServerDown", "web-1"), true},
        {"one has it, the other lacks it", wide, alert("SwitchDown", "sw-1"), in_site, false},
        {"both have it", wide, switch_down, in_site, true},
        {"both are source and target", wide, switch_down, other_switch, false},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        AlertRecord by = c.by;
        by.identity = "the source";
        CHECK(held({c.rule}, by, c.target) == c.held);
    }
}

TEST_CASE("a source absorbs what fired up to 5 m before it and nobody has taken") {
    const auto rules = default_inhibition();
    const AlertRecord down = alert("HostUnreachable", "web-17", "critical");
    struct Case {
        const char* what;
        Duration before;
        Standing standing;
        bool held;
    };
    for (const Case& c :
         {Case{"new", 0s, Standing::kOutside, true},
          Case{"held back by something else for long", 10h, Standing::kOutside, true},
          Case{"asked, just now", 1s, Standing::kAsked, true},
          Case{"asked, 5 m ago", 5min, Standing::kAsked, true},
          Case{"asked, longer ago", 5min + 1ms, Standing::kAsked, false},
          Case{"taken", 1s, Standing::kTaken, false}}) {
        INFO(c.what);
        AlertRecord target = alert("DiskFull", "web-17");
        target.starts_at = kNow - c.before;
        CHECK(held(rules, down, target, c.standing) == c.held);
        // What it holds back already stays so, whoever takes the incident.
        target.suppressor = suppressor_by(source(down), kNow);
        CHECK(held(rules, down, target, c.standing));
    }
    // Nothing is heard of an agent's alert because its host is gone: it stands under that, however
    // old.
    AlertRecord silent = alert("DiskFull", "web-17");
    silent.starts_at = kNow - 10h;
    silent.status = AlertStatus::kUnknown;
    CHECK_FALSE(held(rules, down, silent, Standing::kAsked));
    silent.seq = 7;
    CHECK(held(rules, down, silent, Standing::kAsked));
    CHECK_FALSE(held(rules, down, silent, Standing::kTaken));
    // Taken: it is linked instead.
    const std::vector<InhibitSource> sources = {source(down)};
    REQUIRE(cause_of(rules, sources, alert("DiskFull", "web-17"), kNow) != nullptr);
    CHECK(cause_of(rules, sources, alert("DiskFull", "web-17"), kNow)->name ==
          "HostUnreachable on web-17");
    CHECK(cause_of(rules, sources, alert("DiskFull", "web-18"), kNow) == nullptr);
}

TEST_CASE("a source that has cleared holds back for 2 m more, whatever its own suppressor") {
    const auto rules = default_inhibition();
    AlertRecord down = alert("HostUnreachable", "web-17", "critical");
    down.suppressor = Suppressor{SuppressorKind::kSilence, "6f1c", "by li.na", kNow, std::nullopt};
    InhibitSource s = source(down);
    CHECK_FALSE(s.ends_at);
    CHECK_FALSE(suppressor_by(s, kNow).until);
    down.status = AlertStatus::kUnknown;
    CHECK(source_of(down, &s, kNow + 1h) == s);
    down.status = AlertStatus::kResolved;
    s = source_of(down, &s, kNow + 2h);
    CHECK(s.since == kNow);
    CHECK(s.ends_at == kNow + 2h + 2min);
    CHECK(suppressor_by(s, kNow).until == s.ends_at);
    CHECK(source_of(down, &s, kNow + 3h) == s);  // told again that it has cleared
    const AlertRecord disk = alert("DiskFull", "web-17");
    CHECK(inhibitor_of(rules, {s}, disk, Standing::kOutside, *s.ends_at - 1ms) != nullptr);
    CHECK(inhibitor_of(rules, {s}, disk, Standing::kOutside, *s.ends_at) == nullptr);
    // It fires again in that time: a source without an end, since it first fired.
    down.status = AlertStatus::kFiring;
    CHECK(source_of(down, &s, kNow + 2h).since == kNow);
    CHECK_FALSE(source_of(down, &s, kNow + 2h).ends_at);
}

TEST_CASE("of two sources the one that holds it back already is kept") {
    const InhibitRule any{one("alertname=~\".*Down\""), {}, {"host"}};
    const InhibitSource a = source(alert("LinkDown", "web-17"));
    const InhibitSource b = source(alert("PowerDown", "web-17"));
    AlertRecord disk = alert("DiskFull", "web-17");
    CHECK(inhibitor_of({any}, {a, b}, disk, Standing::kOutside, kNow)->name ==
          "LinkDown on web-17");
    disk.suppressor = suppressor_by(b, kNow);
    CHECK(inhibitor_of({any}, {a, b}, disk, Standing::kOutside, kNow)->name ==
          "PowerDown on web-17");
}
