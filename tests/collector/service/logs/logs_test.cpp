#include "collector/service/logs/logs.h"

#include <filesystem>
#include <fstream>

#include "collector/service/logs/file_set.h"
#include "collector/service/logs/lines.h"
#include "tests/support/log_bench.h"
#include "tests/support/takeover.h"

using namespace tocsin;
using namespace tocsin::collector;
using Bench = test::LogBench;
using test::kBacklog;
using test::kErrors;
using test::kFiles;
using test::kLines;
using test::kUnreadable;
using test::Values;

TEST_CASE("a log begins at its end, and what comes is counted") {
    Bench bench;
    bench.append("log/a.log", "error of yesterday\n");
    CHECK(bench.collect() ==
          Values{{kLines, 0}, {kErrors, 0}, {kBacklog, 0}, {kFiles, 1}, {kUnreadable, 0}});
    bench.append("log/a.log", "fine\nan error\n[ERR]\n");
    CHECK(bench.collect() ==
          Values{{kLines, 3}, {kErrors, 2}, {kBacklog, 0}, {kFiles, 1}, {kUnreadable, 0}});
    CHECK(bench.lines() == 3);
}

TEST_CASE("a line counts when its newline is there") {
    Bench bench;
    bench.collect();
    bench.append("log/a.log", "er");
    const Values partial = bench.collect();
    CHECK(partial.at(kLines) == 0);
    CHECK(partial.at(kBacklog) == 2);
    bench.append("log/a.log", "ror\n");
    CHECK(bench.collect().at(kErrors) == 1);
}

TEST_CASE("a file that appears is read from its start") {
    Bench bench;
    CHECK(bench.collect().at(kFiles) == 0);
    bench.append("log/new.log", "one\ntwo\n");
    const Values values = bench.collect();
    CHECK(values.at(kFiles) == 1);
    CHECK(values.at(kLines) == 2);
}

TEST_CASE("a pattern of files that is new begins at their ends, also after a restart") {
    Bench bench;
    bench.collect();
    bench.append("log/a.log", "1\n");
    bench.append("log/old.txt", "from before\n");
    auto more = std::make_shared<LogsConfig>(*bench.config);
    more->files.push_back(bench.tree.at("log/*.txt"));
    bench.target->use(more);
    bench.restart();
    CHECK(bench.lines() == 1);
    bench.append("log/old.txt", "2\n");
    CHECK(bench.lines() == 2);
}

TEST_CASE("positions that do not read are told of, and the log begins at its end") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.tree.write("state/log-web", "tocsin log positions 1\nfile 1 2");
    CHECK(bench.lines() == 0);
    bench.append("log/a.log", "1\n");
    bench.restart();
    CHECK(bench.lines() == 1);
}

TEST_CASE("what is read at once is bounded, and the backlog told") {
    Bench bench;
    bench.config->limit = Bytes{1};  // a line can be as long as a piece: that much is read
    bench.collect();
    const std::string line(1023, 'x');
    std::string block;
    for (std::size_t size = 0; size < 3 * kLongestLine; size += 1024) block += line + "\n";
    bench.append("log/a.log", block);
    const Values first = bench.collect();
    CHECK(first.at(kLines) == kLongestLine / 1024);
    CHECK(first.at(kBacklog) == 2 * kLongestLine);
    CHECK(bench.lines() == 2 * kLongestLine / 1024);
    CHECK(bench.collect().at(kBacklog) == 0);
}

TEST_CASE("binary junk and endless lines hold nothing up") {
    Bench bench;
    bench.collect();
    std::string junk;
    for (int i = 0; i < 256; ++i) junk += static_cast<char>(i);  // one newline among them
    bench.append("log/a.log", junk + "\xff error \xfe\n" + std::string(300'000, 'e') + "\nerror\n");
    const Values values = bench.collect();
    CHECK(values.at(kLines) == 4);
    CHECK(values.at(kErrors) == 2);
    CHECK(values.at(kBacklog) == 0);
}

TEST_CASE("one file that cannot be read does not stop the others") {
    Bench bench;
    bench.tree.make_fifo("log/fifo.log");
    bench.append("log/a.log", "0\n");
    bench.collect();
    bench.append("log/a.log", "1\n");
    const Values values = bench.collect();
    CHECK(values.at(kLines) == 1);
    CHECK(values.at(kUnreadable) == 1);
    bench.tree.remove("log/a.log");
    for (int i = 0; i < 6; ++i) bench.target->collect_any();
    CHECK(bench.target->error() ==
          "no file can be read: " + bench.tree.at("log/fifo.log") + " is no regular file");
}

// An attribute of a device that has none to tell: 4096 bytes long, and no byte can be read.
constexpr const char* kNoByte = "/sys/class/net/lo/speed";

bool can_fail() {
    std::ifstream file(kNoByte);
    if (file && file.get() == std::ifstream::traits_type::eof()) return true;
    WARN("SKIP: " << kNoByte << " is not there, or can be read");
    return false;
}

TEST_CASE("a file that cannot be read is one, and is named when it is let go of") {
    if (!can_fail()) return;
    Bench bench;
    bench.collect();
    std::filesystem::create_symlink(kNoByte, bench.tree.at("log/a.log"));
    const Values values = bench.collect();
    CHECK(values.at(kFiles) == 1);
    CHECK(values.at(kUnreadable) == 1);
    bench.tree.remove("log/a.log");
    bench.target->collect_any();
    CHECK(bench.target->error() == "no file can be read: " + bench.tree.at("log/a.log") +
                                       ": Invalid argument; it is let go of, and 4096 bytes are "
                                       "not read");
    CHECK(bench.collect().at(kUnreadable) == 0);
}

TEST_CASE("positions that cannot be saved stop nothing") {
    Bench bench;
    bench.tree.remove("state");
    bench.collect();
    bench.append("log/a.log", "1\n");
    CHECK(bench.lines() == 1);
    bench.tree.make_directory("state");
    bench.lines();
    bench.append("log/a.log", "2\n");
    bench.restart();
    CHECK(bench.lines() == 1);
}

TEST_CASE("a log has a bounded number of files, and the rest is told of") {
    Bench bench;
    for (std::size_t i = 0; i < FileSet::kMostFiles + 2; ++i) {
        bench.append("log/" + std::to_string(i) + ".log", "x\n");
    }
    const Values values = bench.collect();
    CHECK(values.at(kFiles) == FileSet::kMostFiles);
    CHECK(values.at(kUnreadable) == 2);
}

TEST_CASE("a pattern's own labels are on its series") {
    Bench bench;
    bench.config->patterns.front().labels = Labels{{"team", "web"}};
    bench.restart();
    CHECK(bench.collect().contains(
        "tocsin_log_matches_total{log=\"web\", pattern=\"error\", team=\"web\"}"));
}

TEST_CASE("a log that a reload takes over while its call hangs counts each line once") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.collect();
    bench.target.reset();
    bench.append("log/a.log", "an error\n");
    test::Takeover takeover(create_log, bench.tree, bench.config, "state/log-web");
    takeover.replace();
    CHECK_THAT(takeover.collect(),
               Catch::StartsWith("an earlier collection of this log still runs"));
    takeover.let_go();
    CHECK(takeover.collect_at_last().at(kLines) == 0);
    const Values values = takeover.collect_at_last();
    CHECK(values.at(kLines) == 1);
    CHECK(values.at(kErrors) == 1);
    takeover.replace();
    CHECK(takeover.collect_at_last().at(kLines) == 0);
    CHECK(takeover.collect_at_last().at(kLines) == 0);
}

TEST_CASE("a first collection that is cancelled has told no 0, so the next does") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.collect();
    bench.target.reset();
    bench.append("log/a.log", "an error\n");
    test::Takeover takeover(create_log, bench.tree, bench.config, "state/log-web");
    takeover.cancel();
    takeover.let_go();
    CHECK(takeover.collect_at_last().at(kErrors) == 0);
    CHECK(takeover.collect_at_last().at(kErrors) == 1);
    CHECK(takeover.collect_at_last().at(kErrors) == 1);
}

TEST_CASE("what came while no agent ran is told after a 0, and is not lost in between") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.collect();
    bench.append("log/a.log", "an error\n");
    bench.target->restart();
    const Values first = bench.collect();
    CHECK(first.at(kLines) == 0);
    CHECK(first.at(kErrors) == 0);
    CHECK(first.at(kBacklog) == 9);
    bench.target->restart();  // a crash between the two
    CHECK(bench.collect().at(kErrors) == 0);
    CHECK(bench.collect().at(kErrors) == 1);
}
