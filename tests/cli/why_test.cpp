// `tocsin incidents why` and `why-not`, `oncall calendar-url`, and what resolving offers.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "ran.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
using Catch::Matchers::Contains;
using tocsin::test::Ran;
using tocsin::test::ran;
namespace json = boost::json;
namespace net = tocsin::net;

namespace {

struct Asked {
    std::string method;
    std::string path;
    std::string lang;
    std::string person;
    json::value body;
};

// A bridge that gives one answer and remembers what it was asked.
Ran against(const std::string& answer, std::vector<std::string> args, Asked& asked) {
    const tocsin::test::HttpTestServer bridge([&](net::Request request, net::Reply reply) {
        asked = {request.method, request.path, std::string(request.param("lang")),
                 std::string(request.param("person")), nullptr};
        if (!request.body.empty()) asked.body = json::parse(request.body);
        reply.send(net::Response::json(200, answer));
    });
    args.insert(args.begin(), {"--bridge", bridge.url(""), "--as", "li.na"});
    return ran(std::move(args));
}

const std::string kLinks =
    R"("links": [{"step": "alert", "at": "2026-11-22T13:22:41.000Z", "text": "DiskFull on web-1",
                  "data": {"host": "web-1"}},
                 {"step": "verdict", "at": null, "text": "So it tells li.na", "data": {}}])";

}  // namespace

TEST_CASE("the chain is printed as a list, or as it is") {
    Asked asked;
    const std::string answer = R"({"key": "INC-2026-000001", )" + kLinks + "}";
    const Ran r =
        against(answer, {"incidents", "why", "INC-2026-000001", "--lang", "zh-CN"}, asked);
    CHECK(r.status == kDone);
    CHECK(asked.method == "GET");
    CHECK(asked.path == "/api/v1/incidents/INC-2026-000001/why");
    CHECK(asked.lang == "zh-CN");
    CHECK(r.out ==
          "STEP     AT (UTC)             WHY\n"
          "alert    2026-11-22 13:22:41  DiskFull on web-1\n"
          "verdict                       So it tells li.na\n");
    const Ran raw =
        against(answer, {"--output", "json", "incidents", "why", "INC-2026-000001"}, asked);
    CHECK(json::parse(raw.out) == json::parse(answer));
}

TEST_CASE("labels are given together or one by one, and 1 says that nothing is known of them") {
    Asked asked;
    const std::string known = R"({"labels": {}, "known": true, )" + kLinks + "}";
    const std::string unknown = R"({"labels": {}, "known": false, )" + kLinks + "}";
    struct Case {
        std::vector<std::string> labels;
        const char* expected;
    };
    for (const Case& c : {
             Case{{"alertname=DiskFull,host=web-1"},
                  R"({"alertname": "DiskFull", "host": "web-1"})"},
             Case{{"alertname=DiskFull", "host=web-1"},
                  R"({"alertname": "DiskFull", "host": "web-1"})"},
             Case{{R"(alertname="DiskFull",host="web-1")"},
                  R"({"alertname": "DiskFull", "host": "web-1"})"},
             Case{{R"({alertname="DiskFull", host="web-1",})"},
                  R"({"alertname": "DiskFull", "host": "web-1"})"},
             Case{{"alertname=DiskFull,", R"(host="web-1")"},
                  R"({"alertname": "DiskFull", "host": "web-1"})"},
             Case{{R"(path="/a,b c",quote="\"\\",host=web-1)"},
                  R"({"path": "/a,b c", "quote": "\"\\", "host": "web-1"})"},
             Case{{"host="}, R"({"host": ""})"},
             Case{{R"(path=C:\new)"}, R"({"path": "C:\\new"})"},
             Case{{"expr=a=b"}, R"({"expr": "a=b"})"},
         }) {
        std::vector<std::string> args = {"incidents", "why-not"};
        for (const std::string& text : c.labels) args.insert(args.end(), {"--labels", text});
        const Ran r = against(known, args, asked);
        CHECK(r.status == kDone);
        CHECK(asked.method == "POST");
        CHECK(asked.path == "/api/v1/why-not");
        CHECK(asked.body.at("labels") == json::parse(c.expected));
        CHECK_THAT(r.out, Contains("So it tells li.na"));
        CHECK(against(unknown, args, asked).status == kNo);
    }
    struct Wrong {
        const char* labels;
        const char* said;
    };
    for (const Wrong& w : {
             Wrong{"host", "\"host\" is not name=value"},
             Wrong{"=a", "is not name=value"},
             Wrong{"a=b,,c=d", "\"\" is not name=value"},
             Wrong{"path=/a,b", "\"b\" is not name=value"},
             Wrong{"alertname=DiskFull host=a", "commas stand between labels"},
             Wrong{R"(alertname="DiskFull" host="a")", "double quote inside"},
             Wrong{"host=~web.*", "only \"=\" is taken"},
             Wrong{"host!=a", "only \"=\" is taken"},
             Wrong{"host!~a", "is not name=value"},
             Wrong{"host==a", "only \"=\" is taken"},
             Wrong{"host='a'", "double quotes"},
             Wrong{"host=\"a", "a quote is not closed"},
             Wrong{"{host=a", "braces go around the whole"},
             Wrong{"host=a,host=b", "host is there twice"},
         }) {
        INFO(w.labels);
        asked.method.clear();
        const Ran r = against(known, {"incidents", "why-not", "--labels", w.labels}, asked);
        CHECK(r.status == kUsage);
        CHECK_THAT(r.err, Contains(w.said) && Contains("write alertname=DiskFull,host=web-1"));
        CHECK(asked.method.empty());
    }
    CHECK(against(known, {"incidents", "why-not"}, asked).status == kUsage);
}

TEST_CASE("a resolve that alerts outlive prints what keeps it so") {
    Asked asked;
    const Ran r = against(
        R"({"key": "INC-2026-000001", "state": "resolved", "result": "2 alerts still firing",
            "offers": [{"action": "silence", "until": "clear", "firing": 2, "method": "POST",
                        "path": "/api/v1/incidents/INC-2026-000001/silence"}]})",
        {"incidents", "resolve", "INC-2026-000001"}, asked);
    CHECK(r.out ==
          "INC-2026-000001: 2 alerts still firing (now resolved)\n"
          "`tocsin silences add --incident INC-2026-000001` keeps it so until its alerts have "
          "cleared\n");
}

TEST_CASE("a calendar's address is printed by itself") {
    Asked asked;
    const Ran r = against(R"({"url": "https://t/api/v1/oncall/web.ics?key=ab"})",
                          {"oncall", "calendar-url", "web", "--person", "li.na"}, asked);
    CHECK(r.status == kDone);
    CHECK(r.out == "https://t/api/v1/oncall/web.ics?key=ab\n");
    CHECK(asked.path == "/api/v1/oncall/web/calendar-url");
    CHECK(asked.person == "li.na");
    against("{}", {"oncall", "calendar-url", "--person", "li.na"}, asked);
    CHECK(asked.path == "/api/v1/oncall/people/li.na/calendar-url");
    CHECK(against("{}", {"oncall", "calendar-url"}, asked).status == kUsage);
}
