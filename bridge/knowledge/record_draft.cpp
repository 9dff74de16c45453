#include "bridge/knowledge/record_draft.h"

#include <fmt/format.h>

#include <utility>

#include "base/core/strings.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostTitle = 500;
constexpr std::size_t kMostText = 256 * 1024;
// Longer values are not repeated in the timeline.
constexpr std::size_t kMostTold = 1024;

// The field of this name; null when such a record has none.
std::string* text_field(Record& r, std::string_view name) {
    if (name == "title") return &r.title;
    if (name == "owner") return &r.owner;
    if (auto* problem = std::get_if<Problem>(&r.part)) {
        if (name == "root_cause") return &problem->root_cause;
        if (name == "workaround") return &problem->workaround;
        if (name == "fix") return &problem->fix;
    }
    if (auto* review = std::get_if<Review>(&r.part); review != nullptr && name == "draft") {
        return &review->draft;
    }
    if (auto* article = std::get_if<Article>(&r.part); article != nullptr && name == "text") {
        return &article->text;
    }
    return nullptr;
}

}  // namespace

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

void RecordDraft::say(std::string_view kind, std::string text, EntryData data) {
    const std::string_view why = trim(move_.text);
    if (!why.empty() && kind != "note" && kind != "edited") {
        text += ": " + std::string(why);
        data["text"] = std::string(why);
    }
    made_.timeline.push_back(
        {now_, std::string(kind), move_.actor, std::move(text), std::move(data)});
}

std::optional<Reason> RecordDraft::take_fields(Words words) {
    for (const auto& [name, value] : move_.fields.texts) {
        if (auto problem = take_text(name, value)) return problem;
    }
    if (auto problem = take_lists()) return problem;
    if (words == Words::kSay && !changed_.empty()) {
        say("edited", fmt::format("{} changes {}", move_.actor, joined(changed_)),
            std::move(values_));
    }
    return std::nullopt;
}

RecordDecision RecordDraft::done(std::string reason) {
    made_.next.updated_at = now_;
    made_.reason = std::move(reason);
    made_.changed = true;
    return std::move(made_);
}

RecordDecision RecordDraft::nothing(std::string reason) {
    RecordDecision out;
    out.next = before_;
    out.reason = std::move(reason);
    return out;
}

RecordDecision RecordDraft::refuse(Refusal::Code code, Reason reason) {
    RecordDecision out = nothing(reason.english());
    out.refusal = RecordRefusal{code, std::move(reason), possible_moves(before_)};
    return out;
}

Reason RecordDraft::no_such(std::string_view name) const {
    const std::string_view kind = to_string(before_.kind());
    return because(
        "{} has no {}",
        {{fmt::format("{} {}", kind == "article" ? "an" : "a", kind), "record"}, {name, "field"}});
}

std::optional<Reason> RecordDraft::take_text(const std::string& name, const std::string& given) {
    std::string* field = text_field(made_.next, name);
    if (field == nullptr) return no_such(name);
    std::string value(trim(given));
    if (name == "title" && value.empty()) return "title must not be empty";
    const bool line = name == "title" || name == "owner";
    if (line && value.find('\n') != std::string::npos)
        return because("{} must be one line", {{name, "field"}});
    if (value.size() > (line ? kMostTitle : kMostText))
        return because("{} is too long", {{name, "field"}});
    if (*field == value) return std::nullopt;
    note(name, value);
    *field = std::move(value);
    return std::nullopt;
}

std::optional<Reason> RecordDraft::take_lists() {
    const RecordFields& given = move_.fields;
    auto* review = std::get_if<Review>(&made_.next.part);
    auto* article = std::get_if<Article>(&made_.next.part);
    if (given.due) {
        if (review == nullptr) return no_such("due_at");
        if (review->due != given.due) note("due_at", format_rfc3339(*given.due));
        review->due = given.due;
    }
    if (!given.causes.empty()) {
        if (review == nullptr) return no_such("causes");
        if (review->causes != given.causes) note("causes", joined(given.causes));
        review->causes = given.causes;
    }
    if (!given.match.empty()) {
        if (article == nullptr) return no_such("match");
        std::vector<std::string> texts;
        for (const Matcher& matcher : given.match) texts.push_back(matcher.text());
        if (!(article->match == given.match)) note("match", joined(texts));
        article->match = given.match;
    }
    return std::nullopt;
}

void RecordDraft::note(const std::string& name, const std::string& value) {
    changed_.push_back(name);
    if (value.size() <= kMostTold) values_[name] = value;
}

}  // namespace tocsin::bridge
