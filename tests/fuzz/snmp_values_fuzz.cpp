// Whatever a device says: bounded text of indexes and values, and an engine only from a whole
// report.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "collector/net/snmp/discovery.h"
#include "collector/net/snmp/files/value.h"

using namespace tocsin::collector::snmp;

namespace {

// 128 parts as "0x…", or a length that lies, in decimal.
constexpr std::size_t kMostText = 600;

void check_index(const Oid& oid, const IndexForm& form) {
    OidView rest = oid;
    Oid used;
    for (int i = 0; i < 4; ++i) {
        const std::size_t before = rest.size();
        if (take_index(rest, form, used).size() > kMostText || rest.size() > before) std::abort();
    }
    if (used.size() > 4 * 140) std::abort();
}

void check_value(const std::string& bytes, Type type) {
    Value value;
    for (const ValueKind kind : {ValueKind::kOctets, ValueKind::kAddress}) {
        value.kind = kind;
        value.octets = bytes;
        if (text_of(value, type).size() > 2 * bytes.size() + 64) std::abort();
        if (number_of(value) != 0) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return 0;
    const auto names = type_names();
    const Type type = *parse_type(names[data[0] % names.size()]);
    const IndexForm form{type, static_cast<std::uint32_t>(data[1] % 129), data[2] % 2 == 1};
    // A part is an octet, or every bit of it: lengths that no OID can have.
    const bool large = data[3] % 2 == 1;
    Oid oid;
    for (std::size_t i = 4; i < std::min<std::size_t>(size, 132); ++i) {
        oid.push_back(large ? data[i] * 0x01010101U : data[i]);
    }
    check_index(oid, form);
    check_index(oid, {type, 0, false});
    const std::string bytes(reinterpret_cast<const char*>(data) + 4, size - 4);
    check_value(bytes, type);
    parse_date_and_time(bytes);
    if (const auto again = parse_oid(oid_text(oid)); !oid.empty() && again != oid) std::abort();
    parse_oid(bytes);
    const auto engine = parse_discovery(bytes, 0x11223344);
    if (engine && (engine->id.size() < 5 || engine->id.size() > 32)) std::abort();
    return 0;
}
