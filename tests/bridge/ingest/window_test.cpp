// Maintenance windows, with a store on disk and time that passes (semantics 7).
#include <catch2/catch.hpp>

#include "holding.h"
#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

BridgeConfig with_window(const char* every, Duration lasts) {
    BridgeConfig config = lab_config();
    config.maintenance.push_back({"patch night",
                                  {parse_matcher("host=\"web-1\"").value()},
                                  Recurrence::every(every).value(),
                                  lasts,
                                  Zone{},
                                  "zhao.lei",
                                  "CHG-1201"});
    return config;
}

std::vector<std::string> windows(BridgeLab& lab) {
    std::vector<std::string> out;
    auto all = lab.queries().silences(Timestamp{}).value();
    sort_silences(all, lab.clock.now());
    for (const Silence& s : all) {
        out.push_back(format_rfc3339(s.starts_at) + " " +
                      std::string(to_string(status_of(s, lab.clock.now()))));
    }
    return out;
}

}  // namespace

TEST_CASE("a planned window: alerts are recorded, and what still fires opens 5 m after its end") {
    // The lab's clock stands at 2026-11-18T11:06:40Z.
    BridgeLab lab(with_window("daily 11:40", 1h));
    lab.pass(1s);
    CHECK(windows(lab) == std::vector<std::string>{"2026-11-18T11:40:00.000Z pending",
                                                   "2026-11-19T11:40:00.000Z pending"});
    lab.pass(34min);
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, lab.clock.now() + 4min)}));
    CHECK(lab.incidents().empty());
    REQUIRE(outside(lab).size() == 1);
    CHECK(outside(lab)[0].suppressor->name == "patch night");
    CHECK(outside(lab)[0].suppressor->until == parse_rfc3339("2026-11-18T12:45:00Z").value());
    fires_on(lab, "DiskFull", 60min);
    CHECK(lab.incidents().empty());  // 12:40:41: the window is over, and settles
    lab.restart();
    fires_on(lab, "DiskFull", 5min);
    REQUIRE(lab.incidents().size() == 1);
    CHECK(lab.only().summary.incident.opened_at == parse_rfc3339("2026-11-18T12:45:00Z").value());
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    CHECK(windows(lab) == std::vector<std::string>{"2026-11-19T11:40:00.000Z pending",
                                                   "2026-11-20T11:40:00.000Z pending",
                                                   "2026-11-18T11:40:00.000Z expired"});
}

TEST_CASE("an incident from before a window keeps its owner, and nobody else is asked meanwhile") {
    BridgeLab lab(with_window("daily 11:40", 1h));
    fires_on(lab, "DiskFull", 5min);
    REQUIRE(lab.act("INC-2026-000001", ActionKind::kAcknowledge));
    lab.deliver();
    fires_on(lab, "DiskFull", 35min);
    CHECK(lab.only().summary.incident.suppressed->kind == SuppressorKind::kMaintenance);
    fires_on(lab, "DiskFull", 60min);
    CHECK(lab.only().summary.incident.assignee == "li.na");
    CHECK(lab.only().summary.incident.state == State::kAcknowledged);
    CHECK_FALSE(lab.only().summary.incident.suppressed);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: unsuppressed"});
}

TEST_CASE("a window that nobody ticked through is neither missed nor repeated") {
    BridgeLab lab(with_window("daily 11:40", 1h));
    lab.pass(1s);
    lab.clock.advance(1h);  // 12:06, and nobody was there at 11:40
    lab.restart();
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    CHECK(lab.incidents().empty());
    lab.clock.advance(48h);
    lab.restart();
    lab.pass(1s);
    CHECK(windows(lab).at(0) == "2026-11-20T11:40:00.000Z active");
    CHECK(windows(lab).at(1) == "2026-11-21T11:40:00.000Z pending");
}

TEST_CASE("ended by hand a window still settles, and does not come back with the next tick") {
    BridgeLab lab(with_window("daily 11:40", 1h));
    lab.pass(40min);
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    const std::string id = outside(lab).at(0).suppressor->id;
    REQUIRE(lab.put(ExpireSilenceIn{id, SuppressorKind::kMaintenance}));
    lab.pass(4min + 59s);
    CHECK(lab.incidents().empty());
    CHECK(outside(lab).at(0).suppressor->until < lab.clock.now() + 2s);
    lab.pass(2s);
    CHECK(lab.incidents().size() == 1);
    lab.restart();
    lab.pass(1min);
    CHECK(outside(lab).empty());
    // By the other kind's door it cannot be ended.
    const auto wrong = lab.put(ExpireSilenceIn{id, SuppressorKind::kSilence});
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::kNotFound);
}

TEST_CASE("a window that is taken out of the configuration ends") {
    BridgeLab lab(with_window("daily 11:40", 1h));
    lab.pass(40min);
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    lab.engine().configure(std::make_shared<const BridgeConfig>(lab_config()));
    lab.pass(1s);
    for (const std::string& row : windows(lab)) CHECK(row.find("expired") != std::string::npos);
    lab.pass(5min);
    CHECK(lab.incidents().size() == 1);
}
