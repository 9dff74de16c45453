#include "bridge/api/access.h"

#include "base/core/strings.h"

namespace tocsin::bridge {

bool allows(Role role, Access access) {
    switch (access) {
        case Access::kPublic:
            return true;
        case Access::kAlerts:
            return role == Role::kAgent || role == Role::kResponder || role == Role::kAdmin;
        case Access::kView:
            return role != Role::kAgent;
        case Access::kRespond:
            return role == Role::kResponder || role == Role::kAdmin;
        case Access::kAdmin:
            return role == Role::kAdmin;
    }
    return false;
}

std::optional<Caller> AccessControl::identify(const net::Request& request) const {
    const std::string_view header = trim(request.headers.get("Authorization"));
    if (header.empty()) {
        if (loopback_ == LoopbackWithoutToken::kAdmit && request.remote_is_loopback) {
            return Caller{"", Role::kAdmin};
        }
        return std::nullopt;
    }
    constexpr std::string_view kScheme = "Bearer ";
    if (header.size() <= kScheme.size() || !iequals(header.substr(0, kScheme.size()), kScheme)) {
        return std::nullopt;
    }
    const std::string_view presented = trim(header.substr(kScheme.size()));
    // Every token is compared, in constant time each, so that timing says nothing of which.
    const Token* found = nullptr;
    for (const Token& token : tokens_) {
        if (token.secret.equals(presented) && !token.secret.empty()) found = &token;
    }
    if (found == nullptr) return std::nullopt;
    return Caller{found->name, found->role};
}

}  // namespace tocsin::bridge
