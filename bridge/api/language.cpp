#include "bridge/api/language.h"

#include "base/core/strings.h"

namespace tocsin::bridge {

std::string_view page_language(std::string_view accept_language, std::string_view otherwise) {
    while (!accept_language.empty()) {
        const auto comma = accept_language.find(',');
        const std::string_view tag = trim(accept_language.substr(0, comma));
        accept_language = comma == std::string_view::npos ? "" : accept_language.substr(comma + 1);
        if (iequals(tag.substr(0, 2), "zh")) return "zh-CN";
        if (iequals(tag.substr(0, 2), "en")) return "en";
    }
    return otherwise;
}

}  // namespace tocsin::bridge
