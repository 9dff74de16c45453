#include "bridge/knowledge/drafts.h"

#include <fmt/format.h>

#include "base/core/strings.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostDraft = 200 * 1024;

RecordMove by_system() {
    RecordMove move;
    move.actor = std::string(kSystem);
    return move;
}

std::string owner_of(const Incident& incident) {
    const auto& major = incident.facts.major;
    if (major && !major->commander.empty()) return major->commander;
    return incident.assignee.empty() ? incident.resolved_by_hand ? incident.resolved_by : ""
                                     : incident.assignee;
}

std::string one_line(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c == '\n' || c == '\r') c = ' ';
    }
    return out;
}

void section(std::string& to, std::string_view head, const std::string& text) {
    if (!text.empty()) to += fmt::format("## {}\n\n{}\n\n", head, text);
}

}  // namespace

RecordDecision suggest_problem(const std::string& key, const Incident& incident, int times,
                               Duration within, const DraftWords& words, Timestamp now) {
    RecordMove move = by_system();
    move.fields.texts["title"] = one_line(words.title(incident));
    RecordDecision made = make_record(RecordKind::kProblem, key, move, now);
    if (made.refusal) return made;
    TimelineEntry& entry = made.timeline.front();
    entry.text = fmt::format("Opened {} times in {}: {}", times, format_duration(within),
                             incident.dedup_key);
    entry.data = {{"times", std::to_string(times)},
                  {"within", format_duration(within)},
                  {"dedup_key", incident.dedup_key}};
    return made;
}

RecordDecision suggest_review(const std::string& key, const Incident& incident,
                              const std::vector<TimelineEntry>& timeline,
                              const KnowledgeSettings& settings, const DraftWords& words,
                              Timestamp now) {
    RecordMove move = by_system();
    move.fields.texts = {{"title", one_line(words.review(words.title(incident)))},
                         {"owner", owner_of(incident)},
                         {"draft", draft_of(timeline, Whose::kIncident, words)}};
    move.fields.due = now + settings.review_due;
    RecordDecision made = make_record(RecordKind::kReview, key, move, now);
    if (made.refusal) return made;
    std::get<Review>(made.next.part).about = incident.key;
    made.timeline.front().text = fmt::format("{} was a major incident", incident.key);
    made.timeline.front().data = {{"incident", incident.key}};
    return made;
}

std::string draft_of(const std::vector<TimelineEntry>& timeline, Whose whose,
                     const DraftWords& words) {
    std::string out;
    for (const TimelineEntry& entry : timeline) {
        out += one_line(words.line(entry, whose)) + "\n";
        if (out.size() > kMostDraft) break;
    }
    return out;
}

Result<std::optional<Reason>> keep_resolution(const Incident& incident, RecordFields& fields,
                                              const DraftWords& words) {
    const Findings& found = incident.facts.findings;
    if (!fields.texts.contains("title")) {
        fields.texts["title"] = one_line(words.title(incident));
    }
    if (!fields.texts.contains("text")) {
        if (found.solution.empty()) {
            return std::optional(
                because("{} does not say how it was solved; note its solution, or give the "
                        "article a text",
                        {{incident.key}}));
        }
        std::string text;
        section(text, words.symptom, words.title(incident));
        section(text, words.cause, words.cause_code(found.cause));
        section(text, words.solution, found.solution);
        section(text, words.proof, found.proof);
        fields.texts["text"] = std::string(trim(text));
    }
    if (!fields.match.empty()) return std::optional<Reason>();
    for (const char* name : {"alertname", "service"}) {
        const std::string value(incident.labels.get(name));
        if (value.empty()) continue;
        TOCSIN_TRY(auto matcher, Matcher::create(MatchOp::kEqual, name, value));
        fields.match.push_back(std::move(matcher));
    }
    return std::optional<Reason>();
}

TimelineEntry tell_of_problem(const Record& problem, Timestamp now) {
    const std::string workaround = std::get<Problem>(problem.part).workaround;
    std::string text = fmt::format("{} ({}) is about this: {}", problem.key,
                                   to_string(problem.state), problem.title);
    if (!workaround.empty()) text += "; workaround: " + workaround;
    return {now,
            "problem",
            std::string(kSystem),
            std::move(text),
            {{"problem", problem.key},
             {"title", problem.title},
             {"state", std::string(to_string(problem.state))},
             {"workaround", workaround}}};
}

}  // namespace tocsin::bridge
