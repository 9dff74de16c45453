// Whatever the file of mappings and whatever a trap says: alerts of bounded labels that survive a
// restart as they are, or messages with their place.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "collector/net/snmp/active_traps.h"
#include "collector/net/snmp/files/trap_map.h"
#include "collector/net/snmp/trap_engine.h"

using namespace tocsin;
using namespace tocsin::collector::snmp;

namespace {

// Each trap and each that clears, with a varbind of every OID that the mapping names.
std::vector<Notification> notifications_of(const TrapMappings& mappings) {
    std::vector<Notification> out;
    for (const auto& [_, mapping] : mappings) {
        Notification notification{mapping.trap, {}};
        for (const TrapLabel& label : mapping.labels) {
            VarBind varbind{label.oid, {}};
            varbind.oid.push_back(7);
            varbind.value.kind = label.detail ? ValueKind::kOctets : ValueKind::kInteger;
            varbind.value.octets = "\x01,= %\xff\n";
            varbind.value.integer = 2;
            notification.varbinds.push_back(std::move(varbind));
        }
        if (mapping.clears_when && !mapping.clears_when->values.empty()) {
            VarBind varbind{mapping.clears_when->oid, {}};
            varbind.value.kind = ValueKind::kOctets;
            varbind.value.octets = mapping.clears_when->values.front();
            notification.varbinds.push_back(std::move(varbind));
        }
        out.push_back(notification);
        notification.trap = mapping.clears_trap;
        if (!notification.trap.empty()) out.push_back(std::move(notification));
    }
    return out;
}

void check_state(std::string_view bytes) {
    if (auto state = ActiveTraps::parse(bytes)) {
        if (state->size() > ActiveTraps::kMost || !ActiveTraps::parse(state->print())) std::abort();
    }
    if (const auto engine = parse_engine(bytes)) {
        if (parse_engine(print_engine(*engine)) != engine) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_state(bytes);
    Diagnostics diagnostics("traps.yml");
    TrapMappings mappings;
    read_trap_mappings(bytes, diagnostics, mappings);
    for (const Diagnostic& d : diagnostics.all()) {
        if (d.message.empty()) std::abort();
    }
    if (diagnostics.has_errors()) return 0;
    ActiveTraps active;
    const Timestamp now = from_unix_ms(1'700'000'000'000);
    for (const Notification& notification : notifications_of(mappings)) {
        const TrapMeaning meaning = meaning_of(mappings, notification);
        if (!meaning.known) std::abort();
        for (const TrapEvent& event : meaning.events) active.take(event, "device", now);
    }
    active.report(now);
    const std::string text = active.print();
    const auto back = ActiveTraps::parse(text);
    if (!back || back->print() != text) std::abort();
    return 0;
}
