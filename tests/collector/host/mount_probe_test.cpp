#include "collector/host/mount_probe.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>

#include "tests/support/hanging_statfs.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::eventually;
using test::HangingStatfs;
using State = MountAnswer::State;

namespace {

std::vector<State> states(MountProbe& probe, const std::vector<std::string>& paths,
                          Duration timeout = 10s) {
    std::vector<MountAnswer> answers;
    probe.probe(paths, timeout, answers);
    std::vector<State> all;
    for (const MountAnswer& answer : answers) all.push_back(answer.state);
    return all;
}

}  // namespace

TEST_CASE("mounts that answer are answered, those that fail say why") {
    HangingStatfs statfs;
    statfs.answer({4096, 100, 50, 40, 1000, 900});
    statfs.fail("/b", EACCES);
    MountProbe probe(statfs.function());
    std::vector<MountAnswer> answers;
    probe.probe({"/a", "/b"}, 10s, answers);
    REQUIRE(answers[0].state == State::kAnswered);
    REQUIRE(answers[0].stat.blocks_available == 40);
    REQUIRE(answers[1].state == State::kFailed);
    REQUIRE(answers[1].error == EACCES);
    probe.probe({}, 10s, answers);
    REQUIRE(answers.empty());
}

TEST_CASE("a hung mount keeps none of the others from answering") {
    HangingStatfs statfs;
    statfs.hang("/dead");
    MountProbe probe(statfs.function());
    REQUIRE(states(probe, {"/a", "/dead", "/b", "/c"}, 300ms) ==
            std::vector{State::kAnswered, State::kHung, State::kAnswered, State::kAnswered});
    REQUIRE(probe.hung() == 1);
    statfs.release_all();
    REQUIRE(statfs.all_returned());
}

TEST_CASE("a hung mount is not asked again, delays nothing, and recovers when its call returns") {
    HangingStatfs statfs;
    statfs.hang("/dead");
    MountProbe probe(statfs.function());
    states(probe, {"/dead", "/a"}, 200ms);
    REQUIRE(statfs.calls("/dead") == 1);
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) {
        REQUIRE(states(probe, {"/dead", "/a"}, 60s) == std::vector{State::kHung, State::kAnswered});
    }
    REQUIRE(std::chrono::steady_clock::now() - start < 30s);
    REQUIRE(statfs.calls("/dead") == 1);
    REQUIRE(probe.hung() == 1);
    statfs.release("/dead");
    REQUIRE(eventually([&] { return probe.hung() == 0; }));
    REQUIRE(states(probe, {"/dead", "/a"}) == std::vector{State::kAnswered, State::kAnswered});
    REQUIRE(statfs.calls("/dead") == 2);
}

TEST_CASE("many mounts hang at once without adding up their timeouts") {
    HangingStatfs statfs;
    std::vector<std::string> paths;
    for (int i = 0; i < 20; ++i) {
        paths.push_back("/dead" + std::to_string(i));
        statfs.hang(paths.back());
    }
    paths.push_back("/alive");
    MountProbe probe(statfs.function());
    const auto start = std::chrono::steady_clock::now();
    std::vector<State> expected(20, State::kHung);
    expected.push_back(State::kAnswered);
    REQUIRE(states(probe, paths, 3s) == expected);
    REQUIRE(std::chrono::steady_clock::now() - start < 20s);
    REQUIRE(probe.hung() == 20);
    statfs.release_all();
    REQUIRE(eventually([&] { return probe.hung() == 0; }));
}

TEST_CASE("a mount that is slow but in time is answered") {
    HangingStatfs statfs;
    statfs.hang("/slow");
    MountProbe probe(statfs.function());
    // Its answer is held back until another mount, behind it, was asked by another thread.
    const auto inner = statfs.function();
    MountProbe chained([&, inner](const std::string& path, FileSystemStat& out) {
        if (path == "/behind") statfs.release("/slow");
        return inner(path, out);
    });
    REQUIRE(states(chained, {"/slow", "/behind"}, 20s) ==
            std::vector{State::kAnswered, State::kAnswered});
    REQUIRE(eventually([&] { return chained.hung() == 0; }));
}

TEST_CASE("a probe with a hung call can be destroyed") {
    HangingStatfs statfs;
    statfs.hang("/dead");
    {
        MountProbe probe(statfs.function());
        REQUIRE(states(probe, {"/dead"}, 20ms) == std::vector{State::kHung});
    }
    statfs.release_all();
    REQUIRE(statfs.all_returned());
}

TEST_CASE("the system's own statfs is asked") {
    FileSystemStat stat;
    REQUIRE(call_statfs("/", stat) == 0);
    REQUIRE(stat.block_size > 0);
    REQUIRE(stat.blocks >= stat.blocks_free);
    REQUIRE(call_statfs("/no/such/path", stat) == ENOENT);
}
