#include "collector/net/snmp/files/trap_map.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "base/text/yaml.h"

namespace tocsin::collector::snmp {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

constexpr std::array<std::string_view, 4> kOwnLabels{"alert", "instance", "job", "severity"};
// A trap that nothing clears is over after this, unless it says otherwise.
constexpr Duration kHold{15min};
// What a device may put into a label.
constexpr std::size_t kMostText = 256;
const Oid kSysUpTime{1, 3, 6, 1, 2, 1, 1, 3, 0};
const Oid kTrapOid{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};

Oid read_oid(MapReader& reader, std::string_view key) {
    const auto text = reader.string(key);
    if (!text) return {};
    auto oid = parse_oid(*text);
    if (!oid || oid->empty()) {
        reader.error(key,
                     "must be an OID of numbers like 1.3.6.1.6.3.1.1.5.3, not \"" + *text + "\"");
        return {};
    }
    return std::move(*oid);
}

TrapValues read_values(const YamlNode& node, std::string_view what, Diagnostics& diagnostics) {
    MapReader reader(node, what, diagnostics);
    TrapValues out;
    reader.require("oid");
    reader.require("values");
    out.oid = read_oid(reader, "oid");
    out.values = reader.strings("values");
    if (reader.node("values") && out.values.empty()) reader.error("values", "names no value");
    reader.finish();
    return out;
}

EnumValues read_names(MapReader& reader) {
    EnumValues out;
    for (auto& [number, name] : reader.string_map("enum_values")) {
        if (const auto value = parse_int(number)) {
            out.emplace_back(*value, std::move(name));
        } else {
            reader.error("enum_values", "\"" + number + "\" must be a whole number");
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

TrapLabel read_label(const YamlNode& node, Diagnostics& diagnostics) {
    MapReader reader(node, "a label", diagnostics);
    TrapLabel label;
    reader.require("labelname");
    reader.require("oid");
    label.label = reader.string("labelname").value_or("");
    if (is_own_trap_label(label.label)) {
        reader.error("labelname", "\"" + label.label + "\" is a label of the agent's own");
    } else if (reader.node("labelname") && !is_label_name(label.label)) {
        reader.error("labelname",
                     "\"" + label.label + "\" is no label name: letters, digits and _ only");
    }
    label.oid = read_oid(reader, "oid");
    if (const auto type = reader.choice("type", type_names())) {
        label.type = parse_type(*type).value_or(label.type);
    }
    label.names = read_names(reader);
    label.index = reader.boolean("index").value_or(false);
    label.detail = reader.boolean("detail").value_or(false);
    if (label.index && !label.names.empty()) {
        reader.error("enum_values", "is for values, and \"index\" takes the varbind's index");
    }
    reader.finish();
    return label;
}

void read_clears(MapReader& reader, TrapMapping& mapping, Diagnostics& diagnostics) {
    const YamlNode node = reader.node("clears");
    if (!node) return;
    if (node.kind() == YamlKind::kMap) {
        mapping.clears_when = read_values(node, "clears", diagnostics);
        return;
    }
    mapping.clears_trap = read_oid(reader, "clears");
    if (!mapping.clears_trap.empty() && mapping.clears_trap == mapping.trap) {
        reader.error("clears",
                     "is the trap itself; write {oid, values} for a value that says it is over");
    }
}

void read_alert(MapReader& reader, TrapMapping& mapping, Diagnostics& diagnostics) {
    reader.require("severity");
    mapping.severity = reader.string("severity").value_or("");
    if (reader.node("severity") && mapping.severity.empty()) {
        reader.error("severity", "is empty");
    }
    if (const YamlNode when = reader.node("when")) {
        mapping.when = read_values(when, "when", diagnostics);
    }
    std::set<std::string> names;
    for (const YamlNode& node : reader.node("labels").items()) {
        mapping.labels.push_back(read_label(node, diagnostics));
        const std::string& name = mapping.labels.back().label;
        if (!names.insert(name).second) {
            diagnostics.error(node.position(), "the label \"" + name + "\" stands twice");
        }
    }
    read_clears(reader, mapping, diagnostics);
    const bool cleared = static_cast<bool>(reader.node("clears"));
    mapping.hold = reader.duration("hold").value_or(cleared ? Duration{0} : kHold);
    if (mapping.hold < Duration{0} || (mapping.hold == Duration{0} && !cleared)) {
        reader.error("hold", "must be more than nothing where there is no \"clears\"");
    }
}

TrapMapping read_mapping(const std::string& name, const YamlNode& node, Diagnostics& diagnostics) {
    MapReader reader(node, "a trap", diagnostics);
    TrapMapping mapping;
    mapping.name = name;
    reader.require("oid");
    mapping.trap = read_oid(reader, "oid");
    mapping.alert = reader.string("alert").value_or("");
    if (!mapping.alert.empty()) {
        read_alert(reader, mapping, diagnostics);
    } else {
        for (const std::string_view key : {"severity", "when", "labels", "clears", "hold"}) {
            if (reader.node(key)) reader.error(key, "is for alerts, and there is no \"alert\"");
        }
    }
    reader.finish();
    return mapping;
}

const VarBind* find_within(const std::vector<VarBind>& varbinds, const Oid& oid) {
    const auto at = std::find_if(varbinds.begin(), varbinds.end(), [&](const VarBind& varbind) {
        return starts_with(varbind.oid, oid);
    });
    return at == varbinds.end() ? nullptr : &*at;
}

std::string bounded(std::string_view bytes) {
    // Cut within a character, its bytes become U+FFFD.
    return valid_utf8(bytes.substr(0, kMostText));
}

std::string text_of(const TrapLabel& label, const VarBind& varbind) {
    if (label.index) return oid_text(OidView(varbind.oid).subspan(label.oid.size()));
    if (!label.names.empty()) {
        const std::int64_t number = whole_of(varbind.value);
        const auto at = std::find_if(label.names.begin(), label.names.end(),
                                     [&](const auto& entry) { return entry.first == number; });
        if (at != label.names.end()) return at->second;
    }
    return bounded(text_of(varbind.value, label.type));
}

bool holds(const TrapValues& condition, const std::vector<VarBind>& varbinds) {
    const VarBind* varbind = find_within(varbinds, condition.oid);
    if (varbind == nullptr) return false;
    const std::string said = text_of(varbind->value, Type::kDisplayString);
    return std::find(condition.values.begin(), condition.values.end(), said) !=
           condition.values.end();
}

TrapEvent event_of(TrapEvent::Kind kind, const TrapMapping& mapping,
                   const std::vector<VarBind>& varbinds) {
    TrapEvent event{kind, &mapping, {}, {}};
    for (const TrapLabel& label : mapping.labels) {
        const VarBind* varbind = find_within(varbinds, label.oid);
        if (varbind == nullptr) continue;
        std::string text = text_of(label, *varbind);
        if (text.empty()) continue;
        (label.detail ? event.details : event.identity).emplace_back(label.label, std::move(text));
    }
    return event;
}

}  // namespace

bool is_own_trap_label(std::string_view name) {
    return name.starts_with("__") ||
           std::find(kOwnLabels.begin(), kOwnLabels.end(), name) != kOwnLabels.end();
}

void read_trap_mappings(std::string_view text, Diagnostics& diagnostics, TrapMappings& into) {
    const YamlNode root = text::parse_yaml(text, diagnostics);
    if (!root) return;
    if (root.kind() != YamlKind::kMap) {
        diagnostics.error(root.position(), "a file of traps is a map of their names");
        return;
    }
    for (const auto& [name, node] : root.entries()) {
        into[name] = read_mapping(name, node, diagnostics);
    }
}

std::optional<Notification> notification_of(std::vector<VarBind> varbinds) {
    Notification out;
    for (VarBind& varbind : varbinds) {
        if (varbind.oid == kTrapOid && varbind.value.kind == ValueKind::kOid) {
            out.trap = std::move(varbind.value.oid);
        } else if (varbind.oid != kSysUpTime) {
            out.varbinds.push_back(std::move(varbind));
        }
    }
    if (out.trap.empty()) return std::nullopt;
    return out;
}

TrapMeaning meaning_of(const TrapMappings& mappings, const Notification& notification) {
    TrapMeaning meaning;
    const auto& varbinds = notification.varbinds;
    for (const auto& [_, mapping] : mappings) {
        if (!mapping.clears_trap.empty() && mapping.clears_trap == notification.trap) {
            meaning.known = true;
            meaning.events.push_back(event_of(TrapEvent::Kind::kClears, mapping, varbinds));
        }
        if (mapping.trap != notification.trap) continue;
        meaning.known = true;
        if (mapping.alert.empty()) continue;
        if (mapping.clears_when && holds(*mapping.clears_when, varbinds)) {
            meaning.events.push_back(event_of(TrapEvent::Kind::kClears, mapping, varbinds));
        } else if (!mapping.when || holds(*mapping.when, varbinds)) {
            meaning.events.push_back(event_of(TrapEvent::Kind::kFires, mapping, varbinds));
        }
    }
    return meaning;
}

}  // namespace tocsin::collector::snmp
