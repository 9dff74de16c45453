// What wakes whom.
#include "bridge/simulate/night.h"

#include <catch2/catch.hpp>

#include "tests/support/simulate_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

Timestamp at(const char* text) {
    return parse_rfc3339(text).value();
}

SentMessage by(const std::string& channel, const std::string& person, const std::string& address) {
    SentMessage message;
    message.at = at("2026-11-26T23:00:00Z");
    message.channel = channel;
    SentMessage::Part part;
    part.incident = "INC-1";
    part.notify.person = person;
    part.notify.address = address;
    part.notify.channel = channel;
    message.parts = {part, part};
    return message;
}

constexpr std::string_view kChannels = R"(
channels:
  - {name: sms, type: command, command: [/bin/sms]}
  - {name: ops, type: dingtalk, token_file: /t}
  - {name: mail, type: email, server: "smtp.example:25", security: none, from: a@example.com}
  - {name: hook, type: webhook, url: "https://example.com/"}
  - {name: pager, type: pagerduty, routing_key_file: /t}
people:
  - {name: li.na, contacts: [{channel: mail, address: l@example.com}]}
)";

}  // namespace

TEST_CASE("the night is from 22 to 8 by the clock of the place") {
    const Zone shanghai = Zone::named("Asia/Shanghai").value();  // UTC+8
    CHECK_FALSE(is_night(at("2026-11-26T13:59:59Z"), shanghai));
    CHECK(is_night(at("2026-11-26T14:00:00Z"), shanghai));
    CHECK(is_night(at("2026-11-26T23:59:59Z"), shanghai));
    CHECK_FALSE(is_night(at("2026-11-27T00:00:00Z"), shanghai));
    CHECK_FALSE(is_night(at("2026-11-26T08:00:00Z"), Zone{}));
    CHECK(is_night(at("2026-11-26T07:59:59Z"), Zone{}));
}

TEST_CASE("telephones ring, mail and programs do not, and a group rings for whom it mentions") {
    const auto config = test::config_of(kChannels);
    const auto ringing = ringing_channels(config->channels);
    CHECK(ringing == std::set<std::string>{"sms", "ops", "pager"});
    using Woken = std::set<std::string>;
    const auto woken = [&](const SentMessage& message) {
        return woken_by(message, *config, ringing, Zone{});
    };
    CHECK(woken(by("sms", "li.na", "138")) == Woken{"li.na"});  // once, whatever it lists
    CHECK(woken(by("mail", "li.na", "l@example.com")).empty());
    CHECK(woken(by("hook", "li.na", "")).empty());
    CHECK(woken(by("ops", "li.na", "138")) == Woken{"li.na"});
    CHECK(woken(by("ops", "li.na", "")).empty());
    CHECK(woken(by("pager", "li.na", "")) == Woken{"li.na"});
    SentMessage by_day = by("sms", "li.na", "138");
    by_day.at = at("2026-11-26T12:00:00Z");
    CHECK(woken(by_day).empty());
}
