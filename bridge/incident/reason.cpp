#include "bridge/incident/reason.h"

namespace tocsin::bridge {

std::string filled(std::string_view pattern, const std::vector<std::string>& texts) {
    std::string out;
    std::size_t next = 0;
    while (true) {
        const std::size_t place = pattern.find("{}");
        out += pattern.substr(0, place);
        if (place == std::string_view::npos) return out;
        if (next < texts.size()) out += texts[next++];
        pattern.remove_prefix(place + 2);
    }
}

std::string Reason::english() const {
    std::vector<std::string> texts;
    for (const ReasonPart& part : parts_) texts.push_back(part.text);
    return filled(pattern_, texts);
}

}  // namespace tocsin::bridge
