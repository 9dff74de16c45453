// What is known beside an incident, in its messages.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "bridge/notify/webhook.h"
#include "bridge/notify/words.h"
#include "tests/support/sample_message.h"

using namespace tocsin;
using namespace tocsin::bridge;
using Catch::Matchers::Contains;

namespace {

constexpr std::string_view kBase = "https://tocsin.example";

Incident past(std::string key, std::string solution, std::string cause = "") {
    Incident out;
    out.key = std::move(key);
    out.title = "/ on web-17 is full";
    out.state = State::kClosed;
    out.opened_at = from_unix_ms(1'795'000'000'000);  // 2026-11-18
    out.facts.findings = {std::move(cause), std::move(solution), ""};
    return out;
}

Background known() {
    Background out;
    out.similar = {past("INC-2026-000007", "made\nroom"), past("INC-2026-000006", "", "capacity"),
                   past("INC-2026-000005", "")};
    Record problem;
    problem.key = "PRB-2026-000003";
    problem.title = "Logs fill /";
    problem.state = RecordState::kKnownError;
    problem.part = Problem{"logs", "rm /var/log/*.1", ""};
    out.problems = {problem};
    out.articles = {{"ART-2026-000002", "Make room", {}}};
    return out;
}

}  // namespace

TEST_CASE("similar ones with how they ended, and the workaround, in English") {
    Message message = sample_message();
    add_background(message, known(), kBase);
    const std::string text = words_for(message).text;
    CHECK_THAT(text, Contains("INC-2026-000007 2026-11-18 / on web-17 is full (made room)"));
    CHECK_THAT(text, Contains("INC-2026-000006 2026-11-18 / on web-17 is full (capacity)"));
    CHECK_THAT(text, Contains("INC-2026-000005 2026-11-18 / on web-17 is full (ended by itself)"));
    CHECK_THAT(text, Contains("PRB-2026-000003 Logs fill / (known error); workaround: "
                              "rm /var/log/*.1"));
    // The alert has a runbook of its own.
    CHECK_THAT(text, Contains("Runbook: https://wiki.example/runbooks/disk") &&
                         !Contains("ART-2026-000002"));
}

TEST_CASE("the same in Chinese, and an article where no alert names a runbook") {
    Message message = sample_message();
    message.language = "zh-CN";
    message.runbook.clear();
    Background background = known();
    background.similar[2].resolved_by_hand = true;
    background.similar[2].resolved_by = "li.na";
    background.articles[0].text = "# Make room\n\n1. rm /var/log/*.1\n" + std::string(2000, 'x');
    add_background(message, background, kBase);
    const std::string text = words_for(message).text;
    CHECK_THAT(text, Contains("相似事件"));
    CHECK_THAT(text, Contains("INC-2026-000005 2026-11-18 / on web-17 is full（由 li.na 解决）"));
    CHECK_THAT(text,
               Contains("PRB-2026-000003 Logs fill /（已知错误）；临时措施：rm /var/log/*.1"));
    CHECK_THAT(text, Contains("处置手册：ART-2026-000002 Make room "
                              "https://tocsin.example/articles/ART-2026-000002"));
    // With the beginning of its text: whoever is woken has it at hand.
    CHECK_THAT(text, Contains("# Make room\n") && Contains("1. rm /var/log/*.1\n") &&
                         Contains("…") && !Contains(std::string(1300, 'x')));
}

TEST_CASE("every state of a problem has its word in both languages") {
    for (const RecordState state :
         {RecordState::kSuggested, RecordState::kOpen, RecordState::kKnownError,
          RecordState::kFixed, RecordState::kClosed, RecordState::kRejected}) {
        Background background;
        background.problems = known().problems;
        background.problems[0].state = state;
        std::string english;
        for (const char* language : {"en", "zh-CN"}) {
            Message message = sample_message();
            message.language = language;
            add_background(message, background, kBase);
            REQUIRE(message.problems.size() == 1);
            CHECK_THAT(message.problems[0], !Contains("problem_state") && !Contains("_error"));
            CHECK(message.problems[0] != english);
            english = message.problems[0];
        }
    }
}

TEST_CASE("a webhook has the lines as lists") {
    Message message = sample_message();
    add_background(message, known(), kBase);
    const auto body = boost::json::parse(webhook_body(message, {}));
    CHECK(body.at("similar").as_array().size() == 3);
    CHECK(body.at("problems").at(0) ==
          "PRB-2026-000003 Logs fill / (known error); workaround: rm /var/log/*.1");
    CHECK(boost::json::parse(webhook_body(sample_message(), {})).at("similar").as_array().empty());
}

TEST_CASE("nothing known adds nothing") {
    Message message = sample_message();
    const std::string before = words_for(message).text;
    add_background(message, Background{}, kBase);
    CHECK(words_for(message).text == before);
}
