#include "collector/net/snmp/protocols.h"

#include <array>

namespace tocsin::collector::snmp {
namespace {

struct Row {
    std::string_view name;
    oid* parts;
    std::size_t size;
};

template <std::size_t N>
constexpr Row row(std::string_view name, oid (&parts)[N]) {
    return {name, parts, N};
}

const std::array kAuth{
#ifndef NETSNMP_DISABLE_MD5
    row("MD5", usmHMACMD5AuthProtocol),
#endif
    row("SHA", usmHMACSHA1AuthProtocol),          row("SHA-224", usmHMAC128SHA224AuthProtocol),
    row("SHA-256", usmHMAC192SHA256AuthProtocol), row("SHA-384", usmHMAC256SHA384AuthProtocol),
    row("SHA-512", usmHMAC384SHA512AuthProtocol),
};

const std::array kPriv{
#ifndef NETSNMP_DISABLE_DES
    row("DES", usmDESPrivProtocol),
#endif
    row("AES", usmAESPrivProtocol),
#ifdef NETSNMP_DRAFT_BLUMENTHAL_AES_04
    row("AES-192", usmAES192PrivProtocol),
    row("AES-256", usmAES256PrivProtocol),
    row("AES-192-C", usmAES192CiscoPrivProtocol),
    row("AES-256-C", usmAES256CiscoPrivProtocol),
#endif
};

template <class Rows>
ObjectId find(const Rows& rows, std::string_view name) {
    for (const Row& candidate : rows) {
        if (candidate.name == name) return {candidate.parts, candidate.size};
    }
    return {};
}

}  // namespace

ObjectId auth_protocol_oid(std::string_view name) {
    return find(kAuth, name);
}

ObjectId priv_protocol_oid(std::string_view name) {
    return find(kPriv, name);
}

}  // namespace tocsin::collector::snmp
