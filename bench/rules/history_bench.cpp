// What the history costs on real data: a directory of scrapes in the text format, each named by its
// time in milliseconds (1700000000000.prom). Prints bytes a sample, and ns to append and to read.
// usage: history_bench DIRECTORY
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "base/model/series.h"
#include "rules/history/history.h"

using namespace tocsin;
using namespace tocsin::rules;

namespace {

struct Point {
    std::size_t series;
    Timestamp t;
    double v;
};

double ns_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin)
        .count();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: history_bench DIRECTORY\n");
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& e : std::filesystem::directory_iterator(argv[1])) files.push_back(e.path());
    std::sort(files.begin(), files.end());

    SeriesTable table;
    std::map<std::string, std::size_t> known;
    std::vector<SeriesRef> refs;
    std::vector<Point> points;
    for (const auto& file : files) {
        const auto ms = parse_int(file.stem().string());
        std::ifstream in(file);
        for (std::string line; ms && std::getline(in, line);) {
            const auto space = line.rfind(' ');
            if (line.empty() || line[0] == '#' || space == std::string::npos) continue;
            const auto v = parse_double(line.substr(space + 1));
            const auto [at, added] = known.try_emplace(line.substr(0, space), refs.size());
            // The whole text is the name: only identity matters here.
            if (added) refs.push_back(table.get(nullptr, Labels{{"__name__", at->first}}));
            points.push_back({at->second, from_unix_ms(*ms), v.value_or(0)});
        }
    }

    History history({.keep = 24h, .limit = Bytes{1ULL << 32}});
    auto begin = std::chrono::steady_clock::now();
    for (const Point& p : points) history.append(refs[p.series], p.t, p.v);
    const double append = ns_since(begin);

    const auto matcher = Matcher::create(MatchOp::kRegex, kMetricName, ".+");
    const auto selection = history.select({matcher.value()}, 0ms);
    std::size_t read = 0;
    begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < selection->series().size(); ++i) {
        read += selection->samples(i, from_unix_ms(0), from_unix_ms(1LL << 50)).size();
    }
    const double reading = ns_since(begin);
    const auto n = static_cast<double>(points.size());
    fmt::print(
        "{} scrapes, {} series, {} samples: {:.2f} bytes a sample in all ({} KiB), append {:.1f} "
        "ns, read {:.1f} ns\n",
        files.size(), refs.size(), points.size(), static_cast<double>(history.bytes()) / n,
        history.bytes() / 1024, append / n, reading / static_cast<double>(read));
}
