// PagerDuty, SMS by HTTP and SMS by a program.
#include <sys/stat.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "base/core/strings.h"
#include "base/net/file.h"
#include "bridge/config/message_template.h"
#include "bridge/notify/command.h"
#include "bridge/notify/http_gateway.h"
#include "bridge/notify/markup.h"
#include "bridge/notify/own_template.h"
#include "bridge/notify/pagerduty.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/sample_message.h"

using namespace tocsin;
using namespace tocsin::bridge;
namespace json = boost::json;

namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

BodyNode text_node(std::string text) {
    BodyNode node;
    node.text = std::move(text);
    return node;
}

HttpChannel gateway() {
    HttpChannel channel;
    channel.body.kind = BodyNode::Kind::kMap;
    channel.body.names = {"to", "text", "type"};
    BodyNode literal = text_node("2");
    literal.kind = BodyNode::Kind::kLiteral;
    BodyNode list;
    list.kind = BodyNode::Kind::kList;
    list.children = {text_node("{{ .Number }}")};
    channel.body.children = {list, text_node("{{ .Text }}"), literal};
    return channel;
}

Message sms_message() {
    Message message = sample_message();
    message.recipient.address = "+8613800000000";
    return message;
}

Outcome run(const std::vector<std::string>& command, Duration timeout = 20s) {
    const SystemClock clock;
    CommandChannel channel;
    channel.command = command;
    channel.timeout = timeout;
    const auto made = make_command(channel, {clock});
    REQUIRE(made);
    return made.value()->send(sms_message());
}

}  // namespace

TEST_CASE("PagerDuty is told of an incident as one alert with our key") {
    struct Case {
        MessageKind kind;
        State state;
        const char* action;
    };
    for (const Case& c : {Case{MessageKind::kOpened, State::kTriggered, "trigger"},
                          Case{MessageKind::kReminder, State::kTriggered, "trigger"},
                          Case{MessageKind::kSnoozeEnded, State::kAcknowledged, "acknowledge"},
                          Case{MessageKind::kRaised, State::kAcknowledged, "trigger"},
                          Case{MessageKind::kResolved, State::kResolved, "resolve"}}) {
        Message message = sample_message();
        message.kind = c.kind;
        message.state = c.state;
        const json::value body = json::parse(pagerduty_body(message, Secret("R0UT1NG")));
        INFO(to_string(c.kind));
        CHECK(body.at("event_action") == c.action);
        CHECK(body.at("dedup_key") == "INC-2026-000001");
        CHECK(body.at("routing_key") == "R0UT1NG");
        CHECK(body.at_pointer("/payload/source") == "web-17");
        CHECK(contains(body.at_pointer("/payload/custom_details/text").as_string(), "93 %"));
    }
    Message message = sample_message();
    message.title = std::string(5000, 'x');
    const json::value long_one = json::parse(pagerduty_body(message, Secret("k")));
    CHECK(utf8_length(long_one.at_pointer("/payload/summary").as_string()) <= 1024);
}

TEST_CASE("a severity that PagerDuty does not know is mapped, or follows the priority") {
    const auto severity = [](const std::string& ours, Priority priority,
                             const std::map<std::string, std::string>& map = {}) {
        Message message = sample_message();
        message.severity = ours;
        message.priority = priority;
        return std::string(json::parse(pagerduty_body(message, Secret("k"), map))
                               .at_pointer("/payload/severity")
                               .as_string());
    };
    CHECK(severity("critical", Priority::kP4) == "critical");
    CHECK(severity("warning", Priority::kP1) == "warning");
    CHECK(severity("page", Priority::kP1) == "critical");
    CHECK(severity("page", Priority::kP2) == "error");
    CHECK(severity("page", Priority::kP2, {{"page", "info"}}) == "info");
}

TEST_CASE("a gateway's body is written by its templates, whatever the texts hold") {
    Message message = sms_message();
    message.alerts.front().summary = "\"}, {\"to\": \"evil\"} \n\x01 \xff";
    const json::value body = json::parse(gateway_body(gateway(), message));
    CHECK(body.at_pointer("/to/0") == "+8613800000000");
    CHECK(body.at("type").as_int64() == 2);
    CHECK(body.as_object().size() == 3);
    const std::string text(body.at("text").as_string());
    CHECK(text.find('\n') == std::string::npos);
    CHECK(text.find('\x01') == std::string::npos);

    HttpChannel form = gateway();
    form.format = BodyFormat::kForm;
    form.body.children[0] = text_node("{{ .Number }}");
    CHECK(contains(gateway_body(form, message), "to=%2B8613800000000&text="));
    CHECK(contains(gateway_body(form, message), "&type=2"));
    CHECK_FALSE(contains(gateway_body(form, message), " "));
}

TEST_CASE("a text for SMS gives up words of the sentence, never the link") {
    Message message = sms_message();
    for (const char* language : {"en", "zh-CN"}) {
        message.language = language;
        message.alerts.front().summary.clear();
        for (int i = 0; i < 400; ++i) message.alerts.front().summary += "磁盘";
        const std::string text = short_text(message, {}, 120);
        INFO(text);
        CHECK(utf8_length(text) <= 120);
        CHECK(text.ends_with("https://tocsin.example/incidents/INC-2026-000001"));
        CHECK(contains(text, "[P2]"));
        CHECK(contains(text, "磁盘磁"));
        CHECK(contains(text, "… (INC-2026-000001) "));
        CHECK(is_valid_utf8(text));
    }
    MessageTemplates own;
    own.brief = "{{ .Key }} {{ .What }}";
    CHECK(utf8_length(short_text(message, own, 60)) <= 60);
    CHECK(short_text(message, own, 60).starts_with("INC-2026-000001 磁盘"));
}

TEST_CASE("a text for SMS has the link to acknowledge where somebody is asked, as room allows") {
    Message message = linked_message();
    const auto text = [&](std::size_t most) { return short_text(message, {}, most); };
    const std::string page = "https://tocsin.example/incidents/INC-2026-000001";
    const std::string tap = "Acknowledge: https://tocsin.example/l/a";
    CHECK(text(300) ==
          "[P2] Not acknowledged, step 2: / is 93 % full, 4.1 GiB left (INC-2026-000001) " + tap +
              " " + page);
    // With less room the page goes first, to which the tap leads as well, then the tap.
    CHECK(text(130).ends_with("/ is 93 % full, 4.1 GiB left (INC-2026-000001) " + tap));
    message.actions.front().url += std::string(80, 'x');
    CHECK(text(130).ends_with("(INC-2026-000001) " + page));
    message.language = "zh-CN";
    CHECK(contains(text(300), "认领：https://tocsin.example/l/a"));
    // Who is only informed has nothing to take.
    for (const MessageKind kind : {MessageKind::kResolved, MessageKind::kAtRisk}) {
        message.kind = kind;
        CHECK_FALSE(contains(text(300), "/l/a"));
    }
    message.kind = MessageKind::kOpened;
    message.actions.clear();
    CHECK(text(300).ends_with("(INC-2026-000001) " + page));
}

TEST_CASE("a gateway's good answer is the one that was expected") {
    HttpChannel channel = gateway();
    channel.expect = "\"code\":0";
    const auto outcome = [&](int status, const char* body) {
        HttpAnswer answer;
        answer.status = status;
        answer.body = body;
        return gateway_outcome(channel, answer);
    };
    CHECK(outcome(200, R"({"code":0})").delivery == Delivery::kDelivered);
    CHECK(outcome(200, R"({"code":5})").delivery == Delivery::kRetry);
    CHECK(contains(outcome(200, R"({"code":5})").detail, R"({"code":5})"));
    CHECK(outcome(400, R"({"code":0})").delivery == Delivery::kPermanent);
    channel.expect.clear();
    CHECK(outcome(200, "anything").delivery == Delivery::kDelivered);
}

TEST_CASE("headers come a line each, and a line that is none is refused") {
    const auto lines = header_lines("# comment\n\nAuthorization: Bearer a:b\nX-App:  shop \r\n");
    REQUIRE(lines);
    REQUIRE(lines.value().size() == 2);
    CHECK(lines.value()[0] == std::pair<std::string, std::string>{"Authorization", "Bearer a:b"});
    CHECK(lines.value()[1] == std::pair<std::string, std::string>{"X-App", "shop"});
    for (const char* bad : {"no colon", ": value", "two words: x", "a: b\x01"}) {
        CHECK_FALSE(header_lines(bad));
    }
}

TEST_CASE("a program gets its words as they are, no shell between") {
    const test::FixtureTree tree;
    const std::string out = tree.at("words");
    tree.write("sms", "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$1\"\necho done\n");
    ::chmod(tree.at("sms").c_str(), 0755);
    CommandChannel channel;
    channel.command = {tree.at("sms"), out, "{{ .Number }}", "$(id) `id` ; {{ .Host }}"};
    const SystemClock clock;
    const auto made = make_command(channel, {clock});
    REQUIRE(made);
    Message message = sms_message();
    message.host = "$(touch /tmp/x) \"quoted\" 'too'";
    const Outcome outcome = made.value()->send(message);
    CHECK(outcome.delivery == Delivery::kDelivered);
    CHECK(outcome.detail == "exit status 0: done");
    CHECK(net::read_file(out).value() ==
          out +
              "\n+8613800000000\n$(id) `id` ; $(touch /tmp/x) \"quoted\" "
              "'too'\n");
}

TEST_CASE("a program's exit status decides, and one that hangs is killed") {
    struct Case {
        int status;
        Delivery delivery;
    };
    for (const Case& c : {Case{0, Delivery::kDelivered}, Case{1, Delivery::kRetry},
                          Case{75, Delivery::kRetry}, Case{64, Delivery::kPermanent},
                          Case{65, Delivery::kPermanent}, Case{67, Delivery::kPermanent}}) {
        INFO(c.status);
        CHECK(run({"/bin/sh", "-c", "exit " + std::to_string(c.status)}).delivery == c.delivery);
    }
    const auto began = std::chrono::steady_clock::now();
    const Outcome hung = run({"/bin/sh", "-c", "sleep 100 & sleep 100"}, 1s);
    CHECK(hung.delivery == Delivery::kRetry);
    CHECK(hung.reason == OutcomeReason::kTimeout);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(10));
    // What floods is read to its end and cut.
    const Outcome loud = run({"/bin/sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x; exit 1"});
    CHECK(loud.detail.size() < 300);
    const SystemClock clock;
    CommandChannel missing;
    missing.command = {"/no/such/program"};
    CHECK_FALSE(make_command(missing, {clock}));
}

TEST_CASE("messages fill the very fields that templates may name") {
    const Message message = sample_message();
    const Dot dot(message, content_of(message), [](std::string_view t) { return std::string(t); });
    std::set<std::string> known;
    for (const std::string_view name : kTemplateTexts) known.emplace(name);
    for (const std::string_view name : kTemplateLists) known.emplace(name);
    std::set<std::string> filled;
    for (const auto& [name, value] : dot.fields()) filled.insert(name);
    CHECK(filled == known);
}

TEST_CASE("a template that fails over a message gives way to the plain words") {
    const Message message = sample_message();
    const Dot dot(message, content_of(message), [](std::string_view t) { return std::string(t); });
    CHECK(dot.render("{{ .Key }}", "plain") == "INC-2026-000001");
    CHECK(dot.render("{{ .Key | toTime }}", "plain") == "plain");
    CHECK(dot.render("", "plain") == "plain");
}
