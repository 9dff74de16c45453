#include "agent/app/sources.h"

#include <algorithm>
#include <utility>

#include "base/net/log.h"
#include "collector/api/unmade.h"
#include "collector/register.h"

namespace tocsin::agent {
namespace {

// A collector's own time-out, but never so long that the cycle in which a source begins to hang
// gives the others' samples later than half an interval.
Duration timeout_of(const CollectorSection* section, Duration interval) {
    Duration timeout = interval / 2;
    if (section != nullptr) {
        if (const auto* set = collector::find_setting(section->settings, "timeout");
            set != nullptr && !set->empty()) {
            if (const auto parsed = parse_duration(set->front())) {
                timeout = std::min(timeout, parsed.value());
            }
        }
    }
    return timeout;
}

// The nearest number of cycles to the section's own interval.
std::uint64_t cycles_of(const CollectorSection* section, Duration interval) {
    if (section == nullptr || section->interval <= interval) return 1;
    return static_cast<std::uint64_t>((section->interval + interval / 2) / interval);
}

}  // namespace

std::vector<std::string> enabled_collectors(const Config& config) {
    std::vector<std::string> names;
    for (const auto& row : collector::registrations()) {
        const auto* section = config.collect.find(row.name);
        if (section != nullptr ? section->enabled : row.on_by_default) names.emplace_back(row.name);
    }
    return names;
}

Result<collector::RunnerEntry> make_collector(const Config& config, SeriesTable& series,
                                              const std::string& name) {
    const auto* row = collector::find_registration(name);
    const auto* section = config.collect.find(name);
    collector::Context context{
        config.path, section != nullptr ? section->settings : collector::Settings{}, &series};
    TOCSIN_TRY(auto made, collector::create_collector(*row, context));
    return collector::RunnerEntry{name, row->threading,
                                  timeout_of(section, config.collect.interval), std::move(made),
                                  cycles_of(section, config.collect.interval)};
}

MadeCollectors make_collectors(const Config& config, SeriesTable& series) {
    MadeCollectors collectors;
    for (const auto& name : enabled_collectors(config)) {
        auto made = make_collector(config, series, name);
        if (made) {
            collectors.entries.push_back(std::move(made).value());
            continue;
        }
        net::log_error("collector cannot be made",
                       {{"collector", name}, {"reason", made.error().message}});
        collectors.unmade.push_back(name);
        collectors.entries.push_back(
            {name, collector::Threading::kInline, {}, collector::unmade_collector(made.error())});
    }
    return collectors;
}

std::vector<collector::TargetEntry> make_targets(const std::vector<TargetSection>& sections,
                                                 collector::TargetContext context,
                                                 TargetPools& pools) {
    std::vector<collector::TargetEntry> targets;
    for (const auto& section : sections) {
        const auto* kind = collector::find_target_kind(section.kind);
        context.pool = &pools.of(section.kind, section.targets.size());
        for (const auto& target : section.targets) {
            if (!target) continue;
            auto made = collector::create_target(*kind, target, context);
            const bool is_made = static_cast<bool>(made);
            if (!is_made) {
                net::log_error("target cannot be made", {{"kind", section.kind},
                                                         {"instance", target->instance},
                                                         {"reason", made.error().message}});
                made = collector::unmade_target(*context.loop, made.error());
            }
            targets.push_back(
                {section.kind, target, std::move(made).value(), kind->after_failures, is_made});
        }
    }
    return targets;
}

bool runs_already(const collector::TargetEntry& entry, std::vector<TargetSection>& wanted) {
    if (!entry.made) return false;  // what it lacked may be there now
    for (TargetSection& section : wanted) {
        if (section.kind != entry.kind) continue;
        for (auto& target : section.targets) {
            if (!target || target->source != entry.config->source ||
                target->name != entry.config->name || target->job != entry.config->job ||
                target->instance != entry.config->instance) {
                continue;
            }
            if (!entry.target->reread()) return false;
            target = nullptr;
            return true;
        }
    }
    return false;
}

}  // namespace tocsin::agent
