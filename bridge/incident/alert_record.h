// One alert identity as the bridge knows it: a row of the store's alerts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/id.h"
#include "base/core/time.h"
#include "base/model/alert.h"
#include "base/model/labels.h"
#include "bridge/incident/state.h"
#include "bridge/incident/suppressor.h"

namespace tocsin::bridge {

using IncidentId = Id<struct IncidentTag>;

// One severity that fires. An alert of our agents has one at a time; a foreign sender may have a
// warning and a critical of the same alert firing side by side.
struct FiringLevel {
    std::string fingerprint;  // of the labels with this severity, as Alertmanager names it
    Timestamp starts_at;
    std::optional<Timestamp> ends_at;  // without news until then: unknown. None: never
    bool operator==(const FiringLevel&) const = default;
};

struct AlertRecord {
    std::string identity;     // without the severity; unique in the store (see fold.h)
    std::string fingerprint;  // of `labels`: 16 hex digits, as `GET /api/v2/alerts` shows
    Labels labels;            // with the worst severity that fires, or the last one that did
    Annotations annotations;
    std::string severity;  // the worst of `levels`; the last one after it cleared
    AlertStatus status = AlertStatus::kFiring;
    std::map<std::string, FiringLevel> levels;  // by severity; empty when resolved
    Timestamp starts_at;                        // of this episode
    // Resolved: when it cleared. Unknown: since when. Firing: the latest of the levels'.
    std::optional<Timestamp> ends_at;
    Timestamp last_seen;    // received at, this bridge's clock
    std::uint64_t seq = 0;  // the agent's; 0 for foreign senders
    std::string source;     // who sent it: the token's name, or kSourceBridge
    std::string host;       // the label `host`; "" for none
    std::string generator_url;
    // The latest it belongs to; none before its first, and while it is held back outside of one.
    IncidentId incident;
    std::optional<Suppressor> suppressor;  // what holds it back, whatever its status

    [[nodiscard]] bool from_agent() const { return seq != 0; }
    bool operator==(const AlertRecord&) const = default;
};

// The link in an annotation, else in a label of that name; "" without one. What begins with a slash
// is a page of the bridge's own (the shipped pack's runbooks), whose address is `base`.
inline std::string link_in(const AlertRecord& alert, std::string_view name, std::string_view base) {
    const auto found = alert.annotations.find(name);
    const std::string link(found == alert.annotations.end() ? alert.labels.get(name)
                                                            : std::string_view(found->second));
    const bool own = link.starts_with('/') && !link.starts_with("//");
    return own ? std::string(base) + link : link;
}

// The source of alerts that the bridge raises itself (HostUnreachable); they never expire.
inline constexpr std::string_view kSourceBridge = "bridge";

}  // namespace tocsin::bridge
