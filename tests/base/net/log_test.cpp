#include "base/net/log.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/net/file.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::net;

namespace {

// What `body` wrote to standard error.
template <class F>
std::string standard_error_of(F body) {
    const test::FixtureTree dir{{"stderr", ""}};
    std::fflush(stderr);
    const int kept = ::dup(STDERR_FILENO);
    FILE* file = std::fopen(dir.at("stderr").c_str(), "a");
    ::dup2(::fileno(file), STDERR_FILENO);
    body();
    std::fflush(stderr);
    ::dup2(kept, STDERR_FILENO);
    ::close(kept);
    std::fclose(file);
    return read_file(dir.at("stderr")).value();
}

}  // namespace

TEST_CASE("lines below the level are not written") {
    const std::string out = standard_error_of([] {
        configure_log(LogFormat::kJournal, LogLevel::kWarning);
        log_info("quiet");
        log_warning("loud", {{"n", "1"}});
    });
    configure_log(LogFormat::kLogfmt, LogLevel::kInfo);
    REQUIRE(out == "<4>msg=loud n=1\n");
}

TEST_CASE("lines of many threads do not mix") {
    const std::string out = standard_error_of([] {
        configure_log(LogFormat::kJournal, LogLevel::kInfo);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([] {
                for (int i = 0; i < 200; ++i) log_info(std::string(100, 'm'), {{"k", "v"}});
            });
        }
        for (std::thread& thread : threads) thread.join();
    });
    configure_log(LogFormat::kLogfmt, LogLevel::kInfo);
    std::istringstream lines(out);
    const std::string expected = "<6>msg=" + std::string(100, 'm') + " k=v";
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) REQUIRE(line == expected);
    REQUIRE(count == 800);
}
