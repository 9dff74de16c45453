// Looks at a real store: budgets that survive a restart, letters with what their words need.
#include "bridge/outbox/round.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

RoundIn round_at(Timestamp now, std::vector<Rate> rates) {
    RoundIn in;
    in.now = now;
    in.room = 100;
    in.rules = {{"mail", {Readership::kGroup, std::move(rates), {}}}};
    return in;
}

// Takes what goes now until nothing more does, as the outbox does; how many parcels that was.
std::vector<Mailing> all_now(Store& store, const RoundIn& in) {
    std::vector<Mailing> out;
    while (true) {
        Round round = look_for_messages(store, in).value();
        if (round.mailings.empty()) return out;
        for (Mailing& mailing : round.mailings) out.push_back(std::move(mailing));
    }
}

}  // namespace

TEST_CASE("a budget that was spent before a restart is spent after it") {
    BridgeLab lab;
    std::vector<Alert> alerts;
    for (int i = 0; i < 30; ++i) {
        alerts.push_back(foreign_alert("DiskFull" + std::to_string(i), "web", "critical"));
    }
    REQUIRE(lab.post(std::move(alerts)));
    const std::vector<Rate> rates = {{20, 1min}};
    const auto first = all_now(lab.store(), round_at(lab.clock.now(), rates));
    CHECK(first.size() == 15);  // the last quarter is for digests
    for (const Mailing& mailing : first) {
        CHECK(mailing.shape == Parcel::Shape::kOne);
        CHECK(mailing.letters[0].incident.title.find("DiskFull") != std::string::npos);
        CHECK_FALSE(mailing.letters[0].timeline.empty());
    }
    lab.restart();
    // What was claimed is free again, but its sends are not forgotten.
    const auto second = all_now(lab.store(), round_at(lab.clock.now(), rates));
    CHECK(second.empty());
    lab.clock.advance(6s);
    const auto third = all_now(lab.store(), round_at(lab.clock.now(), rates));
    REQUIRE(third.size() == 1);
    CHECK(third[0].shape == Parcel::Shape::kDigest);
    CHECK(third[0].letters.size() == 30);
}

TEST_CASE("the key of a mailing is that of its letters, and of no others") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "critical"),
                      foreign_alert("DiskFull", "web-2", "critical")}));
    const auto singles = all_now(lab.store(), round_at(lab.clock.now(), {}));
    REQUIRE(singles.size() == 2);
    std::set<std::string> keys;
    for (const Mailing& mailing : singles) {
        CHECK(mailing.idempotency_key == mailing.letters[0].incident.key + "-" +
                                             std::to_string(mailing.letters[0].effect.id.value));
        keys.insert(mailing.idempotency_key);
    }
    lab.restart();
    const auto digest = all_now(lab.store(), round_at(lab.clock.now(), {{1, 1s}}));
    CHECK(digest.empty());  // its second has been spent
    lab.clock.advance(2s);
    const auto late = all_now(lab.store(), round_at(lab.clock.now(), {{1, 1s}}));
    REQUIRE(late.size() == 1);
    CHECK(keys.insert(late[0].idempotency_key).second);
}

TEST_CASE("what is busy is left alone, and a look says when the next is due") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "critical")}));
    RoundIn in = round_at(lab.clock.now(), {});
    in.busy = {lab.only().effects.at(0).id};
    CHECK(look_for_messages(lab.store(), in).value().mailings.empty());
    in.busy.clear();
    const Round round = look_for_messages(lab.store(), in).value();
    CHECK(round.mailings.size() == 1);
    CHECK(round.next == lab.clock.now() + 2min);  // the lease
}

TEST_CASE("a message whose lease ran out waits for its budget, and is not looked for at once") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "critical"),
                      foreign_alert("DiskFull", "web-2", "critical")}));
    const Timestamp start = lab.clock.now();
    const std::vector<Rate> rates = {{2, 10min}};
    REQUIRE(all_now(lab.store(), round_at(start, rates)).size() == 2);
    // No answer came to either. Their leases of two minutes are over, what they spent is not.
    lab.clock.advance(3min);
    const Round round = look_for_messages(lab.store(), round_at(lab.clock.now(), rates)).value();
    CHECK(round.mailings.empty());
    REQUIRE(round.next);
    CHECK(*round.next >= start + 10min);
}

TEST_CASE("the letter about a silence whose alerts opened no incident names them and its end") {
    BridgeLab lab;
    PutSilenceIn silence;
    silence.silence.matchers = {parse_matcher("alertname=\"DiskFull\"").value()};
    silence.silence.starts_at = lab.clock.now();
    silence.silence.ends_at = lab.clock.now() + 16min;
    silence.silence.created_by = "zhao.lei";
    silence.silence.comment = "new disk";
    silence.new_id = "silence-1";
    REQUIRE(lab.put(silence));
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, lab.clock.now() + 10min),
                      agent_alert("DiskFull", "web-2", "critical", 1, lab.clock.now() + 10min)}));
    lab.pass(2min);
    const auto mailings = all_now(lab.store(), round_at(lab.clock.now(), {}));
    REQUIRE(mailings.size() == 1);
    REQUIRE(mailings[0].letters.size() == 1);
    const Letter& letter = mailings[0].letters[0];
    CHECK(mailings[0].idempotency_key == "silence-" + std::to_string(letter.effect.id.value));
    CHECK(letter.effect.notify.kind == MessageKind::kSilenceEnding);
    CHECK(letter.incident.key.empty());
    CHECK(letter.incident.alerts.size() == 2);
    CHECK(letter.incident.title == "DiskFull on web-1, DiskFull on web-2");
    CHECK(letter.incident.priority == Priority::kP2);  // the worse of what would open
    REQUIRE(letter.timeline.size() == 1);
    CHECK(letter.timeline[0].kind == "silence_ending");
    CHECK(letter.timeline[0].data.at("by_id") == "silence-1");
    CHECK(letter.timeline[0].data.at("until") == format_rfc3339(silence.silence.ends_at));
}

TEST_CASE("a stuck message falls back once, and its mark survives a restart") {
    BridgeConfig config = lab_config();
    Contact sms{"sms", "+86138", {Priority::kP1}, 0s};
    config.oncall.people[0].contacts.push_back(sms);
    BridgeLab lab(config);
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "critical")}));
    REQUIRE(lab.store().outgoing().set_health("mail", {5, lab.clock.now() + 10min, "HTTP 500"}));
    Round round = look_for_messages(lab.store(), round_at(lab.clock.now(), {})).value();
    CHECK(round.mailings.empty());
    REQUIRE(round.stuck.size() == 1);
    REQUIRE(
        lab.put(OutcomeIn{round.stuck[0], EffectOutcome::Delivery::kStuck, round.stuck[0].result}));
    lab.restart();
    round = look_for_messages(lab.store(), round_at(lab.clock.now(), {})).value();
    CHECK(round.stuck.empty());
    REQUIRE(round.mailings.size() == 1);
    CHECK(round.mailings[0].letters[0].effect.notify.channel == "sms");
    // The first is still waiting for its channel.
    CHECK(lab.only().effects.at(0).state == EffectState::kWaiting);
}
