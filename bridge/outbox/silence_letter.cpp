#include "bridge/outbox/silence_letter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/incident/decide.h"
#include "bridge/incident/suppressor.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostNamed = 3;

// "DiskFull on web-1, Load on web-2, …"
std::string names_of(const std::vector<AlertRecord>& alerts) {
    std::string out;
    for (std::size_t i = 0; i < std::min(alerts.size(), kMostNamed); ++i) {
        if (i > 0) out += ", ";
        out += alerts[i].labels.get("alertname");
        if (!alerts[i].host.empty()) out += " on " + alerts[i].host;
    }
    if (alerts.size() > kMostNamed) out += ", …";
    return out;
}

}  // namespace

Letter letter_of_silence(EffectRow row, const std::optional<Silence>& silence,
                         const std::vector<AlertRecord>& alerts) {
    Letter letter;
    Incident& of = letter.incident;
    of.opened_at = row.created_at;
    of.priority = row.notify.priority;
    for (const AlertRecord& alert : alerts) {
        if (alert.incident || !alert.suppressor || alert.suppressor->id != row.about) continue;
        of.alerts.push_back(alert);
    }
    of.title = names_of(of.alerts);
    if (silence) {
        const Suppressor by = suppressor_by(*silence, row.created_at);
        if (of.title.empty()) of.title = by.name;
        letter.timeline.push_back(
            {row.created_at, "silence_ending", std::string(kSystem),
             fmt::format("The {} ends at {}", phrase_of(by), format_rfc3339(silence->ends_at)),
             facts_of(by)});
    }
    letter.effect = std::move(row);
    return letter;
}

}  // namespace tocsin::bridge
