#include "bridge/config/config.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "bridge/config/keys.h"
#include "reading.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
namespace fs = std::filesystem;

namespace {

// The lines "# expect: …" at the head of a bad file.
std::vector<std::string> expectations(const std::string& text, const std::string& file) {
    std::vector<std::string> out;
    std::istringstream lines(text);
    const std::string mark = "# expect: ";
    for (std::string line; std::getline(lines, line) && line.starts_with(mark);) {
        std::string expected = line.substr(mark.size());
        if (expected.front() >= '0' && expected.front() <= '9') expected = file + ":" + expected;
        out.push_back(std::move(expected));
    }
    return out;
}

}  // namespace

TEST_CASE("a route's routes are asked before it, and have what it does not leave to them") {
    const Read r = read(
        "teams:\n"
        "  - {name: web, policy: day}\n"
        "  - {name: dba, policy: night}\n"
        "policies:\n"
        "  - {name: day, response: [{tell: ['team:web']}]}\n"
        "  - {name: night, response: [{tell: ['team:dba']}]}\n"
        "routes:\n"
        "  - match: ['env=\"prod\"']\n"
        "    team: web\n"
        "    policy: day\n"
        "    group_by: [alertname]\n"
        "    reopen: 5m\n"
        "    routes:\n"
        "      - {match: ['app=\"db\"'], team: dba, name: db, priority: P1}\n"
        "      - match: ['app=\"shop\"']\n"
        "        routes: [{match: ['host=\"x\"'], name: deep, reopen: 1m}]\n"
        "      - {also: true, tell: ['team:dba'], name: watch}\n"
        "  - {name: rest, team: web}\n");
    INFO(r.diagnostics.text());
    REQUIRE(r.config);
    const auto& routes = r.config->routes;
    std::vector<std::string> names;
    for (const Route& one : routes) names.push_back(one.name);
    CHECK(names == std::vector<std::string>{"watch", "db", "deep", R"(env="prod",app="shop")",
                                            R"(env="prod")", "rest"});
    const auto owner = [&](const Labels& labels) { return route(routes, labels).owner; };
    const Route* db = owner({{"env", "prod"}, {"app", "db"}});
    CHECK(db->name == "db");
    CHECK(db->team == "dba");
    CHECK(db->policy.empty());  // the team's, not its parent's
    CHECK(db->group_by == std::vector<std::string>{"alertname"});
    CHECK(db->reopen == 5min);
    CHECK(priority_by(*db, Priority::kP4) == Priority::kP1);
    const Route* deep = owner({{"env", "prod"}, {"app", "shop"}, {"host", "x"}});
    CHECK(deep->name == "deep");
    CHECK(deep->policy == "day");
    CHECK(deep->reopen == 1min);
    CHECK(owner({{"env", "prod"}, {"app", "mail"}})->name == R"(env="prod")");
    CHECK(owner({{"env", "test"}, {"app", "db"}})->name == "rest");
    CHECK(route(routes, {{"env", "prod"}}).also.size() == 1);
    CHECK(route(routes, {{"env", "test"}}).also.empty());
}

TEST_CASE("every bad file is told what is wrong with it, with its place, and nothing else") {
    int files = 0;
    for (const auto& entry : fs::directory_iterator(kFixtures / "bad")) {
        if (entry.path().extension() != ".yml") continue;
        ++files;
        const std::string file = "bad/" + entry.path().filename().string();
        const std::string text = slurp(entry.path());
        Diagnostics d(file);
        const auto config = read_config({file, text}, loader_in(kFixtures / "bad", "bad/"), d);
        CHECK_FALSE(config);
        std::vector<std::string> errors;
        for (const Diagnostic& one : d.all()) {
            if (one.level == DiagnosticLevel::kError) errors.push_back(one.text());
        }
        const std::vector<std::string> expected = expectations(text, file);
        INFO(file << "\n" << d.text());
        REQUIRE_FALSE(expected.empty());
        REQUIRE(errors.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            CHECK(errors[i].substr(0, expected[i].size()) == expected[i]);
        }
    }
    CHECK(files >= 40);
}

TEST_CASE("the empty file works") {
    for (const char* text : {"", "# nothing\n", "{}\n", "people:\nroutes: []\n"}) {
        const Read r = read(text);
        INFO(r.diagnostics.text());
        REQUIRE(r.config);
        CHECK(r.diagnostics.all().empty());
        CHECK(r.config->listen == "127.0.0.1:9840");
        CHECK(r.config->store == "sqlite:/var/lib/tocsin/bridge.db");
        CHECK(r.config->url == "http://127.0.0.1:9840");
        REQUIRE(r.config->routes.size() == 1);
        CHECK(r.config->routes[0].name == "default");
        CHECK(r.config->routes[0].match.empty());
        CHECK(r.config->routes[0].group_by ==
              std::vector<std::string>{"alertname", "host", "instance"});
    }
    CHECK(default_config().routes.size() == 1);
}

TEST_CASE("what can't happen is a warning with its place") {
    struct Case {
        std::string text;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"routes:\n  - {}\n  - {match: [a=b]}\n",
         "b.yml:3:5: warning: nothing reaches this route: the one at b.yml:2 takes all that it "
         "would\n"},
        {"routes:\n  - {match: [a=b]}\n  - {match: [a=b]}\n  - {}\n",
         "b.yml:3:5: warning: nothing reaches this route: the one at b.yml:2 takes all that it "
         "would\n"},
        {"routes:\n  - {match: [a=b]}\n",
         "b.yml:2:5: warning: alerts that match no route open incidents that nobody is told of; "
         "end the list with a route without \"match\"\n"},
        {"people: [{name: li}]\npolicies:\n  - {name: web, response: [{tell: [person:li]}]}\n",
         "b.yml:3:12: warning: policy \"web\" is used by nobody\n"},
        {"channels:\n  - {name: m, type: email, server: 'localhost:25', from: t@example.com}\n",
         "b.yml:2:12: warning: channel \"m\" is used by nobody\n"},
        {"people: [{name: li}]\nroutes: [{policy: web}]\n"
         "policies:\n  - {name: web, response: [{tell: [person:li]}], resolution: {50%: "
         "[person:li]}}\n",
         "b.yml:4:62: warning: nobody is told: \"resolution\" counts against resolution targets, "
         "and "
         "\"sla\" has none\n"},
        {"inhibit: [{source: ['a=\"b\"']}]\n",
         "b.yml:1:11: warning: holds back every other alert there is: name a target, or labels "
         "that "
         "are equal\n"},
        {"listen: 0.0.0.0:9840\n",
         "b.yml:1:9: warning: links in messages start with http://<host>:9840, by this machine's "
         "own name; set \"url\"\n"
         "b.yml:1:9: warning: tokens and incidents leave this host in the clear; set \"tls\"\n"},
        {"listen: '[::]:9840'\nurl: https://tocsin.example\n",
         "b.yml:1:9: warning: tokens and incidents leave this host in the clear; set \"tls\"\n"},
    };
    for (const Case& c : cases) {
        const Read r = read(c.text);
        INFO(c.text);
        CHECK(r.config);
        CHECK(r.diagnostics.text() == c.expected);
    }
}

TEST_CASE("a rate above what the vendor takes is a warning with the numbers") {
    struct Case {
        const char* type;
        const char* rate;
        const char* lets;  // "" when it is within the vendor's limits (channel_types.cpp)
    };
    const std::vector<Case> cases = {
        {"dingtalk", "20/1m", ""},
        {"dingtalk", "1/3s", ""},
        {"dingtalk", "5/15s", ""},
        {"dingtalk", "[60/1m, 20/1m]", ""},
        {"dingtalk", "21/1m", "21"},
        {"dingtalk", "60/1m", "60"},
        {"dingtalk", "1/1s", "60"},
        {"dingtalk", "20/50s", "40"},  // two windows of 50 s touch one minute
        {"dingtalk", "unlimited", "any number"},
        {"wecom", "30/1m", "30"},
        {"wecom", "100/1h", "100"},  // all of an hour's may come in one minute
    };
    for (const Case& c : cases) {
        INFO(c.type << " " << c.rate);
        const Read r = read(std::string("people: [{name: li, contacts: [{channel: ops}]}]\n") +
                            "policies: [{name: p, response: [{tell: [person:li]}]}]\n"
                            "routes: [{policy: p}]\n"
                            "channels: [{name: ops, type: " +
                            c.type + ", token_file: /t, rate: " + c.rate + "}]\n");
        REQUIRE(r.config);
        const std::string said = r.diagnostics.text();
        if (std::string_view(c.lets).empty()) {
            CHECK(said.empty());
            continue;
        }
        CHECK(r.diagnostics.all().size() == 1);
        CHECK(said.find(std::string(c.type) + " takes 20 messages in 1m") != std::string::npos);
        CHECK(said.find("this lets " + std::string(c.lets) + " through") != std::string::npos);
    }
    // Both of a vendor's limits count, each by itself.
    const Read r = read("channels: [{name: ops, type: feishu, token_file: /t, rate: 50/1m}]\n");
    CHECK(r.diagnostics.text().find("feishu takes 5 messages in 1s") != std::string::npos);
    CHECK(r.diagnostics.text().find("100 messages") == std::string::npos);
}

TEST_CASE("an unlimited rate lifts a number's caps too, another rate leaves them") {
    for (const auto& [rate, caps] : {std::pair{"unlimited", 0U}, std::pair{"20/1m", 3U}}) {
        INFO(rate);
        const Read r = read(std::string("channels: [{name: sms, type: http, url: \"https://s/\", "
                                        "body: {to: \"{{ .Number }}\"}, rate: ") +
                            rate + "}]\n");
        REQUIRE(r.config);
        CHECK(r.config->channels[0].per_contact.size() == caps);
    }
}

TEST_CASE("without a list of its own the bridge inhibits by unreachable hosts, with one, by it") {
    CHECK(read("").config->inhibit.size() == 1);
    CHECK(read("").config->inhibit[0].equal == std::vector<std::string>{"host"});
    CHECK(read("inhibit: []\n").config->inhibit.empty());
}

TEST_CASE("routes behind a catch-all are dropped, also-routes are not") {
    const Read r = read(
        "people: [{name: li}]\n"
        "routes:\n  - {name: all}\n  - {name: late, match: [a=b]}\n"
        "  - {name: watch, also: true, tell: [person:li]}\n");
    REQUIRE(r.config);
    REQUIRE(r.config->routes.size() == 2);
    CHECK(r.config->routes[0].name == "watch");
    CHECK(r.config->routes[1].name == "all");
}

TEST_CASE("a ticket system has a name of its own, which routes must know") {
    const std::string desk = "{name: desk, type: webhook, url: 'https://desk.example'}";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"tickets: [" + desk + "]\n",
         "b.yml:1:18: warning: ticket system \"desk\" is used by nobody"},
        {"routes: [{tickets: [desc]}]\ntickets: [" + desk + "]\n",
         "b.yml:1:21: error: no ticket system is named \"desc\"; did you mean \"desk\"?"},
        {"routes: [{tickets: [desk]}]\nchannels: [" + desk + "]\ntickets: [" + desk + "]\n",
         "b.yml:3:18: error: \"name\": a channel has the name \"desk\" already"},
        {"tickets: [{name: rt, type: request_tracker}]\n", "b.yml:1:28: error: \"type\""},
    };
    for (const auto& [text, said] : cases) {
        INFO(text);
        CHECK_THAT(read(text).diagnostics.text(), Catch::Contains(said));
    }
    // A route has those of the route above where it names none.
    const Read r = read("tickets: [" + desk +
                        "]\nroutes: [{tickets: [desk], routes: [{name: a, match: ['a=\"1\"']}, "
                        "{name: b, match: ['b=\"1\"'], tickets: []}]}]\n");
    REQUIRE(r.config);
    CHECK(r.config->routes[0].tickets == std::vector<std::string>{"desk"});
    CHECK(r.config->routes[1].tickets.empty());
    CHECK(r.config->routes[2].tickets == std::vector<std::string>{"desk"});
}

TEST_CASE("every key of the reference is in the full fixture, which reads without errors") {
    const std::string text = slurp(kFixtures / "full.yml") + slurp(kFixtures / "web.yml");
    for (const ConfigKey& key : config_keys()) {
        std::string last(key.key.substr(key.key.rfind('.') + 1));
        if (last.starts_with('<')) continue;
        INFO(key.key);
        CHECK(text.find(last + ":") != std::string::npos);
    }
}

TEST_CASE("the reader asks for no key that the reference does not name") {
    std::set<std::string> named;
    for (const ConfigKey& key : config_keys()) {
        std::istringstream parts{std::string(key.key)};
        for (std::string part; std::getline(parts, part, '.');) {
            named.insert(part.substr(0, part.find('[')));
        }
    }
    const std::regex asked(
        R"re((?:string|boolean|integer|number|duration|strings|choice|require|node)\("([^"]+)")re");
    const std::regex listed(
        R"re((?:items_of|targets_of|matchers_of|read_duration|person_of|texts_of|)re"
        R"re(priority_of|read_three|read_positive|read_labels)\(\w+, "([^"]+)")re");
    int seen = 0;
    for (const auto& entry :
         fs::directory_iterator(fs::path(TOCSIN_SOURCE_DIR) / "bridge/config")) {
        if (entry.path().extension() != ".cpp") continue;
        const fs::path file = entry.path().filename();
        const std::string text = slurp(entry.path());
        for (const std::regex& pattern : {asked, listed}) {
            for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
                INFO(file << ": " << (*it)[1]);
                CHECK(named.contains((*it)[1]));
                ++seen;
            }
        }
    }
    CHECK(seen > 50);
}

TEST_CASE("docs/configuration.md holds the reference as generated") {
    const std::string doc = slurp(fs::path(TOCSIN_SOURCE_DIR) / "docs/configuration.md");
    const auto begin = doc.find("<!-- bridge:begin -->");
    const std::string end_mark = "<!-- bridge:end -->\n";
    const auto end = doc.find(end_mark);
    REQUIRE(begin != std::string::npos);
    REQUIRE(end != std::string::npos);
    CHECK(doc.substr(begin, end + end_mark.size() - begin) == config_reference());
}

TEST_CASE("ends are told every day, and not at night") {
    const auto opens = [](const std::string& text, std::string_view at) {
        const Read r = read(text);
        REQUIRE(r.config);
        const Timestamp then = parse_rfc3339(at).value();
        return format_rfc3339(next_open(r.config->oncall.hours.resolved, then));
    };
    CHECK(opens("", "2026-01-10T22:00:00Z") == "2026-01-11T08:00:00.000Z");
    CHECK(opens("timezone: Asia/Shanghai\n", "2026-01-10T15:00:00Z") == "2026-01-11T00:00:00.000Z");
    CHECK(opens("calendars: {office: 7x24}\n", "2026-01-10T22:00:00Z") ==
          "2026-01-10T22:00:00.000Z");
}

TEST_CASE("office hours are there without being written, unless the file has its own") {
    struct Case {
        const char* text;
        const char* opens;  // after Saturday 2026-01-10 12:00 UTC
    };
    for (const Case& c :
         {Case{"", "2026-01-12T09:00:00Z"},
          Case{"timezone: Asia/Shanghai\n", "2026-01-12T01:00:00Z"},
          Case{"calendars: {office: {weekdays: \"sun 10:00-12:00\"}}\n", "2026-01-11T10:00:00Z"},
          Case{"calendars: {office: 7x24}\n", "2026-01-10T12:00:00Z"}}) {
        INFO(c.text);
        const Read r = read(c.text);
        REQUIRE(r.config);
        const TellingHours& hours = r.config->oncall.hours;
        const Timestamp saturday = parse_rfc3339("2026-01-10T12:00:00Z").value();
        const Timestamp opens = parse_rfc3339(c.opens).value();
        CHECK(next_open(hours.of(Priority::kP2), saturday) == saturday);
        CHECK(next_open(hours.of(Priority::kP3), saturday) == opens);
        CHECK(next_open(hours.of(Priority::kP4), saturday) == opens);
        CHECK(next_open(hours.resolved, saturday) == saturday);  // by day, on any day
    }
}
