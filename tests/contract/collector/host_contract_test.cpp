// What every host collector keeps to, whatever stands in the files that it reads: it neither
// crashes nor tells a series twice, and once a file is well again it tells what it told before.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/collecting.h"
#include "tests/support/host_lab.h"
#include "tests/support/host_tree.h"

using namespace tocsin;
using test::FixtureTree;
using test::HostFile;
using test::kHostFiles;
using test::Values;

namespace {

class Subject {
  public:
    Subject(std::string_view name, const FixtureTree& tree)
        : collector_(test::make_host_collector(name, tree, series_).value()) {}

    Values collect() {
        readings_.clear();
        const Result<void> result = collector_->collect(from_unix_ms(1'700'000'000'250), readings_);
        error_ = result ? "" : result.error().message;
        Values values;  // of a series that a file has twice the first counts, as in the runner
        for (const Reading& reading : readings_) {
            // The test itself writes the file again.
            if (reading.series.labels().metric_name() == "node_textfile_mtime_seconds") continue;
            values.emplace(reading.series.labels().text(), reading.value);
        }
        return values;
    }
    const std::string& error() const { return error_; }

  private:
    SeriesTable series_;
    std::unique_ptr<collector::Collector> collector_;
    collector::Readings readings_;
    std::string error_;
};

std::string with_numbers(std::string_view text, std::string_view number) {
    std::string changed;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = [&](std::size_t at) {
            return at < text.size() && text[at] >= '0' && text[at] <= '9';
        };
        if (!digit(i)) {
            changed += text[i];
            continue;
        }
        while (digit(i + 1)) ++i;
        changed += number;
    }
    return changed;
}

std::string with_each_line(std::string_view text, const std::function<void(std::string&)>& change) {
    std::string changed;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1);
        std::string line(text.substr(0, end + 1));
        change(line);
        changed += line;
        text.remove_prefix(end + 1);
    }
    return changed;
}

// The odd cases of a file: cut off anywhere, numbers beyond every type, foreign bytes, more of all.
std::vector<std::string> odd_versions(std::string_view good) {
    std::vector<std::string> odd{"",
                                 "\n",
                                 "\n\n\n",
                                 " ",
                                 std::string(1, '\0'),
                                 std::string(4096, '\0'),
                                 "\xff\xfe\n",
                                 std::string(100'000, 'x'),
                                 std::string(100'000, '7') + "\n",
                                 std::string(100'000, ' '),
                                 std::string(10'000, '\n'),
                                 ":",
                                 "=",
                                 "a:b:c=d e\n",
                                 "-\n",
                                 "0x\n",
                                 "\\\n"};
    const std::size_t step = std::max<std::size_t>(1, good.size() / 60);
    for (std::size_t i = 0; i < good.size(); i += step) {
        odd.emplace_back(good.substr(0, i));
        odd.emplace_back(good.substr(i));
        odd.push_back(std::string(good.substr(0, i)) + "\xc3\x28" + std::string(good.substr(i)));
        odd.push_back(std::string(good.substr(0, i)) + '\0' + std::string(good.substr(i)));
    }
    for (const std::string_view number :
         {"18446744073709551615", "18446744073709551616", "9223372036854775808", "-1", "-0",
          "-9223372036854775809", "99999999999999999999999999999999999999999", "1e999", "0x7f",
          "nan", "1.5", "4096", "2147483648", ""}) {
        odd.push_back(with_numbers(good, number));
    }
    odd.push_back(std::string(good) + std::string(good));
    odd.push_back(with_each_line(good, [](std::string& line) { line += line; }));
    odd.push_back(with_each_line(good, [](std::string& line) { line.insert(0, " \t "); }));
    odd.push_back(with_each_line(good, [](std::string& line) {
        if (line.ends_with('\n')) line.insert(line.size() - 1, "\r");
    }));
    odd.push_back(with_each_line(good, [](std::string& line) {
        if (line.ends_with('\n')) line.insert(line.size() - 1, " 1 2 3 more");
    }));
    odd.push_back(std::string(good.rbegin(), good.rend()));
    return odd;
}

// Runs `check` for each collector of each file, the tree being whole.
template <class Check>
void for_each_reader(const FixtureTree& tree, Check&& check) {
    for (const HostFile& file : kHostFiles) {
        for (const std::string_view name : test::readers_of(file.collectors)) {
            INFO(name << ", " << file.path);
            check(file, name);
            tree.remove(file.path);
            tree.write(file.path, file.content);
        }
    }
}

}  // namespace

TEST_CASE("every built-in collector that reads files is under the contract, and is content") {
    // These ask the kernel by system calls alone.
    const std::set<std::string_view> without_files{"timex", "uname"};
    const FixtureTree tree;
    test::write_host_tree(tree);
    std::set<std::string_view> covered;
    for_each_reader(tree, [&](const HostFile&, std::string_view name) { covered.insert(name); });
    for (const collector::Registration& row : collector::registrations()) {
        if (!row.module.empty() || without_files.contains(row.name)) continue;
        INFO(row.name);
        REQUIRE(covered.contains(row.name));
        Subject subject(row.name, tree);
        REQUIRE_FALSE(subject.collect().empty());
        REQUIRE(subject.error() == "");
    }
}

TEST_CASE("a file may hold anything, and what comes after it is read as before") {
    const FixtureTree tree;
    test::write_host_tree(tree);
    for_each_reader(tree, [&](const HostFile& file, std::string_view name) {
        Subject subject(name, tree);
        const Values good = subject.collect();
        const std::vector<std::string> odds = odd_versions(file.content);
        for (const std::string& odd : odds) {
            INFO("content: " << odd.substr(0, 300) << " #" << &odd - odds.data());
            tree.write(file.path, odd);
            subject.collect();
            Subject(name, tree).collect();  // and one that has never seen it whole
            tree.write(file.path, file.content);
            CHECK(subject.collect() == good);
            CHECK(subject.error() == "");
        }
    });
}

TEST_CASE("a file that is not there at first is read when it comes") {
    const FixtureTree tree;
    test::write_host_tree(tree);
    for_each_reader(tree, [&](const HostFile& file, std::string_view name) {
        const Values good = Subject(name, tree).collect();
        tree.remove(file.path);
        Subject subject(name, tree);
        subject.collect();
        tree.write(file.path, file.content);
        const Values again = subject.collect();
        CHECK((again == good || file.read == HostFile::Read::kOnce));
        REQUIRE(subject.error() == "");
    });
}

TEST_CASE("a directory, a FIFO or a circle of links in a file's place keeps nobody") {
    const FixtureTree tree;
    test::write_host_tree(tree);
    for_each_reader(tree, [&](const HostFile& file, std::string_view name) {
        const Values good = Subject(name, tree).collect();
        for (int kind = 0; kind < 3; ++kind) {
            tree.remove(file.path);
            if (kind == 0) tree.make_directory(std::string(file.path) + "/inside");
            if (kind == 1) tree.make_fifo(file.path);
            if (kind == 2) std::filesystem::create_symlink(tree.at(file.path), tree.at(file.path));
            Subject subject(name, tree);
            subject.collect();
            tree.remove(file.path);
            tree.write(file.path, file.content);
            const Values again = subject.collect();
            CHECK((again == good || file.read == HostFile::Read::kOnce));
        }
    });
}

TEST_CASE("a tree without anything, or with nothing but empty files, is no danger") {
    const FixtureTree nothing;
    const FixtureTree empty;
    for (const HostFile& file : kHostFiles) empty.write(file.path, "");
    for (const HostFile& file : kHostFiles) {
        for (const std::string_view name : test::readers_of(file.collectors)) {
            Subject(name, nothing).collect();
            Subject(name, empty).collect();
        }
    }
}
