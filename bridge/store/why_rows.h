// What is asked when somebody asks why. For the .cpp files of this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/store/rows.h"
#include "bridge/store/session.h"

namespace tocsin::bridge {

// The latest row of each identity whose labels contain these, the last heard of first.
std::vector<AlertRecord> alerts_with(Session& session, const Labels& labels, int limit);
// The incident that holds this dedup key, with its alerts.
std::optional<Incident> holder_of(Session& session, const std::string& dedup_key);
std::optional<HostRow> host_named(Session& session, const std::string& name);

}  // namespace tocsin::bridge
