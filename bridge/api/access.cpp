#include "bridge/api/access.h"

#include "base/core/strings.h"
#include "base/net/local_caller.h"

namespace tocsin::bridge {

bool allows(Role role, Access access) {
    switch (access) {
        case Access::kPublic:
            return true;
        case Access::kAlerts:
            return role == Role::kAgent || role == Role::kResponder || role == Role::kAdmin;
        case Access::kView:
            return role != Role::kAgent && role != Role::kReporter;
        case Access::kViewOwn:
            return role != Role::kAgent;
        case Access::kRespond:
            return role == Role::kResponder || role == Role::kAdmin;
        case Access::kAdmin:
            return role == Role::kAdmin;
        case Access::kReport:
            return role == Role::kReporter || role == Role::kResponder || role == Role::kAdmin;
    }
    return false;
}

const Secret* AccessControl::pin_of(std::string_view person) const {
    const auto found = pins_.find(person);
    return found == pins_.end() ? nullptr : &found->second;
}

Result<Caller> AccessControl::identify(const net::Request& request) const {
    const std::string_view header = trim(request.headers.get("Authorization"));
    constexpr std::string_view kSend = "send a bearer token: \"Authorization: Bearer …\"";
    if (header.empty()) {
        std::string message(kSend);
        if (loopback_ == LoopbackWithoutToken::kAdmit) {
            const std::string against = net::why_not_local(request, names_);
            if (against.empty()) return Caller{"", Role::kAdmin};
            message +=
                "; without one only this machine's own callers are let in, who ask for "
                "localhost, a loopback address or the host of listen or url: " +
                against;
        }
        return Error(ErrorCode::kUnauthorized, message);
    }
    constexpr std::string_view kScheme = "Bearer ";
    if (header.size() <= kScheme.size() || !iequals(header.substr(0, kScheme.size()), kScheme)) {
        return Error(ErrorCode::kUnauthorized, std::string(kSend));
    }
    const std::string_view presented = trim(header.substr(kScheme.size()));
    // Every token is compared, in constant time each, so that timing says nothing of which.
    const Token* found = nullptr;
    for (const Token& token : tokens_) {
        if (token.secret.equals(presented) && !token.secret.empty()) found = &token;
    }
    if (found == nullptr) return Error(ErrorCode::kUnauthorized, "this token is not known here");
    return Caller{found->name, found->role};
}

}  // namespace tocsin::bridge
