// What the group robots are sent, and what their answers mean.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "bridge/notify/dingtalk.h"
#include "bridge/notify/feishu.h"
#include "bridge/notify/slack.h"
#include "bridge/notify/teams.h"
#include "bridge/notify/wecom.h"
#include "tests/support/sample_message.h"

using namespace tocsin;
using namespace tocsin::bridge;
namespace json = boost::json;

namespace {

const Timestamp kAt = parse_rfc3339("2026-11-22T13:34:42Z").value();

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// Labels that try every dialect.
Message hostile() {
    Message message = linked_message();
    const std::string evil =
        "**b** _i_ [x](http://evil.example) <@all> <!channel> <at id=all></at> @13800000000 # h "
        "`c` <script> http://evil.example ![i](y) ~s~ \x01 &amp; \\";
    message.title = evil;
    message.host = evil;
    message.alerts.front().summary = evil;
    message.alerts.front().description = "# head\n> quote\n- list\n" + evil;
    message.runbook = "https://wiki.example/)[x](http://evil.example";
    return message;
}

Message huge() {
    Message message = linked_message();
    std::string text;
    for (int i = 0; i < 4000; ++i) text += "汉字\"\\";
    message.alerts.front().summary = text.substr(0, 4096 - 1);
    message.alerts.front().description = text;
    message.alerts.resize(10, message.alerts.front());
    message.firing = 10;
    message.title = text.substr(0, 600);
    return message;
}

HttpAnswer answered(int status, std::string body) {
    HttpAnswer answer;
    answer.status = status;
    answer.body = std::move(body);
    return answer;
}

struct Robot {
    const char* name;
    std::function<std::string(const Message&)> body;
    std::size_t most;  // of the request's body, by the vendor
};
const std::vector<Robot> kRobots = {
    {"dingtalk", [](const Message& m) { return dingtalk_body(m); }, 20'000},
    {"wecom", [](const Message& m) { return wecom_body(m); }, 20'000},
    {"feishu", [](const Message& m) { return feishu_body(m, Secret("s"), kAt); }, 20 * 1024},
    {"slack", [](const Message& m) { return slack_body(m); }, 40'000},
    {"teams", [](const Message& m) { return teams_body(m); }, 28 * 1024}};

}  // namespace

TEST_CASE("DingTalk's signature is what its documentation's Python computes") {
    // base64(hmac(secret, "<ms>\n<secret>", sha256)), computed by Python's hmac.
    CHECK(dingtalk_signature(Secret("SECthis is secret"), kAt) ==
          "omcgAbNRX64oMDMs05hBIhJ8hnNqt7n+bEW0jnVwS74=");
}

TEST_CASE("Feishu's signature has the text as key and signs nothing") {
    CHECK(feishu_signature(Secret("demo"), kAt) == "/YLi3e8jPi6TZPk9UOyFfsKtLCPbEUC2YLCy2PdfDqs=");
    const json::value body = json::parse(feishu_body(sample_message(), Secret("demo"), kAt));
    CHECK(body.at("timestamp") == "1795354482");
    CHECK(body.at("sign") == "/YLi3e8jPi6TZPk9UOyFfsKtLCPbEUC2YLCy2PdfDqs=");
    CHECK_FALSE(json::parse(feishu_body(sample_message(), {}, kAt)).as_object().contains("sign"));
}

TEST_CASE("every robot says what, where, how bad, who else was told and where to look") {
    for (const Robot& robot : kRobots) {
        INFO(robot.name);
        const std::string body = robot.body(linked_message());
        for (const char* part :
             {"93 %", "4.1 GiB left", "web-17", "[P2]", "Zhao Lei",
              "https://tocsin.example/incidents/INC-2026-000001",
              "https://wiki.example/runbooks/disk", "https://tocsin.example/l/a"}) {
            INFO(part);
            // Feishu's entities stand for characters that the reader sees.
            const bool entities =
                std::string_view(robot.name) == "feishu" &&
                std::string_view(part).find_first_of("[%") != std::string_view::npos;
            CHECK((entities || contains(body, part)));
        }
        Message chinese = linked_message();
        chinese.language = "zh-CN";
        CHECK(contains(robot.body(chinese), "无人认领"));
        CHECK(contains(robot.body(chinese), "认领"));
    }
}

TEST_CASE("what labels hold is text in every dialect: no markup, no mention, no link") {
    struct Case {
        const char* name;
        std::string text;
        std::vector<const char*> never;
    };
    const json::value slack = json::parse(slack_body(hostile()));
    const auto text_of = [](const json::value& body, const char* pointer) {
        return std::string(body.at_pointer(pointer).as_string());
    };
    const std::vector<Case> cases = {
        {"dingtalk",
         text_of(json::parse(dingtalk_body(hostile())), "/actionCard/text"),
         {"**b**", "[x](", "](http://evil", "@13800000000", "`c`", "\n# head", "\n> quote",
          "http://evil.example ", "![i]", "\x01"}},
        {"wecom",
         text_of(json::parse(wecom_body(hostile())), "/markdown/content"),
         {"**b**", "[x](", "<@all>", "`c`", "\n# head", "\n> quote", "http://evil.example "}},
        {"feishu",
         text_of(json::parse(feishu_body(hostile(), {}, kAt)), "/card/elements/0/content"),
         {"**b**", "[x](", "<at id=all>", "`c`", "\n# head", "\n> quote", "~s~",
          "http://evil.example "}},
        {"slack",
         text_of(slack, "/blocks/1/text/text"),
         {"<@all>", "<!channel>", "<script>", "<at id"}},
        {"slack's line", text_of(slack, "/text"), {"<@all>", "<!channel>", "<script>"}},
    };
    for (const Case& c : cases) {
        for (const char* part : c.never) {
            INFO(c.name << ": " << part << " in\n" << c.text);
            CHECK_FALSE(contains(c.text, part));
        }
    }
    CHECK(slack.at_pointer("/blocks/1/text/verbatim").as_bool());
    // A card's TextRuns know no Markdown, and the only TextBlock is that of mentions.
    CHECK_FALSE(contains(teams_body(hostile()), "\"TextBlock\""));
}

TEST_CASE("a message beyond a limit is cut between characters, with its links, never refused") {
    for (const Robot& robot : kRobots) {
        for (const bool mentioned : {false, true}) {
            INFO(robot.name << (mentioned ? " with a mention" : ""));
            Message message = huge();
            if (mentioned) message.mentions = {"13800000000"};
            const std::string body = robot.body(message);
            CHECK(body.size() <= robot.most);
            CHECK(contains(body, "https://tocsin.example/l/a"));
            CHECK(contains(body, "https://tocsin.example/incidents/INC-2026-000001"));
            boost::system::error_code bad;
            (void)json::parse(body, bad);
            CHECK_FALSE(bad);  // and UTF-8 throughout
        }
    }
    Message message = huge();
    const json::value markdown = json::parse(wecom_body(message));
    CHECK(markdown.at_pointer("/markdown/content").as_string().size() <= 4096);
    message.mentions = {"13800000000"};
    const json::value text = json::parse(wecom_body(message));
    CHECK(text.at("msgtype") == "text");
    CHECK(text.at_pointer("/text/content").as_string().size() <= 2048);
    const json::value slack = json::parse(slack_body(message));
    CHECK(slack.at_pointer("/blocks/0/text/text").as_string().size() <= 600);
    CHECK(slack.at_pointer("/blocks/1/text/text").as_string().size() <= 3000);
}

TEST_CASE("mentions are written as each robot wants them") {
    Message message = linked_message();
    message.mentions = {"13800000000", "zhaolei"};
    const json::value ding = json::parse(dingtalk_body(message));
    CHECK(ding.at("msgtype") == "markdown");  // a card mentions nobody
    CHECK(ding.at_pointer("/at/atMobiles/0") == "13800000000");
    CHECK(ding.at_pointer("/at/atUserIds/0") == "zhaolei");
    CHECK(contains(ding.at_pointer("/markdown/text").as_string(), "@13800000000 @zhaolei"));
    CHECK(json::parse(wecom_body(message)).at_pointer("/text/mentioned_mobile_list/0") ==
          "13800000000");
    message.mentions = {"zhaolei"};
    CHECK(contains(json::parse(wecom_body(message)).at_pointer("/markdown/content").as_string(),
                   "<@zhaolei>"));
    CHECK(contains(feishu_body(message, {}, kAt), "<at id=zhaolei></at>"));
    CHECK(contains(slack_body(message), "<@zhaolei>"));
    const json::value teams = json::parse(teams_body(message));
    CHECK(teams.at_pointer("/attachments/0/content/msteams/entities/0/mentioned/id") == "zhaolei");
    CHECK(teams.at_pointer("/attachments/0/contentType") ==
          "application/vnd.microsoft.card.adaptive");
    CHECK(json::parse(dingtalk_body(linked_message())).at_pointer("/actionCard/btns/0/actionURL") ==
          "https://tocsin.example/l/a");
}

TEST_CASE("an error code in a 200 is an error, and says whether to try again") {
    struct Case {
        const char* what;
        Outcome outcome;
        Delivery delivery;
        OutcomeReason reason;
        std::optional<Duration> wait;
    };
    const auto kRetry = Delivery::kRetry;
    const auto kPermanent = Delivery::kPermanent;
    const auto ding = [](int code) {
        return dingtalk_outcome(
            answered(200, R"({"errcode":)" + std::to_string(code) + R"(,"errmsg":"words"})"));
    };
    const auto wecom = [](int code) {
        return wecom_outcome(
            answered(200, R"({"errcode":)" + std::to_string(code) + R"(,"errmsg":"words"})"));
    };
    const auto feishu = [](int code, int status = 200, const std::string& words = "w") {
        return feishu_outcome(answered(status, R"({"code":)" + std::to_string(code) +
                                                   R"(,"data":{},"msg":")" + words + R"("})"));
    };
    HttpAnswer slow = answered(400, R"({"code":99991400,"msg":"request trigger frequency limit"})");
    slow.retry_after = 52s;
    for (const Case& c : {
             Case{"ding good", ding(0), Delivery::kDelivered, OutcomeReason::kDelivered, {}},
             Case{"ding rate", ding(130101), kRetry, OutcomeReason::kRateLimited, 10min},
             Case{"ding sign", ding(310000), kPermanent, OutcomeReason::kUnauthorized, {}},
             Case{"ding long", ding(460101), kPermanent, OutcomeReason::kRejected, {}},
             Case{"ding busy", ding(-1), kRetry, OutcomeReason::kServerError, {}},
             Case{"ding rate, as documented", ding(410100), kRetry, OutcomeReason::kRateLimited,
                  10min},
             Case{"ding group gone", ding(400013), kPermanent, OutcomeReason::kUnauthorized, {}},
             Case{"ding type", ding(400105), kPermanent, OutcomeReason::kRejected, {}},
             Case{"ding no JSON sent", ding(40035), kPermanent, OutcomeReason::kRejected, {}},
             Case{"ding new code", ding(777), kRetry, OutcomeReason::kServerError, {}},
             Case{"ding no JSON",
                  dingtalk_outcome(answered(200, "<html>")),
                  kRetry,
                  OutcomeReason::kServerError,
                  {}},
             Case{"ding 502",
                  dingtalk_outcome(answered(502, "")),
                  kRetry,
                  OutcomeReason::kServerError,
                  {}},
             Case{"wecom good", wecom(0), Delivery::kDelivered, OutcomeReason::kDelivered, {}},
             Case{"wecom busy", wecom(-1), kRetry, OutcomeReason::kServerError, {}},
             Case{"wecom rate", wecom(45009), kRetry, OutcomeReason::kRateLimited, 1min},
             Case{"wecom at once", wecom(45033), kRetry, OutcomeReason::kRateLimited, 10s},
             Case{"wecom key", wecom(93000), kPermanent, OutcomeReason::kUnauthorized, {}},
             Case{"wecom stopped", wecom(93004), kPermanent, OutcomeReason::kUnauthorized, {}},
             Case{"wecom put out", wecom(93008), kPermanent, OutcomeReason::kUnauthorized, {}},
             Case{"wecom long", wecom(40058), kPermanent, OutcomeReason::kRejected, {}},
             Case{"feishu good", feishu(0), Delivery::kDelivered, OutcomeReason::kDelivered, {}},
             Case{"feishu rate", feishu(11232), kRetry, OutcomeReason::kRateLimited, 10s},
             Case{"feishu sign", feishu(19021), kPermanent, OutcomeReason::kUnauthorized, {}},
             Case{"feishu rate, 400", feishu(9499, 400, "too many request"), kRetry,
                  OutcomeReason::kRateLimited, 1min},
             Case{"feishu long",
                  feishu(9499, 400, "Bad Request"),
                  kPermanent,
                  OutcomeReason::kRejected,
                  {}},
             Case{"feishu rate, its wish", feishu_outcome(slow), kRetry,
                  OutcomeReason::kRateLimited, 52s},
             Case{"feishu address", feishu(19022), kPermanent, OutcomeReason::kUnauthorized, {}},
             Case{"feishu keyword", feishu(19024), kPermanent, OutcomeReason::kUnauthorized, {}},
             Case{"teams 202",
                  teams_outcome(answered(202, "")),
                  Delivery::kDelivered,
                  OutcomeReason::kDelivered,
                  {}},
             Case{"teams rate in a 200",
                  teams_outcome(answered(200,
                                         "Webhook message delivery failed with error: "
                                         "Microsoft Teams endpoint returned HTTP error 429")),
                  kRetry, OutcomeReason::kRateLimited, 10s},
         }) {
        INFO(c.what << ": " << c.outcome.detail);
        CHECK(c.outcome.delivery == c.delivery);
        CHECK(c.outcome.reason == c.reason);
        CHECK(c.outcome.retry_after == c.wait);
    }
    CHECK(ding(310000).detail == "errcode 310000: words");
}

TEST_CASE("a channel's own template is filled with text that is harmless there") {
    MessageTemplates own;
    own.subject = "{{ .Priority }} {{ .Title }}";
    own.text =
        "**{{ .Host }}** {{ range .Rows }}{{ .Label }}={{ .Value }};{{ end }}\n"
        "[go]({{ .Acknowledge }})";
    const json::value body = json::parse(dingtalk_body(hostile(), own));
    const std::string text(body.at_pointer("/actionCard/text").as_string());
    CHECK(contains(text, "**＊＊b＊＊"));  // its own stars, not the label's
    CHECK(contains(text, "Priority=P2;"));
    CHECK(contains(text, "[go](https://tocsin.example/l/a)"));
    CHECK(std::string(body.at_pointer("/actionCard/title").as_string()).starts_with("P2 ＊＊b"));
}

TEST_CASE("a digest is one message about all of its incidents") {
    Message message;
    message.at = kAt;
    message.url = "https://tocsin.example/?state=open";
    for (int i = 1; i <= 300; ++i) {
        message.digest.push_back({i % 2 == 0 ? MessageKind::kOpened : MessageKind::kEscalated,
                                  Priority::kP2, "INC-2026-" + std::to_string(100'000 + i),
                                  "DiskFull on web-" + std::to_string(i)});
    }
    for (const Robot& robot : kRobots) {
        INFO(robot.name);
        const std::string body = robot.body(message);
        CHECK(body.size() <= robot.most);
        CHECK(contains(body, "300 messages in one"));
        CHECK(contains(body, "https://tocsin.example/?state=open"));
        CHECK(contains(body, "INC"));
    }
    for (DigestItem& item : message.digest) item.kind = MessageKind::kResolved;
    message.language = "zh-CN";
    CHECK(contains(wecom_body(message), "300 个事件已解决"));
}
