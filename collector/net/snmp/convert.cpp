#include "collector/net/snmp/convert.h"

#include <algorithm>
#include <string>

namespace tocsin::collector::snmp {
namespace {

// The library's parts are longer than those that SNMP has.
Oid oid_of(const oid* parts, std::size_t size) {
    Oid out;
    out.reserve(size);
    for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint32_t>(parts[i]));
    return out;
}

std::uint64_t joined(const counter64& value) {
    return static_cast<std::uint64_t>(value.high & 0xFFFFFFFFUL) << 32U |
           (value.low & 0xFFFFFFFFUL);
}

std::string octets_of(const netsnmp_variable_list& variable) {
    return {reinterpret_cast<const char*>(variable.val.string), variable.val_len};
}

Value unsigned_value(std::uint64_t number) {
    Value value;
    value.kind = ValueKind::kUnsigned;
    value.number = number;
    return value;
}

Value value_of(const netsnmp_variable_list& variable) {
    Value value;
    switch (variable.type) {
        case SNMP_NOSUCHOBJECT:
        case SNMP_NOSUCHINSTANCE:
            value.kind = ValueKind::kMissing;
            return value;
        case SNMP_ENDOFMIBVIEW:
            value.kind = ValueKind::kEnd;
            return value;
        default:
            break;
    }
    if (variable.val.string == nullptr) return value;
    switch (variable.type) {
        case ASN_INTEGER:
            value.kind = ValueKind::kInteger;
            value.integer = *variable.val.integer;
            break;
        case ASN_COUNTER:
        case ASN_GAUGE:
        case ASN_TIMETICKS:
        case ASN_UINTEGER:
            return unsigned_value(static_cast<std::uint64_t>(*variable.val.integer) & 0xFFFFFFFFU);
        case ASN_COUNTER64:
        case ASN_OPAQUE_COUNTER64:
        case ASN_OPAQUE_U64:
            return unsigned_value(joined(*variable.val.counter64));
        case ASN_OPAQUE_I64:
            value.kind = ValueKind::kInteger;
            value.integer = static_cast<std::int64_t>(joined(*variable.val.counter64));
            break;
        case ASN_OPAQUE_FLOAT:
            value.kind = ValueKind::kReal;
            value.real = static_cast<double>(*variable.val.floatVal);
            break;
        case ASN_OPAQUE_DOUBLE:
            value.kind = ValueKind::kReal;
            value.real = *variable.val.doubleVal;
            break;
        case ASN_OBJECT_ID:
            value.kind = ValueKind::kOid;
            value.oid = oid_of(variable.val.objid, variable.val_len / sizeof(oid));
            break;
        case ASN_IPADDRESS:
            value.kind = ValueKind::kAddress;
            value.octets = octets_of(variable);
            break;
        case ASN_OCTET_STR:
        case ASN_BIT_STR:
        case ASN_OPAQUE:
        case ASN_NSAP:
            value.kind = ValueKind::kOctets;
            value.octets = octets_of(variable);
            break;
        default:
            break;  // null, and what no standard has
    }
    return value;
}

constexpr std::string_view kLevelNames[] = {"noAuthNoPriv", "authNoPriv", "authPriv"};

}  // namespace

netsnmp_pdu* make_pdu(const Request& request) {
    netsnmp_pdu* pdu =
        snmp_pdu_create(request.operation == Operation::kGet ? SNMP_MSG_GET : SNMP_MSG_GETBULK);
    if (request.operation == Operation::kGetBulk) {
        pdu->non_repeaters = 0;
        pdu->max_repetitions = request.repetitions;
    }
    for (const Oid& wanted : request.oids) {
        const std::vector<oid> parts(wanted.begin(), wanted.end());
        snmp_add_null_var(pdu, parts.data(), parts.size());
    }
    return pdu;
}

VarBind varbind_of(const netsnmp_variable_list& variable) {
    return {oid_of(variable.name, variable.name_length), value_of(variable)};
}

Response response_of(const netsnmp_pdu& pdu) {
    Response response;
    response.error_status = static_cast<int>(pdu.errstat);
    response.error_index = static_cast<int>(pdu.errindex);
    for (const netsnmp_variable_list* variable = pdu.variables; variable != nullptr;
         variable = variable->next_variable) {
        response.varbinds.push_back(varbind_of(*variable));
    }
    return response;
}

Error report_error(const netsnmp_pdu& pdu, const Silence& silence) {
    // usmStats, 1.3.6.1.6.3.15.1.1: which of its counters is the report.
    static const Oid kUsmStats{1, 3, 6, 1, 6, 3, 15, 1, 1};
    const Oid said = pdu.variables == nullptr ? Oid{} : varbind_of(*pdu.variables).oid;
    const std::string user = "\"" + silence.who.user + "\"";
    const auto refused = [](std::string text) {
        return Error(ErrorCode::kUnauthorized, std::move(text), Retry::kYes);
    };
    if (!starts_with(said, kUsmStats) || said.size() <= kUsmStats.size()) {
        return refused("refuses with the report " + oid_text(said));
    }
    switch (said[kUsmStats.size()]) {
        case 1:
            return refused("does not let the user " + user + " ask with " +
                           std::string(kLevelNames[static_cast<int>(silence.who.level)]));
        case 2:
            return refused(
                "says that our idea of its clock is wrong; it may share its engine ID "
                "with another device");
        case 3:
            return refused("knows no user " + user);
        case 4:
            return refused("has another engine ID than it had");
        case 5:
            return refused("takes the authentication of " + user + " for wrong: check " +
                           silence.who.auth_protocol + " and the password in " +
                           silence.who.auth_password_file);
        case 6:
            return refused("cannot decrypt what " + user + " asks: check " +
                           silence.who.priv_protocol + " and the password in " +
                           silence.who.priv_password_file);
        default:
            return refused("refuses with the report " + oid_text(said));
    }
}

Error silence_error(const Silence& silence, bool answered) {
    const std::string tries = std::to_string(silence.tries) +
                              (silence.tries == 1 ? " request" : " requests") + " within " +
                              format_duration(silence.wait * silence.tries);
    if (answered) return Error(ErrorCode::kTimeout, "stopped answering: nothing to " + tries);
    if (silence.who.version == SnmpVersion::k2c) {
        return Error(ErrorCode::kTimeout, "no answer to " + tries +
                                              "; is it up, may this host ask it, and is the "
                                              "community right?");
    }
    std::string why = "no answer to " + tries + " of the user \"" + silence.who.user +
                      "\", though it answers discovery";
    if (silence.who.level == SnmpLevel::kAuthPriv) {
        why += "; check " + silence.who.priv_protocol + " and the password in " +
               silence.who.priv_password_file;
    }
    return Error(ErrorCode::kTimeout, std::move(why));
}

}  // namespace tocsin::collector::snmp
