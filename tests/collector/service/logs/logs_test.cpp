#include "collector/service/logs/logs.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "collector/service/log_config/log_config.h"
#include "collector/service/logs/file_set.h"
#include "collector/service/logs/lines.h"
#include "collector/service/logs/positions.h"
#include "tests/support/target_bench.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;
using test::TargetBench;
using test::Values;

namespace {

constexpr const char* kLines = "tocsin_log_lines_total{log=\"web\"}";
constexpr const char* kErrors = "tocsin_log_matches_total{log=\"web\", pattern=\"error\"}";
constexpr const char* kBacklog = "tocsin_log_backlog_bytes{log=\"web\"}";
constexpr const char* kFiles = "tocsin_log_files{log=\"web\"}";
constexpr const char* kUnreadable = "tocsin_log_unreadable_files{log=\"web\"}";

struct Bench {
    FixtureTree tree;
    std::shared_ptr<LogsConfig> config = std::make_shared<LogsConfig>();
    std::unique_ptr<TargetBench> target;

    explicit Bench(const std::string& files = "log/*.log") {
        tree.make_directory("log");
        config->name = "web";
        config->files = {tree.at(files)};
        config->patterns.push_back({"error", Pattern::compile("error|ERR").value(), {}});
        target = std::make_unique<TargetBench>(create_log, tree, config);
    }
    void append(const std::string& path, std::string_view text) const {
        std::ofstream file(tree.at(path), std::ios::binary | std::ios::app);
        file << text;
        REQUIRE(file.flush());
    }
    void rename(const std::string& from, const std::string& to) const {
        std::filesystem::rename(tree.at(from), tree.at(to));
    }
    Values collect() { return target->collect(); }
    double lines() { return collect().at(kLines); }
    LogPositions kept() const {
        std::ifstream in(tree.at("state/log-web"));
        const std::string text((std::istreambuf_iterator<char>(in)), {});
        const auto positions = parse_positions(text);
        REQUIRE(positions);
        return *positions;
    }
    std::uint64_t inode(const std::string& path) const {
        struct stat status {};
        REQUIRE(::stat(tree.at(path).c_str(), &status) == 0);
        return status.st_ino;
    }
    // Another agent, as after a crash: what is not in the state directory is gone.
    void restart() { target->restart(); }
};

}  // namespace

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

TEST_CASE("rotation by rename loses no line and counts none twice") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.collect();
    bench.append("log/a.log", "1\n");
    bench.rename("log/a.log", "log/a.log.1");
    bench.append("log/a.log.1", "2\n");  // the writer has not noticed yet
    bench.append("log/a.log", "3\n");
    CHECK(bench.lines() == 3);
    bench.append("log/a.log.1", "4\n");
    bench.append("log/a.log", "5\n");
    const Values values = bench.collect();
    CHECK(values.at(kLines) == 5);
    CHECK(values.at(kFiles) == 2);
    // Once quiet for a minute it is let go.
    for (int i = 0; i < 5; ++i) bench.collect();
    CHECK(bench.collect().at(kFiles) == 1);
}

TEST_CASE("a rotated file whose new name matches too is the same file") {
    Bench bench("log/*");
    bench.append("log/a.log", "0\n");
    bench.collect();
    bench.append("log/a.log", "1\n");
    bench.rename("log/a.log", "log/a.log.1");
    bench.append("log/a.log", "2\n");
    CHECK(bench.lines() == 2);
    CHECK(bench.lines() == 2);
}

TEST_CASE("a file that is copied and cut is read from its start again") {
    Bench bench;
    bench.collect();
    bench.append("log/a.log", "1\n2\n3\n");
    CHECK(bench.lines() == 3);
    std::filesystem::resize_file(bench.tree.at("log/a.log"), 0);
    CHECK(bench.lines() == 3);
    bench.append("log/a.log", "4\n");
    CHECK(bench.lines() == 4);
    // Cut and grown beyond where it was between two looks: its first bytes tell.
    std::filesystem::resize_file(bench.tree.at("log/a.log"), 0);
    bench.append("log/a.log", "x5\nx6\nx7\nx8\n");
    CHECK(bench.lines() == 8);
}

TEST_CASE("a restart goes on where the last agent was") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.collect();
    bench.append("log/a.log", "1\n2");
    CHECK(bench.lines() == 1);
    bench.append("log/a.log", "2\n3\n");
    bench.restart();
    CHECK(bench.lines() == 2);
    CHECK(bench.lines() == 2);
}

TEST_CASE("what was rotated while no agent ran is read to its end, and the new from its start") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.collect();
    bench.append("log/a.log", "1\n");
    bench.rename("log/a.log", "log/a.log.1");
    bench.append("log/a.log", "2\n3\n");
    bench.restart();
    CHECK(bench.lines() == 3);
}

TEST_CASE("a file that was cut or replaced while no agent ran is read from its start") {
    Bench bench;
    bench.append("log/a.log", "a longer first line\nanother\n");
    bench.collect();
    SECTION("cut") {
        bench.tree.write("log/a.log", "1\n");
        bench.restart();
        CHECK(bench.lines() == 1);
    }
    SECTION("cut and grown") {
        bench.tree.write("log/a.log", "1\nsomething that is longer than what was there\n3\n");
        bench.restart();
        CHECK(bench.lines() == 3);
    }
}

// What a file system or a boot would have to do for these to happen stands in the state instead.
TEST_CASE("an inode that is used again is another file") {
    Bench bench;
    bench.append("log/a.log", "first of the old\n");
    bench.collect();
    bench.append("log/b.log", "first of the new one\nsecond\n");
    LogPositions kept = bench.kept();
    REQUIRE(kept.files.size() == 1);
    kept.files[0].inode = bench.inode("log/b.log");
    bench.tree.remove("log/a.log");
    bench.tree.write("state/log-web", print_positions(kept));
    bench.restart();
    CHECK(bench.lines() == 2);
}

TEST_CASE("a device with another number and a file with another inode go on") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.append("log/b.log", std::string(FileHead::kMost, 'b') + "\n");
    bench.collect();
    bench.append("log/a.log", "1\n");
    bench.append("log/b.log", "2\n");
    LogPositions kept = bench.kept();
    REQUIRE(kept.files.size() == 2);
    for (FilePosition& file : kept.files) {
        file.device += 1;
        if (file.path.ends_with("b.log")) file.inode += 1'000'000;
    }
    bench.tree.write("state/log-web", print_positions(kept));
    bench.restart();
    CHECK(bench.lines() == 2);
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

TEST_CASE("rotations without end leave no descriptor, no position and no line behind") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.collect();
    const auto descriptors = [] {
        const std::filesystem::directory_iterator all("/proc/self/fd");
        return std::distance(begin(all), end(all));
    };
    const auto before = descriptors();
    constexpr int kRotations = 200;
    for (int i = 0; i < kRotations; ++i) {
        bench.append("log/a.log", "1\n");
        bench.rename("log/a.log", "log/a.log.1");
        bench.append("log/a.log", "2\n");
        bench.collect();
    }
    CHECK(bench.lines() == 2 * kRotations);
    CHECK(descriptors() <= before + 6);  // of those that were renamed within the last minute
    CHECK(bench.kept().files.size() <= 7);
}
