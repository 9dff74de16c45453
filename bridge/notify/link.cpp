#include "bridge/notify/link.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/core/digest.h"
#include "base/core/strings.h"
#include "base/net/http.h"

namespace tocsin::bridge {
namespace {

constexpr std::array kOfOwners = {ActionKind::kAcknowledge, ActionKind::kResolve};
constexpr std::array kOfReporters = {ActionKind::kConfirm, ActionKind::kReopen};
constexpr std::string_view kNobody = "~";
constexpr std::size_t kSignatureBytes = 16;  // half of HMAC-SHA256 (RFC 2104, 5), in a short link

std::int64_t seconds(Timestamp at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

// Everything before the signature; encoded, so that no part can hold another's slash.
std::string unsigned_path(const Link& link) {
    const std::string person =
        link.person.empty() ? std::string(kNobody) : net::percent_encode(link.person);
    return "/l/" + net::percent_encode(link.incident) + "/" + std::string(to_string(link.action)) +
           "/" + std::to_string(seconds(link.expires)) + "/" + person;
}

std::string signature(const Secret& key, std::string_view path) {
    const std::string whole = hmac_sha256(key.reveal(), "tocsin link 1\n" + std::string(path));
    return hex(whole.substr(0, kSignatureBytes));
}

}  // namespace

bool is_linkable(ActionKind action) {
    return std::find(kOfOwners.begin(), kOfOwners.end(), action) != kOfOwners.end() ||
           is_of_reporters(action);
}

bool is_of_reporters(ActionKind action) {
    return std::find(kOfReporters.begin(), kOfReporters.end(), action) != kOfReporters.end();
}

std::string link_path(const Secret& key, const Link& link) {
    const std::string path = unsigned_path(link);
    return path + "/" + signature(key, path);
}

Result<Link> read_link(const Secret& key, const LinkParts& parts, Timestamp now) {
    const Error wrong(ErrorCode::kInvalid, "this link is not one of this bridge's");
    const auto action = parse_action_kind(parts.action);
    const auto expires = parse_int(parts.expires);
    if (key.empty() || !action || !is_linkable(*action) || !expires || *expires < 0 ||
        *expires > 9'999'999'999) {
        return wrong;
    }
    Link link;
    link.incident = std::string(parts.incident);
    link.action = *action;
    link.person = parts.person == kNobody ? std::string() : std::string(parts.person);
    link.expires = from_unix_ms(*expires * 1000);
    const Secret expected(signature(key, unsigned_path(link)));
    if (!expected.equals(parts.signature)) return wrong;
    if (now >= link.expires) return Error(ErrorCode::kTimeout, "this link has expired");
    return link;
}

std::string calendar_key(const Secret& key, std::string_view rotation, std::string_view person) {
    const std::string of = net::percent_encode(rotation) + "\n" + net::percent_encode(person);
    return hex(hmac_sha256(key.reveal(), "tocsin calendar 1\n" + of).substr(0, kSignatureBytes));
}

bool is_calendar_key(const Secret& key, std::string_view rotation, std::string_view person,
                     std::string_view presented) {
    return !key.empty() && Secret(calendar_key(key, rotation, person)).equals(presented);
}

std::vector<ActionLink> links_of(const Incident& incident, MessageKind kind,
                                 std::string_view person, const Secret& key, std::string_view base,
                                 Timestamp expires) {
    std::vector<ActionLink> out;
    if (key.empty() || incident.key.empty()) return out;
    const std::vector<ActionKind> possible = possible_actions(incident);
    for (const ActionKind action : kind == MessageKind::kAskConfirm ? kOfReporters : kOfOwners) {
        if (std::find(possible.begin(), possible.end(), action) == possible.end()) continue;
        const Link link{incident.key, action, std::string(person), expires};
        out.push_back({action, std::string(base) + link_path(key, link)});
    }
    return out;
}

}  // namespace tocsin::bridge
