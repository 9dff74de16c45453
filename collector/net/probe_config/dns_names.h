// What DNS calls its types of records, classes and codes of answers: IANA, "Domain Name System
// (DNS) Parameters".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tocsin::collector::probe {

struct DnsName {
    std::string_view name;
    std::uint16_t number;
};

// Of records; what only asks something else of a server (transfers, keys of a transaction) is none.
inline constexpr std::array kDnsTypes = std::to_array<DnsName>({
    {"A", 1},           {"NS", 2},          {"MD", 3},         {"MF", 4},      {"CNAME", 5},
    {"SOA", 6},         {"MB", 7},          {"MG", 8},         {"MR", 9},      {"NULL", 10},
    {"WKS", 11},        {"PTR", 12},        {"HINFO", 13},     {"MINFO", 14},  {"MX", 15},
    {"TXT", 16},        {"RP", 17},         {"AFSDB", 18},     {"X25", 19},    {"ISDN", 20},
    {"RT", 21},         {"NSAP", 22},       {"NSAP-PTR", 23},  {"SIG", 24},    {"KEY", 25},
    {"PX", 26},         {"GPOS", 27},       {"AAAA", 28},      {"LOC", 29},    {"NXT", 30},
    {"SRV", 33},        {"NAPTR", 35},      {"KX", 36},        {"CERT", 37},   {"DNAME", 39},
    {"OPT", 41},        {"APL", 42},        {"DS", 43},        {"SSHFP", 44},  {"IPSECKEY", 45},
    {"RRSIG", 46},      {"NSEC", 47},       {"DNSKEY", 48},    {"DHCID", 49},  {"NSEC3", 50},
    {"NSEC3PARAM", 51}, {"TLSA", 52},       {"SMIMEA", 53},    {"HIP", 55},    {"CDS", 59},
    {"CDNSKEY", 60},    {"OPENPGPKEY", 61}, {"CSYNC", 62},     {"ZONEMD", 63}, {"SVCB", 64},
    {"HTTPS", 65},      {"SPF", 99},        {"NID", 104},      {"L32", 105},   {"L64", 106},
    {"LP", 107},        {"EUI48", 108},     {"EUI64", 109},    {"ANY", 255},   {"URI", 256},
    {"CAA", 257},       {"AVC", 258},       {"AMTRELAY", 260},
});

inline constexpr std::array kDnsClasses = std::to_array<DnsName>({{"IN", 1}, {"CH", 3}, {"HS", 4}});

// From 16 on in an OPT record (RFC 6891, 6.1.3).
inline constexpr std::array kDnsCodes = std::to_array<DnsName>({
    {"NOERROR", 0},    {"FORMERR", 1},    {"SERVFAIL", 2}, {"NXDOMAIN", 3}, {"NOTIMP", 4},
    {"REFUSED", 5},    {"YXDOMAIN", 6},   {"YXRRSET", 7},  {"NXRRSET", 8},  {"NOTAUTH", 9},
    {"NOTZONE", 10},   {"DSOTYPENI", 11}, {"BADVERS", 16}, {"BADSIG", 16},  {"BADKEY", 17},
    {"BADTIME", 18},   {"BADMODE", 19},   {"BADNAME", 20}, {"BADALG", 21},  {"BADTRUNC", 22},
    {"BADCOOKIE", 23},
});

inline std::optional<std::uint16_t> dns_number(std::span<const DnsName> names,
                                               std::string_view name) {
    for (const DnsName& row : names) {
        if (row.name == name) return row.number;
    }
    return std::nullopt;
}

// Its name; without one `prefix` and the number, as RFC 3597 has it.
inline std::string dns_name(std::span<const DnsName> names, std::uint16_t number,
                            std::string_view prefix) {
    for (const DnsName& row : names) {
        if (row.number == number) return std::string(row.name);
    }
    return std::string(prefix) + std::to_string(number);
}

}  // namespace tocsin::collector::probe
