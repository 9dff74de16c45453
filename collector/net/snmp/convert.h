// Between the library's messages and ours.
#pragma once

#include "base/core/result.h"
#include "base/core/time.h"
#include "collector/net/snmp/config/config.h"
#include "collector/net/snmp/library.h"
#include "collector/net/snmp/walk.h"

namespace tocsin::collector::snmp {

netsnmp_pdu* make_pdu(const Request& request);
Response response_of(const netsnmp_pdu& pdu);
VarBind varbind_of(const netsnmp_variable_list& variable);

// What a session tells when its device refuses or is silent.
struct Silence {
    SnmpCredential who;
    Duration wait{};
    int tries = 1;
};

// A report of the user-based security model (RFC 3414, 3.2): what is wrong with the credential.
Error report_error(const netsnmp_pdu& pdu, const Silence& silence);
// `answered`: it has answered this session before.
Error silence_error(const Silence& silence, bool answered);

}  // namespace tocsin::collector::snmp
