// A user of version 3 in the library's terms.
#pragma once

#include <array>
#include <string>

#include "base/core/result.h"
#include "base/core/secret.h"
#include "collector/net/snmp/config/config.h"
#include "collector/net/snmp/files/file_mark.h"
#include "collector/net/snmp/library.h"

namespace tocsin::collector::snmp {

// What is in the credential's files.
struct Secrets {
    Secret community;
    Secret auth;
    Secret priv;
};

// Reads the files that the credential names; the community itself where there is none.
Result<Secrets> read_secrets(const SnmpCredential& credential);

// As the credential's files are.
using SecretMarks = std::array<FileMark, 3>;
SecretMarks marks_of(const SnmpCredential& credential);

// Stands for level, protocols and passwords, and does not tell them.
std::string fingerprint_of(const SnmpCredential& who, const Secrets& secrets);

// Level, protocols and keys (Ku, from which the library makes those of the engine). What it puts
// into the session lives as long as the library, or in the session.
Result<void> set_user(const SnmpCredential& who, const Secrets& secrets, netsnmp_session& session);

}  // namespace tocsin::collector::snmp
