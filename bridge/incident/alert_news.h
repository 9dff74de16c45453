// What the handlers of alerts share. Internal to this module.
#pragma once

#include <map>
#include <string>

#include "bridge/incident/draft.h"

namespace tocsin::bridge {

// The incident has this record of the alert from now on.
void put(Incident& incident, const AlertRecord& alert);
// "disk on web-17".
std::string name_of(const AlertRecord& alert);
// For a line's data: identity, fingerprint, alertname, host, severity.
std::map<std::string, std::string> facts_of(const AlertRecord& alert);
// The incident's level against what it was, said in one line. True when it rose.
bool say_level(Draft& d);

enum class News { kJoins, kFiresAgain, kBack, kGoesOn };
// In an incident that is open; the record is put already.
Decision fires_open(Draft& d, News news);

}  // namespace tocsin::bridge
