// What SNMP agents say: object identifiers, values, and their text. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::collector::snmp {

using Oid = std::vector<std::uint32_t>;
using OidView = std::span<const std::uint32_t>;

// "1.3.6.1.2.1" or ".1.3.6.1.2.1"; nothing else, and at most 128 parts (RFC 2578, 3.5).
std::optional<Oid> parse_oid(std::string_view text);
std::string oid_text(OidView oid);
bool starts_with(OidView oid, OidView prefix);
bool less(OidView a, OidView b);

enum class ValueKind {
    kNull,
    kInteger,   // Integer32: `integer`
    kUnsigned,  // Counter32, Gauge32, TimeTicks, Counter64: `number`
    kReal,      // the opaque floats of UCD: `real`
    kOctets,    // OCTET STRING and what is like it: `octets`
    kAddress,   // IpAddress: `octets`, four of them
    kOid,       // `oid`
    kMissing,   // noSuchObject, noSuchInstance
    kEnd,       // endOfMibView
};

struct Value {
    ValueKind kind = ValueKind::kNull;
    std::int64_t integer = 0;
    std::uint64_t number = 0;
    double real = 0;
    std::string octets;
    Oid oid;
    bool operator==(const Value&) const = default;
};

struct VarBind {
    Oid oid;
    Value value;
    bool operator==(const VarBind&) const = default;
};

// As a sample: 0 for what is no number. Counters beyond 2^53 wrap there, as snmp_exporter's do by
// default: a double holds every whole number below, so rate() loses nothing.
double number_of(const Value& value);
// As a state, a subtype or an index; 0 for what is no whole number.
std::int64_t whole_of(const Value& value);

// Types of objects and of indexes, by snmp_exporter's names.
enum class Type {
    kGauge,
    kCounter,
    kFloat,
    kDouble,
    kDateAndTime,
    kEnumAsInfo,
    kEnumAsStateSet,
    kBits,
    kInteger,
    kOctetString,
    kDisplayString,
    kPhysAddress48,
    kInetAddressIPv4,
    kInetAddressIPv6,
    kInetAddress,             // what it is stands in the object or index part before it
    kInetAddressMissingSize,  // likewise, without its length
    kLldpPortId,
};
std::optional<Type> parse_type(std::string_view name);
// The names, for messages.
std::span<const std::string_view> type_names();

// The type that a combined one (the last three) has where the object before it says `subtype`;
// nothing for other types and for subtypes that only bytes can show.
std::optional<Type> combined_type(Type type, std::int64_t subtype);
bool is_combined(Type type);
bool is_number(Type type);
bool is_text(Type type);  // neither a number nor an enumeration

// How a value is written in a label: bytes as "0x…" or as what `type` says they are.
std::string text_of(const Value& value, Type type);

// RFC 2579's DateAndTime of 8 or 11 octets as seconds since 1970; a missing zone is UTC.
std::optional<double> parse_date_and_time(std::string_view octets);

// Takes one index off `rest` (the end of an instance's OID) and gives its text; what is missing
// counts as zeros, since some agents leave out trailing ones. `used` is what it was made of, for
// lookups. `fixed_size` 0: its length stands first, unless `implied`.
struct IndexForm {
    Type type = Type::kInteger;
    std::uint32_t fixed_size = 0;
    bool implied = false;
};
std::string take_index(OidView& rest, const IndexForm& form, Oid& used);

}  // namespace tocsin::collector::snmp
