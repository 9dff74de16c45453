// What the bridge writes by itself: suggested problems and reviews, and articles made of how an
// incident was resolved. Pure; the results are given to make_record().
#pragma once

#include <string>
#include <vector>

#include "bridge/knowledge/moves.h"

namespace tocsin::bridge {

// Of a key that opened `times` within `within`; `incident` is the latest of them.
RecordDecision suggest_problem(const std::string& key, const Incident& incident, int times,
                               Duration within, Timestamp now);

// Of a major incident that was resolved. The timeline is the oldest first.
RecordDecision suggest_review(const std::string& key, const Incident& incident,
                              const std::vector<TimelineEntry>& timeline,
                              const KnowledgeSettings& settings, Timestamp now);

// What a review begins with: a line an entry, "2026-11-22 21:22:41 UTC  li.na: looking".
std::string draft_of(const std::vector<TimelineEntry>& timeline);

// Fills what `fields` leaves open of an article that keeps an incident's resolution: its title, its
// text from symptom, cause, solution and proof, its matchers. Why not, when nobody has said how it
// was solved and no text is given.
Result<std::optional<Reason>> keep_resolution(const Incident& incident, RecordFields& fields);

// Of an opening, in the incident's own timeline: which problem it belongs to.
TimelineEntry tell_of_problem(const Record& problem, Timestamp now);

}  // namespace tocsin::bridge
