#include "agent/config/config.h"

#include <algorithm>
#include <array>
#include <set>

#include "agent/config/entry_text.h"
#include "base/model/labels.h"
#include "base/model/matcher.h"
#include "base/net/http.h"
#include "base/text/yaml.h"
#include "collector/api/settings.h"

namespace tocsin::agent {
namespace {

using collector::Registration;
using collector::SettingSpec;
using text::MapReader;
using text::YamlKind;
using text::YamlNode;

constexpr Duration kLeastInterval = 100ms;
constexpr std::array<std::string_view, 2> kModes{"active", "observe"};

template <class T>
void take(T& into, std::optional<T> value) {
    if (value) into = std::move(*value);
}

// A list that is left out keeps its default; one that is there replaces it, empty or not.
void take_list(MapReader& reader, std::string_view key, std::vector<std::string>& into) {
    if (reader.node(key)) into = reader.strings(key);
}

void read_labels(MapReader& reader, Config& config, Diagnostics& diagnostics) {
    config.labels = reader.string_map("labels");
    const YamlNode node = reader.node("labels");
    for (const auto& [name, value] : config.labels) {
        const Position at = node.key_node(name).position();
        if (!is_label_name(name) || name == kMetricName) {
            diagnostics.error(at, "\"" + name +
                                      "\" is no label name: letters, digits and _ only, no digit "
                                      "first");
        } else if (name == "host") {
            diagnostics.error(at, "the label host is the key \"host\" of this file");
        } else if (name == "alertname" || name == "severity") {
            diagnostics.error(at, "the label " + name + " is the rule's");
        }
    }
}

void read_severities(MapReader& reader, Config& config) {
    take_list(reader, "severities", config.severities);
    const std::set<std::string> distinct(config.severities.begin(), config.severities.end());
    if (config.severities.empty() || distinct.size() != config.severities.size() ||
        distinct.contains("")) {
        reader.error("severities", "needs at least one name, each once");
    }
}

void check_listen(MapReader& reader, const Config& config) {
    const auto parsed = net::parse_host_port(config.listen);
    if (!parsed) reader.error("listen", parsed.error().message);
}

void read_tls(MapReader& root, Config& config, Diagnostics& diagnostics) {
    const YamlNode node = root.node("tls");
    if (!node) return;
    MapReader reader(node, "tls", diagnostics);
    reader.require("certificate_file");
    reader.require("key_file");
    config.tls = TlsConfig{reader.string("certificate_file").value_or(""),
                           reader.string("key_file").value_or("")};
    reader.finish();
}

// What other hosts can ask for should not travel in the clear, nor be open by accident.
void check_exposure(MapReader& reader, const Config& config, Diagnostics& diagnostics) {
    const auto listen = net::parse_host_port(config.listen);
    if (!listen || net::is_loopback(listen.value().host)) return;
    const Position at = reader.node("listen").position();
    if (config.listen_token_file.empty()) {
        diagnostics.warning(at, "without \"listen_token_file\" other hosts get nothing but health");
    } else if (!config.tls) {
        diagnostics.warning(at, "the token leaves this host in the clear; set \"tls\"");
    }
}

void read_path(const YamlNode& node, collector::Paths& path, Diagnostics& diagnostics) {
    MapReader reader(node, "path", diagnostics);
    take(path.procfs, reader.string("procfs"));
    take(path.sysfs, reader.string("sysfs"));
    take(path.rootfs, reader.string("rootfs"));
    take(path.udev_data, reader.string("udev_data"));
    reader.finish();
}

void read_log(const YamlNode& node, LogSettings& log, Diagnostics& diagnostics) {
    MapReader reader(node, "log", diagnostics);
    take(log.level, reader.choice("level", kLogLevels));
    take(log.format, reader.choice("format", kLogFormats));
    reader.finish();
}

void read_bridge(const YamlNode& node, BridgeConfig& bridge, Diagnostics& diagnostics) {
    MapReader reader(node, "bridge", diagnostics);
    take_list(reader, "urls", bridge.urls);
    const YamlNode urls = reader.node("urls");
    for (std::size_t i = 0; i < bridge.urls.size() && i < urls.items().size(); ++i) {
        const auto parsed = net::parse_url(bridge.urls[i]);
        if (!parsed) diagnostics.error(urls.items()[i].position(), parsed.error().message);
    }
    take(bridge.token_file, reader.string("token_file"));
    take(bridge.ca_file, reader.string("ca_file"));
    reader.finish();
}

void check_setting(const SettingSpec& spec, const YamlNode& value, Diagnostics& diagnostics) {
    const std::string text(value.scalar());
    const auto refuse = [&](const std::string& why) {
        diagnostics.error(value.position(), "\"" + std::string(spec.key) + "\": " + why);
    };
    if (spec.type == "regex") {
        const auto regex = Regex::compile(text);
        if (!regex) refuse(regex.error().message);
    } else if (spec.type == "duration") {
        const auto duration = parse_duration(text);
        if (!duration) {
            refuse(duration.error().message);
        } else if (duration.value() <= Duration{0}) {
            refuse("must be more than nothing");
        }
    } else if (spec.type == "bool" && text != "true" && text != "false") {
        refuse("must be true or false, not \"" + text + "\"");
    }
}

void read_targets(const YamlNode& node, const collector::TargetKind& kind, CollectConfig& collect,
                  Diagnostics& diagnostics) {
    if (!node || node.kind() == YamlKind::kNull) return;
    collect.targets.push_back({std::string(kind.name), kind.read(node, diagnostics)});
    set_sources(node, collect.targets.back().targets);
}

// A collector's own keys are data of its registration; their values stay text.
CollectorSection read_settings(const YamlNode& node, const Registration& row,
                               const Collectors& collectors, CollectConfig& collect,
                               Diagnostics& diagnostics) {
    CollectorSection section{std::string(row.name), true, {}};
    const std::string what = "collect." + std::string(row.name);
    MapReader reader(node, what, diagnostics);
    take(section.interval, reader.duration("interval"));
    if (section.interval != Duration{0} && section.interval < collect.interval) {
        reader.error("interval", "is shorter than collect.interval, " +
                                     format_duration(collect.interval) +
                                     ": all collectors are asked at that pace at the most");
    }
    for (const SettingSpec& spec : row.settings) {
        const YamlNode value = reader.node(spec.key);
        if (!value) continue;
        collector::Setting setting{std::string(spec.key), {}};
        if (spec.type == "list") {
            setting.values = reader.strings(spec.key);
        } else if (const auto text = reader.string(spec.key)) {
            check_setting(spec, value, diagnostics);
            setting.values.push_back(*text);
        }
        section.settings.push_back(std::move(setting));
    }
    if (!collector::DeviceFilter::check(section.settings)) {
        reader.error("device_include", "stands beside \"device_exclude\"; keep one");
    }
    for (const collector::TargetKind& kind : collectors.kinds) {
        if (kind.within == row.name) {
            read_targets(reader.node(kind.key), kind, collect, diagnostics);
        }
    }
    reader.finish();
    return section;
}

// Two targets of one job and instance would write to the same series.
void check_targets(MapReader& reader, const CollectConfig& collect) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const TargetSection& section : collect.targets) {
        for (const auto& target : section.targets) {
            if (target->instance.empty() || seen.emplace(target->job, target->instance).second) {
                continue;
            }
            reader.error(section.kind, "the job \"" + target->job + "\" has the instance \"" +
                                           target->instance + "\" twice; give one another job");
        }
    }
}

void read_collect(const YamlNode& node, const Collectors& collectors, CollectConfig& collect,
                  Diagnostics& diagnostics) {
    MapReader reader(node, "collect", diagnostics);
    take(collect.interval, reader.duration("interval"));
    if (collect.interval < kLeastInterval) {
        reader.error("interval", "must be at least " + format_duration(kLeastInterval));
    }
    for (const Registration& row : collectors.rows) {
        const YamlNode value = reader.node(row.name);
        if (!value) continue;
        if (value.kind() == YamlKind::kScalar) {
            const bool enabled = reader.boolean(row.name).value_or(true);
            collect.collectors.push_back({std::string(row.name), enabled, {}});
        } else {
            collect.collectors.push_back(
                read_settings(value, row, collectors, collect, diagnostics));
        }
    }
    for (const collector::TargetKind& kind : collectors.kinds) {
        if (kind.within.empty()) read_targets(reader.node(kind.name), kind, collect, diagnostics);
    }
    check_targets(reader, collect);
    reader.finish();
}

void read_rules(const YamlNode& node, RulesConfig& rules, Diagnostics& diagnostics) {
    MapReader reader(node, "rules", diagnostics);
    take_list(reader, "files", rules.files);
    take(rules.mode, reader.choice("mode", kModes));
    if (const YamlNode overrides = reader.node("overrides")) {
        if (overrides.kind() != YamlKind::kMap) {
            reader.error("overrides", "is a map from an alert to a list of {where, levels}");
        }
        for (const auto& [alert, list] : overrides.entries()) {
            rules.overrides.emplace(alert, rules::read_vary(list, diagnostics));
        }
    }
    reader.finish();
}

void read_limit(MapReader& reader, Bytes& limit) {
    take(limit, reader.bytes("limit"));
    if (limit.count == 0) reader.error("limit", "must be more than nothing");
}

void read_history(const YamlNode& node, HistoryConfig& history, Diagnostics& diagnostics) {
    MapReader reader(node, "history", diagnostics);
    take(history.keep, reader.duration("keep"));
    if (history.keep <= Duration{0}) reader.error("keep", "must be more than nothing");
    read_limit(reader, history.limit);
    reader.finish();
}

void read_outbox(const YamlNode& node, OutboxConfig& outbox, Diagnostics& diagnostics) {
    MapReader reader(node, "outbox", diagnostics);
    read_limit(reader, outbox.limit);
    reader.finish();
}

}  // namespace

const CollectorSection* CollectConfig::find(std::string_view name) const {
    const auto it = std::find_if(collectors.begin(), collectors.end(),
                                 [&](const CollectorSection& c) { return c.name == name; });
    return it == collectors.end() ? nullptr : &*it;
}

void CollectConfig::settle_paces(Duration agents) {
    for (const TargetSection& section : targets) {
        for (const auto& target : section.targets) target->settle_pace(agents);
    }
}

Config read_config(std::string_view text, const Collectors& collectors, Diagnostics& diagnostics) {
    Config config;
    const YamlNode root = text::parse_yaml(text, diagnostics);
    if (!root) return config;
    MapReader reader(root, "agent.yml", diagnostics);
    take(config.host, reader.string("host"));
    read_labels(reader, config, diagnostics);
    read_severities(reader, config);
    take(config.listen, reader.string("listen"));
    check_listen(reader, config);
    read_tls(reader, config, diagnostics);
    take(config.listen_token_file, reader.string("listen_token_file"));
    check_exposure(reader, config, diagnostics);
    take(config.state, reader.string("state"));
    read_path(reader.node("path"), config.path, diagnostics);
    read_log(reader.node("log"), config.log, diagnostics);
    read_bridge(reader.node("bridge"), config.bridge, diagnostics);
    read_collect(reader.node("collect"), collectors, config.collect, diagnostics);
    read_rules(reader.node("rules"), config.rules, diagnostics);
    read_history(reader.node("history"), config.history, diagnostics);
    read_outbox(reader.node("outbox"), config.outbox, diagnostics);
    reader.finish();
    return config;
}

}  // namespace tocsin::agent
