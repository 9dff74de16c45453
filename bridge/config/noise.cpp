// What keeps many alerts from being many messages: flapping and storms.
#include <fmt/format.h>

#include "base/core/strings.h"
#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlNode;

void read_positive(MapReader& r, std::string_view key, Duration& to) {
    const auto value = r.duration(key);
    if (!value) return;
    if (*value < 1s) {
        r.error(key, "must be at least 1s");
        return;
    }
    to = *value;
}

void read_flapping(MapReader& r, Diagnostics& d, FlappingSettings& settings) {
    MapReader flapping(r.node("flapping"), "\"flapping\"", d);
    settings.openings =
        static_cast<int>(flapping.integer("openings", 2, 1000).value_or(settings.openings));
    read_positive(flapping, "within", settings.within);
    read_positive(flapping, "quiet", settings.quiet);
    flapping.finish();
}

// "20 hosts", or the bare number.
void read_more_than(MapReader& r, StormSettings& settings) {
    const auto text = r.string("more_than");
    if (!text) return;
    std::string_view number = *text;
    for (const std::string_view unit : {" hosts", " host"}) {
        if (number.ends_with(unit)) number.remove_suffix(unit.size());
    }
    const auto value = parse_uint(trim(number));
    if (!value || *value > 1'000'000) {
        r.error("more_than", "must be a number of hosts, like 20 hosts");
        return;
    }
    settings.more_than = static_cast<int>(*value);
}

// One label, or a list of them.
void read_labels(MapReader& r, std::string_view key, Diagnostics& d, std::vector<std::string>& to) {
    const YamlNode node = r.node(key);
    if (!node) return;
    std::vector<YamlNode> items{node};
    if (node.kind() == text::YamlKind::kSequence) items = node.items();
    to.clear();
    for (const YamlNode& item : items) {
        if (is_label_name(item.scalar())) {
            to.emplace_back(item.scalar());
        } else {
            d.error(item.position(), fmt::format("\"{}\" is no label name", item.scalar()));
        }
    }
    if (items.empty()) r.error(key, "must name a label");
}

void read_storms(MapReader& r, Diagnostics& d, StormSettings& settings) {
    MapReader storms(r.node("storms"), "\"storms\"", d);
    read_more_than(storms, settings);
    read_positive(storms, "within", settings.within);
    read_labels(storms, "by", d, settings.by);
    settings.fuse = static_cast<int>(storms.integer("fuse", 0, 1'000'000).value_or(settings.fuse));
    storms.finish();
}

std::string text_of(const Matchers& matchers) {
    std::string out;
    for (const Matcher& matcher : matchers) out += (out.empty() ? "" : ",") + matcher.text();
    return out;
}

void read_severity(MapReader& r, const PriorityRules& rules, std::string& to) {
    const std::vector<std::string_view> known(rules.severities.begin(), rules.severities.end());
    if (const auto name = r.choice("severity", known)) to = *name;
}

void read_expects(MapReader& r, Diagnostics& d, Reading& out) {
    for (const YamlNode& item : items_of(r, "expects")) {
        MapReader expects(item, "an expectation", d);
        Expectation read;
        expects.require("match");
        read.match = matchers_of(expects, "match", d);
        if (expects.node("match") && read.match.empty()) {
            expects.error("match",
                          "must name what is expected; without a matcher it is everything");
        }
        expects.require("every");
        read_positive(expects, "every", read.every);
        if (expects.node("by")) read_labels(expects, "by", d, read.by);
        read.severity =
            out.config.priorities.severities.empty() ? "" : out.config.priorities.severities.back();
        read_severity(expects, out.config.priorities, read.severity);
        read.name = expects.string("name").value_or(text_of(read.match));
        for (const Expectation& other : out.config.expects) {
            if (other.name == read.name) {
                d.error(item.position(),
                        fmt::format("\"{}\" is expected already; give each a name", read.name));
            }
        }
        expects.finish();
        out.config.expects.push_back(std::move(read));
    }
}

void read_open_when(MapReader& r, Diagnostics& d, BridgeConfig& config) {
    for (const YamlNode& item : items_of(r, "open_when")) {
        MapReader when(item, "a condition of opening", d);
        OpenWhen read;
        when.require("match");
        read.match = matchers_of(when, "match", d);
        read.name = text_of(read.match);
        const bool counted =
            static_cast<bool>(when.node("count")) || static_cast<bool>(when.node("in"));
        if (counted == static_cast<bool>(when.node("held"))) {
            d.error(item.position(), "needs \"count\" with \"in\", or \"held\"");
        } else if (counted) {
            when.require("count");
            when.require("in");
        }
        read.count = static_cast<int>(when.integer("count", 2, 1000).value_or(0));
        read_positive(when, "in", read.in);
        read_positive(when, "held", read.held);
        when.finish();
        config.open_when.push_back(std::move(read));
    }
}

void read_observe(MapReader& r, Diagnostics& d, BridgeConfig& config) {
    for (const YamlNode& item : items_of(r, "observe")) {
        MapReader observe(item, "what is observed", d);
        observe.require("match");
        Matchers match = matchers_of(observe, "match", d);
        if (observe.node("match") && match.empty()) {
            observe.error("match",
                          "must name what is observed; without a matcher it is everything");
        }
        observe.finish();
        config.observe.push_back(std::move(match));
    }
}

}  // namespace

void read_noise(MapReader& r, Diagnostics& d, Reading& out) {
    read_flapping(r, d, out.config.incidents.flapping);
    read_storms(r, d, out.config.incidents.storms);
    read_expects(r, d, out);
    read_open_when(r, d, out.config);
    read_observe(r, d, out.config);
}

}  // namespace tocsin::bridge
