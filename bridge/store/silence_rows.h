// Rows of silences, inhibitors and alerts that are held back. For the .cpp files of this folder.
#pragma once

#include <string>
#include <vector>

#include "bridge/store/rows.h"
#include "bridge/store/session.h"

namespace tocsin::bridge {

std::vector<Silence> select_silences(Session& session, const std::string& tail,
                                     const sql::Parameters& parameters);
std::vector<InhibitSource> select_inhibitors(Session& session, const std::string& tail,
                                             const sql::Parameters& parameters);
// Held back outside of any incident, and not cleared.
std::vector<AlertRecord> load_held_alerts(Session& session);
void write_suppression(Session& session, const Changes& changes);

}  // namespace tocsin::bridge
