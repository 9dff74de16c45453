#include "bridge/notify/draft_words.h"

#include <string>

#include "bridge/incident/title.h"
#include "bridge/notify/catalogue.h"
#include "bridge/notify/content.h"
#include "bridge/notify/entry_text.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

using text::ValueMap;

// The sentence, and who it is of where that does not stand in it.
std::string line_of(const TimelineEntry& entry, const EntryReader& reader, Whose whose) {
    const std::string said =
        whose == Whose::kIncident ? entry_text(entry, reader) : record_entry_text(entry, reader);
    const std::string actor = person_text(entry.actor, reader);
    const bool by_system = entry.actor == kSystem;
    return local_time(entry.at, reader.timezone) + "  " +
           say("draft.line", reader.language,
               ValueMap{{"Text", said},
                        {"Actor", by_system || said.starts_with(actor) ? std::string() : actor}});
}

}  // namespace

DraftWords draft_words(const BridgeConfig& config) {
    const EntryReader reader{config.language, config.timezone, names_of(config.oncall)};
    const std::string& language = reader.language;
    DraftWords out;
    out.title = [reader](const Incident& incident) {
        const std::string own = own_text(title_words(incident), reader);
        return own.empty() ? incident.title : own;
    };
    out.review = [language](std::string_view title) {
        return say("draft.review", language, ValueMap{{"Title", std::string(title)}});
    };
    out.line = [reader](const TimelineEntry& entry, Whose whose) {
        return line_of(entry, reader, whose);
    };
    out.cause_code = [language](std::string_view cause) { return word("cause", cause, language); };
    out.symptom = say("draft.symptom", language);
    out.cause = say("draft.cause", language);
    out.solution = say("draft.solution", language);
    out.proof = say("draft.proof", language);
    return out;
}

}  // namespace tocsin::bridge
