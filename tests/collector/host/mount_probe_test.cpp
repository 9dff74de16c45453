#include "collector/host/mount_probe.h"

#include <algorithm>
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

constexpr Duration kLong = 20s;    // a grace that no mount that answers uses up
constexpr Duration kShort = 20ms;  // of probes in which something hangs

std::vector<State> states(MountProbe& probe, const std::vector<std::string>& paths,
                          Duration timeout = kLong) {
    std::vector<MountAnswer> answers;
    probe.probe(paths, timeout, answers);
    std::vector<State> all;
    for (const MountAnswer& answer : answers) all.push_back(answer.state);
    return all;
}

// What holds is so within ten seconds of probing.
bool become(MountProbe& probe, const std::vector<std::string>& paths, Duration timeout,
            const std::vector<State>& wanted) {
    return eventually([&] { return states(probe, paths, timeout) == wanted; });
}

}  // namespace

TEST_CASE("mounts that answer are answered, those that fail say why") {
    HangingStatfs statfs;
    statfs.answer({4096, 100, 50, 40, 1000, 900});
    statfs.fail("/b", EACCES);
    MountProbe probe(statfs.function(), kLong);
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
    MountProbe probe(statfs.function(), kShort);
    REQUIRE(become(probe, {"/a", "/dead", "/b", "/c"}, 100ms,
                   {State::kAnswered, State::kHung, State::kAnswered, State::kAnswered}));
    REQUIRE(probe.hung() == 1);
    statfs.release_all();
    REQUIRE(statfs.all_returned());
}

TEST_CASE("a mount that has never answered is pending until its time is up") {
    HangingStatfs statfs;
    statfs.hang("/dead");
    MountProbe probe(statfs.function(), kShort);
    REQUIRE(states(probe, {"/dead"}, kLong) == std::vector{State::kPending});
    REQUIRE(states(probe, {"/dead"}, kLong) == std::vector{State::kPending});
    REQUIRE(states(probe, {"/dead"}, 1ms) == std::vector{State::kHung});
    statfs.release_all();
    REQUIRE(statfs.all_returned());
}

TEST_CASE("a mount that is slow tells what it told before, then what came late") {
    HangingStatfs statfs;
    statfs.answer({4096, 100, 50, 40, 1000, 900});
    MountProbe probe(statfs.function(), 200ms);
    const auto blocks = [&]() -> std::uint64_t {
        std::vector<MountAnswer> answers;
        probe.probe({"/slow"}, kLong, answers);
        return answers[0].state == State::kAnswered ? answers[0].stat.blocks : 0;
    };
    REQUIRE(eventually([&] { return blocks() == 100; }));
    statfs.hang("/slow");
    REQUIRE(blocks() == 100);
    REQUIRE(blocks() == 100);
    statfs.answer({4096, 200, 50, 40, 1000, 900});
    statfs.release("/slow");
    REQUIRE(eventually([&] { return blocks() == 200; }));
}

TEST_CASE("a hung mount is not asked again, says how long it hangs, and recovers") {
    HangingStatfs statfs;
    statfs.hang("/dead");
    MountProbe probe(statfs.function(), kShort);
    REQUIRE(become(probe, {"/dead", "/a"}, 50ms, {State::kHung, State::kAnswered}));
    std::vector<MountAnswer> answers;
    Duration before{0};
    for (int i = 0; i < 20; ++i) {
        probe.probe({"/dead", "/a"}, 50ms, answers);
        REQUIRE(answers[0].state == State::kHung);
        REQUIRE(answers[0].overdue >= std::max(before, Duration{50}));
        before = answers[0].overdue;
    }
    REQUIRE(statfs.calls("/dead") == 1);
    REQUIRE(probe.hung() == 1);
    statfs.release("/dead");
    REQUIRE(eventually([&] { return probe.hung() == 0; }));
    REQUIRE(become(probe, {"/dead", "/a"}, 10s, {State::kAnswered, State::kAnswered}));
    REQUIRE(statfs.calls("/dead") >= 2);
}

TEST_CASE("once a mount is known to hang, a probe does not wait for it") {
    HangingStatfs statfs;
    statfs.hang("/dead");
    MountProbe probe(statfs.function(), 3s);
    REQUIRE(states(probe, {"/dead"}, 1ms) == std::vector{State::kHung});
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i) states(probe, {"/dead", "/a"}, 1ms);
    REQUIRE(std::chrono::steady_clock::now() - start < 30s);  // 300 s if each waited
    statfs.release_all();
    REQUIRE(statfs.all_returned());
}

TEST_CASE("many mounts that hang at once are all asked within one grace") {
    HangingStatfs statfs;
    std::vector<std::string> paths;
    for (int i = 0; i < 100; ++i) {
        paths.push_back("/dead" + std::to_string(i));
        statfs.hang(paths.back());
    }
    paths.push_back("/alive");
    MountProbe probe(statfs.function(), 2s);
    const auto start = std::chrono::steady_clock::now();
    std::vector<State> expected(100, State::kHung);
    expected.push_back(State::kAnswered);
    REQUIRE(become(probe, paths, 1ms, expected));
    REQUIRE(std::chrono::steady_clock::now() - start < 20s);  // 200 s if their graces added up
    REQUIRE(probe.hung() == 100);
    statfs.release_all();
    REQUIRE(eventually([&] { return probe.hung() == 0; }));
}

TEST_CASE("no more threads hang than the bound, and what waits for one says so") {
    HangingStatfs statfs;
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < MountProbe::kMostHung + 10; ++i) {
        paths.push_back("/dead" + std::to_string(1000 + i));
        statfs.hang(paths.back());
    }
    MountProbe probe(statfs.function(), kShort);
    const auto count = [&](State state) {
        const auto all = states(probe, paths, 1ms);
        return static_cast<std::size_t>(std::count(all.begin(), all.end(), state));
    };
    REQUIRE(eventually([&] { return count(State::kHung) == MountProbe::kMostHung; }));
    for (int i = 0; i < 10; ++i) {
        REQUIRE(count(State::kNotAsked) == 10);
        REQUIRE(probe.hung() == MountProbe::kMostHung);
    }
    statfs.release_all();
    REQUIRE(eventually([&] { return count(State::kAnswered) == paths.size(); }));
    REQUIRE(eventually([&] { return probe.hung() == 0; }));
}

TEST_CASE("a mount that is slow but in time is answered") {
    HangingStatfs statfs;
    statfs.hang("/slow");
    // Its answer is held back until another mount, behind it, was asked by another thread.
    const auto inner = statfs.function();
    MountProbe chained(
        [&, inner](const std::string& path, FileSystemStat& out) {
            if (path == "/behind") statfs.release("/slow");
            return inner(path, out);
        },
        kLong);
    REQUIRE(states(chained, {"/slow", "/behind"}) ==
            std::vector{State::kAnswered, State::kAnswered});
    REQUIRE(eventually([&] { return chained.hung() == 0; }));
}

TEST_CASE("a hung mount that was unmounted is forgotten when its call returns") {
    HangingStatfs statfs;
    statfs.hang("/dead");
    MountProbe probe(statfs.function(), kShort);
    REQUIRE(states(probe, {"/dead"}, 1ms) == std::vector{State::kHung});
    REQUIRE(become(probe, {"/a"}, kLong, {State::kAnswered}));
    statfs.release_all();
    REQUIRE(eventually([&] { return probe.hung() == 0; }));
    REQUIRE(become(probe, {"/dead", "/a"}, kLong, {State::kAnswered, State::kAnswered}));
}

TEST_CASE("a probe with a hung call can be destroyed") {
    HangingStatfs statfs;
    statfs.hang("/dead");
    {
        MountProbe probe(statfs.function(), kShort);
        REQUIRE(states(probe, {"/dead"}, 1ms) == std::vector{State::kHung});
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
