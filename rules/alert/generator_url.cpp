#include "rules/alert/generator_url.h"

namespace tocsin::rules {
namespace {

std::string percent_encoded(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += kHex[byte >> 4U];
            out += kHex[byte & 0xFU];
        }
    }
    return out;
}

}  // namespace

std::string generator_url(std::string_view external_url, std::string_view expr) {
    if (external_url.empty()) return {};
    return std::string(external_url) + "/graph?g0.expr=" + percent_encoded(expr) + "&g0.tab=1";
}

}  // namespace tocsin::rules
