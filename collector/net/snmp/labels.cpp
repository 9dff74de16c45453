#include "collector/net/snmp/labels.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::collector::snmp {
namespace {

const Value* find(const std::vector<VarBind>& found, const Oid& oid) {
    const auto at =
        std::lower_bound(found.begin(), found.end(), oid,
                         [](const VarBind& varbind, const Oid& key) { return varbind.oid < key; });
    return at != found.end() && at->oid == oid ? &at->value : nullptr;
}

Oid instance_of(Oid object, OidView instance) {
    object.insert(object.end(), instance.begin(), instance.end());
    return object;
}

// What a combined type is where the column before `object` says; OctetString where it doesn't.
Type resolved(Type type, const Oid& object, OidView instance, const std::vector<VarBind>& found) {
    if (!is_combined(type) || object.empty() || object.back() == 0) return type;
    Oid before = object;
    --before.back();
    const Value* subtype = find(found, instance_of(std::move(before), instance));
    if (subtype == nullptr) return Type::kOctetString;
    return combined_type(type, whole_of(*subtype)).value_or(Type::kOctetString);
}

struct Part {
    std::string label;
    std::string text;
    Oid used;  // what it was made of, for lookups by it
    bool dropped = false;
};

std::vector<Part> index_parts(const Metric& metric, OidView rest) {
    std::vector<Part> parts;
    for (const Index& index : metric.indexes) {
        Part part{index.label, {}, {}};
        part.text = take_index(rest, index.form, part.used);
        if (index.form.type == Type::kEnumAsInfo && !part.used.empty()) {
            for (const auto& [number, name] : index.names) {
                if (number == static_cast<std::int64_t>(part.used[0])) part.text = name;
            }
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

// The later of two with one name counts.
Part* part_named(std::vector<Part>& parts, const std::string& label) {
    const auto at = std::find_if(parts.rbegin(), parts.rend(),
                                 [&](const Part& part) { return part.label == label; });
    return at == parts.rend() ? nullptr : &*at;
}

Part look_up(const Lookup& lookup, std::vector<Part>& parts, const std::vector<VarBind>& found) {
    Part part{lookup.label, {}, {}};
    Oid instance;
    for (const std::string& label : lookup.from) {
        if (const Part* from = part_named(parts, label)) {
            instance.insert(instance.end(), from->used.begin(), from->used.end());
        }
    }
    const Value* value = find(found, instance_of(lookup.oid, instance));
    if (value == nullptr) return part;
    part.text = text_of(*value, resolved(lookup.type, lookup.oid, instance, found));
    part.used = {static_cast<std::uint32_t>(whole_of(*value))};
    return part;
}

}  // namespace

InstanceLabels labels_of(const Metric& metric, OidView instance,
                         const std::vector<VarBind>& found) {
    std::vector<Part> parts = index_parts(metric, instance);
    for (const Lookup& lookup : metric.lookups) {
        if (!lookup.from.empty()) {
            parts.push_back(look_up(lookup, parts, found));
        } else if (Part* dropped = part_named(parts, lookup.label)) {
            dropped->dropped = true;
        }
    }
    LabelsBuilder kept;
    LabelsBuilder full;
    for (const Part& part : parts) {
        const std::string text = valid_utf8(part.text);
        full.set(part.label, text);
        if (!part.dropped) kept.set(part.label, text);
    }
    return {kept.build(), full.build()};
}

Type object_type(const Metric& metric, OidView instance, const std::vector<VarBind>& found) {
    return resolved(metric.type, metric.oid, instance, found);
}

}  // namespace tocsin::collector::snmp
