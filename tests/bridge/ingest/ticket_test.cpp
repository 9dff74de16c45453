// Ticket systems hear of what they show, once a commit, whatever else happens.
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
    BridgeLab lab(config);
    REQUIRE(lab.post({disk("warning")}));
    CHECK(lab.incidents().size() == 1);
    CHECK(lab.deliver().empty());
}
