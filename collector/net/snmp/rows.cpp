#include "collector/net/snmp/rows.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/core/strings.h"
#include "collector/api/desc.h"
#include "collector/net/snmp/labels.h"

namespace tocsin::collector::snmp {
namespace {

bool has_number(const Value& value) {
    return value.kind == ValueKind::kInteger || value.kind == ValueKind::kUnsigned ||
           value.kind == ValueKind::kReal;
}

// One series that an object gives: its name, its labels beyond the instance's, and its value where
// that does not move.
struct Part {
    const MetricDesc* desc;
    std::optional<std::pair<std::string, std::string>> label;
    double fixed;
};

std::string name_of(const EnumValues& names, std::int64_t value) {
    for (const auto& [number, name] : names) {
        if (number == value) return name;
    }
    return std::to_string(value);
}

std::vector<Part> state_set(const Metric& metric, const Value& value) {
    const MetricDesc* desc =
        dynamic_desc(metric.name, metric.help + " (EnumAsStateSet)", MetricType::kGauge);
    const auto now = whole_of(value);
    std::vector<Part> parts{{desc, {{metric.name, name_of(metric.names, now)}}, 1}};
    for (const auto& [number, name] : metric.names) {
        if (number != now) parts.push_back({desc, {{metric.name, name}}, 0});
    }
    return parts;
}

// The first bit is the highest of the first octet (RFC 2578, 7.1.4).
std::vector<Part> bits(const Metric& metric, const Value& value) {
    const MetricDesc* desc = dynamic_desc(metric.name, metric.help + " (Bits)", MetricType::kGauge);
    std::vector<Part> parts;
    for (const auto& [number, name] : metric.names) {
        const auto octet = static_cast<std::size_t>(number) / 8;
        const bool set = number >= 0 && octet < value.octets.size() &&
                         (static_cast<unsigned char>(value.octets[octet]) >> (7 - number % 8)) % 2;
        parts.push_back({desc, {{metric.name, name}}, set ? 1.0 : 0.0});
    }
    return parts;
}

// As Go reads one, for which a hexadecimal number without an exponent is none.
std::optional<double> number_in(const std::string& text) {
    const bool hex = text.find_first_of("xX") != std::string::npos;
    if (hex && text.find_first_of("pP") == std::string::npos) return std::nullopt;
    return parse_double(text);
}

// The numbers that stand in a text, as snmp_exporter takes them out of it.
std::vector<Part> extracted(const Metric& metric, const std::string& text) {
    std::vector<Part> parts;
    for (const auto& [suffix, rules] : metric.extracts) {
        for (const Extract& rule : rules) {
            const auto groups = rule.regex.groups(text);
            const auto number = groups ? number_in(rule.regex.expand(rule.value, *groups))
                                       : std::optional<double>();
            if (!number) continue;
            parts.push_back({dynamic_desc(metric.name + suffix, metric.help + " (regex extracted)",
                                          MetricType::kGauge),
                             std::nullopt, *number});
            break;
        }
    }
    return parts;
}

std::vector<Part> parts_of(const Metric& metric, const Value& value, Type type,
                           bool name_is_label) {
    if (is_number(type)) {
        const auto kind = type == Type::kCounter ? MetricType::kCounter : MetricType::kGauge;
        return {{dynamic_desc(metric.name, metric.help, kind), std::nullopt, 0}};
    }
    if (type == Type::kEnumAsStateSet) return state_set(metric, value);
    if (type == Type::kBits) return bits(metric, value);
    if (type == Type::kEnumAsInfo) {
        const auto now = whole_of(value);
        return {
            {dynamic_desc(metric.name + "_info", metric.help + " (EnumAsInfo)", MetricType::kGauge),
             {{metric.name, name_of(metric.names, now)}},
             1}};
    }
    const std::string text = valid_utf8(text_of(value, type));
    if (!metric.extracts.empty()) return extracted(metric, text);
    Part part{dynamic_desc(metric.name, metric.help, MetricType::kGauge), std::nullopt, 1};
    if (!name_is_label) part.label = {metric.name, text};
    return {part};
}

}  // namespace

Rows::Rows(const std::vector<const Module*>& modules, const TargetSeries& series, Dropped dropped)
    : series_(&series), dropped_(dropped) {
    for (const Module* module : modules) {
        for (const Metric& metric : module->metrics) {
            metrics_.push_back(&metric);
            if (!is_number(metric.type)) named_by_.push_back(metric.oid);
            for (const Lookup& lookup : metric.lookups) named_by_.push_back(lookup.oid);
        }
    }
    // Of two modules that have the same object, the first is told.
    std::stable_sort(metrics_.begin(), metrics_.end(),
                     [](const Metric* a, const Metric* b) { return less(a->oid, b->oid); });
    const auto again = [](const Metric* a, const Metric* b) { return starts_with(b->oid, a->oid); };
    metrics_.erase(std::unique(metrics_.begin(), metrics_.end(), again), metrics_.end());
    std::sort(named_by_.begin(), named_by_.end());
    named_by_.erase(std::unique(named_by_.begin(), named_by_.end()), named_by_.end());
}

const Metric* Rows::metric_of(OidView oid, OidView& instance) const {
    const auto after = std::upper_bound(
        metrics_.begin(), metrics_.end(), oid,
        [](OidView wanted, const Metric* metric) { return less(wanted, metric->oid); });
    if (after == metrics_.begin()) return nullptr;
    const Metric* metric = *(after - 1);
    if (metric->oid.empty() || !starts_with(oid, metric->oid)) return nullptr;
    instance = oid.subspan(metric->oid.size());
    return metric;
}

bool Rows::names(const VarBind& varbind) const {
    const auto after = std::upper_bound(named_by_.begin(), named_by_.end(), varbind.oid);
    return after != named_by_.begin() && starts_with(varbind.oid, *(after - 1));
}

bool Rows::same_names(const std::vector<VarBind>& found) const {
    return std::equal(known_.begin(), known_.end(), found.begin(), found.end(),
                      [](const Known& known, const VarBind& now) {
                          return known.oid == now.oid &&
                                 (known.value.kind == ValueKind::kNull || known.value == now.value);
                      });
}

void Rows::rebuild(const std::vector<VarBind>& found) {
    known_.clear();
    rows_.clear();
    struct Candidate {
        Row row;
        Labels full;  // with the labels that lookups dropped
        const MetricDesc* desc;
    };
    std::vector<Candidate> candidates;
    std::unordered_map<SeriesId, std::size_t> last;  // candidate of each series
    for (std::size_t i = 0; i < found.size(); ++i) {
        const VarBind& varbind = found[i];
        known_.push_back({varbind.oid, names(varbind) ? varbind.value : Value{}});
        OidView instance;
        const Metric* metric = metric_of(varbind.oid, instance);
        if (metric == nullptr) continue;
        if (is_number(metric->type) && metric->type != Type::kDateAndTime &&
            !has_number(varbind.value)) {
            continue;
        }
        const InstanceLabels labels = labels_of(*metric, instance, found);
        const Type type = object_type(*metric, instance, found);
        const bool named = labels.kept.has(metric->name);
        for (const Part& part : parts_of(*metric, varbind.value, type, named)) {
            LabelsBuilder kept(dropped_ == Dropped::kKept ? labels.full : labels.kept);
            LabelsBuilder full(labels.full);
            if (part.label) {
                kept.set(part.label->first, part.label->second);
                full.set(part.label->first, part.label->second);
            }
            const Source source = !is_number(type)             ? Source::kFixed
                                  : type == Type::kDateAndTime ? Source::kDateAndTime
                                                               : Source::kNumber;
            SeriesRef series = series_->get(part.desc, kept.build());
            last[series.id()] = candidates.size();
            candidates.push_back(
                {{i, metric, std::move(series), source, part.fixed}, full.build(), part.desc});
        }
    }
    // Of instances that only a dropped label tells apart, the last has the name for itself (where
    // an interface was replaced, agents show the old one for some minutes); the others keep the
    // label.
    std::unordered_set<SeriesId> taken;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        Candidate& candidate = candidates[i];
        if (last[candidate.row.series.id()] != i) {
            candidate.row.series = series_->get(candidate.desc, candidate.full);
        }
        if (taken.insert(candidate.row.series.id()).second) {
            rows_.push_back(std::move(candidate.row));
        }
    }
}

void Rows::report(const std::vector<VarBind>& found, Readings& out) {
    if (!same_names(found)) rebuild(found);
    for (const Row& row : rows_) {
        const Value& value = found[row.at].value;
        if (row.source == Source::kFixed) {
            out.push_back({row.series, row.fixed});
        } else if (row.source == Source::kDateAndTime) {
            if (const auto at = parse_date_and_time(value.octets)) out.push_back({row.series, *at});
        } else if (has_number(value)) {
            out.push_back({row.series, number_of(value) * row.metric->scale + row.metric->offset});
        }
    }
}

}  // namespace tocsin::collector::snmp
