#include "collector/net/snmp/files/value.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/core/strings.h"

namespace tocsin::collector::snmp {
namespace {

constexpr std::size_t kMostParts = 128;
constexpr std::uint64_t kMantissa = std::uint64_t{1} << 53;

struct Name {
    std::string_view name;
    Type type;
};
constexpr std::array kTypes{
    Name{"gauge", Type::kGauge},
    Name{"counter", Type::kCounter},
    Name{"Float", Type::kFloat},
    Name{"Double", Type::kDouble},
    Name{"DateAndTime", Type::kDateAndTime},
    Name{"EnumAsInfo", Type::kEnumAsInfo},
    Name{"EnumAsStateSet", Type::kEnumAsStateSet},
    Name{"Bits", Type::kBits},
    Name{"Integer", Type::kInteger},
    Name{"Integer32", Type::kInteger},
    Name{"OctetString", Type::kOctetString},
    Name{"DisplayString", Type::kDisplayString},
    Name{"PhysAddress48", Type::kPhysAddress48},
    Name{"InetAddressIPv4", Type::kInetAddressIPv4},
    Name{"InetAddressIPv6", Type::kInetAddressIPv6},
    Name{"InetAddress", Type::kInetAddress},
    Name{"InetAddressMissingSize", Type::kInetAddressMissingSize},
    Name{"LldpPortId", Type::kLldpPortId},
};
constexpr auto kTypeNames = [] {
    std::array<std::string_view, kTypes.size()> names{};
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = kTypes[i].name;
    return names;
}();

void append_hex(std::string& out, std::uint32_t byte) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    out += kDigits[(byte >> 4U) & 0xFU];
    out += kDigits[byte & 0xFU];
}

// The first `count` parts, with zeros for those that are missing.
Oid take(OidView& rest, std::size_t count) {
    const std::size_t there = std::min(count, rest.size());
    Oid out(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(there));
    rest = rest.subspan(there);
    out.resize(count);
    return out;
}

std::string hex_text(const Oid& octets) {
    if (octets.empty()) return "";
    std::string out = "0x";
    for (const std::uint32_t octet : octets) append_hex(out, octet);
    return out;
}

std::string display_text(const Oid& octets) {
    std::string out;
    for (const std::uint32_t octet : octets) out += static_cast<char>(octet & 0xFFU);
    return out;
}

std::string mac_text(const Oid& octets) {
    std::string out;
    for (const std::uint32_t octet : octets) {
        if (!out.empty()) out += ':';
        append_hex(out, octet);
    }
    return out;
}

std::string ipv6_text(const Oid& octets) {
    std::string out;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (i > 0 && i % 2 == 0) out += ':';
        append_hex(out, octets[i]);
    }
    return out;
}

// The octets of a string index. Its length may be a lie: no more than an OID can hold.
Oid take_string(OidView& rest, const IndexForm& form, Oid& used) {
    std::size_t length = form.implied ? rest.size() : form.fixed_size;
    if (length == 0) {
        const Oid said = take(rest, 1);
        used.push_back(said[0]);
        length = said[0];
    }
    Oid octets = take(rest, std::min(length, kMostParts));
    used.insert(used.end(), octets.begin(), octets.end());
    return octets;
}

// An index whose first part says what it is and, mostly, whose second how long.
std::string take_combined(OidView& rest, const IndexForm& form, Oid& used) {
    const bool sized = form.type != Type::kInetAddressMissingSize;
    const OidView whole = rest;
    const Oid head = take(rest, sized ? 2 : 1);
    if (const auto type = combined_type(form.type, head[0])) {
        used.insert(used.end(), head.begin(), head.end());
        return take_index(rest, {*type, 0, false}, used);
    }
    // Unknown: what there is, as bytes.
    rest = whole;
    if (!sized) return take_index(rest, {Type::kOctetString, 0, true}, used);
    const std::uint32_t length = std::min<std::uint32_t>(head[1], kMostParts);
    return take_index(rest, {Type::kOctetString, length + 2, false}, used);
}

}  // namespace

std::optional<Oid> parse_oid(std::string_view text) {
    if (text.starts_with('.')) text.remove_prefix(1);
    Oid out;
    while (true) {
        const std::size_t dot = text.find('.');
        const auto part = parse_uint(text.substr(0, dot));
        if (!part || *part > 0xFFFFFFFFU || out.size() == kMostParts) return std::nullopt;
        out.push_back(static_cast<std::uint32_t>(*part));
        if (dot == std::string_view::npos) return out;
        text.remove_prefix(dot + 1);
    }
}

std::string oid_text(OidView oid) {
    std::string out;
    for (const std::uint32_t part : oid) {
        if (!out.empty()) out += '.';
        out += std::to_string(part);
    }
    return out;
}

bool starts_with(OidView oid, OidView prefix) {
    return oid.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), oid.begin());
}

bool less(OidView a, OidView b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

std::optional<Type> parse_type(std::string_view name) {
    for (const Name& row : kTypes) {
        if (row.name == name) return row.type;
    }
    return std::nullopt;
}

std::span<const std::string_view> type_names() {
    return kTypeNames;
}

bool is_number(Type type) {
    return type <= Type::kDateAndTime || type == Type::kInteger;
}

bool is_text(Type type) {
    return type >= Type::kOctetString;
}

bool is_combined(Type type) {
    return type == Type::kInetAddress || type == Type::kInetAddressMissingSize ||
           type == Type::kLldpPortId;
}

std::optional<Type> combined_type(Type type, std::int64_t subtype) {
    if (type == Type::kLldpPortId) {
        if (subtype == 3) return Type::kPhysAddress48;
        const bool text = subtype == 1 || subtype == 2 || subtype == 5 || subtype == 7;
        return text ? std::optional(Type::kDisplayString) : std::nullopt;
    }
    if (!is_combined(type)) return std::nullopt;
    if (subtype == 1) return Type::kInetAddressIPv4;
    if (subtype == 2) return Type::kInetAddressIPv6;
    return std::nullopt;
}

double number_of(const Value& value) {
    switch (value.kind) {
        case ValueKind::kInteger:
            return static_cast<double>(value.integer);
        case ValueKind::kUnsigned:
            return static_cast<double>(value.number % kMantissa);
        case ValueKind::kReal:
            return value.real;
        case ValueKind::kNull:
        case ValueKind::kOctets:
        case ValueKind::kAddress:
        case ValueKind::kOid:
        case ValueKind::kMissing:
        case ValueKind::kEnd:
            break;
    }
    return 0;
}

std::int64_t whole_of(const Value& value) {
    if (value.kind == ValueKind::kInteger) return value.integer;
    return value.kind == ValueKind::kUnsigned ? static_cast<std::int64_t>(value.number) : 0;
}

std::string text_of(const Value& value, Type type) {
    switch (value.kind) {
        case ValueKind::kInteger:
            return std::to_string(value.integer);
        case ValueKind::kUnsigned:
            return std::to_string(value.number);
        case ValueKind::kReal:
            return format_fixed(value.real);
        case ValueKind::kOid:
            return oid_text(value.oid);
        case ValueKind::kOctets:
        case ValueKind::kAddress: {
            Oid octets;
            for (const char c : value.octets) octets.push_back(static_cast<unsigned char>(c));
            if (value.kind == ValueKind::kAddress) type = Type::kInetAddressIPv4;
            if (type == Type::kDisplayString) return value.octets;
            if (type != Type::kPhysAddress48 && type != Type::kInetAddressIPv4 &&
                type != Type::kInetAddressIPv6) {
                return hex_text(octets);
            }
            OidView rest = octets;
            Oid used;
            return take_index(rest, {type, 0, false}, used);
        }
        case ValueKind::kNull:
        case ValueKind::kMissing:
        case ValueKind::kEnd:
            break;
    }
    return "";
}

std::optional<double> parse_date_and_time(std::string_view octets) {
    if (octets.size() != 8 && octets.size() != 11) return std::nullopt;
    const auto at = [&](std::size_t i) {
        return static_cast<int>(static_cast<unsigned char>(octets[i]));
    };
    using namespace std::chrono;
    // A month of 13 or a day of 0 counts on, as in mktime(3).
    const auto first = year_month{year{at(0) * 256 + at(1)}, month{1}} + months{at(2) - 1};
    const sys_days day = sys_days{first / std::chrono::day{1}} + days{at(3) - 1};
    seconds moment =
        day.time_since_epoch() + hours{at(4)} + minutes{at(5)} + std::chrono::seconds{at(6)};
    if (octets.size() == 11) {
        const char sign = octets[8];
        if ((sign != '+' && sign != '-') || at(9) > 24 || at(10) > 59) return std::nullopt;
        const minutes zone = hours{at(9)} + minutes{at(10)};
        moment += sign == '+' ? -zone : zone;
    }
    return static_cast<double>(moment.count());
}

std::string take_index(OidView& rest, const IndexForm& form, Oid& used) {
    if (is_combined(form.type)) return take_combined(rest, form, used);
    const auto fixed = [&](std::size_t count) {
        Oid parts = take(rest, count);
        used.insert(used.end(), parts.begin(), parts.end());
        return parts;
    };
    if (form.type == Type::kPhysAddress48) return mac_text(fixed(6));
    if (form.type == Type::kInetAddressIPv4) return oid_text(fixed(4));
    if (form.type == Type::kInetAddressIPv6) return ipv6_text(fixed(16));
    if (form.type == Type::kOctetString) return hex_text(take_string(rest, form, used));
    if (form.type == Type::kDisplayString) return display_text(take_string(rest, form, used));
    return std::to_string(fixed(1)[0]);
}

}  // namespace tocsin::collector::snmp
