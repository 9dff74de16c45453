// A report by a person or another system, as the API's clients and a simulation's lines write it.
// Pure.
#pragma once

#include <string_view>

#include "bridge/incident/report.h"
#include "bridge/ingest/json_object.h"

namespace tocsin::bridge {

// {"symptom", "text", "reporter", "contact", "since" or "when", "service", "impact", "urgency",
// "category", "type", "labels", "actor"}; any other field is wrong. The contact is {"channel",
// "address"}, {"mail": "wu@example.com"} for short, or a text that is kept as it is: no channel,
// the text as the address. The caller, where they have a name, is who enters it, whatever "actor"
// says. What is wrong is said by `fields`.
Report read_report(JsonObject& fields, std::string_view caller);

}  // namespace tocsin::bridge
