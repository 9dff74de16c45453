#include "bridge/config/config.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "bridge/config/keys.h"

using namespace tocsin;
using namespace tocsin::bridge;
namespace fs = std::filesystem;

namespace {

const fs::path kFixtures = fs::path(TOCSIN_FIXTURES) / "bridge";

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    REQUIRE(in);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

IncludeLoader loader_in(const fs::path& folder, const std::string& shown) {
    return [=](std::string_view pattern, std::string_view) -> Result<std::vector<SourceFile>> {
        const fs::path path = folder / pattern;
        if (!fs::exists(path)) {
            return Error(ErrorCode::kNotFound, "no such file: " + std::string(pattern));
        }
        return std::vector<SourceFile>{{shown + std::string(pattern), slurp(path)}};
    };
}

struct Read {
    std::optional<BridgeConfig> config;
    Diagnostics diagnostics;
};

Read read(const std::string& text) {
    Diagnostics d("b.yml");
    auto config = read_config({"b.yml", text}, loader_in(kFixtures, ""), d);
    return {std::move(config), std::move(d)};
}

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

TEST_CASE("a full configuration compiles to what it says") {
    Diagnostics d("full.yml");
    const auto read =
        read_config({"full.yml", slurp(kFixtures / "full.yml")}, loader_in(kFixtures, ""), d);
    INFO(d.text());
    REQUIRE(read);
    CHECK(d.all().empty());
    const BridgeConfig& c = *read;
    CHECK(c.listen == "0.0.0.0:9840");
    CHECK(c.tls == TlsFiles{"/etc/tocsin/cert.pem", "/etc/tocsin/key.pem"});
    CHECK(c.url == "https://tocsin.example:9840");
    CHECK(c.language == "zh-CN");
    CHECK(c.timezone == "Asia/Shanghai");
    CHECK(c.files == std::vector<std::string>{"full.yml", "web.yml"});

    REQUIRE(c.tokens.size() == 5);
    CHECK(c.tokens[1].name == "prometheus");
    CHECK(c.tokens[1].role == Role::kAgent);
    CHECK(c.tokens[3].role == Role::kAdmin);
    CHECK(c.incidents.expire_unknown ==
          std::map<std::string, Duration, std::less<>>{{"prometheus", 15min}});
    CHECK(c.incidents.stable == 2min);
    CHECK(c.incidents.reopen == 1h);
    CHECK(c.incidents.resolve_grace == 5min);
    CHECK(c.incidents.close_after == 12h);
    CHECK(c.incidents.lapse_p1 == 3min);
    CHECK(c.incidents.lapse_p2 == 10min);
    CHECK(c.hosts.heartbeat == 10s);
    CHECK(c.hosts.deadline == 45s);
    CHECK(c.hosts.goodbye_grace == 6min);
    CHECK(c.hosts.restart_hold == 4min);

    CHECK(c.priorities.severities ==
          std::vector<std::string>{"info", "warning", "page", "critical"});
    CHECK(c.priorities.urgency.at("page") == Urgency::kHigh);
    CHECK(c.priorities.urgency.at("info") == Urgency::kLow);  // the default's
    const Labels shop = {{"service", "shop"}};
    CHECK(c.priorities.priority(shop, "critical") == Priority::kP1);
    CHECK(c.priorities.priority(shop, "warning") == Priority::kP1);  // matrix.high: P1 P1 P2
    CHECK(c.priorities.priority(shop, "info") == Priority::kP2);
    CHECK(c.priorities.priority({{"tier", "3"}}, "warning") == Priority::kP3);

    REQUIRE(c.oncall.people.size() == 3);
    const Person& li = *c.oncall.person("li.na");
    CHECK(li.display == "李娜");
    CHECK(li.contacts[0] ==
          Contact{"mail", "li.na@example.com", {kPriorities.begin(), kPriorities.end()}, 0s});
    CHECK(li.contacts[1] == Contact{"hook", "https://pager.example/li.na", {Priority::kP1}, 5min});
    CHECK(c.oncall.person("zhao.lei")->contacts[0].address == "https://hooks.example/tocsin");
    CHECK(c.oncall.team("web")->policy == "web");  // the one with its name
    CHECK(c.oncall.team("dba")->policy == "night");
    CHECK(c.oncall.team("web")->lead == "zhao.lei");
    const Policy& night = *c.oncall.policy("night");
    REQUIRE(night.response.size() == 3);
    CHECK(night.response[1].after == 10min);
    CHECK(night.response[1].tell[0] == Target{Target::Kind::kLead, "web"});
    CHECK(c.oncall.catch_all == std::vector<Target>{{Target::Kind::kPerson, "wang.wei"}});

    const auto& mail = std::get<EmailChannel>(c.channel("mail")->settings);
    CHECK(mail.server == "smtp.example:587");
    CHECK(mail.security == MailSecurity::kStartTls);
    CHECK(mail.password_file == "/etc/tocsin/smtp.password");
    CHECK(std::get<WebhookChannel>(c.channel("hook")->settings).secret_file ==
          "/etc/tocsin/hook.secret");

    REQUIRE(c.routes.size() == 4);
    CHECK(c.routes[0].also);
    CHECK(c.routes[1].name == R"(team="web",env!="prod")");  // included files' first
    CHECK(c.routes[2].priority_at_most == Priority::kP2);
    CHECK(c.routes[3].name == "rest");
    CHECK(c.routes[3].reopen == 30min);
    CHECK(c.routes[3].stable == 30s);
    CHECK(&c.route_named("rest") == &c.routes[3]);
    CHECK(&c.route_named("gone") == &c.routes[3]);
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
        {"listen: 0.0.0.0:9840\n",
         "b.yml:1:9: warning: tokens and incidents leave this host in the clear; set \"tls\"\n"},
    };
    for (const Case& c : cases) {
        const Read r = read(c.text);
        INFO(c.text);
        CHECK(r.config);
        CHECK(r.diagnostics.text() == c.expected);
    }
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

TEST_CASE("parts that do not exist yet are unknown keys, not silently accepted") {
    for (const char* key : {"rotations", "calendars", "sla", "storms", "inhibit", "tickets",
                            "maintenance", "expects", "open_when"}) {
        const Read r = read(std::string(key) + ": []\n");
        CHECK_FALSE(r.config);
        CHECK(r.diagnostics.text().find("unknown key \"" + std::string(key) + "\"") !=
              std::string::npos);
    }
    CHECK_FALSE(read("policies: [{name: a, response: [], resolution: {}}]\n").config);
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
    const std::regex listed(R"re((?:items_of|targets_of|matchers_of|read_duration|person_of|)re"
                            R"re(priority_of|read_three)\(\w+, "([^"]+)")re");
    int seen = 0;
    for (const char* file : {"settings.cpp", "people.cpp", "routes.cpp", "config.cpp"}) {
        const std::string text = slurp(fs::path(TOCSIN_SOURCE_DIR) / "bridge/config" / file);
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
