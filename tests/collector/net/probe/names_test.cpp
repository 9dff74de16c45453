#include "collector/net/probe/names.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>

#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::collector::probe;

namespace {

// A resolver of the test's: hangs for names that begin with "dead" until the end, answers the
// others as it is set.
struct Resolver {
    std::promise<void> end;
    std::shared_future<void> ended{end.get_future().share()};
    std::atomic<int> hung{0};
    std::atomic<int> asked{0};
    std::atomic<bool> silent{false};
    std::atomic<ErrorCode> failing{ErrorCode::kInternal};  // kInternal: it answers

    Result<Addresses> operator()(const std::string& host) {
        ++asked;
        if (host.starts_with("dead") || silent) {
            ++hung;
            ended.wait();
        }
        if (failing != ErrorCode::kInternal) return Error(failing, "the resolver says no");
        return Addresses{*numeric_address("127.0.0.1")};
    }
};

struct Bench {
    net::Loop loop;
    std::shared_ptr<Resolver> resolver = std::make_shared<Resolver>();
    net::OffloadPool pool{loop, 2, 256};
    std::shared_ptr<Names> names;
    std::vector<std::shared_ptr<Names::Waiter>> waiters;

    explicit Bench(Duration keep = 5min) {
        NamesOptions options;
        options.resolve = [r = resolver](const std::string& host) { return (*r)(host); };
        options.patience = 5ms;
        options.keep = keep;
        names = std::make_shared<Names>(loop, std::move(options));
    }
    ~Bench() { resolver->end.set_value(); }

    // What it is told, once it is: an address, or why there is none.
    std::shared_ptr<std::string> find(const std::string& host) {
        auto told = std::make_shared<std::string>();
        waiters.push_back(std::make_shared<Names::Waiter>([told](const Result<Addresses>& answer) {
            *told = answer ? answer.value().at(0).text() : answer.error().message;
        }));
        names->find(pool, host, waiters.back());
        return told;
    }
    std::string found(const std::string& host) {
        const auto told = find(host);
        REQUIRE(test::run_until(loop, [&] { return !told->empty(); }));
        return *told;
    }
};

}  // namespace

TEST_CASE("a name whose server is silent holds one thread, however many wait for it") {
    Bench bench;
    for (int i = 0; i < 30; ++i) bench.find("dead.example");
    CHECK(bench.found("localhost") == "127.0.0.1");
    CHECK(bench.resolver->hung <= 1);
    CHECK(bench.resolver->asked <= 2);
}

TEST_CASE("all who wait for a name are told its one answer, but for those that went") {
    Bench bench;
    const auto first = bench.find("a.example");
    const auto gone = bench.find("a.example");
    bench.waiters.pop_back();
    const auto last = bench.find("a.example");
    CHECK(first->empty());  // never at once
    REQUIRE(test::run_until(bench.loop, [&] { return !first->empty() && !last->empty(); }));
    CHECK(bench.resolver->asked == 1);
    CHECK(gone->empty());
    CHECK(bench.found("a.example") == "127.0.0.1");
    CHECK(bench.resolver->asked == 2);
}

TEST_CASE("a name's last good addresses serve on while its lookup fails or hangs") {
    Bench bench;
    REQUIRE(bench.found("a.example") == "127.0.0.1");
    bench.resolver->failing = ErrorCode::kUnavailable;
    CHECK(bench.found("a.example") == "127.0.0.1");
    CHECK(bench.found("b.example") == "the resolver says no");
    bench.resolver->silent = true;
    CHECK(bench.found("a.example") == "127.0.0.1");
    CHECK(bench.found("a.example") == "127.0.0.1");
    CHECK(bench.resolver->hung == 1);
}

TEST_CASE("a name's last good addresses end with the name, and when they are too old") {
    Bench bench;
    REQUIRE(bench.found("a.example") == "127.0.0.1");
    bench.resolver->failing = ErrorCode::kNotFound;
    CHECK(bench.found("a.example") == "the resolver says no");
    bench.resolver->failing = ErrorCode::kUnavailable;
    CHECK(bench.found("a.example") == "the resolver says no");

    Bench brief(0s);
    REQUIRE(brief.found("a.example") == "127.0.0.1");
    brief.resolver->failing = ErrorCode::kUnavailable;
    CHECK(brief.found("a.example") == "the resolver says no");
}
