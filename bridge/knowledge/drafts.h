// What the bridge writes by itself: suggested problems and reviews, and articles made of how an
// incident was resolved. Pure; the results are given to make_record().
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/knowledge/moves.h"

namespace tocsin::bridge {

// Of whose timeline an entry is: kinds of the same name say different things there.
enum class Whose { kIncident, kRecord };

// The words of what is stored for people to edit (bridge/notify/draft_words.h).
struct DraftWords {
    std::function<std::string(const Incident&)> title;
    std::function<std::string(std::string_view title)> review;  // the title of a review of it
    // "2026-11-22 21:22:41 UTC  li.na: looking"
    std::function<std::string(const TimelineEntry&, Whose)> line;
    std::function<std::string(std::string_view)> cause_code;
    std::string symptom;  // an article's headings
    std::string cause;
    std::string solution;
    std::string proof;
};

// Of a key that opened `times` within `within`; `incident` is the latest of them.
RecordDecision suggest_problem(const std::string& key, const Incident& incident, int times,
                               Duration within, const DraftWords& words, Timestamp now);

// Of a major incident that was resolved. The timeline is the oldest first.
RecordDecision suggest_review(const std::string& key, const Incident& incident,
                              const std::vector<TimelineEntry>& timeline,
                              const KnowledgeSettings& settings, const DraftWords& words,
                              Timestamp now);

// What a review begins with: a line an entry.
std::string draft_of(const std::vector<TimelineEntry>& timeline, Whose whose,
                     const DraftWords& words);

// Fills what `fields` leaves open of an article that keeps an incident's resolution: its title, its
// text from symptom, cause, solution and proof, its matchers. Why not, when nobody has said how it
// was solved and no text is given.
Result<std::optional<Reason>> keep_resolution(const Incident& incident, RecordFields& fields,
                                              const DraftWords& words);

// Of an opening, in the incident's own timeline: which problem it belongs to.
TimelineEntry tell_of_problem(const Record& problem, Timestamp now);

}  // namespace tocsin::bridge
