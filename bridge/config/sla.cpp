// sla and pending: what is promised, and what a clock waits for.
#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "bridge/config/reading.h"

namespace tocsin::bridge {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

namespace {

std::optional<Duration> time_of(MapReader& r, std::string_view key) {
    const auto value = r.duration(key);
    if (value && *value < 1s) r.error(key, "must be at least 1s");
    return value;
}

void read_target(MapReader& r, const Diagnostics& d, Reading& out, SlaTarget& target) {
    target.respond = time_of(r, "respond");
    target.resolve = time_of(r, "resolve");
    if (target.respond && target.resolve && *target.respond > *target.resolve) {
        r.error("respond", "is longer than \"resolve\"");
    }
    if (auto calendar = r.string("calendar")) {
        out.names.refer(Names::Kind::kCalendar, *calendar, {d.file(), r.position_of("calendar")});
        target.calendar = *calendar;
    }
    r.finish();
}

}  // namespace

SlaTargets sla_of(MapReader& r, Diagnostics& d, Reading& out) {
    SlaTargets targets;
    const YamlNode node = r.node("sla");
    MapReader sla(node, "\"sla\"", d);
    if (!node || node.kind() != YamlKind::kMap) return targets;
    for (const Priority priority : kPriorities) {
        const YamlNode of = sla.node(to_string(priority));
        if (!of) continue;
        MapReader reader(of, "a target", d);
        read_target(reader, d, out, targets[priority]);
    }
    sla.finish();
    return targets;
}

void read_sla(MapReader& r, Diagnostics& d, Reading& out) {
    SlaSettings& sla = out.config.incidents.sla;
    sla.targets = sla_of(r, d, out);
    sla.calendars = out.config.calendars;
    MapReader pending(r.node("pending"), "\"pending\"", d);
    const YamlNode reasons = pending.node("reasons");
    if (reasons && reasons.kind() != YamlKind::kMap && reasons.kind() != YamlKind::kNull) {
        pending.error("reasons", "must be a map of names, like {vendor: {pauses_at_most: 5d}}");
    } else if (reasons) {
        for (const auto& [name, value] : reasons.entries()) {
            MapReader reader(value.kind() == YamlKind::kNull ? YamlNode{} : value, "a reason", d);
            sla.reasons.push_back({name, reader.duration("pauses_at_most").value_or(Duration{0})});
            reader.finish();
        }
    }
    pending.finish();
}

// `{50%: [lead:web], …}`: shares of the resolution target.
void read_resolution(MapReader& r, Diagnostics& d, Reading& out, Policy& policy) {
    const YamlNode node = r.node("resolution");
    if (!node || node.kind() == YamlKind::kNull) return;
    MapReader shares(node, "\"resolution\"", d);
    if (node.kind() != YamlKind::kMap) return;
    for (const auto& [share, value] : node.entries()) {
        const auto percent = parse_uint(share.substr(0, share.find('%')));
        if (!share.ends_with('%') || !percent || *percent < 1 || *percent > 100) {
            d.error(node.key_node(share).position(),
                    fmt::format("\"{}\" must be a share of the resolution target, from 1% to 100%",
                                share));
            continue;
        }
        ResolutionStep step;
        step.percent = static_cast<int>(*percent);
        for (const auto& [target, at] : targets_of(shares, share, d)) {
            out.names.refer(target, {d.file(), at});
            step.tell.push_back(target);
        }
        policy.resolution.push_back(std::move(step));
    }
    std::sort(policy.resolution.begin(), policy.resolution.end(),
              [](const auto& a, const auto& b) { return a.percent < b.percent; });
    if (!policy.resolution.empty()) {
        out.resolutions.push_back({d.file(), node.position()});
    }
}

void settle_sla(Reading& out, Diagnostics& d) {
    const auto resolves = [](const SlaTargets& targets) {
        return std::any_of(targets.begin(), targets.end(),
                           [](const auto& target) { return target.second.resolve.has_value(); });
    };
    const auto& config = out.config;
    const bool any =
        resolves(config.incidents.sla.targets) ||
        std::any_of(config.routes.begin(), config.routes.end(),
                    [&](const Route& route) { return resolves(route.sla); }) ||
        std::any_of(config.priorities.services.begin(), config.priorities.services.end(),
                    [&](const Service& service) { return resolves(service.sla); });
    if (any) return;
    for (const Where& where : out.resolutions) {
        d.add({DiagnosticLevel::kWarning, where.file, where.at,
               "nobody is told: \"resolution\" counts against resolution targets, and \"sla\" has "
               "none"});
    }
}

}  // namespace tocsin::bridge
