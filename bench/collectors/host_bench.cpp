// A day of cycles of the host collectors in fast time: 5,760, as many as a day has at 15 s. First
// on this host, all collectors that are on by default; then on a made-up tree whose devices, mounts
// and processes are others in every cycle. Prints memory, threads and descriptors after the first
// cycles and at the end, and exits 1 where they grew. usage: host_bench [CYCLES]
#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "base/core/strings.h"
#include "base/model/series.h"
#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/api/runner.h"
#include "collector/register.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/host_lab.h"
#include "tests/support/host_tree.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

constexpr int kCyclesOfADay = 24 * 60 * 4;
constexpr std::size_t kThreads = 4;
// What the heap may differ by: the last cycle's own readings, buckets of hash tables.
constexpr double kHeapSlackKiB = 64;
constexpr double kResidentSlackKiB = 1024;

struct Usage {
    double heap_kib = 0;
    double resident_kib = 0;
    std::size_t threads = 0;
    std::size_t descriptors = 0;
    std::size_t series = 0;
};

std::size_t entries(const char* directory) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        count += entry.path().empty() ? 0U : 1U;
    }
    return count;
}

double resident_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (!line.starts_with("VmRSS:")) continue;
        const std::string_view number = trim(std::string_view(line).substr(6));
        return parse_double(number.substr(0, number.find(' '))).value_or(0);
    }
    return 0;
}

Usage usage_of(const SeriesTable& series) {
    ::malloc_trim(0);
    Usage usage;
    usage.heap_kib = static_cast<double>(::mallinfo2().uordblks) / 1024;
    usage.resident_kib = resident_kib();
    usage.threads = entries("/proc/self/task");
    usage.descriptors = entries("/proc/self/fd");
    usage.series = series.size();
    return usage;
}

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class Day {
  public:
    explicit Day(
        std::function<Result<std::unique_ptr<Collector>>(std::string_view, SeriesTable&)> make) {
        std::vector<RunnerEntry> all;
        for (const Registration& row : registrations()) {
            if (!row.on_by_default || !row.module.empty()) continue;
            RunnerEntry entry;
            entry.name = std::string(row.name);
            entry.threading = row.threading;
            entry.collector = make(row.name, series_).value();
            all.push_back(std::move(entry));
        }
        runner_.emplace(loop_, *pool_, clock_, series_, std::move(all));
    }

    void cycle() {
        runner_->run_cycle([this](Timestamp, const Readings& readings) {
            readings_ = readings.size();
            loop_.stop();
        });
        loop_.run();
        clock_.advance(15s);
    }

    // Whether nothing grew.
    bool run(std::string_view what, int cycles, const std::function<void(int)>& before_cycle) {
        const int warm = std::max(1, cycles / 10);
        const auto run_from = [&](int first, int last) {
            for (int i = first; i < last; ++i) {
                before_cycle(i);
                cycle();
            }
        };
        run_from(0, warm);
        const Usage start = usage_of(series_);
        const double cpu = cpu_seconds();
        run_from(warm, cycles);
        const double spent = cpu_seconds() - cpu;
        const Usage end = usage_of(series_);
        fmt::print("{}: {} cycles, {} readings each, {:.2f} ms of CPU a cycle, {} failing\n", what,
                   cycles, readings_, 1e3 * spent / (cycles - warm), runner_->failing().size());
        return report(start, end);
    }

  private:
    static bool report(const Usage& start, const Usage& end) {
        struct Row {
            std::string_view what;
            double start, end, slack;
        };
        const auto whole = [](std::size_t number) { return static_cast<double>(number); };
        const Row rows[] = {
            {"heap in use, KiB", start.heap_kib, end.heap_kib, kHeapSlackKiB},
            {"resident, KiB", start.resident_kib, end.resident_kib, kResidentSlackKiB},
            {"threads", whole(start.threads), whole(end.threads), 0},
            {"descriptors", whole(start.descriptors), whole(end.descriptors), 0},
            {"live series", whole(start.series), whole(end.series), 16}};
        bool good = true;
        for (const Row& row : rows) {
            const bool grew = row.end > row.start + row.slack;
            good = good && !grew;
            fmt::print("  {:<18}{:>10.0f} → {:>10.0f}{}\n", row.what, row.start, row.end,
                       grew ? "  GREW" : "");
        }
        return good;
    }

    SeriesTable series_;
    net::Loop loop_;
    // Every blocking collector may wait for a thread at once.
    std::unique_ptr<net::OffloadPool> pool_ =
        std::make_unique<net::OffloadPool>(loop_, kThreads, registrations().size());
    FakeClock clock_{from_unix_ms(1'700'000'000'000)};
    std::optional<Runner> runner_;
    std::size_t readings_ = 0;
};

// The devices of cycle `i`, none of which cycle i - 1 had.
void change(const test::FixtureTree& tree, int i) {
    const std::string now = std::to_string(i);
    const std::string gone = std::to_string(i - 1);
    tree.write("proc/net/dev",
               "Inter-|   Receive    |  Transmit\n face |bytes packets errs drop fifo "
               "frame compressed multicast|bytes packets errs drop fifo colls "
               "carrier compressed\nveth" +
                   now + ": 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n");
    tree.write("proc/diskstats", "8 0 sd" + now + " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n");
    tree.write("proc/1/mounts", "/dev/sd" + now + " /srv/" + now + " ext4 rw 0 0\n");
    tree.write("proc/" + now + "0/stat",
               "1 (a) R 1 2 3 0 -1 4 5 6 7 8 9 10 11 12 13 20 0 3 0 21\n");
    for (const std::string kind : {"sys/class/net/veth", "sys/class/thermal/cooling_device",
                                   "sys/class/nvme/nvme", "sys/fs/xfs/sd"}) {
        tree.remove(kind + gone);
    }
    tree.remove("proc/" + gone + "0");
    tree.write("sys/class/net/veth" + now + "/ifindex", now + "\n");
    tree.write("sys/class/net/veth" + now + "/operstate", "up\n");
    tree.write("sys/class/thermal/cooling_device" + now + "/cur_state", "1\n");
    tree.write("sys/class/thermal/cooling_device" + now + "/max_state", "2\n");
    tree.write("sys/class/nvme/nvme" + now + "/model", "M" + now + "\n");
    tree.write("sys/fs/xfs/sd" + now + "/stats/stats", "rw 1 2\n");
}

}  // namespace

int main(int argc, char** argv) {
    const auto asked = argc == 2 ? parse_int(argv[1]) : std::optional<std::int64_t>(kCyclesOfADay);
    if (argc > 2 || !asked || *asked < 20 || *asked > 10'000'000) {
        fmt::print(stderr, "usage: host_bench [CYCLES, 20 or more]\n");
        return 2;
    }
    const int cycles = static_cast<int>(*asked);
    bool good = true;
    {
        Day day([](std::string_view name, SeriesTable& series) {
            return create_collector(*find_registration(name), Context{{}, {}, &series});
        });
        good = day.run("this host", cycles, [](int) {});
    }
    const test::FixtureTree tree;
    test::write_host_tree(tree);
    Day day([&](std::string_view name, SeriesTable& series) {
        return test::make_host_collector(name, tree, series);
    });
    return day.run("devices that come and go", cycles, [&](int i) { change(tree, i); }) && good ? 0
                                                                                                : 1;
}
