#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

const LivenessSettings kSettings;
constexpr Timestamp kLongAgo = kStart - 24h;  // the store has been served since

Heartbeat beat(std::string boot_id = "boot-a", Timestamp started = kLongAgo) {
    return {"web-17", {{"env", "prod"}, {"tier", "1"}}, std::move(boot_id), started};
}

HostRecord seen(Timestamp at) {
    return heartbeat(nullptr, beat(), at).next;
}

std::string alerts_of(const HostChange& change, Timestamp now) {
    std::string out;
    for (const Alert& alert : change.alerts) {
        if (!out.empty()) out += ", ";
        out += std::string(alert.labels.get("alertname")) +
               (alert.ends_at && *alert.ends_at <= now ? " ends" : " fires");
    }
    return out;
}

}  // namespace

TEST_CASE("a host is unreachable after its deadline, counted from what could be heard") {
    struct Case {
        std::string_view what;
        Timestamp served_since;
        std::optional<Timestamp> goodbye;
        Duration silent;  // since the last heartbeat
        std::string_view expected;
    };
    const std::vector<Case> cases = {
        {"just beat", kLongAgo, {}, 0s, ""},
        {"three missed", kLongAgo, {}, 119999ms, ""},
        {"four missed", kLongAgo, {}, 2min, "HostUnreachable fires"},
        {"the bridge was away and has just come back", kStart + 10min, {}, 10min, ""},
        {"a period and a deadline after it came back",
         kStart + 10min,
         {},
         12min + 30s,
         "HostUnreachable fires"},
        {"a moment before", kStart + 10min, {}, 12min + 29s, ""},
        {"a clean stop has its grace", kLongAgo, kStart, 9min, ""},
        {"which ends", kLongAgo, kStart, 10min, "HostUnreachable fires"},
    };
    for (const Case& c : cases) {
        HostRecord host = seen(kStart);
        host.goodbye_at = c.goodbye;
        const Timestamp now = kStart + c.silent;
        const HostChange change = check_host(host, c.served_since, kSettings, now);
        INFO(c.what);
        CHECK(alerts_of(change, now) == c.expected);
        CHECK(change.next.unreachable_since.has_value() == !c.expected.empty());
        CHECK((host_deadline(host, c.served_since, kSettings) <= now) == !c.expected.empty());
    }
}

TEST_CASE("no host is unreachable that has not missed two beats of its own pace") {
    struct Case {
        std::string_view what;
        Duration interval;  // as its agent said last
        Duration deadline;  // of bridge.yml
        Duration expected;
    };
    for (const Case& c : {Case{"it beats as it is asked to", 5s, 10s, 10s},
                          Case{"asked for 5s since, and not yet told", 30s, 10s, 1min},
                          Case{"the deadline is longer than that", 30s, 2min, 2min},
                          Case{"it has not said", 0s, 10s, 10s}}) {
        CAPTURE(c.what);
        Heartbeat said = beat();
        said.interval = c.interval;
        const HostRecord host = heartbeat(nullptr, said, kStart).next;
        LivenessSettings settings;
        settings.heartbeat = 5s;
        settings.deadline = c.deadline;
        const Timestamp due = kStart + c.expected;
        CHECK(host_deadline(host, kLongAgo, settings) == due);
        CHECK(check_host(host, kLongAgo, settings, due - 1ms).alerts.empty());
        CHECK(alerts_of(check_host(host, kLongAgo, settings, due), due) == "HostUnreachable fires");
    }
}

TEST_CASE("unreachable is said once, and ends with the next heartbeat") {
    HostRecord host = seen(kStart);
    HostChange down = check_host(host, kLongAgo, kSettings, kStart + 2min);
    REQUIRE(down.alerts.size() == 1);
    const Alert& alert = down.alerts[0];
    CHECK(alert.labels == Labels{{"alertname", "HostUnreachable"},
                                 {"host", "web-17"},
                                 {"severity", "critical"},
                                 {"env", "prod"},
                                 {"tier", "1"}});
    CHECK_FALSE(alert.ends_at);
    CHECK(check_host(down.next, kLongAgo, kSettings, kStart + 3min).alerts.empty());

    const Timestamp back = kStart + 5min;
    const HostChange up = heartbeat(&down.next, beat(), back);
    CHECK(alerts_of(up, back) == "HostUnreachable ends");
    CHECK(identity_of(up.alerts[0]) == identity_of(alert));
    CHECK_FALSE(up.next.unreachable_since);
}

TEST_CASE("a heartbeat ends a goodbye, a new start of the agent is noticed by our clock") {
    HostRecord host = seen(kStart);
    CHECK(host.restarted_at == kStart);
    host = goodbye(host, kStart + 1min).next;
    host = heartbeat(&host, beat("boot-b", kStart + 2min), kStart + 3min).next;
    CHECK_FALSE(host.goodbye_at);
    CHECK(host.restarted_at == kStart + 3min);
    host = heartbeat(&host, beat("boot-b", kStart + 2min), kStart + 4min).next;
    CHECK(host.restarted_at == kStart + 3min);
}

TEST_CASE("a reboot is one machine, alternating boot ids are two") {
    HostRecord host = seen(kStart);
    HostChange change = heartbeat(&host, beat("boot-b"), kStart + 1min);
    CHECK(change.alerts.empty());
    change = heartbeat(&change.next, beat("boot-b"), kStart + 2min);
    CHECK(change.alerts.empty());
    change = heartbeat(&change.next, beat("boot-a"), kStart + 3min);
    CHECK(alerts_of(change, kStart + 3min) == "HostDuplicate fires");
    change = heartbeat(&change.next, beat("boot-b"), kStart + 4min);
    CHECK(change.alerts.empty());  // known already, seen again
    CHECK(change.next.duplicate_seen_at == kStart + 4min);
    const Labels labels = change.next.labels;
    Heartbeat other = beat("boot-b");
    other.labels = {{"env", "test"}};
    change = heartbeat(&change.next, other, kStart + 13min);
    CHECK(change.next.labels == labels);  // or the end would be of another alert
    const HostChange over = check_host(change.next, kLongAgo, kSettings, kStart + 14min);
    CHECK(alerts_of(over, kStart + 14min) == "HostDuplicate ends");
}

TEST_CASE("an alert without news becomes unknown when its promise is over") {
    struct Case {
        std::string_view what;
        Duration served_since;  // from kStart
        std::optional<Duration> restarted;
        std::optional<Duration> goodbye;
        Duration expected;  // the deadline, from kStart; the alert was seen at kStart, for 4 m
    };
    const Duration ago = -24h;
    const std::vector<Case> cases = {
        {"plain", ago, {}, {}, 4min},
        {"the bridge came back later: one resend, then the promise", 10min, {}, {}, 15min},
        {"the agent restarted: its windows fill first", ago, 3min, {}, 8min},
        {"a restart long ago", ago, -1h, {}, 4min},
        {"a goodbye: time to reboot", ago, {}, 1min, 11min},
    };
    World w;
    const AlertRecord alert = w.alert("disk", "warning");
    for (const Case& c : cases) {
        HostRecord host = seen(kStart);
        host.restarted_at.reset();
        if (c.restarted) host.restarted_at = kStart + *c.restarted;
        if (c.goodbye) host.goodbye_at = kStart + *c.goodbye;
        const Timestamp served = kStart + c.served_since;
        INFO(c.what);
        const auto deadline = alert_deadline(alert, &host, served, kSettings);
        REQUIRE(deadline);
        CHECK(*deadline - kStart == c.expected);
        CHECK_FALSE(check_alert(alert, &host, served, kSettings, *deadline - 1ms));
        const auto event = check_alert(alert, &host, served, kSettings, *deadline);
        REQUIRE(event);
        const auto& unknown = std::get<AlertUnknown>(*event);
        CHECK(unknown.alert.status == AlertStatus::kUnknown);
        CHECK(unknown.alert.ends_at == *deadline);
    }
}

TEST_CASE("a foreign alert does not care about its host's agent") {
    World w;
    AlertRecord alert = w.alert("disk", "warning");
    alert.seq = 0;
    HostRecord host = seen(kStart);
    host.goodbye_at = kStart + 3min;
    CHECK(alert_deadline(alert, &host, kLongAgo, kSettings) == kStart + 4min);
}

TEST_CASE("an ephemeral alert ends instead of becoming unknown") {
    World w;
    AlertRecord alert = w.alert("job", "warning");
    alert.labels = LabelsBuilder(alert.labels).set("ephemeral", "true").build();
    const auto event = check_alert(alert, nullptr, kLongAgo, kSettings, kStart + 4min);
    REQUIRE(event);
    CHECK(std::get<AlertResolved>(*event).reason == "ephemeral");
}

TEST_CASE("resolved and unknown alerts have no deadline") {
    World w;
    CHECK_FALSE(alert_deadline(w.cleared("disk").alert, nullptr, kLongAgo, kSettings));
    CHECK_FALSE(alert_deadline(w.silent("disk").alert, nullptr, kLongAgo, kSettings));
}

TEST_CASE("what is unknown under an unreachable host says so") {
    World w;
    HostRecord host = seen(kStart);
    host.restarted_at.reset();
    host.unreachable_since = kStart + 2min;
    const auto event =
        check_alert(w.alert("disk", "warning"), &host, kLongAgo, kSettings, kStart + 4min);
    CHECK(std::get<AlertUnknown>(*event).reason == "its host is unreachable");
}
