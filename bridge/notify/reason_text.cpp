#include <string>
#include <vector>

#include "bridge/notify/catalogue.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

std::string words_of(const ReasonPart& part, std::string_view language) {
    return part.group.empty() ? part.text : word_list(part.group, part.text, language);
}

}  // namespace

std::string reason_text(const Reason& reason, std::string_view language) {
    if (!language.starts_with("zh")) return reason.english();
    for (const Phrase& row : reason_catalogue()) {
        if (row.id != reason.pattern()) continue;
        std::vector<std::string> texts;
        for (const ReasonPart& part : reason.parts()) texts.push_back(words_of(part, language));
        return filled(row.zh, texts);
    }
    return reason.english();
}

}  // namespace tocsin::bridge
