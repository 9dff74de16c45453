// docs/openapi.yaml lists the routes that the bridge serves, no more and no less.
#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bridge/api/api.h"
#include "bridge/api/json.h"
#include "bridge/store/store.h"
#include "tests/support/described_answers.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::test::described_api;
using tocsin::test::is_of;
using tocsin::test::referred;
using tocsin::test::types_of;

namespace {

const char* word(Access access) {
    switch (access) {
        case Access::kPublic:
            return "public";
        case Access::kAlerts:
            return "alerts";
        case Access::kView:
            return "view";
        case Access::kRespond:
            return "respond";
        case Access::kAdmin:
            return "admin";
        case Access::kReport:
            return "report";
        case Access::kViewOwn:
            return "view, reporters their own";
    }
    return "";
}

std::string upper(std::string_view text) {
    std::string out;
    for (const char c : text) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return out;
}

// By name, of which type: the members that a schema describes, those of the schemas that it is made
// of too. One that two of them describe as different things nothing can be.
using Members = std::map<std::string, std::set<std::string>>;
void add_members(const text::YamlNode& root, const text::YamlNode& node, Members& out) {
    const text::YamlNode schema = referred(root, node);
    for (const auto& part : schema.find("allOf").items()) add_members(root, part, out);
    for (const auto& [name, type] : schema.find("properties").entries()) {
        const std::set<std::string> types = types_of(root, type);
        const auto [known, fresh] = out.emplace(name, types);
        INFO(name << " at line " << type.position().line << " is another thing elsewhere");
        CHECK(known->second == types);
    }
}

// Whatever is made of several parts, wherever it stands.
void check_parts(const text::YamlNode& root, const text::YamlNode& node) {
    if (node.find("allOf")) {
        Members members;
        add_members(root, node, members);
    }
    for (const auto& item : node.items()) check_parts(root, item);
    for (const auto& [name, value] : node.entries()) check_parts(root, value);
}

std::set<std::string> members_of(const boost::json::value& answer) {
    std::set<std::string> out;
    for (const auto& member : answer.as_object()) out.insert(std::string(member.key()));
    return out;
}

}  // namespace

TEST_CASE("what the bridge answers of an incident is described, member by member") {
    const text::YamlNode root = described_api();
    const auto schemas = root.find("components").find("schemas");
    struct Case {
        const char* schema;
        std::string answer;
    };
    const std::string page = page_json({{IncidentSummary{}}, 0}, "https://x");
    for (const Case& c :
         {Case{"IncidentDetail", detail_json(IncidentDetail{}, "https://x", Oncall{})},
          Case{"Incident",
               boost::json::serialize(boost::json::parse(page).at("incidents").at(0))}}) {
        INFO(c.schema);
        Members described;
        add_members(root, schemas.find(c.schema), described);
        const boost::json::value answer = boost::json::parse(c.answer);
        const std::set<std::string> told = members_of(answer);
        CHECK(told.size() > 20);
        for (const std::string& name : told) {
            INFO(name << " is told and not described");
            CHECK(described.contains(name));
        }
        for (const auto& [name, types] : described) {
            INFO(name << " is described and not told");
            CHECK(told.contains(name));
            INFO(name << " is told as another type than it is described");
            CHECK((!told.contains(name) || is_of(answer.at(name), types)));
        }
    }
}

// One of everything that it can hold.
IncidentDetail full_detail() {
    const Timestamp now = from_unix_ms(1'780'000'000'000);
    IncidentDetail detail;
    Incident& in = detail.summary.incident;
    in.key = "INC-2026-000001";
    in.suppressed = Suppressor{SuppressorKind::kSilence, "1", "by li.na", now, now + 1h};
    in.told = in.watchers = {"li.na"};
    in.facts.reporter = Reporter{"ms.wu", "", "+86 10 1234"};
    in.facts.more_reporters = {*in.facts.reporter};
    in.facts.major = Major{};
    in.facts.links = {{"the same rack", "INC-2026-000002"}};
    in.sla.response.runs = {SlaRun{}};
    in.sla.resolution = in.sla.response;
    in.sla.pauses = {{now, now + 1h, "vendor"}};
    AlertRecord alert;
    alert.suppressor = in.suppressed;
    alert.labels = Labels{{"alertname", "DiskFull"}};
    alert.annotations["runbook_url"] = "https://wiki/disk";
    detail.alerts = {alert};
    detail.timeline = {{1, {}, {now, "note", "li.na", "looking", {{"text", "looking"}}}}};
    detail.effects = {EffectRow{}};
    detail.timers = {{{}, TimerKind::kEscalation, now}};
    IncidentSummary storm;
    storm.incident.kind = Incident::Kind::kStorm;
    detail.children = {storm};
    detail.background.similar = {Incident{}};
    Record problem;
    problem.part = Problem{};
    detail.background.problems = {problem};
    Record review;
    review.part = Review{};
    detail.background.reviews = {review};
    detail.background.articles = {{"ART-2026-000001", "Disks", {}}};
    return detail;
}

TEST_CASE("what the bridge answers of an incident is described to its last member") {
    const tocsin::test::DescribedAnswers described;
    const boost::json::value answer =
        boost::json::parse(detail_json(full_detail(), "https://x", Oncall{}));
    for (const std::string& wrong : described.wrong_as("IncidentDetail", answer)) FAIL_CHECK(wrong);
    for (const char* list : {"/alerts", "/timeline", "/children", "/links", "/similar", "/problems",
                             "/reviews", "/articles", "/more_reporters", "/sla/pauses",
                             "/escalation/timers", "/escalation/messages", "/escalation/told"}) {
        INFO(list);
        CHECK_FALSE(answer.at_pointer(list).as_array().empty());
    }
}

TEST_CASE("what is told and not described is found at any depth, and so is what is missing") {
    const tocsin::test::DescribedAnswers described;
    boost::json::value answer =
        boost::json::parse(detail_json(full_detail(), "https://x", Oncall{}));
    answer.at("escalation").at("timers").at(0).as_object()["colour"] = "red";
    answer.at("children").at(0).at("storm").as_object()["wind"] = 12;
    answer.at("sla").at("pauses").at(0).as_object().erase("from");
    answer.at("escalation").at("messages").at(0).as_object()["state"] = "lost";
    answer.at("reporter").as_object()["name"] = nullptr;
    auto wrong = described.wrong_as("IncidentDetail", answer);
    std::sort(wrong.begin(), wrong.end());
    CHECK(wrong ==
          std::vector<std::string>{".children[].storm.wind is told and not described",
                                   ".escalation.messages[].state is \"lost\", not described",
                                   ".escalation.timers[].colour is told and not described",
                                   ".reporter.name is null, and not nullable",
                                   ".sla.pauses[].from is required and not told"});
}

TEST_CASE("the parts of a schema do not contradict each other") {
    const text::YamlNode root = described_api();
    check_parts(root, root);
}

TEST_CASE("docs/openapi.yaml and the routing table hold the same routes with the same access") {
    const tocsin::test::FixtureTree tree;
    const std::string url = "sqlite:" + tree.at("bridge.db");
    net::Loop loop;
    const SystemClock clock;
    const auto config = std::make_shared<const BridgeConfig>(default_config());
    auto store = Store::open(url);
    REQUIRE(store);
    Worker worker(loop, std::move(store).value(), config, clock, {});
    auto queries = Queries::open(url);
    REQUIRE(queries);
    Reader reader(loop, std::move(queries).value());
    Metrics metrics;
    const Api api(ApiParts{loop, clock, worker, reader, metrics}, config,
                  AccessControl({}, LoopbackWithoutToken::kRefuse));
    std::map<std::string, std::string> served;
    for (const Endpoint& route : api.routes()) {
        served[route.method + " " + route.pattern] = word(route.access);
    }

    const text::YamlNode root = described_api();
    std::map<std::string, std::string> described;
    for (const auto& [path, methods] : root.find("paths").entries()) {
        for (const auto& [method, operation] : methods.entries()) {
            described[upper(method) + " " + path] = operation.find("x-access").scalar();
        }
    }
    CHECK(described == served);
    CHECK(root.find("info").find("version").scalar() == kVersion);
}
