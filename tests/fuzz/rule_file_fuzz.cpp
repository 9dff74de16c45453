// Whatever the text: rules, or diagnostics that have a place.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rules/file/rule_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    tocsin::Diagnostics diagnostics("fuzz.yml");
    tocsin::rules::parse_rule_file({reinterpret_cast<const char*>(data), size}, {}, diagnostics);
    for (const auto& d : diagnostics.all()) {
        if (d.message.empty()) std::abort();
    }
    return 0;
}
