#include "collector/net/snmp/active_traps.h"

#include <algorithm>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "base/net/http.h"
#include "collector/api/scan.h"

namespace tocsin::collector::snmp {
namespace {

constexpr std::string_view kTitle = "tocsin active traps 1";
constexpr std::string_view kEnd = "end";  // a file that was cut has none
constexpr std::string_view kNone = "-";

std::string prefix_of(std::string_view alert, std::string_view instance) {
    std::string key(alert);
    key.append(1, '\0').append(instance).append(1, '\0');
    return key;
}

std::string key_of(std::string_view alert, std::string_view instance, const TrapLabels& identity) {
    std::string key = prefix_of(alert, instance);
    for (const auto& [name, value] : identity) {
        key.append(name).append(1, '\0').append(value).append(1, '\0');
    }
    return key;
}

// Whether no label that both have differs.
bool agree(const TrapLabels& a, const TrapLabels& b) {
    return std::all_of(a.begin(), a.end(), [&](const auto& label) {
        const auto other = std::find_if(b.begin(), b.end(), [&](const auto& candidate) {
            return candidate.first == label.first;
        });
        return other == b.end() || other->second == label.second;
    });
}

std::string print_labels(const TrapLabels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) {
        if (!out.empty()) out += ',';
        out.append(name).append("=").append(net::percent_encode(value));
    }
    return out.empty() ? std::string(kNone) : out;
}

std::optional<TrapLabels> parse_labels(std::string_view text) {
    TrapLabels out;
    if (text == kNone) return out;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto value = net::percent_decode(part.substr(equals + 1));
        const std::string name(part.substr(0, equals));
        if (!value || !is_label_name(name)) return std::nullopt;
        out.emplace_back(name, *value);
    }
    return out;
}

// alert instance severity until flags identity details
std::optional<ActiveTrap> parse_active(std::string_view line) {
    ActiveTrap out;
    for (std::string* text : {&out.alert, &out.instance, &out.severity}) {
        std::string_view field;
        if (!next_field(line, field)) return std::nullopt;
        const auto decoded = net::percent_decode(field);
        if (!decoded || decoded->empty()) return std::nullopt;
        *text = *decoded;
    }
    std::uint64_t until = 0;
    std::uint64_t flags = 0;
    if (!next_uint(line, until) || !next_uint(line, flags) || flags > 3) return std::nullopt;
    out.until = from_unix_ms(static_cast<std::int64_t>(until));
    out.reported = (flags & 1U) != 0;
    out.cleared = (flags & 2U) != 0;
    for (TrapLabels* labels : {&out.identity, &out.details}) {
        std::string_view field;
        if (!next_field(line, field)) return std::nullopt;
        auto parsed = parse_labels(field);
        if (!parsed) return std::nullopt;
        *labels = std::move(*parsed);
    }
    if (!trim(line).empty()) return std::nullopt;
    return out;
}

}  // namespace

ActiveTraps::Taken ActiveTraps::take(const TrapEvent& event, std::string_view instance,
                                     Timestamp now) {
    return event.kind == TrapEvent::Kind::kFires ? fire(event, instance, now)
                                                 : clear(event, instance);
}

ActiveTraps::Taken ActiveTraps::fire(const TrapEvent& event, std::string_view instance,
                                     Timestamp now) {
    const TrapMapping& mapping = *event.mapping;
    const std::string key = key_of(mapping.alert, instance, event.identity);
    if (active_.size() >= kMost && !active_.contains(key)) return Taken::kFull;
    ActiveTrap& active = active_[key];
    active.alert = mapping.alert;
    active.instance = instance;
    active.severity = mapping.severity;
    active.identity = event.identity;
    active.details = event.details;
    active.until = mapping.hold > Duration{0} ? now + mapping.hold : Timestamp{};
    active.cleared = false;
    changed_ = true;
    return Taken::kDone;
}

ActiveTraps::Taken ActiveTraps::clear(const TrapEvent& event, std::string_view instance) {
    const std::string prefix = prefix_of(event.mapping->alert, instance);
    Taken taken = Taken::kNothing;
    for (auto at = active_.lower_bound(prefix);
         at != active_.end() && at->first.starts_with(prefix); ++at) {
        ActiveTrap& active = at->second;
        if (active.cleared || !agree(event.identity, active.identity)) continue;
        active.cleared = true;
        changed_ = true;
        taken = Taken::kDone;
    }
    return taken;
}

std::vector<const ActiveTrap*> ActiveTraps::report(Timestamp now) {
    const auto over = [&](const ActiveTrap& active) {
        return active.cleared || (active.until != Timestamp{} && active.until <= now);
    };
    const std::size_t gone = std::erase_if(
        active_, [&](const auto& entry) { return entry.second.reported && over(entry.second); });
    if (gone > 0) changed_ = true;
    std::vector<const ActiveTrap*> out;
    out.reserve(active_.size());
    for (auto& [_, active] : active_) {
        if (!std::exchange(active.reported, true)) changed_ = true;
        out.push_back(&active);
    }
    return out;
}

std::string ActiveTraps::print() const {
    std::string out(kTitle);
    out += '\n';
    for (const auto& [_, active] : active_) {
        out += "active";
        for (const std::string* text : {&active.alert, &active.instance, &active.severity}) {
            out.append(" ").append(net::percent_encode(*text));
        }
        const unsigned flags = (active.reported ? 1U : 0U) + (active.cleared ? 2U : 0U);
        out.append(" ").append(std::to_string(to_unix_ms(active.until)));
        out.append(" ").append(std::to_string(flags));
        out.append(" ").append(print_labels(active.identity));
        out.append(" ").append(print_labels(active.details)).append("\n");
    }
    return out.append(kEnd).append("\n");
}

std::optional<ActiveTraps> ActiveTraps::parse(std::string_view text) {
    ActiveTraps out;
    std::string_view line;
    if (!next_line(text, line) || line != kTitle) return std::nullopt;
    while (next_line(text, line)) {
        if (line == kEnd) return text.empty() ? std::optional(std::move(out)) : std::nullopt;
        std::string_view kind;
        if (!next_field(line, kind) || kind != "active") return std::nullopt;
        auto active = parse_active(line);
        if (!active || out.size() >= kMost) return std::nullopt;
        std::string key = key_of(active->alert, active->instance, active->identity);
        out.active_.insert_or_assign(std::move(key), std::move(*active));
    }
    return std::nullopt;
}

void ActiveTraps::keep_only(const TrapMappings& mappings) {
    const auto raised = [&](const std::string& alert) {
        return std::any_of(mappings.begin(), mappings.end(),
                           [&](const auto& entry) { return entry.second.alert == alert; });
    };
    const std::size_t gone =
        std::erase_if(active_, [&](const auto& entry) { return !raised(entry.second.alert); });
    if (gone > 0) changed_ = true;
}

}  // namespace tocsin::collector::snmp
