#include "collector/api/runner.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <set>

#include "collector/api/unmade.h"
#include "runner_bench.h"

using namespace tocsin;
using namespace tocsin::collector;

TEST_CASE("another collector in place of one that could not be made works from the next cycle on") {
    Bench bench;
    bench.add("late", Threading::kInline,
              unmade_collector(Error(ErrorCode::kUnavailable, "late.so is not installed")));
    bench.cycle();
    CHECK(bench.success_of("late") == 0);
    REQUIRE(bench.runner->failing().size() == 1);
    CHECK(bench.runner->failing()[0].second == "late.so is not installed");
    const SeriesRef a = item(bench.table, "a");
    bench.runner->replace(
        {"late", Threading::kBlocking, 10s, std::make_unique<Scripted>([&](Readings& out) {
             out.push_back({a, 1});
             return Result<void>(success());
         })});
    bench.cycle();
    CHECK(bench.success_of("late") == 1);
    CHECK(bench.last.at("m{item=\"a\"}") == 1);
    CHECK(bench.runner->failing().empty());
}

TEST_CASE("of a series that a collector tells twice the first value counts, in each cycle") {
    Bench bench;
    const SeriesRef a = item(bench.table, "a");
    const SeriesRef b = item(bench.table, "b");
    bool twice = true;
    bench.add("one", [&](Readings& out) {
        out.push_back({a, 1});
        if (twice) out.push_back({a, 2});
        out.push_back({b, 3});
        if (twice) out.push_back({b, 4});
        return success();
    });
    for (int i = 0; i < 3; ++i) {
        bench.cycle();  // which requires that no series stands there twice
        REQUIRE(bench.last.at("m{item=\"a\"}") == 1);
        REQUIRE(bench.last.at("m{item=\"b\"}") == 3);
        REQUIRE(bench.stale.empty());
    }
    twice = false;
    bench.cycle();
    REQUIRE(bench.stale.empty());
}

TEST_CASE("what is asked in every third cycle is told again in the others") {
    for (const Threading threading : {Threading::kInline, Threading::kBlocking}) {
        Bench bench;
        const SeriesRef a = item(bench.table, "a");
        const SeriesRef b = item(bench.table, "b");
        std::atomic<int> asked{0};
        bench.add("dear", threading, std::make_unique<Scripted>([&](Readings& out) -> Result<void> {
                      if (++asked == 3) return Error(ErrorCode::kIo, "the disk said no");
                      out.push_back({a, static_cast<double>(asked)});
                      if (asked == 1) out.push_back({b, 7});
                      return success();
                  }),
                  10s, 3);
        for (int i = 0; i < 3; ++i) {
            bench.cycle();
            CHECK(bench.last.at("m{item=\"a\"}") == 1);
            CHECK(bench.last.at("m{item=\"b\"}") == 7);
            CHECK(bench.success_of("dear") == 1);
            CHECK(bench.stale.empty());
        }
        CHECK(asked == 1);
        bench.cycle();
        CHECK(bench.last.at("m{item=\"a\"}") == 2);
        CHECK(bench.stale == std::set<std::string>{"m{item=\"b\"}"});
        bench.cycle();
        CHECK(bench.last.at("m{item=\"a\"}") == 2);
        CHECK(bench.last.count("m{item=\"b\"}") == 0);
        CHECK(bench.stale.empty());
        bench.cycle();
        bench.cycle();
        CHECK(asked == 3);
        CHECK(bench.stale == std::set<std::string>{"m{item=\"a\"}"});
        CHECK(bench.success_of("dear") == 0);
        // One that failed is asked in the next cycle, and has its pace again once it works.
        for (int i = 0; i < 3; ++i) {
            bench.cycle();
            CHECK(asked == 4);
            CHECK(bench.last.at("m{item=\"a\"}") == 4);
            CHECK(bench.success_of("dear") == 1);
        }
        bench.cycle();
        CHECK(asked == 5);
    }
}

TEST_CASE("readings stand in the collectors' order, those told again and the late ones too") {
    for (const Threading threading : {Threading::kInline, Threading::kBlocking}) {
        Bench bench;
        std::atomic<int> ran{0};
        const auto tells = [&](const char* name, std::function<void()> first = {}) {
            return std::make_unique<Scripted>(
                [series = item(bench.table, name), first = std::move(first)](Readings& out) {
                    if (first) first();
                    out.push_back({series, 1});
                    return Result<void>(success());
                });
        };
        // It is done after the pool's last, for which it waits.
        bench.add("slow", Threading::kBlocking,
                  tells("slow", [&ran, cycle = 0]() mutable { ran.wait(cycle++); }));
        bench.add("before", Threading::kInline, tells("before"));
        bench.add("dear", threading, tells("dear"), 10s, 3);
        bench.add("pooled", Threading::kBlocking, tells("pooled", [&ran] {
                      ++ran;
                      ran.notify_all();
                  }));
        bench.add("after", Threading::kInline, tells("after"));
        for (int i = 0; i < 5; ++i) {
            bench.cycle();
            bench.order.resize(5);
            CHECK(bench.order == std::vector<std::string>{"m{item=\"slow\"}", "m{item=\"before\"}",
                                                          "m{item=\"dear\"}", "m{item=\"pooled\"}",
                                                          "m{item=\"after\"}"});
        }
    }
}

TEST_CASE("a cycle gives the readings of all collectors and an account of each") {
    Bench bench;
    const SeriesRef a = item(bench.table, "a");
    const SeriesRef b = item(bench.table, "b");
    bench.add("one", [&](Readings& out) {
        out.push_back({a, 1});
        return Result<void>(success());
    });
    bench.add(
        "two",
        [&](Readings& out) {
            out.push_back({b, 2});
            return Result<void>(success());
        },
        Threading::kBlocking);
    bench.cycle();
    REQUIRE(bench.last.at("m{item=\"a\"}") == 1);
    REQUIRE(bench.last.at("m{item=\"b\"}") == 2);
    REQUIRE(bench.last.size() == 2 + 6);
    for (const std::string_view name : {"one", "two"}) {
        REQUIRE(bench.success_of(name) == 1);
        REQUIRE(bench.accounting("timeouts_total", name) == 0);
        REQUIRE(bench.accounting("duration_seconds", name) >= 0);
        REQUIRE(bench.accounting("duration_seconds", name) < 10);
    }
    REQUIRE(bench.runner->failing().empty());
}

TEST_CASE("a collector that fails keeps what it reported, says why and works again") {
    for (const Threading threading : {Threading::kInline, Threading::kBlocking}) {
        Bench bench;
        const SeriesRef a = item(bench.table, "a");
        std::atomic<bool> broken{true};
        bench.add(
            "one",
            [&](Readings& out) {
                out.push_back({a, 1});
                return broken ? Result<void>(Error(ErrorCode::kIo, "the disk said no"))
                              : Result<void>(success());
            },
            threading);
        bench.cycle();
        REQUIRE(bench.last.at("m{item=\"a\"}") == 1);
        REQUIRE(bench.success_of("one") == 0);
        REQUIRE(bench.runner->failing() ==
                std::vector<std::pair<std::string, std::string>>{{"one", "the disk said no"}});
        REQUIRE(bench.runner->source_failing("m"));
        REQUIRE_FALSE(bench.runner->source_failing("other"));
        broken = false;
        bench.cycle();
        REQUIRE(bench.success_of("one") == 1);
        REQUIRE(bench.runner->failing().empty());
        REQUIRE_FALSE(bench.runner->source_failing("m"));
    }
}

TEST_CASE("a series that disappears is marked stale once and may come back") {
    Bench bench;
    std::vector<std::string> reported{"a", "b", "c"};
    bench.add("one", [&](Readings& out) {
        for (const std::string& name : reported) out.push_back({item(bench.table, name), 1});
        return Result<void>(success());
    });
    bench.cycle();
    REQUIRE(bench.stale.empty());
    reported = {"a", "c"};
    bench.cycle();
    REQUIRE(bench.stale == std::set<std::string>{"m{item=\"b\"}"});
    bench.cycle();
    REQUIRE(bench.stale.empty());
    reported = {"c", "d", "a"};
    bench.cycle();
    REQUIRE(bench.stale.empty());
    reported = {"b"};
    bench.cycle();
    REQUIRE(bench.stale ==
            std::set<std::string>{"m{item=\"a\"}", "m{item=\"c\"}", "m{item=\"d\"}"});
    reported = {};
    bench.cycle();
    REQUIRE(bench.stale == std::set<std::string>{"m{item=\"b\"}"});
}

TEST_CASE("a collector with nothing to tell is asked once a minute until it has something") {
    const Threading threading = GENERATE(Threading::kInline, Threading::kBlocking);
    Bench bench;
    const SeriesRef series = item(bench.table, "tape");
    int calls = 0;
    bool there = false;
    bool broken = false;
    bench.add(
        "tapes",
        [&](Readings& out) -> Result<void> {
            ++calls;
            if (broken) return Error(ErrorCode::kIo, "cannot be read");
            if (there) out.push_back({series, 1});
            return success();
        },
        threading);
    const std::string name = series.labels().text();
    const auto cycles = [&](int count) {
        for (int i = 0; i < count; ++i) {
            bench.clock.advance(15s);
            bench.cycle();
        }
    };
    cycles(3);
    CHECK(calls == 3);
    cycles(3);
    CHECK(calls == 3);
    CHECK(bench.success_of("tapes") == 1);
    cycles(1);
    CHECK(calls == 4);
    // It comes within a minute, is told each cycle, and its end in the cycle in which it goes.
    there = true;
    cycles(4);
    CHECK(calls == 5);
    CHECK(bench.last.contains(name));
    cycles(5);
    CHECK(calls == 10);
    there = false;
    cycles(1);
    CHECK(bench.stale.contains(name));
    cycles(6);
    CHECK(calls == 14);
    // The wall clock's steps neither wake it nor keep it asleep.
    bench.clock.step_wall(-48h);
    cycles(4);
    CHECK(calls == 15);
    // One that fails is asked in each cycle, as ever.
    broken = true;
    cycles(4);
    const int before = calls;
    cycles(4);
    CHECK(calls == before + 4);
    CHECK(bench.success_of("tapes") == 0);
}
