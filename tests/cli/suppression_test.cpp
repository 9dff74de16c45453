// `tocsin silences` and `tocsin maintenance`: what they ask the bridge, and what they print.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "ran.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
using tocsin::test::Ran;
using tocsin::test::ran;
namespace json = boost::json;
namespace net = tocsin::net;

namespace {

struct Asked {
    std::string method;
    std::string path;
    json::value body;
};

// A bridge that gives one answer and remembers what it was asked.
Ran against(int status, const std::string& answer, std::vector<std::string> args, Asked& asked) {
    const tocsin::test::HttpTestServer bridge([&](net::Request request, net::Reply reply) {
        asked = {request.method, request.path, nullptr};
        if (!request.body.empty()) asked.body = json::parse(request.body);
        reply.send(net::Response::json(status, answer));
    });
    args.insert(args.begin(), {"--bridge", bridge.url(""), "--as", "li.na"});
    return ran(std::move(args));
}

}  // namespace

TEST_CASE("a silence is posted as amtool posts it, and its id printed") {
    Asked asked;
    const Ran r = against(200, R"({"silenceID": "6f1c"})",
                          {"silences", "add", "host=\"web-1\"", "alertname!~\"Disk.*\"", "--from",
                           "2026-12-01T00:00:00Z", "--for", "2h", "--comment", "new disk"},
                          asked);
    CHECK(r.status == kDone);
    CHECK(r.out == "6f1c\n");
    CHECK(asked.method == "POST");
    CHECK(asked.path == "/api/v2/silences");
    const json::value expected = json::parse(
        R"({"matchers": [{"name": "host", "value": "web-1", "isRegex": false, "isEqual": true},
            {"name": "alertname", "value": "Disk.*", "isRegex": true, "isEqual": false}],
            "startsAt": "2026-12-01T00:00:00.000Z", "endsAt": "2026-12-01T02:00:00.000Z",
            "createdBy": "li.na", "comment": "new disk"})");
    CHECK(asked.body == expected);
}

TEST_CASE("a silence for an incident, and what the bridge refuses, in its words") {
    Asked asked;
    const Ran r = against(200, R"({"silence_id": "6f1c", "ends_at": "2026-12-01T00:00:00Z"})",
                          {"silences", "add", "--incident", "INC-2026-000001"}, asked);
    CHECK(r.status == kDone);
    CHECK(r.out == "6f1c\n");
    CHECK(asked.path == "/api/v1/incidents/INC-2026-000001/silence");
    CHECK(asked.body == json::parse(R"({"actor": "li.na"})"));
    const Ran refused = against(409, R"({"error": {"message": "nothing of it fires"}})",
                                {"silences", "add", "--incident", "INC-2026-000001"}, asked);
    CHECK(refused.status == kNo);
    CHECK(refused.err == "tocsin: nothing of it fires\n");
    const Ran gone = against(500, R"("silence not found")", {"silences", "expire", "6f1c"}, asked);
    CHECK(gone.status == kNo);
    CHECK(gone.err == "tocsin: there is no silence 6f1c\n");
    CHECK(asked.method == "DELETE");
    CHECK(asked.path == "/api/v2/silence/6f1c");
}

TEST_CASE("the list shows what is active, expired and unused ones on demand") {
    const std::string answer = R"({"silences": [
        {"id": "a", "state": "active", "matchers": ["host=\"web-1\""], "ends_at": "2026-12-01T02:00:00.000Z",
         "by": "li.na", "comment": "disk", "until_clear": false, "unused": false, "alerts": 2},
        {"id": "b", "state": "active", "matchers": ["x=\"y\""], "ends_at": "2026-12-01T02:00:00.000Z",
         "by": "root", "comment": "", "until_clear": true, "unused": true, "alerts": 0},
        {"id": "c", "state": "expired", "matchers": ["x=\"z\""], "ends_at": "2026-11-01T02:00:00.000Z",
         "by": "root", "comment": "", "until_clear": false, "unused": false, "alerts": 0}]})";
    Asked asked;
    CHECK(against(200, answer, {"silences", "list"}, asked).out ==
          "ID  STATE   ENDS (UTC)        BY     HIDES  MATCHERS      COMMENT\n"
          "a   active  2026-12-01 02:00  li.na  2      host=\"web-1\"  disk\n"
          "b   unused  when clear        root   0      x=\"y\"\n");
    CHECK(asked.path == "/api/v1/silences");
    const Ran unused =
        against(200, answer, {"--output", "json", "silences", "list", "--unused"}, asked);
    CHECK(json::parse(unused.out).at("silences").as_array().size() == 1);
    const Ran all = against(200, answer, {"silences", "list", "--expired"}, asked);
    CHECK(all.out.find("\nc   expired") != std::string::npos);
    const Ran none = against(200, R"({"silences": []})", {"silences", "list"}, asked);
    CHECK(none.status == kNo);
    CHECK(none.err == "No silence matches.\n");
}

TEST_CASE("what is held back says by what and until when") {
    Asked asked;
    const Ran r = against(200, R"({"alerts": [
        {"labels": {"alertname": "DiskFull", "host": "web-1"}, "severity": "warning",
         "incident": "INC-2026-000001",
         "suppressed_by": {"kind": "silence", "name": "by li.na", "until": "2026-12-01T02:00:00.000Z"}},
        {"labels": {"alertname": "Load", "host": "web-2"}, "severity": "critical", "incident": null,
         "suppressed_by": {"kind": "inhibit", "name": "HostUnreachable on web-2", "until": null}}]})",
                          {"silences", "hidden"}, asked);
    CHECK(r.status == kDone);
    CHECK(asked.path == "/api/v1/suppressed");
    CHECK(r.out ==
          "ALERT     HOST   SEVERITY  INCIDENT         BY       WHAT                      UNTIL "
          "(UTC)\n"
          "DiskFull  web-1  warning   INC-2026-000001  silence  by li.na                  "
          "2026-12-01 02:00\n"
          "Load      web-2  critical                   inhibit  HostUnreachable on web-2  it "
          "clears\n");
    CHECK(against(200, R"({"alerts": []})", {"silences", "hidden"}, asked).status == kNo);
}

TEST_CASE("maintenance is started for a host, listed and ended") {
    Asked asked;
    const Ran started = against(
        200, R"({"id": "w-1", "ends_at": "2026-12-01T00:30:00.000Z"})",
        {"maintenance", "start", "--host", "web-17", "--for", "30m", "--change", "CHG-7"}, asked);
    CHECK(started.status == kDone);
    CHECK(started.out == "w-1\n");
    CHECK(asked.path == "/api/v1/maintenance");
    CHECK(asked.body == json::parse(R"({"match": [], "host": "web-17", "for": "30m",
                                        "by": "li.na", "change": "CHG-7"})"));
    const Ran list = against(200, R"({"maintenance": [
        {"id": "w-1", "state": "active", "name": "patch night", "starts_at": "2026-12-01T00:00:00.000Z",
         "ends_at": "2026-12-01T03:00:00.000Z", "by": "wang.wei", "change": "CHG-7", "alerts": 4,
         "matchers": ["env=\"prod\""]}]})",
                             {"maintenance", "list"}, asked);
    CHECK(list.out.find("w-1  active  patch night") != std::string::npos);
    const Ran ended =
        against(200, R"({"name": "patch night", "settled_at": "2026-12-01T00:17:00.000Z"})",
                {"maintenance", "end", "w-1"}, asked);
    CHECK(ended.out ==
          "patch night has ended; what still fires at 2026-12-01 00:17 UTC opens then\n");
    CHECK(asked.path == "/api/v1/maintenance/w-1/end");
}

TEST_CASE("one silence is shown whoever made it, and one that is none is said to be none") {
    Asked asked;
    const Ran r = against(
        200, R"({"id": "6f1c", "status": {"state": "active"}, "startsAt": "2026-12-01T00:00:00Z",
            "endsAt": "2026-12-01T02:00:00Z", "createdBy": "amtool", "comment": "new disk",
            "matchers": [{"name": "host", "value": "web-1", "isRegex": false, "isEqual": true},
                {"name": "job", "value": "a\"b", "isRegex": true, "isEqual": false}]})",
        {"silences", "show", "6f1c"}, asked);
    CHECK(r.status == kDone);
    CHECK(asked.method == "GET");
    CHECK(asked.path == "/api/v2/silence/6f1c");
    CHECK(r.out ==
          "SILENCE  6f1c\n"
          "state    active\n"
          "from     2026-12-01T00:00:00Z\n"
          "until    2026-12-01T02:00:00Z\n"
          "by       amtool\n"
          "comment  new disk\n"
          "hides    host=\"web-1\"\n"
          "hides    job!~\"a\\\"b\"\n");
    const Ran wrong = against(
        422, R"({"code": 601, "message": "silenceID in path must be of type uuid: \"nope\""})",
        {"silences", "show", "nope"}, asked);
    CHECK(wrong.status == kNo);
    CHECK(wrong.err == "tocsin: silenceID in path must be of type uuid: \"nope\"\n");
    const Ran bare = against(400, R"("start time must be before end time")",
                             {"silences", "add", "host=a", "--for", "1h"}, asked);
    CHECK(bare.err == "tocsin: start time must be before end time\n");
    const Ran none = against(404, "", {"silences", "show", "6f1d"}, asked);
    CHECK(none.status == kNo);
    CHECK(none.err == "tocsin: there is no silence 6f1d\n");
}
