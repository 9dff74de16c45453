#include <string>
#include <vector>

#include "bridge/notify/catalogue.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

// One word of the group, or several.
std::string words_of(const ReasonPart& part, std::string_view language) {
    if (part.group.empty()) return part.text;
    std::string out;
    std::string_view rest = part.text;
    while (!rest.empty()) {
        const std::size_t end = rest.find(", ");
        if (!out.empty()) out += phrase("value.list", language);
        out += word(part.group, rest.substr(0, end), language);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
    }
    return out;
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
