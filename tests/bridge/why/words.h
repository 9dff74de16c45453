// Links of a chain, found by their phrases and read as people do.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "bridge/notify/why_text.h"
#include "bridge/why/why.h"

namespace tocsin::bridge::test {

inline const WhyLink* find(const WhyLinks& links, std::string_view phrase) {
    const auto found = std::find_if(links.begin(), links.end(),
                                    [&](const WhyLink& link) { return link.phrase == phrase; });
    return found == links.end() ? nullptr : &*found;
}

inline std::string words(const WhyLink& link, std::string_view language = "en") {
    return why_text(link, {std::string(language), "UTC", {}});
}

}  // namespace tocsin::bridge::test
