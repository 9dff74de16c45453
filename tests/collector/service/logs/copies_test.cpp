#include "collector/service/logs/copies.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include "tests/support/log_bench.h"

using namespace tocsin;
using namespace tocsin::collector;
using Bench = test::LogBench;
using test::kBacklog;
using test::kFiles;
using test::kLines;
using test::Values;

namespace {

constexpr int kLong = 100;
std::string long_text() {
    std::string lines;
    for (int i = 0; i < kLong; ++i) lines += "line " + std::to_string(i) + "\n";
    return lines;
}

double lines_of(const std::string& text) {
    return static_cast<double>(std::count(text.begin(), text.end(), '\n'));
}

void cut(const Bench& bench, const std::string& path) {
    std::filesystem::resize_file(bench.tree.at(path), 0);
}

}  // namespace

TEST_CASE("a copy whose name matches is not read again, only what came before the file was cut") {
    Bench bench("log/a.log*");
    bench.collect();
    const std::string lines = GENERATE(as<std::string>{}, "1\n2\n", long_text());
    bench.append("log/a.log", lines);
    const double before = bench.lines();
    bench.append("log/a.log", "not read yet\n");
    bench.copy("log/a.log", "log/a.log.1");
    cut(bench, "log/a.log");
    bench.append("log/a.log", "after it was cut\n");
    const Values values = bench.collect();
    CHECK(values.at(kLines) == before + 2);
    CHECK(values.at(kFiles) == 2);
    // The next rotation copies over it, or renames the first copy and makes a second.
    bench.append("log/a.log", lines);
    bench.collect();
    if (GENERATE(false, true)) bench.rename("log/a.log.1", "log/a.log.2");
    bench.append("log/a.log", "not read yet\n");
    bench.copy("log/a.log", "log/a.log.1");
    cut(bench, "log/a.log");
    CHECK(bench.lines() == 2 * before + 3);
    CHECK(bench.lines() == 2 * before + 3);
}

TEST_CASE("a copy that is made, or cut, while no agent runs is not read again") {
    Bench bench("log/*");
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += "line " + std::to_string(i) + "\n";
    bench.collect();
    bench.append("log/b.log", lines);
    bench.collect();
    bench.append("log/b.log", "1\n");
    bench.copy("log/b.log", "log/a-copy");  // comes first by its name
    std::filesystem::resize_file(bench.tree.at("log/b.log"), 0);
    bench.append("log/b.log", "2\n");
    bench.restart();
    CHECK(bench.lines() == 2);
}

TEST_CASE("logs that begin alike are two, and neither loses a line") {
    Bench bench("log/*");
    bench.collect();
    bench.append("log/a.log", long_text());
    CHECK(bench.lines() == kLong);
    bench.append("log/b.log", long_text());
    const Values values = bench.collect();
    CHECK(values.at(kLines) == kLong);  // it may be a copy of what is cut next
    CHECK(values.at(kFiles) == 2);
    CHECK(values.at(kBacklog) == 0);
    bench.append("log/a.log", "a\n");
    bench.append("log/b.log", "b\n");
    CHECK(bench.lines() == 2 * kLong + 2);
    bench.append("log/b.log", "b\n");
    CHECK(bench.lines() == 2 * kLong + 3);
}

TEST_CASE("a log that begins as one that is cut is no copy when it goes on otherwise") {
    Bench bench("log/*");
    bench.collect();
    bench.append("log/a.log", long_text() + "a\n");
    CHECK(bench.lines() == kLong + 1);
    cut(bench, "log/a.log");
    bench.append("log/b.log", long_text() + "b\nb\n");
    CHECK(bench.lines() == 2 * kLong + 3);
}

TEST_CASE("a copy that is seen before its source is cut waits for that") {
    Bench bench("log/a.log*");
    bench.collect();
    const std::string lines = GENERATE(as<std::string>{}, "1\n2\n", long_text());
    const std::string seen = GENERATE("whole", "empty as yet", "over another");
    bench.append("log/a.log", lines);
    if (seen == "over another") bench.append("log/a.log.1", "old\n");
    bench.collect();
    bench.append("log/a.log", "not read yet\n");
    if (seen == "empty as yet") {
        bench.append("log/a.log.1", "");
    } else {
        bench.copy("log/a.log", "log/a.log.1");
    }
    const Values values = bench.collect();
    CHECK(values.at(kFiles) == 2);
    CHECK(values.at(kBacklog) == 0);
    double told = values.at(kLines);
    CHECK(told == lines_of(lines) + (seen == "over another" ? 2 : 1));
    if (GENERATE(false, true)) {
        bench.restart();
        told = 0;
    }
    INFO(seen);
    bench.copy("log/a.log", "log/a.log.1");
    cut(bench, "log/a.log");
    bench.append("log/a.log", "after it was cut\n");
    CHECK(bench.lines() == told + 1);
    CHECK(bench.lines() == told + 1);
}

TEST_CASE("a copy that is seen after its source was cut is not read again") {
    Bench bench("log/a.log*");
    bench.collect();
    bench.append("log/a.log", long_text());
    CHECK(bench.lines() == kLong);
    // Neither was there when the files were listed, and one is cut when it is looked at.
    bench.append("log/a.log", "not read yet\n");
    bench.copy("log/a.log", "log/hidden");
    cut(bench, "log/a.log");
    CHECK(bench.lines() == kLong);
    bench.rename("log/hidden", "log/a.log.1");
    CHECK(bench.lines() == kLong + 1);
    CHECK(bench.lines() == kLong + 1);
}

TEST_CASE("a short file is a copy by its name alone") {
    Bench bench("log/*");
    bench.collect();
    bench.append("log/a.log", "1\n");
    CHECK(bench.lines() == 1);
    SECTION("one that is named otherwise begins at once") {
        bench.append("log/b.log", "1\n2\n");
        CHECK(bench.lines() == 3);
        cut(bench, "log/a.log");
        bench.append("log/c.log", "1\n2\n");
        CHECK(bench.lines() == 5);
    }
    SECTION("one that is named after it waits") {
        bench.append("log/a.log-20261127", "1\n2\n");
        CHECK(bench.lines() == 1);
        CHECK(bench.lines() == 3);
    }
}

TEST_CASE("a copy that takes longer than a collection is waited for while it grows") {
    Bench bench("log/a.log*");
    bench.collect();
    const std::string lines = long_text();
    bench.append("log/a.log", lines);
    REQUIRE(bench.lines() == kLong);
    const std::size_t third = lines.size() / 3;
    bench.append("log/a.log.1", lines.substr(0, third));
    CHECK(bench.lines() == kLong);
    bench.append("log/a.log", "meanwhile\n");
    bench.append("log/a.log.1", lines.substr(third, third));
    CHECK(bench.lines() == kLong + 1);
    SECTION("until its source is cut") {
        bench.append("log/a.log.1", lines.substr(2 * third) + "meanwhile\n");
        CHECK(bench.lines() == kLong + 1);
        bench.append("log/a.log.1", "just before\n");
        cut(bench, "log/a.log");
        bench.append("log/a.log", "after it was cut\n");
        CHECK(bench.lines() == kLong + 3);
        CHECK(bench.lines() == kLong + 3);
    }
    SECTION("also where the agent starts anew") {
        bench.restart();
        bench.append("log/a.log.1", lines.substr(2 * third) + "meanwhile\n");
        CHECK(bench.lines() == 0);
        cut(bench, "log/a.log");
        CHECK(bench.lines() == 0);
        CHECK(bench.lines() == 0);
    }
    SECTION("but no longer than that") {
        CHECK(bench.lines() == kLong + 1 + lines_of(lines.substr(0, 2 * third)));
    }
    SECTION("or until it goes on otherwise") {
        bench.append("log/a.log.1", "\nnot what the other has\n");
        CHECK(bench.lines() == kLong + 1);
        CHECK(bench.lines() == kLong + 1 + lines_of(lines.substr(0, 2 * third)) + 2);
    }
}

TEST_CASE("what grows as another file did is waited for ten minutes at most") {
    Bench bench("log/a.log*");
    bench.collect();
    std::string lines;
    while (lines.size() < 100'000) lines += long_text();
    bench.append("log/a.log", lines);
    const double before = bench.lines();
    // One collection each 15 s.
    constexpr int kLooks = 10 * 60 / 15;
    const std::size_t piece = lines.size() / (2 * kLooks);
    for (int look = 0; look < kLooks; ++look) {
        bench.append("log/a.log.1", lines.substr(static_cast<std::size_t>(look) * piece, piece));
        CHECK(bench.lines() == before);
    }
    bench.append("log/a.log.1", "\n");
    CHECK(bench.lines() > before);
}
