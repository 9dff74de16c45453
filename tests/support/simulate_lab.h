// A configuration in words and a simulation of it, for tests of bridge/simulate.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "bridge/config/config.h"

namespace tocsin::bridge::test {

// As bridge.yml's reader makes it; what it says of a mistake is the exception's text.
inline std::shared_ptr<const BridgeConfig> config_of(std::string_view yaml) {
    Diagnostics diagnostics("bridge.yml");
    auto config = read_config(
        {"bridge.yml", std::string(yaml)},
        [](std::string_view, std::string_view) { return std::vector<SourceFile>{}; }, diagnostics);
    if (!config) throw std::runtime_error(diagnostics.text());
    return std::make_shared<const BridgeConfig>(std::move(*config));
}

// li.na is on call by SMS and mail, zhao.lei after ten minutes by SMS. Night in Shanghai is
// 14:00 to 00:00 UTC.
inline constexpr std::string_view kTwoPeople = R"(
timezone: Asia/Shanghai
calendars:
  office: {weekdays: ["mon-fri 09:00-18:00"]}
channels:
  - {name: sms, type: command, command: [/usr/local/bin/sms, "{{ .Number }}", "{{ .Text }}"]}
  - {name: mail, type: email, server: "smtp.example:25", security: none, from: tocsin@example.com}
people:
  - name: li.na
    contacts:
      - {channel: sms, number: "13800000001", for: [P1, P2]}
      - {channel: mail, address: li.na@example.com}
  - {name: zhao.lei, contacts: [{channel: sms, number: "13800000002"}]}
policies:
  - name: web
    response: [{tell: [person:li.na]}, {after: 10m, tell: [person:zhao.lei]}]
catch_all: []
routes:
  - {policy: web}
)";

}  // namespace tocsin::bridge::test
