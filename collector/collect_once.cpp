#include "collector/collect_once.h"

#include "base/core/clock.h"
#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/api/exposition.h"
#include "collector/api/runner.h"
#include "collector/register.h"

namespace tocsin::collector {
namespace {

Result<std::vector<const Registration*>> chosen(const std::vector<std::string>& names) {
    std::vector<const Registration*> rows;
    for (const std::string& name : names) {
        const Registration* row = find_registration(name);
        if (row == nullptr) return Error(ErrorCode::kNotFound, "no collector \"" + name + "\"");
        rows.push_back(row);
    }
    if (!names.empty()) return rows;
    for (const Registration& row : registrations()) {
        if (row.on_by_default) rows.push_back(&row);
    }
    return rows;
}

Result<std::vector<RunnerEntry>> make_entries(const CollectOptions& options, SeriesTable& series) {
    TOCSIN_TRY(const auto rows, chosen(options.names));
    std::vector<RunnerEntry> entries;
    for (const Registration* row : rows) {
        RunnerEntry entry;
        entry.name = std::string(row->name);
        entry.threading = row->threading;
        entry.timeout = options.timeout;
        Context context{options.paths, {}, &series};
        const auto own = options.settings.find(entry.name);
        if (own != options.settings.end()) context.settings = own->second;
        Result<std::unique_ptr<Collector>> collector = create_collector(*row, context);
        if (!collector) return collector.error().in(entry.name);
        entry.collector = std::move(collector).value();
        entries.push_back(std::move(entry));
    }
    return entries;
}

}  // namespace

Result<Collected> collect_once(const CollectOptions& options) {
    SeriesTable series;
    TOCSIN_TRY(auto entries, make_entries(options, series));
    constexpr std::size_t kThreads = 4;
    const std::size_t waiting = entries.size();
    const SystemClock clock;
    net::Loop loop;
    net::OffloadPool pool(loop, kThreads, waiting);
    Runner runner(loop, pool, clock, series, std::move(entries));
    Collected collected;
    runner.run_cycle([&](Timestamp, const Readings& readings) {
        collected.text = exposition(readings);
        collected.failing = runner.failing();
        loop.stop();
    });
    loop.run();
    return collected;
}

}  // namespace tocsin::collector
