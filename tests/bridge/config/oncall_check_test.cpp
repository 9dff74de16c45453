#include "bridge/config/oncall_check.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

// What `tocsin check` adds to what reading says; 2026-01-05 is a Monday.
std::string said(const std::string& text) {
    Diagnostics reading("b.yml");
    const IncludeLoader none = [](std::string_view, std::string_view) {
        return Result<std::vector<SourceFile>>(std::vector<SourceFile>{});
    };
    const auto config = read_config({"b.yml", text}, none, reading);
    INFO(reading.text());
    REQUIRE(config);
    Diagnostics out("b.yml");
    check_oncall(*config, parse_rfc3339("2026-01-05T00:00:00Z").value(), out);
    return out.text();
}

const std::string kHead =
    "calendars: {office: {weekdays: \"mon-fri 09:00-18:00\"}}\n"
    "channels: [{name: mail, type: email, server: 'localhost:25', from: t@example.com}]\n"
    "people:\n"
    "  - {name: li, contacts: [{channel: mail, address: li@example.com}]}\n"
    "  - {name: boss, contacts: [{channel: mail, address: b@example.com, for: [P1]}]}\n"
    "  - {name: mute}\n"
    "teams: [{name: web, manager: boss, members: [li]}]\n";

}  // namespace

TEST_CASE("check warns of rotations with gaps and of steps that can reach nobody") {
    struct Case {
        const char* what;
        std::string text;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"all is well",
         "rotations:\n  - {name: r, people: [li], weekly: \"mon 09:00\", starts: 2025-12-29}\n"
         "policies:\n  - {name: web, response: [{tell: [rotation:r]}, {after: 5m, tell: "
         "[manager:web]}]}\n",
         ""},
        {"a gap in a rotation that no policy asks yet",
         "rotations:\n  - {name: r, people: [li], weekly: \"mon 09:00\", starts: 2026-01-12}\n",
         "b.yml:9:5: warning: rotation \"r\" has nobody from 2026-01-05T00:00:00.000Z to "
         "2026-01-12T09:00:00.000Z; in all 7d9h of the next 90 days\n"},
        {"a start in the future",
         "rotations:\n  - {name: r, people: [li], weekly: \"mon 09:00\", starts: 2026-01-12}\n"
         "policies:\n  - {name: web, response: [{tell: [rotation:r]}]}\n",
         "b.yml:9:5: warning: rotation \"r\" has nobody from 2026-01-05T00:00:00.000Z to "
         "2026-01-12T09:00:00.000Z; in all 7d9h of the next 90 days\n"},
        {"a layer for weekdays only: 13 weekends from January 10 to April 5",
         "rotations:\n  - {name: r, people: [li], weekly: \"mon 00:00\", starts: 2025-12-29, only: "
         "\"mon-fri 00:00-24:00\"}\n"
         "policies:\n  - {name: web, response: [{tell: [rotation:r]}]}\n",
         "b.yml:9:5: warning: rotation \"r\" has nobody from 2026-01-10T00:00:00.000Z to "
         "2026-01-12T00:00:00.000Z and 12 times after; in all 25d of the next 90 days\n"},
        {"the same, asked in office hours alone",
         "rotations:\n  - {name: r, people: [li], weekly: \"mon 00:00\", starts: 2025-12-29, only: "
         "\"mon-fri 00:00-24:00\"}\n"
         "policies:\n  - {name: web, response: [{tell: [rotation:r], hours: office}, {after: 5m, "
         "tell: [person:li]}]}\n",
         ""},
        {"nobody in it",
         "rotations:\n  - {name: r, people: [], weekly: \"mon 00:00\", starts: 2025-12-29}\n"
         "policies:\n  - {name: web, response: [{tell: [person:li, rotation:r]}]}\n",
         "b.yml:9:5: warning: rotation \"r\" has nobody from 2026-01-05T00:00:00.000Z to "
         "2026-04-05T00:00:00.000Z; in all 90d of the next 90 days\n"},
        {"a step with nobody behind it",
         "policies:\n  - {name: web, response: [{tell: [person:li]}, {after: 5m, tell: "
         "[person:mute]}]}\n",
         "b.yml:9:5: warning: step 2 of policy \"web\" can reach nobody: whom it tells has no "
         "contact for it\n"},
        {"a step for priorities that nobody of it hears",
         "policies:\n  - {name: web, response: [{tell: [person:li]}, {after: 5m, tell: "
         "[manager:web], for: [P2, P3]}]}\n",
         "b.yml:9:5: warning: step 2 of policy \"web\" can reach nobody: whom it tells has no "
         "contact for it\n"},
        {"priorities that nobody hears",
         "policies:\n  - {name: web, response: [{tell: [manager-of:li]}]}\n",
         "b.yml:9:5: warning: policy \"web\" reaches nobody for P2, P3, P4\n"},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        CHECK(said(kHead + c.text + "catch_all: [person:li]\n") == c.expected);
    }
}

TEST_CASE("check says whom the catch-all is where the file does not") {
    const std::string policy = "policies:\n  - {name: web, response: [{tell: [person:li]}]}\n";
    const std::string start =
        "b.yml:1:1: warning: no \"catch_all\" says who is told when a step reaches nobody or a "
        "ladder ends; ";
    const auto tokens = [](const std::string& name) {
        return "access: {tokens: [{name: " + name + ", token_file: /t, role: admin}]}\n";
    };
    CHECK(said(kHead + policy + tokens("li")) == start + "admins are: li\n");
    // One whom nothing reaches, or who is no person, is nobody.
    const std::string others = start + "the team's lead and manager are, else all: li, boss\n";
    CHECK(said(kHead + policy + tokens("mute")) == others);
    CHECK(said(kHead + policy + tokens("backup")) == others);
    CHECK(said(kHead + policy + "catch_all: []\n").empty());
    CHECK(said(kHead).empty());  // nobody is told by policies yet
}
