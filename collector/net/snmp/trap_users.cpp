#include "collector/net/snmp/trap_users.h"

#include <algorithm>
#include <utility>

#include "collector/net/snmp/library.h"

namespace tocsin::collector::snmp {

Result<std::unique_ptr<UserLease>> TrapUsers::make(const UserKey& key, const User& user,
                                                   std::string_view device) {
    TOCSIN_TRY(auto lease, Shared::instance().lease(key, user.fingerprint, device));
    netsnmp_session session{};
    snmp_sess_init(&session);
    // The library takes char* and copies all of it.
    std::string engine = key.engine;
    std::string name = key.name;
    session.version = SNMP_VERSION_3;
    session.securityModel = SNMP_SEC_MODEL_USM;
    session.securityName = name.data();
    session.securityNameLen = name.size();
    session.securityEngineID = reinterpret_cast<u_char*>(engine.data());
    session.securityEngineIDLen = engine.size();
    session.securityAuthProto = usmNoAuthProtocol;
    session.securityAuthProtoLen = std::size(usmNoAuthProtocol);
    session.securityPrivProto = usmNoPrivProtocol;
    session.securityPrivProtoLen = std::size(usmNoPrivProtocol);
    TOCSIN_TRY(set_user(user.who, user.secrets, session));
    if (usm_create_user_from_session(&session) != SNMPERR_SUCCESS) {
        return Error(ErrorCode::kInvalid, "the library makes no user of \"" + name + "\"");
    }
    return lease;
}

Result<TrapUsers> TrapUsers::create(const std::vector<SnmpCredential>& users,
                                    std::string_view device) {
    TrapUsers out;
    const std::string engine = Shared::instance().local_engine();
    for (const SnmpCredential& who : users) {
        User user{who, {}, {}, {}};
        TOCSIN_TRY(user.secrets, read_secrets(who));
        user.fingerprint = fingerprint_of(who, user.secrets);
        TOCSIN_TRY(user.own, make({engine, who.user}, user, device));
        out.users_.push_back(std::move(user));
    }
    return out;
}

const SnmpCredential* TrapUsers::find(std::string_view name) const {
    const auto at = std::find_if(users_.begin(), users_.end(),
                                 [&](const User& user) { return user.who.user == name; });
    return at == users_.end() ? nullptr : &at->who;
}

Result<void> TrapUsers::admit(const MessageHead& head, std::string_view ip) {
    const UserKey key{head.engine.id, head.user};
    if (const auto at = engines_.find(key); at != engines_.end()) {
        at->second.used = ++messages_;
        return success();
    }
    const auto user = std::find_if(users_.begin(), users_.end(), [&](const User& candidate) {
        return candidate.who.user == head.user;
    });
    TOCSIN_TRY(auto lease, make(key, *user, ip));
    if (engines_.size() >= kMostEngines) forget_oldest();
    engines_.emplace(key, Sender{std::move(lease), ++messages_, false});
    return success();
}

void TrapUsers::proven(const MessageHead& head) {
    const auto at = engines_.find({head.engine.id, head.user});
    if (at != engines_.end()) at->second.proven = true;
}

void TrapUsers::refuted(const MessageHead& head) {
    const auto at = engines_.find({head.engine.id, head.user});
    if (at != engines_.end() && !at->second.proven) engines_.erase(at);
}

void TrapUsers::forget_oldest() {
    const auto oldest = std::min_element(
        engines_.begin(), engines_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    engines_.erase(oldest);
}

}  // namespace tocsin::collector::snmp
