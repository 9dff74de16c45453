#include "collector/service/logs/file_set.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/log_bench.h"

using namespace tocsin;
using namespace tocsin::collector;
using Bench = test::LogBench;
using test::kBacklog;
using test::kErrors;
using test::kFiles;
using test::kLines;
using test::kUnreadable;
using test::Values;

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

TEST_CASE("what is compressed is no log") {
    using std::string_literals::operator""s;
    Bench bench("log/a.log*");
    bench.collect();
    bench.append("log/a.log", "1\n");
    bench.collect();
    bench.append("log/a.log.late", "");
    bench.collect();
    const std::vector<std::string> heads{"\x1f\x8b\x08\n"s,
                                         "\xfd"
                                         "7zXZ\0\n"s,
                                         "BZh91AY&SY\n\n"s, "\x28\xb5\x2f\xfd\n"s};
    for (std::size_t i = 0; i < heads.size(); ++i) {
        bench.append("log/a.log." + std::to_string(i), heads[i] + "\nerror\n");
    }
    bench.append("log/a.log.late", heads[0] + "\nerror\n");  // was made before it was written
    Values values = bench.collect();
    CHECK(values.at(kLines) == 1);
    CHECK(values.at(kErrors) == 0);
    CHECK(values.at(kFiles) == 1);
    CHECK(values.at(kUnreadable) == 0);
    bench.append("log/a.log.text", "BZh, it begins\n");
    CHECK(bench.lines() == 2);
}

TEST_CASE("a compressed file is opened again only when it has changed") {
    Bench bench("log/*");
    bench.append("log/a.gz", "\x1f\x8b\x08 and so on");
    bench.append("log/late.gz", "");
    bench.collect();
    bench.append("log/late.gz", "\x1f\x8b\x08 and so on");
    bench.collect();
    const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    REQUIRE(watch >= 0);
    for (const char* path : {"log/a.gz", "log/late.gz"}) {
        REQUIRE(::inotify_add_watch(watch, bench.tree.at(path).c_str(), IN_OPEN) >= 0);
    }
    std::array<char, 4096> events{};
    bench.collect();
    bench.collect();
    CHECK(::read(watch, events.data(), events.size()) == -1);
    bench.append("log/a.gz", "more");
    CHECK(::read(watch, events.data(), events.size()) > 0);  // this test's own
    bench.collect();
    CHECK(::read(watch, events.data(), events.size()) > 0);
    bench.tree.write("log/a.gz", "an error, and of another length\n");
    CHECK(bench.collect().at(kErrors) == 1);
    ::close(watch);
}

TEST_CASE("a compressed file is not left out of a log that has all the files it can have") {
    Bench bench("log/*");
    for (std::size_t i = 0; i < FileSet::kMostFiles; ++i) {
        bench.append("log/" + std::to_string(i) + ".log", "x\n");
    }
    bench.collect();
    bench.append("log/0.gz", "\x1f\x8b\x08 and so on");
    for (int i = 0; i < 2; ++i) CHECK(bench.collect().at(kUnreadable) == 0);
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

TEST_CASE("an inode of an empty log that is used again is another file, unless named after it") {
    for (const char* name : {"log/other.txt", "log/a.log.1"}) {
        INFO(name);
        Bench bench;
        bench.append("log/a.log", "");
        bench.collect();
        bench.append(name, "first\nsecond\n");
        LogPositions kept = bench.kept();
        REQUIRE(kept.files.size() == 1);
        kept.files[0].inode = bench.inode(name);
        bench.tree.remove("log/a.log");
        bench.tree.write("state/log-web", print_positions(kept));
        bench.restart();
        CHECK(bench.lines() == (std::string_view(name).ends_with(".1") ? 2 : 0));
    }
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

TEST_CASE("rotated files whose last line has no newline are let go of, and that line counts") {
    Bench bench;
    bench.append("log/a.log", "0\n");
    bench.collect();
    const int rotations = static_cast<int>(FileSet::kMostFiles) + 50;
    for (int i = 0; i < rotations; ++i) {
        bench.append("log/a.log", "1\nan error, and kill");
        bench.collect();
        bench.rename("log/a.log", "log/a.log.1");
        const Values values = bench.collect();
        REQUIRE(values.at(kFiles) <= 7);
        REQUIRE(values.at(kUnreadable) == 0);
    }
    for (int i = 0; i < 5; ++i) bench.collect();
    const Values values = bench.collect();
    CHECK(values.at(kFiles) == 0);
    CHECK(values.at(kBacklog) == 0);
    CHECK(values.at(kLines) == 2 * rotations);
    CHECK(values.at(kErrors) == rotations);
}

TEST_CASE("rotated files keep no new one out, and lose no line for it") {
    Bench bench;
    bench.collect();
    const int most = static_cast<int>(FileSet::kMostFiles);
    for (int i = 0; i < most; ++i) bench.append("log/" + std::to_string(i) + ".log", "1\n2");
    CHECK(bench.collect().at(kFiles) == most);
    for (int i = 0; i < most; ++i) {
        const std::string path = "log/" + std::to_string(i) + ".log";
        bench.rename(path, path + ".1");
        bench.append(path + ".1", "2\n3");
        bench.append(path, "4\n");
    }
    const Values values = bench.collect();
    CHECK(values.at(kFiles) == most);
    CHECK(values.at(kUnreadable) == 0);
    CHECK(values.at(kLines) == 4 * most);
}

TEST_CASE("a file that is let go of before it is read to its end is named") {
    Bench bench;
    bench.collect();
    const std::string line(1023, 'x');
    for (std::size_t i = 0; i < FileSet::kMostFiles; ++i) {
        bench.append("log/" + std::to_string(i) + ".log", line + "\n");
    }
    bench.collect();
    std::string more;
    for (int i = 0; i < 256; ++i) more += line + "\n";
    bench.append("log/0.log", more);
    bench.rename("log/0.log", "log/0.log.1");
    bench.append("log/0.log", line + "\n");
    bench.config->limit = Bytes{1};  // a piece of one file, and there are others
    const Values values = bench.collect();
    CHECK(values.at(kFiles) == FileSet::kMostFiles);
    CHECK(values.at(kUnreadable) == 1);
    CHECK(bench.collect().at(kUnreadable) == 0);
}
