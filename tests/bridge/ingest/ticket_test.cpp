// Ticket systems hear of what they show, once a commit, whatever else happens.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

using Lines = std::vector<std::string>;

BridgeConfig with_desk() {
    BridgeConfig config = lab_config();
    config.routes.back().tickets = {"desk"};
    return config;
}

Alert disk(std::string_view severity) {
    return foreign_alert("Disk", "web-1", severity);
}

}  // namespace

TEST_CASE("a ticket system hears of each change that it shows, and of nothing else") {
    BridgeLab lab(with_desk());
    REQUIRE(lab.post({disk("warning")}));
    CHECK(lab.deliver() == Lines{": ticket", "li.na: opened"});
    REQUIRE(lab.post({disk("warning")}));  // a mere resend
    REQUIRE(lab.act(kFirst, ActionKind::kNote, "looking"));
    CHECK(lab.deliver().empty());
    REQUIRE(lab.act(kFirst, ActionKind::kAcknowledge));
    CHECK(lab.deliver() == Lines{": ticket"});
    lab.restart();
    REQUIRE(lab.act(kFirst, ActionKind::kResolve, "made room"));
    CHECK(lab.deliver() == Lines{": ticket"});
    CHECK(lab.only().summary.incident.told == Lines{"li.na"});
}

TEST_CASE("several changes of one commit are one message, which nothing drops") {
    BridgeLab lab(with_desk());
    std::vector<Input> together;
    together.emplace_back(AlertsIn{{disk("warning")}, "agent", std::nullopt});
    together.emplace_back(AlertsIn{{disk("critical")}, "agent", std::nullopt});
    UserAction acknowledge;
    acknowledge.kind = ActionKind::kAcknowledge;
    acknowledge.actor = "li.na";
    together.emplace_back(ActionIn{kFirst, acknowledge});
    for (const auto& answer : lab.engine().process(together, lab.clock.now())) REQUIRE(answer);
    CHECK(lab.deliver() == Lines{": ticket"});  // what asked li.na is dropped
}

TEST_CASE("a ticket system that fails is named in the timeline, and nobody else is told for it") {
    BridgeLab lab(with_desk());
    REQUIRE(lab.post({disk("warning")}));
    auto claimed = lab.store().claim_effects(lab.clock.now(), lab.clock.now() + 1min, 100);
    REQUIRE(claimed);
    for (EffectRow& row : claimed.value()) {
        const bool ticket = row.notify.kind == MessageKind::kTicket;
        REQUIRE(lab.put(OutcomeIn{
            std::move(row),
            ticket ? EffectOutcome::Delivery::kFailed : EffectOutcome::Delivery::kDelivered,
            "as it was"}));
    }
    const auto timeline = lab.only().timeline;
    const auto said = std::find_if(timeline.begin(), timeline.end(), [](const TimelineRow& row) {
        return row.entry.kind == "not_copied";
    });
    REQUIRE(said != timeline.end());
    CHECK(said->entry.text == "desk did not take the incident as it is now: as it was");
    lab.pass(1min);
    CHECK(lab.deliver().empty());
}

TEST_CASE("what is only observed is not copied") {
    BridgeConfig config = with_desk();
    config.observe = {{parse_matcher("host=\"web-1\"").value()}};
    config.routes.back().group_by = {"alertname"};
    BridgeLab lab(config);
    REQUIRE(lab.post({disk("warning")}));
    CHECK(lab.incidents().size() == 1);
    CHECK(lab.deliver().empty());
    // From when an alert joins that is not.
    REQUIRE(lab.post({foreign_alert("Disk", "web-2", "warning")}));
    CHECK(lab.deliver() == Lines{": ticket", "li.na: opened"});
}

TEST_CASE("what begins in a storm is not copied, nor when it is over, what was before is") {
    BridgeConfig config = with_desk();
    config.incidents.storms.more_than = 2;
    BridgeLab lab(config);
    int seq = 0;
    const auto post = [&](std::string_view host, Duration holds) {
        REQUIRE(lab.post({agent_alert("Disk", host, "warning", ++seq, lab.clock.now() + holds)}));
    };
    post("web-1", 10h);
    CHECK(lab.deliver() == Lines{": ticket", "li.na: opened"});
    for (const char* host : {"web-2", "web-3", "web-4"}) post(host, 10h);
    const Lines storm = lab.deliver();
    const auto copies = [](const Lines& lines) {
        return std::count(lines.begin(), lines.end(), ": ticket");
    };
    // web-2, which opened before there were too many, and the storm, whose title counts its hosts.
    CHECK(copies(storm) == 3);
    for (const char* host : {"web-1", "web-2", "web-3", "web-4"}) post(host, 0s);
    lab.pass(3min);
    CHECK(copies(lab.deliver()) == 3);  // the ends of those
}
