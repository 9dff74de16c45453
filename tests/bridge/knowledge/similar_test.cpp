#include "bridge/knowledge/similar.h"

#include <catch2/catch.hpp>

#include "bridge/knowledge/drafts.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

const Timestamp kNow = from_unix_ms(1'795'000'000'000);

Incident incident(int id, std::string dedup_key, Labels labels, State state = State::kClosed) {
    Incident out;
    out.id = IncidentId{id};
    out.key = "INC-2026-00000" + std::to_string(id);
    out.dedup_key = std::move(dedup_key);
    out.labels = std::move(labels);
    out.state = state;
    out.title = "title " + std::to_string(id);
    out.opened_at = kNow - 24h * (10 - id);  // a higher number is newer
    return out;
}

std::vector<std::string> keys(const std::vector<Incident>& all) {
    std::vector<std::string> out;
    for (const Incident& one : all) out.push_back(one.key.substr(one.key.size() - 1));
    return out;
}

using Keys = std::vector<std::string>;

DraftWords plain_words() {
    DraftWords out;
    out.title = [](const Incident& one) { return one.title; };
    out.review = [](std::string_view title) { return "Review: " + std::string(title); };
    out.line = [](const TimelineEntry& entry, Whose whose) {
        return (whose == Whose::kRecord ? "r " : "i ") + entry.actor + ": " + entry.text;
    };
    out.cause_code = [](std::string_view cause) { return std::string(cause); };
    out.symptom = "Symptom";
    out.cause = "Cause";
    out.solution = "Solution";
    out.proof = "Proof";
    return out;
}

}  // namespace

TEST_CASE(
    "the same key comes first, then the same alert by place, and other alerts are not similar") {
    const Incident now = incident(
        9, "k",
        Labels{{"alertname", "DiskFull"}, {"host", "web-1"}, {"service", "shop"}, {"env", "prod"}},
        State::kTriggered);
    const std::vector<Incident> past = {
        incident(1, "k", Labels{{"alertname", "DiskFull"}, {"host", "web-1"}}),
        incident(2, "a", Labels{{"alertname", "DiskFull"}, {"host", "web-1"}}),
        incident(3, "b", Labels{{"alertname", "DiskFull"}, {"service", "shop"}}),
        incident(4, "c", Labels{{"alertname", "DiskFull"}, {"env", "prod"}}),
        incident(5, "d", Labels{{"alertname", "DiskFull"}}),
        incident(6, "e", Labels{{"alertname", "CpuHot"}, {"host", "web-1"}, {"service", "shop"}}),
    };
    CHECK(keys(most_similar(now, past)) == Keys{"1", "2", "3"});
    CHECK(keys(most_similar(now, {past[5], past[4], past[3]})) == Keys{"4", "5"});
    CHECK(likeness(now, past[5]) == 0);
    for (std::size_t i = 0; i + 1 < past.size(); ++i) {
        CHECK(likeness(now, past[i]) > likeness(now, past[i + 1]));
    }
}

TEST_CASE("of equally similar ones those that say how they ended come first, then the newest") {
    const Labels labels{{"alertname", "DiskFull"}, {"host", "web-1"}};
    std::vector<Incident> past;
    for (const int id : {1, 2, 3, 4}) past.push_back(incident(id, "k", labels));
    CHECK(keys(most_similar(incident(9, "k", labels), past)) == Keys{"4", "3", "2"});
    past[0].facts.findings.solution = "made room";
    past[1].facts.findings.cause = "capacity";
    CHECK(keys(most_similar(incident(9, "k", labels), past)) == Keys{"2", "1", "4"});
}

TEST_CASE("neither the incident itself, nor an open one, nor one twice is a past one") {
    const Labels labels{{"alertname", "DiskFull"}};
    const Incident now = incident(9, "k", labels);
    CHECK(most_similar(now, {now}).empty());
    for (const State state : {State::kTriggered, State::kAcknowledged, State::kPending}) {
        CHECK(most_similar(now, {incident(1, "k", labels, state)}).empty());
    }
    const Incident one = incident(1, "k", labels, State::kResolved);
    CHECK(keys(most_similar(now, {one, one})) == Keys{"1"});
}

TEST_CASE("reports by people are like each other when they share the service or the host") {
    Incident now = incident(9, "", Labels{});
    now.service = "shop";
    Incident same = incident(1, "", Labels{{"service", "shop"}});
    CHECK(keys(most_similar(now, {same, incident(2, "", Labels{})})) == Keys{"1"});
    // An alert of the service is another matter.
    CHECK(likeness(now, incident(3, "k", Labels{{"alertname", "X"}, {"service", "shop"}})) == 0);
    CHECK(likeness(incident(8, "", Labels{}), incident(7, "", Labels{})) == 0);
}

TEST_CASE("severity tells nothing of likeness") {
    const Incident now = incident(9, "k", Labels{{"alertname", "X"}, {"severity", "critical"}});
    CHECK(likeness(now, incident(1, "a", Labels{{"alertname", "X"}, {"severity", "critical"}})) ==
          likeness(now, incident(2, "a", Labels{{"alertname", "X"}, {"severity", "warning"}})));
}

TEST_CASE(
    "articles match by an alert's labels, the more exact ones first, none without a matcher") {
    const auto article = [](std::string key, const std::vector<std::string>& match) {
        ArticleTitle out{std::move(key), "t", {}};
        for (const std::string& text : match) out.match.push_back(parse_matcher(text).value());
        return out;
    };
    Incident now = incident(9, "k", Labels{{"env", "prod"}});
    AlertRecord alert;
    alert.labels = Labels{{"alertname", "DiskFull"}, {"host", "web-1"}, {"env", "prod"}};
    now.alerts = {alert};
    const auto found = matching_articles(
        now, {article("ART-4", {}), article("ART-3", {"alertname=\"CpuHot\""}),
              article("ART-2", {"alertname=\"DiskFull\""}), article("ART-5", {"env=\"prod\""}),
              article("ART-1", {"alertname=\"DiskFull\"", "host=~\"web-.*\""})});
    REQUIRE(found.size() == 3);
    CHECK(found[0].key == "ART-1");
    CHECK(found[1].key == "ART-2");
    CHECK(found[2].key == "ART-5");
    std::vector<ArticleTitle> many(20, article("ART-9", {"env=\"prod\""}));
    CHECK(matching_articles(now, many).size() == kMostArticles);
}

TEST_CASE("an article keeps symptom, cause, solution and proof, and matches the same alert") {
    Incident one = incident(1, "k", Labels{{"alertname", "DiskFull"}, {"host", "web-1"}});
    RecordFields fields;
    const auto none = keep_resolution(one, fields, plain_words());
    REQUIRE(none.value());
    CHECK(none.value()->english() ==
          one.key +
              " does not say how it was solved; note its solution, or give the article a text");
    one.facts.findings = {"capacity", "Removed old logs", "df shows 40 %"};
    fields = {};
    REQUIRE_FALSE(keep_resolution(one, fields, plain_words()).value());
    CHECK(fields.texts.at("title") == "title 1");
    CHECK(fields.texts.at("text") ==
          "## Symptom\n\ntitle 1\n\n## Cause\n\ncapacity\n\n## Solution\n\nRemoved old logs\n\n"
          "## Proof\n\ndf shows 40 %");
    REQUIRE(fields.match.size() == 1);
    CHECK(fields.match[0].text() == "alertname=\"DiskFull\"");
    // What is given stays.
    fields = {};
    fields.texts["text"] = "mine";
    fields.match = {parse_matcher("host=\"web-1\"").value()};
    one.facts.findings = {};
    REQUIRE_FALSE(keep_resolution(one, fields, plain_words()).value());
    CHECK(fields.texts.at("text") == "mine");
    CHECK(fields.match[0].text() == "host=\"web-1\"");
}

TEST_CASE("a review's draft is the timeline, a line an entry") {
    CHECK(draft_of({{kNow, "note", "li.na", "looking\nhard", {}},
                    {kNow + 1s, "resolved", "system", "All alerts resolved", {}}},
                   Whose::kIncident,
                   plain_words()) == "i li.na: looking hard\ni system: All alerts resolved\n");
    CHECK(draft_of({{kNow, "note", "li.na", "looking", {}}}, Whose::kRecord, plain_words()) ==
          "r li.na: looking\n");
}

TEST_CASE("a suggested review belongs to the commander and is due when the settings say") {
    Incident one = incident(1, "k", Labels{{"alertname", "X"}});
    one.assignee = "li.na";
    one.facts.major = Major{};
    KnowledgeSettings settings;
    settings.review_due = 48h;
    Record made = suggest_review("REV-2026-000001", one, {}, settings, plain_words(), kNow).next;
    CHECK(made.owner == "li.na");
    one.facts.major->commander = "boss";
    made = suggest_review("REV-2026-000001", one, {}, settings, plain_words(), kNow).next;
    CHECK(made.owner == "boss");
    CHECK(made.title == "Review: title 1");
    CHECK(made.state == RecordState::kOpen);
    CHECK(std::get<Review>(made.part).about == "INC-2026-000001");
    CHECK(std::get<Review>(made.part).due == kNow + 48h);
}
