// A change of a record in the making. Internal to this module; one lives for one call of
// make_record() or move_record().
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bridge/knowledge/moves.h"

namespace tocsin::bridge {

class RecordDraft {
  public:
    RecordDraft(const Record& before, const RecordMove& move, Timestamp now)
        : before_(before), move_(move), now_(now) {
        made_.next = before;
    }

    Record& next() { return made_.next; }
    template <class Part>
    Part& part() {
        return std::get<Part>(made_.next.part);
    }

    // A line of the timeline; the move's text goes with it, but where the line is that text.
    void say(std::string_view kind, std::string text, EntryData data = {});
    // What is given becomes the record's. The complaint, if there is one.
    enum class Words { kSay, kQuiet };
    std::optional<Reason> take_fields(Words words);
    bool took_fields() const { return !changed_.empty(); }

    // The end of the call: what was drafted, or that nothing changes, or that it is not possible.
    RecordDecision done(std::string reason);
    RecordDecision nothing(std::string reason);
    RecordDecision refuse(Refusal::Code code, Reason reason);
    RecordDecision invalid(Reason reason) {
        return refuse(Refusal::Code::kInvalid, std::move(reason));
    }

  private:
    std::optional<Reason> take_text(const std::string& name, const std::string& given);
    std::optional<Reason> take_lists();
    Reason no_such(std::string_view name) const;
    void note(const std::string& name, const std::string& value);

    const Record& before_;
    const RecordMove& move_;
    Timestamp now_;
    RecordDecision made_;
    std::vector<std::string> changed_;  // names of fields
    EntryData values_;
};

// "a, b".
std::string joined(const std::vector<std::string>& words);

}  // namespace tocsin::bridge
