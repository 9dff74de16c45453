// What evaluating rules costs. Two loads:
//   dense  200 rules over 2,000 series with a sample a second, each looking 5 minutes back
//          (budget: 19 ms an evaluation of them all)
//   host   200 rules such as a host's over some 500 series with a sample every 15 s
//          (budget: about 1 ms)
// Prints the best and the median of the rounds: ms an evaluation, ns a rule, series a second.
// usage: eval_bench [rounds]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "base/model/series.h"
#include "rules/history/history.h"
#include "rules/promql/engine.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::promql;

namespace {

constexpr int kRules = 200;

struct Load {
    SeriesTable table;
    History history{{.keep = 2h, .limit = Bytes{256 << 20}}};
    std::vector<SeriesRef> series;
    std::vector<double> values;
    std::vector<Query> rules;
    Timestamp now = from_unix_ms(1'700'000'000'000);
    std::mt19937_64 rng{1};

    void add(const std::string& name,
             const std::vector<std::pair<std::string, std::string>>& labels) {
        LabelsBuilder builder;
        builder.set("__name__", name).set("instance", "localhost:9100").set("job", "node");
        for (const auto& [k, v] : labels) builder.set(k, v);
        series.push_back(table.get(nullptr, builder.build()));
        values.push_back(static_cast<double>(rng() % 1'000'000));
    }
    void collect(Duration step) {
        now += step;
        for (std::size_t i = 0; i < series.size(); ++i) {
            values[i] += static_cast<double>(rng() % 1000);
            history.append(series[i], now, values[i]);
        }
    }
    void rule(const std::string& expr) {
        auto query = Query::prepare(expr, history);
        if (!query) {
            fmt::print(stderr, "{}: {}\n", expr, query.error().message);
            std::exit(1);
        }
        rules.push_back(std::move(query).value());
    }
    std::size_t evaluate() {
        std::size_t rows = 0;
        for (Query& q : rules) {
            const auto value = q.at(now);
            if (!value) {
                fmt::print(stderr, "{}\n", value.error().message);
                std::exit(1);
            }
            if (const auto* v = std::get_if<Vector>(&value.value())) rows += v->size();
        }
        return rows;
    }
};

void dense(Load& load) {
    for (int m = 0; m < kRules; ++m) {
        for (int i = 0; i < 10; ++i)
            load.add(fmt::format("metric_{}_total", m), {{"device", fmt::format("d{}", i)}});
    }
    for (int i = 0; i < 600; ++i) load.collect(1s);
    for (int m = 0; m < kRules; ++m) load.rule(fmt::format("rate(metric_{}_total[5m]) > 1e9", m));
}

void host(Load& load) {
    const std::vector<std::string> modes = {"idle",    "iowait", "irq",    "nice",
                                            "softirq", "steal",  "system", "user"};
    for (int cpu = 0; cpu < 8; ++cpu) {
        for (const auto& mode : modes)
            load.add("node_cpu_seconds_total", {{"cpu", std::to_string(cpu)}, {"mode", mode}});
    }
    for (int fs = 0; fs < 10; ++fs) {
        for (const std::string name :
             {"avail_bytes", "size_bytes", "files", "files_free", "readonly", "device_error"}) {
            load.add("node_filesystem_" + name, {{"mountpoint", fmt::format("/m{}", fs)},
                                                 {"fstype", "ext4"},
                                                 {"device", fmt::format("/dev/sd{}", fs)}});
        }
    }
    for (int d = 0; d < 8; ++d) {
        for (const std::string name :
             {"io_time_seconds_total", "read_bytes_total", "written_bytes_total",
              "reads_completed_total", "writes_completed_total", "read_time_seconds_total",
              "write_time_seconds_total", "io_time_weighted_seconds_total"}) {
            load.add("node_disk_" + name, {{"device", fmt::format("sd{}", d)}});
        }
    }
    for (int d = 0; d < 8; ++d) {
        for (const std::string name :
             {"receive_bytes_total", "transmit_bytes_total", "receive_errs_total",
              "transmit_errs_total", "receive_drop_total", "transmit_drop_total",
              "receive_packets_total", "transmit_packets_total", "up"}) {
            load.add("node_network_" + name, {{"device", fmt::format("eth{}", d)}});
        }
    }
    for (int i = 0; i < 240; ++i) load.add(fmt::format("node_single_{}", i), {});
    for (int i = 0; i < 240; ++i) load.collect(15s);
    const std::string error_share =
        "rate(node_network_receive_errs_total[2m])"
        " / rate(node_network_receive_packets_total[2m]) > 1e9";
    const std::string disk_bytes =
        "sum(rate(node_disk_read_bytes_total[1m])"
        " + rate(node_disk_written_bytes_total[1m])) > 1e18";
    const std::vector<std::string> rules = {
        "100 * (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes) > 1e9",
        "100 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) * 100 > 1e9",
        error_share,
        "rate(node_disk_io_time_seconds_total[5m]) > 1e9",
        "node_filesystem_readonly == 1e9",
        "predict_linear(node_filesystem_avail_bytes[30m], 4 * 3600) < -1e18",
        "node_single_1 / node_single_2 > 1e9",
        "node_single_3 > 1e18",
        "increase(node_single_4[10m]) > 1e18",
        "node_single_5 - node_single_6 > 1e18 and node_single_7 > 0",
        "max_over_time(node_single_8[5m]) > 1e18",
        disk_bytes,
        "absent(node_single_9)",
        "node_network_up{device=~\"eth.*\"} == 1e18",
        "avg_over_time(node_single_10[15m]) / node_single_11 * 100 > 1e18",
        "(1 - node_filesystem_files_free / node_filesystem_files) * 100 > 1e18",
    };
    for (std::size_t i = 0; i < kRules; ++i) {
        const bool single = i >= rules.size() * 3;
        load.rule(
            single ? fmt::format("node_single_{} / node_single_{} > 1e18", i % 240, (i + 7) % 240)
                   : rules[i % rules.size()]);
    }
}

void measure(const char* name, Load& load, Duration step, int rounds) {
    std::vector<double> ms;
    for (int i = 0; i < rounds; ++i) {
        load.collect(step);
        const auto begin = std::chrono::steady_clock::now();
        load.evaluate();
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - begin;
        ms.push_back(took.count());
    }
    std::sort(ms.begin(), ms.end());
    const double best = ms.front();
    const double median = ms[ms.size() / 2];
    fmt::print(
        "{:5} {} rules {} series: best {:.3f} ms median {:.3f} ms, {:.0f} ns a rule, {:.2f} M "
        "series/s; history {:.2f} MiB\n",
        name, load.rules.size(), load.series.size(), best, median, median * 1e6 / kRules,
        static_cast<double>(load.series.size()) / median / 1000,
        static_cast<double>(load.history.bytes()) / (1 << 20));
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 200;
    Load a;
    dense(a);
    measure("dense", a, 1s, rounds);
    Load b;
    host(b);
    measure("host", b, 15s, rounds);
}
