#include "collector/net/snmp/trap_refusal.h"

#include <array>

#include "base/core/strings.h"
#include "collector/net/snmp/library.h"

namespace tocsin::collector::snmp {
namespace {

constexpr std::array<std::string_view, kTrapRefusals> kWords{
    "malformed", "version", "community", "user", "key", "level", "time", "engine", "no_trap"};

std::string key_problem(const std::string& user, std::string_view what, const std::string& protocol,
                        const std::string& file) {
    std::string text = "the user " + user;
    return text.append(what) + ": check " + protocol + " and the password in " + file;
}

}  // namespace

std::string_view refusal_word(TrapRefusal refusal) {
    return kWords[static_cast<std::size_t>(refusal)];
}

std::optional<Refused> refusal_of(int result, Authority authority, const std::string& user,
                                  const SnmpCredential* who) {
    const std::string name = quote(valid_utf8(user));
    switch (result) {
        case SNMPERR_SUCCESS:
            return Refused{TrapRefusal::kNoTrap, "it is an answer, and nobody asked"};
        case SNMPERR_USM_UNKNOWNENGINEID:
        case SNMPERR_JUST_A_CONTEXT_PROBE:
            return std::nullopt;
        case SNMPERR_USM_UNKNOWNSECURITYNAME:
            return Refused{TrapRefusal::kUser, "there is no user " + name};
        case SNMPERR_USM_UNSUPPORTEDSECURITYLEVEL:
            return Refused{TrapRefusal::kLevel,
                           "the user " + name + " sends with another level than is configured"};
        case SNMPERR_USM_NOTINTIMEWINDOW:
            // An inform's sender learns our clock from the answer, and sends again.
            if (authority == Authority::kReceiver) return std::nullopt;
            return Refused{TrapRefusal::kTime,
                           "it is older than what its engine sent before: a replay, or its clock "
                           "or count of starts was put back"};
        default:
            break;
    }
    if (result == SNMPERR_USM_AUTHENTICATIONFAILURE && who != nullptr) {
        return Refused{TrapRefusal::kKey, key_problem(name, " signs with another key",
                                                      who->auth_protocol, who->auth_password_file)};
    }
    // A wrong key makes other bytes of what was encrypted, and these do not read.
    if (who != nullptr && who->level == SnmpLevel::kAuthPriv) {
        return Refused{TrapRefusal::kKey,
                       key_problem(name, " sends what does not read once it is decrypted",
                                   who->priv_protocol, who->priv_password_file)};
    }
    return Refused{TrapRefusal::kMalformed, "what stands after its head does not read"};
}

}  // namespace tocsin::collector::snmp
