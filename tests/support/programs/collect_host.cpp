// Prints one collection of this host, or measures many: what the parity test compares with
// node_exporter and what a profile is taken of.
//
//   collect_host [--cycles N]
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/model/series.h"
#include "collector/collect_once.h"
#include "collector/register.h"

namespace {

using namespace tocsin;

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The CPU time of each collector over `cycles` cycles, in microseconds a cycle.
void measure(int cycles) {
    SeriesTable series;
    double all = 0;
    for (const collector::Registration& row : collector::registrations()) {
        if (!row.on_by_default) continue;
        auto made = collector::create_collector(row, {{}, {}, &series}).value();
        collector::Readings readings;
        static_cast<void>(made->collect(from_unix_ms(0), readings));
        const double start = cpu_seconds();
        for (int i = 0; i < cycles; ++i) {
            readings.clear();
            static_cast<void>(made->collect(from_unix_ms(i), readings));
        }
        const double each = (cpu_seconds() - start) / cycles * 1e6;
        all += each;
        std::printf("%-12s %8.1f us %6zu series\n", std::string(row.name).c_str(), each,
                    readings.size());
    }
    std::printf("%-12s %8.1f us\n", "all", all);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--cycles") {
        measure(std::atoi(argv[2]));
        return 0;
    }
    const auto collected = collector::collect_once({});
    if (!collected) {
        std::fprintf(stderr, "%s\n", collected.error().message.c_str());
        return 1;
    }
    for (const auto& [name, why] : collected.value().failing) {
        std::fprintf(stderr, "%s: %s\n", name.c_str(), why.c_str());
    }
    std::fwrite(collected.value().text.data(), 1, collected.value().text.size(), stdout);
    return collected.value().failing.empty() ? 0 : 1;
}
