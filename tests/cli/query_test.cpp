// `tocsin query`: what it asks the agent, as the agent reads it, and what it makes of the answer.
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "cli/run.h"
#include "ran.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
using tocsin::test::Ran;
using tocsin::test::ran;
namespace net = tocsin::net;

namespace {

// Answers every request with `data` and keeps the last one's query.
class RecordingAgent {
  public:
    explicit RecordingAgent(std::string data)
        : server_([this, data = std::move(data)](const net::Request& request, net::Reply reply) {
              asked_.clear();
              for (const auto& param : request.query) asked_[param.name] = param.value;
              reply.send(net::Response::json(200, R"({"status":"success","data":)" + data + "}"));
          }) {}

    Ran query(std::vector<std::string> args) {
        args.insert(args.begin(), {"--agent", server_.url(""), "query"});
        return ran(std::move(args));
    }
    const std::map<std::string, std::string>& asked() const { return asked_; }

  private:
    std::map<std::string, std::string> asked_;
    tocsin::test::HttpTestServer server_;
};

using Asked = std::map<std::string, std::string>;
constexpr auto kNothing = R"({"resultType":"vector","result":[]})";

}  // namespace

TEST_CASE("a query's time reaches the agent whole, however it was written") {
    RecordingAgent agent(R"({"resultType":"scalar","result":[1790000000.123,"1"]})");
    const std::string then = "2026-09-21T14:13:20.123Z";  // date -u -d @1790000000
    for (const char* at : {"1790000000.123", "1.790000000123e9", "2026-09-21T14:13:20.123Z",
                           "2026-09-21T22:13:20.123+08:00"}) {
        INFO(at);
        CHECK(agent.query({"up + 1", "--at", at}).out == "1\n");
        CHECK(agent.asked() == Asked{{"query", "up + 1"}, {"time", then}});
    }
    CHECK(agent.query({"up"}).status == kDone);
    CHECK(agent.asked() == Asked{{"query", "up"}});
    CHECK(agent.query({"up", "--at", "1790000000.123", "--range", "1h", "--step", "30s"}).status ==
          kDone);
    CHECK(agent.asked() == Asked{{"query", "up"},
                                 {"start", "2026-09-21T13:13:20.123Z"},
                                 {"end", then},
                                 {"step", "30s"}});
}

TEST_CASE("a range that begins where RFC 3339 has no years is used wrongly") {
    RecordingAgent agent(kNothing);
    for (const char* range : {"3000y", "100000000y"}) {
        INFO(range);
        const Ran asked = agent.query({"up", "--at", "1790000000", "--range", range});
        CHECK(asked.status == kUsage);
        CHECK(agent.asked().empty());
    }
}

TEST_CASE("a time that a sample has is shown to the millisecond") {
    RecordingAgent agent(
        R"({"resultType":"matrix","result":[{"metric":{},"values":[[1790000000.123,"1"]]}]})");
    CHECK(agent.query({"up", "--range", "1m"}).out.find("2026-09-21T14:13:20.123Z") !=
          std::string::npos);
}

TEST_CASE("a query that finds nothing is 1, for programs too") {
    RecordingAgent agent(kNothing);
    const Ran table = agent.query({"nosuch"});
    CHECK(table.status == kNo);
    CHECK(table.err == "Nothing matches.\n");
    const Ran programs = agent.query({"nosuch", "--output", "json"});
    CHECK(programs.status == kNo);
    CHECK(programs.out.find("\"result\": []") != std::string::npos);
    RecordingAgent other(R"({"resultType":"vector"})");
    CHECK(other.query({"up", "--output", "json"}).status == kUnreachable);
}
