// Which traps are alerts: mappings in YAML, and what a trap means by them. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/time.h"
#include "collector/net/snmp/files/mib.h"
#include "collector/net/snmp/files/value.h"

namespace tocsin::collector::snmp {

// What a label of an alert is made of: the value of the first varbind within `oid`, or its index.
struct TrapLabel {
    std::string label;
    Oid oid;
    Type type = Type::kDisplayString;
    EnumValues names;
    bool index = false;
    bool detail = false;  // shown, but no part of what the alert is
};

// A varbind within `oid` whose value, as text, is one of these.
struct TrapValues {
    Oid oid;
    std::vector<std::string> values;
};

struct TrapMapping {
    std::string name;
    Oid trap;
    std::string alert;  // "": a trap that is known and no alert
    std::string severity;
    std::optional<TrapValues> when;  // it fires only then
    std::vector<TrapLabel> labels;
    Oid clears_trap;  // empty: none does
    std::optional<TrapValues> clears_when;
    Duration hold{0};  // 0: until it is cleared
};
using TrapMappings = std::map<std::string, TrapMapping, std::less<>>;

// Labels of these names are the agent's own.
bool is_own_trap_label(std::string_view name);

// Reads one file of mappings; those of a name that `into` has replace it.
void read_trap_mappings(std::string_view text, Diagnostics& diagnostics, TrapMappings& into);

// What a trap or an inform says (RFC 3416, 4.2.6): its snmpTrapOID and its other varbinds.
struct Notification {
    Oid trap;
    std::vector<VarBind> varbinds;
};
// Nothing where it does not say which trap it is.
std::optional<Notification> notification_of(std::vector<VarBind> varbinds);

using TrapLabels = std::vector<std::pair<std::string, std::string>>;

struct TrapEvent {
    enum class Kind { kFires, kClears };
    Kind kind;
    const TrapMapping* mapping;
    TrapLabels identity;
    TrapLabels details;
};
struct TrapMeaning {
    bool known = false;  // some mapping has it
    std::vector<TrapEvent> events;
};
TrapMeaning meaning_of(const TrapMappings& mappings, const Notification& notification);

}  // namespace tocsin::collector::snmp
