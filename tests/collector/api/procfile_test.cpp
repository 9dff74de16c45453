#include "collector/api/procfile.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/fixture_tree.h"

using tocsin::ErrorCode;
using tocsin::collector::ProcFile;
using tocsin::collector::read_word;
using tocsin::collector::ReadBuffer;
using tocsin::test::FixtureTree;

TEST_CASE("a file stays open and is read from its start every time") {
    const FixtureTree tree{{"stat", "first"}};
    const int before = ProcFile::kept_open();
    ReadBuffer buffer;
    ProcFile file(tree.at("stat"));
    REQUIRE(file.read(buffer).value() == "first");
    REQUIRE(ProcFile::kept_open() == before + 1);
    tree.write("stat", "second, longer");
    REQUIRE(file.read(buffer).value() == "second, longer");
    REQUIRE(file.reopened() == 0);
    REQUIRE(ProcFile::kept_open() == before + 1);
}

TEST_CASE("an empty file is empty and a missing one is not found") {
    const FixtureTree tree{{"empty", ""}};
    ReadBuffer buffer;
    REQUIRE(ProcFile(tree.at("empty")).read(buffer).value().empty());
    const auto missing = ProcFile(tree.at("none")).read(buffer);
    REQUIRE(missing.error().code == ErrorCode::kNotFound);
    REQUIRE_THAT(missing.error().message, Catch::Contains(tree.at("none")));
}

TEST_CASE("a file that appears later is read then") {
    const FixtureTree tree;
    ReadBuffer buffer;
    ProcFile file(tree.at("late"));
    REQUIRE_FALSE(file.read(buffer));
    tree.write("late", "here");
    REQUIRE(file.read(buffer).value() == "here");
}

TEST_CASE("a file larger than the buffer is read whole") {
    const std::string content(100'001, 'x');
    const FixtureTree tree{{"large", content}, {"small", "y"}};
    ReadBuffer buffer;
    REQUIRE(ProcFile(tree.at("large")).read(buffer).value() == content);
    REQUIRE(ProcFile(tree.at("small")).read(buffer).value() == "y");
}

TEST_CASE("a descriptor whose process has gone is reopened once and then reported") {
    // /proc/<pid>/stat answers ESRCH on a descriptor that outlived its process.
    int gate[2];
    REQUIRE(::pipe(gate) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        char byte = 0;
        ::close(gate[1]);
        ::_exit(::read(gate[0], &byte, 1) == 0 ? 0 : 1);
    }
    ReadBuffer buffer;
    ProcFile file("/proc/" + std::to_string(child) + "/stat");
    REQUIRE(file.read(buffer).value().starts_with(std::to_string(child)));
    const int open_before = ProcFile::kept_open();
    ::close(gate[0]);
    ::close(gate[1]);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    REQUIRE(file.read(buffer).error().code == ErrorCode::kNotFound);
    REQUIRE(file.reopened() == 1);
    REQUIRE(ProcFile::kept_open() == open_before - 1);
}

TEST_CASE("a FIFO in a file's place is an error and never waits for a writer") {
    const FixtureTree tree;
    tree.make_fifo("stat");
    ReadBuffer buffer;
    REQUIRE_FALSE(ProcFile(tree.at("stat")).read(buffer));
}

TEST_CASE("a directory in a file's place is an error") {
    const FixtureTree tree;
    tree.make_directory("stat");
    ReadBuffer buffer;
    REQUIRE(ProcFile(tree.at("stat")).read(buffer).error().code == ErrorCode::kIo);
}

TEST_CASE("beyond the bound files are read without being kept open") {
    const FixtureTree tree{{"f", "content"}};
    const int before = ProcFile::kept_open();
    ReadBuffer buffer;
    std::vector<ProcFile> files;
    for (int i = 0; i < ProcFile::kMostKeptOpen + 20; ++i) files.emplace_back(tree.at("f"));
    for (ProcFile& file : files) REQUIRE(file.read(buffer).value() == "content");
    REQUIRE(ProcFile::kept_open() <= ProcFile::kMostKeptOpen);
    for (ProcFile& file : files) REQUIRE(file.read(buffer).value() == "content");
    files.clear();
    REQUIRE(ProcFile::kept_open() == before);
}

TEST_CASE("a word is read without the blanks around it") {
    const FixtureTree tree{{"word", " 17\n"}};
    REQUIRE(read_word(tree.at("word")) == "17");
    REQUIRE(read_word(tree.at("none")).empty());
}

TEST_CASE("a file of short lines is read whole, however long") {
    const FixtureTree tree;
    ReadBuffer buffer;
    for (const std::size_t size : {0U, 1U, 2047U, 2048U, 2049U, 4096U, 4097U, 100'000U}) {
        std::string content;
        while (content.size() < size) content += "0123456789abcde\n";
        content.resize(size);
        tree.write("udp", content);
        ProcFile file(tree.at("udp"), ProcFile::Lines::kShort);
        CHECK(file.read(buffer).value() == content);
        CHECK(file.read(buffer).value() == content);
    }
}
