#include "collector/net/snmp/files/mib.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "base/text/yaml.h"

namespace tocsin::collector::snmp {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

// Keys of snmp_exporter's modules that agent.yml answers for each device.
constexpr std::array<std::string_view, 7> kElsewhere{"version",
                                                     "auth",
                                                     "max_repetitions",
                                                     "retries",
                                                     "timeout",
                                                     "allow_nonincreasing_oids",
                                                     "use_unconnected_udp_socket"};

Oid read_oid(MapReader& reader, std::string_view key) {
    const auto text = reader.string(key);
    if (!text) return {};
    const auto oid = parse_oid(*text);
    if (!oid) {
        reader.error(key, "must be an OID of numbers like 1.3.6.1.2.1.2, not \"" + *text + "\"");
    }
    return oid.value_or(Oid{});
}

std::vector<Oid> read_oids(MapReader& reader, std::string_view key, Diagnostics& diagnostics) {
    std::vector<Oid> out;
    const std::vector<std::string> texts = reader.strings(key);
    const YamlNode node = reader.node(key);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (auto oid = parse_oid(texts[i])) {
            out.push_back(std::move(*oid));
            continue;
        }
        const Position at = i < node.items().size() ? node.items()[i].position() : node.position();
        diagnostics.error(at, "\"" + texts[i] + "\" is no OID of numbers like 1.3.6.1.2.1.2");
    }
    return out;
}

Type read_type(MapReader& reader, Type fallback) {
    const auto name = reader.choice("type", type_names());
    if (!name) return fallback;
    return parse_type(*name).value_or(fallback);
}

std::string read_label(MapReader& reader, std::string_view key) {
    reader.require(key);
    std::string label = reader.string(key).value_or("");
    if (!label.empty() && !is_label_name(label)) {
        reader.error(key, "\"" + label + "\" is no label name: letters, digits and _ only");
    }
    return label;
}

EnumValues read_names(MapReader& reader) {
    EnumValues out;
    for (auto& [number, name] : reader.string_map("enum_values")) {
        const auto value = parse_int(number);
        if (!value) {
            reader.error("enum_values", "\"" + number + "\" must be a whole number");
            continue;
        }
        out.emplace_back(*value, std::move(name));
    }
    std::sort(out.begin(), out.end());
    return out;
}

Index read_index(const YamlNode& node, Diagnostics& diagnostics) {
    MapReader reader(node, "an index", diagnostics);
    Index index;
    index.label = read_label(reader, "labelname");
    index.form.type = read_type(reader, Type::kInteger);
    index.form.fixed_size =
        static_cast<std::uint32_t>(reader.integer("fixed_size", 0, 128).value_or(0));
    index.form.implied = reader.boolean("implied").value_or(false);
    index.names = read_names(reader);
    reader.finish();
    return index;
}

// `known`: labels that indexes and lookups before it give.
Lookup read_lookup(const YamlNode& node, const std::set<std::string>& known,
                   Diagnostics& diagnostics) {
    MapReader reader(node, "a lookup", diagnostics);
    Lookup lookup;
    lookup.from = reader.strings("labels");
    lookup.label = read_label(reader, "labelname");
    lookup.oid = read_oid(reader, "oid");
    lookup.type = read_type(reader, Type::kDisplayString);
    if (!lookup.from.empty()) reader.require("oid");
    for (const std::string& label : lookup.from) {
        if (!known.contains(label)) {
            reader.error("labels", "\"" + label + "\" is neither an index nor an earlier lookup");
        }
    }
    if (lookup.from.empty() && !known.contains(lookup.label)) {
        reader.error("labelname", "without \"labels\" a lookup drops a label; there is no \"" +
                                      lookup.label + "\"");
    }
    reader.finish();
    return lookup;
}

void read_labels(MapReader& reader, Metric& metric, Diagnostics& diagnostics) {
    std::set<std::string> known;
    for (const YamlNode& node : reader.node("indexes").items()) {
        metric.indexes.push_back(read_index(node, diagnostics));
        known.insert(metric.indexes.back().label);
    }
    for (const YamlNode& node : reader.node("lookups").items()) {
        metric.lookups.push_back(read_lookup(node, known, diagnostics));
        known.insert(metric.lookups.back().label);
    }
}

std::optional<Extract> read_extract(const YamlNode& node, Diagnostics& diagnostics) {
    MapReader reader(node, "an extract", diagnostics);
    reader.require("regex");
    const auto regex = reader.string("regex");
    const std::string value = reader.string("value").value_or("$1");
    reader.finish();
    if (!regex) return std::nullopt;
    auto search = Search::compile("^(?:" + *regex + ")$");
    if (search) return Extract{std::move(search).value(), value};
    reader.error("regex", search.error().message);
    return std::nullopt;
}

void read_extracts(MapReader& reader, Metric& metric, Diagnostics& diagnostics) {
    const YamlNode extracts = reader.node("regex_extracts");
    if (!extracts) return;
    if (extracts.kind() != YamlKind::kMap) {
        return reader.error("regex_extracts",
                            "must be a map of suffixes to lists of {regex, value}");
    }
    if (!is_text(metric.type)) {
        diagnostics.warning(extracts.position(),
                            "regex_extracts is for text; this metric's type makes it a number");
    }
    for (const auto& [suffix, rules] : extracts.entries()) {
        if (!is_metric_name(metric.name + suffix)) {
            diagnostics.error(rules.position(),
                              "\"" + metric.name + suffix + "\" is no metric name");
        }
        if (rules.kind() != YamlKind::kSequence) {
            diagnostics.error(rules.position(), "must be a list of {regex, value}");
        }
        auto& read = metric.extracts.emplace_back(suffix, std::vector<Extract>()).second;
        for (const YamlNode& rule : rules.items()) {
            if (auto extract = read_extract(rule, diagnostics)) read.push_back(std::move(*extract));
        }
    }
}

Metric read_metric(const YamlNode& node, Diagnostics& diagnostics) {
    MapReader reader(node, "a metric", diagnostics);
    Metric metric;
    for (const std::string_view key : {"name", "oid", "type"}) reader.require(key);
    metric.name = reader.string("name").value_or("");
    if (!metric.name.empty() && !is_metric_name(metric.name)) {
        reader.error("name", "\"" + metric.name + "\" is no metric name");
    }
    metric.oid = read_oid(reader, "oid");
    metric.type = read_type(reader, Type::kGauge);
    metric.help = reader.string("help").value_or("");
    read_labels(reader, metric, diagnostics);
    metric.names = read_names(reader);
    metric.scale = reader.number("scale").value_or(1);
    metric.offset = reader.number("offset").value_or(0);
    read_extracts(reader, metric, diagnostics);
    reader.finish();
    return metric;
}

// The metric of an object is found by the first prefix of its OID.
void sort_metrics(Module& module, const YamlNode& node, Diagnostics& diagnostics) {
    auto& metrics = module.metrics;
    std::stable_sort(metrics.begin(), metrics.end(),
                     [](const Metric& a, const Metric& b) { return less(a.oid, b.oid); });
    for (std::size_t i = 1; i < metrics.size(); ++i) {
        const Metric& before = metrics[i - 1];
        if (before.oid.empty() || !starts_with(metrics[i].oid, before.oid)) continue;
        diagnostics.error(node.position(), "the metrics \"" + before.name + "\" and \"" +
                                               metrics[i].name +
                                               "\" have one OID, or one within the other");
    }
}

Module read_module(const std::string& name, const YamlNode& node, Diagnostics& diagnostics) {
    MapReader reader(node, "a module", diagnostics);
    Module module;
    module.name = name;
    module.walk = read_oids(reader, "walk", diagnostics);
    module.get = read_oids(reader, "get", diagnostics);
    for (const std::string_view key : kElsewhere) {
        if (const YamlNode other = reader.node(key)) {
            diagnostics.warning(other.position(), "\"" + std::string(key) +
                                                      "\" stands in agent.yml, for each device; "
                                                      "ignored here");
        }
    }
    const YamlNode metrics = reader.node("metrics");
    if (metrics && metrics.kind() != YamlKind::kSequence) {
        reader.error("metrics", "must be a list of {name, oid, type}");
    } else {
        for (const YamlNode& metric : metrics.items()) {
            module.metrics.push_back(read_metric(metric, diagnostics));
        }
    }
    sort_metrics(module, node, diagnostics);
    const bool is_map = node.kind() == YamlKind::kMap || node.kind() == YamlKind::kNull;
    if (is_map && reader.node("walk").items().empty() && reader.node("get").items().empty()) {
        diagnostics.error(node.position(), "the module \"" + name +
                                               "\" asks for nothing: it needs "
                                               "\"walk\" or \"get\"");
    }
    reader.finish();
    return module;
}

}  // namespace

void read_modules(std::string_view text, Diagnostics& diagnostics, Modules& into) {
    const YamlNode root = text::parse_yaml(text, diagnostics);
    if (!root) return;
    if (root.kind() != YamlKind::kMap) {
        diagnostics.error(root.position(), "a file of modules is a map of their names");
        return;
    }
    // Since 0.23 the generator writes them under `modules`, beside `auths`.
    const YamlNode within = root.find("modules");
    if (const YamlNode auths = root.find("auths"); within && auths) {
        diagnostics.warning(auths.position(), "credentials stand in agent.yml; ignored here");
    }
    for (const auto& [name, node] : (within ? within : root).entries()) {
        into[name] = read_module(name, node, diagnostics);
    }
}

}  // namespace tocsin::collector::snmp
