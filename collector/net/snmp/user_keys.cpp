#include "collector/net/snmp/user_keys.h"

#include <cstring>
#include <string_view>

#include "base/core/digest.h"
#include "base/net/file.h"
#include "collector/net/snmp/protocols.h"
#include "collector/net/snmp/shared.h"

namespace tocsin::collector::snmp {
namespace {

// Ku goes into the session's own arrays; the library makes what the engine's ID makes of it.
Result<void> set_key(std::string_view auth_protocol, const Secret& password, std::string_view file,
                     u_char* into, std::size_t& size) {
    const auto key = Shared::instance().key_of(auth_protocol, password);
    if (!key) return key.error().in("the password in " + std::string(file));
    std::memcpy(into, key.value().data(), key.value().size());
    size = key.value().size();
    return success();
}

}  // namespace

SecretMarks marks_of(const SnmpCredential& credential) {
    return {mark_of(credential.community_file), mark_of(credential.auth_password_file),
            mark_of(credential.priv_password_file)};
}

std::string fingerprint_of(const SnmpCredential& who, const Secrets& secrets) {
    std::string all = std::to_string(static_cast<int>(who.level));
    for (const std::string_view part :
         {std::string_view(who.auth_protocol), std::string_view(secrets.auth.reveal()),
          std::string_view(who.priv_protocol), std::string_view(secrets.priv.reveal())}) {
        all += '\0';
        all += part;
    }
    return sha256(all);
}

Result<Secrets> read_secrets(const SnmpCredential& credential) {
    Secrets secrets{Secret(credential.community), {}, {}};
    const auto read = [](const std::string& path, Secret& into) -> Result<void> {
        if (path.empty()) return success();
        TOCSIN_TRY(into, net::read_secret(path));
        return success();
    };
    TOCSIN_TRY(read(credential.community_file, secrets.community));
    TOCSIN_TRY(read(credential.auth_password_file, secrets.auth));
    TOCSIN_TRY(read(credential.priv_password_file, secrets.priv));
    return secrets;
}

Result<void> set_user(const SnmpCredential& who, const Secrets& secrets, netsnmp_session& session) {
    constexpr std::array kLevels{SNMP_SEC_LEVEL_NOAUTH, SNMP_SEC_LEVEL_AUTHNOPRIV,
                                 SNMP_SEC_LEVEL_AUTHPRIV};
    session.securityLevel = kLevels[static_cast<std::size_t>(who.level)];
    if (who.level == SnmpLevel::kNoAuthNoPriv) return success();
    const ObjectId auth = auth_protocol_oid(who.auth_protocol);
    if (auth.parts == nullptr) {
        return Error(ErrorCode::kInvalid, "this library has no " + who.auth_protocol);
    }
    session.securityAuthProto = auth.parts;
    session.securityAuthProtoLen = auth.size;
    TOCSIN_TRY(set_key(who.auth_protocol, secrets.auth, who.auth_password_file,
                       session.securityAuthKey, session.securityAuthKeyLen));
    if (who.level == SnmpLevel::kAuthNoPriv) return success();
    const ObjectId priv = priv_protocol_oid(who.priv_protocol);
    if (priv.parts == nullptr) {
        return Error(ErrorCode::kInvalid, "this library has no " + who.priv_protocol);
    }
    session.securityPrivProto = priv.parts;
    session.securityPrivProtoLen = priv.size;
    return set_key(who.auth_protocol, secrets.priv, who.priv_password_file, session.securityPrivKey,
                   session.securityPrivKeyLen);
}

}  // namespace tocsin::collector::snmp
