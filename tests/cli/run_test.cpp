#include "cli/run.h"

#include <catch2/catch.hpp>
#include <sstream>

using namespace tocsin::cli;

namespace {

struct Ran {
    int status;
    std::string out;
    std::string err;
};

Ran ran(std::vector<std::string> args) {
    std::ostringstream out;
    std::ostringstream err;
    const int status = run(std::move(args), out, err);
    return {status, out.str(), err.str()};
}

}  // namespace

TEST_CASE("help and version are done, misuse is 2") {
    CHECK(ran({"--help"}).status == kDone);
    CHECK(ran({"incidents", "ack", "--help"}).status == kDone);
    CHECK(ran({"--version"}).out.starts_with("tocsin "));
    const std::vector<std::vector<std::string>> wrong = {
        {},
        {"nonsense"},
        {"incidents"},
        {"incidents", "list", "--state", "sleeping"},
        {"incidents", "ack"},
        {"incidents", "note", "INC-2026-000001"},
        {"incidents", "list", "--limit", "0"},
        {"query"},
        {"rules", "check"},
        {"--output", "xml", "incidents", "list"},
        {"completion", "fish"},
    };
    for (const auto& args : wrong) {
        INFO((args.empty() ? std::string("no argument") : args.back()));
        const auto result = ran(args);
        CHECK(result.status == kUsage);
        CHECK(!result.err.empty());
    }
}

TEST_CASE("a daemon that does not answer is 3 and is named") {
    // Port 1 of loopback: nothing listens there.
    const auto bridge = ran({"--bridge", "http://127.0.0.1:1", "incidents", "list"});
    CHECK(bridge.status == kUnreachable);
    CHECK(bridge.err.find("127.0.0.1:1") != std::string::npos);
    CHECK(ran({"--agent", "http://127.0.0.1:1", "query", "up"}).status == kUnreachable);
}

TEST_CASE("a file that is not there is 3, said once by its name") {
    const auto result = ran({"rules", "check", "/nowhere/rules.yml"});
    CHECK(result.status == kUnreachable);
    CHECK(result.err.find("/nowhere/rules.yml") != std::string::npos);
    CHECK(ran({"check", "/nowhere/agent.yml"}).status == kUnreachable);
    CHECK(ran({"--token-file", "/nowhere/token", "incidents", "list"}).status != kDone);
}

TEST_CASE("a time that is none is misuse") {
    CHECK(ran({"query", "up", "--at", "yesterday"}).status == kUsage);
    CHECK(ran({"query", "up", "--range", "long"}).status == kUsage);
}

TEST_CASE("completion knows every command and its options") {
    const auto bash = ran({"completion", "bash"});
    CHECK(bash.status == kDone);
    for (const auto* word : {"incidents", "resolve", "--state", "--token-file", "query", "--range",
                             "complete -F _tocsin tocsin"}) {
        INFO(word);
        CHECK(bash.out.find(word) != std::string::npos);
    }
    CHECK(ran({"completion", "zsh"}).out.starts_with("#compdef tocsin"));
}
