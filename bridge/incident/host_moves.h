// What people say of a host: it is gone for good, or it has another name (semantics 2). Pure.
#pragma once

#include <string>
#include <string_view>

#include "bridge/incident/alert_record.h"
#include "bridge/incident/event.h"
#include "bridge/incident/liveness.h"

namespace tocsin::bridge {

class Draft;
struct Decision;

// Why an alert of a host ended that nobody watches any more: "retired", "renamed".
inline constexpr std::string_view kRetired = "retired";
inline constexpr std::string_view kRenamed = "renamed";

// The alert ends now, whatever it was.
AlertResolved ended_with_host(AlertRecord alert, std::string_view reason, Timestamp now);
// The same alert as the host's agent will tell of it under the new name: identity, label and
// fingerprint. Its identity is the host's name and the rest only for our agents' alerts.
AlertRecord renamed(AlertRecord alert, std::string_view to);
// The row under the new name; `there` is the row that has it already, null for none.
HostRecord renamed(HostRecord host, const HostRecord* there, std::string_view to);

// Of an incident with alerts of that host: they, and its dedup key, bear the new name. Internal.
Decision on_host_renamed(Draft& d, const HostRenamed& event);

}  // namespace tocsin::bridge
