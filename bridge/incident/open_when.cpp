#include "bridge/incident/open_when.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tocsin::bridge {

const OpenWhen* open_when_of(const std::vector<OpenWhen>& all, const Labels& labels) {
    const auto it = std::find_if(all.begin(), all.end(), [&](const OpenWhen& condition) {
        return matches_all(condition.match, labels);
    });
    return it == all.end() ? nullptr : &*it;
}

std::vector<Timestamp> with_firing(std::vector<Timestamp> before, const OpenWhen& condition,
                                   Timestamp now) {
    std::erase_if(before, [&](Timestamp at) { return at > now || now - at > condition.in; });
    before.push_back(now);
    const auto most = static_cast<std::size_t>(std::max(condition.count, 1));
    if (before.size() > most) {
        before.erase(before.begin(), before.end() - static_cast<std::ptrdiff_t>(most));
    }
    return before;
}

bool may_open(const OpenWhen& condition, const std::vector<Timestamp>& fired, Timestamp since,
              Timestamp now) {
    if (condition.held > Duration{0}) return now - since >= condition.held;
    return static_cast<int>(fired.size()) >= condition.count;
}

Timestamp open_due(const OpenWhen& condition, Timestamp since) {
    return since + (condition.held > Duration{0} ? condition.held : condition.in);
}

std::string phrase_of(const OpenWhen& condition) {
    if (condition.held > Duration{0}) return "for " + format_duration(condition.held);
    return fmt::format("{} times in {}", condition.count, format_duration(condition.in));
}

Blip blip_of(const AlertRecord& alert, const std::string& condition, std::string dedup_key,
             Timestamp now) {
    Blip blip;
    blip.started_at = alert.starts_at;
    blip.ended_at = std::max(std::min(alert.ends_at.value_or(now), now), alert.starts_at);
    blip.condition = condition;
    blip.dedup_key = std::move(dedup_key);
    blip.severity = alert.severity;
    blip.labels = alert.labels;
    const auto summary = alert.annotations.find("summary");
    if (summary != alert.annotations.end()) blip.summary = summary->second;
    return blip;
}

}  // namespace tocsin::bridge
