// Cycles of a runner over collectors that do what a test says.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "collector/api/runner.h"

namespace tocsin::collector {

inline constexpr MetricDesc kMetric{"m", "A metric.", MetricType::kGauge};

inline SeriesRef item(SeriesTable& table, std::string_view name) {
    return table.get(&kMetric, {{"item", name}});
}

// Does what the test says.
class Scripted final : public Collector {
  public:
    using Script = std::function<Result<void>(Readings&)>;
    explicit Scripted(Script script) : script_(std::move(script)) {}
    Result<void> collect(Timestamp, Readings& out) override { return script_(out); }

  private:
    Script script_;
};

// Reads a file the way that waits: opening a FIFO takes until somebody writes to it.
class Waiting final : public Collector {
  public:
    Waiting(std::string path, SeriesRef series, std::atomic<int>& calls)
        : path_(std::move(path)), series_(std::move(series)), calls_(calls) {}
    Result<void> collect(Timestamp, Readings& out) override {
        ++calls_;
        const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
        ::close(fd);
        out.push_back({series_, 1});
        return success();
    }

  private:
    std::string path_;
    SeriesRef series_;
    std::atomic<int>& calls_;
};

struct Bench {
    SeriesTable table;
    net::Loop loop;
    std::unique_ptr<net::OffloadPool> pool = std::make_unique<net::OffloadPool>(loop, 2, 4);
    FakeClock clock{from_unix_ms(1'700'000'000'000)};
    std::vector<RunnerEntry> entries;
    std::unique_ptr<Runner> runner;
    std::map<std::string, double> last;  // series → value, staleness apart
    std::vector<std::string> order;      // of those
    std::set<std::string> stale;

    void add(std::string name, Threading threading, std::unique_ptr<Collector> collector,
             Duration timeout = 10s, std::uint64_t cycles = 1) {
        entries.push_back({std::move(name), threading, timeout, std::move(collector), cycles});
    }
    void add(std::string name, Scripted::Script script, Threading threading = Threading::kInline) {
        add(std::move(name), threading, std::make_unique<Scripted>(std::move(script)));
    }

    // One cycle to its end.
    void cycle() {
        if (!runner) {
            runner = std::make_unique<Runner>(loop, *pool, clock, table, std::move(entries));
        }
        last.clear();
        order.clear();
        stale.clear();
        bool inside = true;
        runner->run_cycle([&](Timestamp at, const Readings& readings) {
            CHECK_FALSE(inside);
            CHECK(at == clock.now());
            for (const Reading& reading : readings) {
                const std::string series = reading.series.labels().text();
                if (is_stale(reading.value)) {
                    CHECK(stale.insert(series).second);
                } else {
                    CHECK(last.emplace(series, reading.value).second);
                    order.push_back(series);
                }
            }
            loop.stop();
        });
        inside = false;
        net::Timer guard = loop.after(60s, [&] { loop.stop(); });
        loop.run();
    }

    double accounting(std::string_view what, std::string_view collector) const {
        return last.at("tocsin_collector_" + std::string(what) + "{collector=\"" +
                       std::string(collector) + "\"}");
    }
    double success_of(std::string_view collector) const { return accounting("success", collector); }
};

}  // namespace tocsin::collector
