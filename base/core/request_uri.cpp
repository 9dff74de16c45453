#include "base/core/request_uri.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace tocsin {
namespace {

constexpr std::string_view kAlnum =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool only(std::string_view text, std::string_view more) {
    return std::all_of(text.begin(), text.end(), [more](char c) {
        return kAlnum.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
    });
}

bool is_hex(char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

bool escapes_well(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') continue;
        if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    }
    return true;
}

// "http" of "http:…"; nothing of what has no scheme, or one that is none.
std::string_view scheme_of(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    const std::string_view scheme = text.substr(0, colon);
    if (std::isalpha(static_cast<unsigned char>(scheme.front())) == 0) return {};
    return only(scheme, "+-.") ? scheme : std::string_view();
}

// "", ":" or ":8080".
bool is_port(std::string_view text) {
    if (text.empty()) return true;
    return text.front() == ':' && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool is_host(std::string_view host) {
    std::size_t port = host.rfind(':');
    if (host.starts_with('[')) {
        port = host.rfind(']');
        if (port == std::string_view::npos) return false;
        ++port;
    }
    if (port != std::string_view::npos && !is_port(host.substr(port))) return false;
    // Bytes beyond ASCII are names in other scripts.
    return escapes_well(host) && std::all_of(host.begin(), host.end(), [](char c) {
               return static_cast<unsigned char>(c) >= 0x80 ||
                      only({&c, 1}, "-_.~!$&'()*+,;=:[]<>\"%");
           });
}

bool is_authority(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) return is_host(text);
    const std::string_view user = text.substr(0, at);
    return only(user, "-._:~!$&'()*+,;=%@") && escapes_well(user) && is_host(text.substr(at + 1));
}

}  // namespace

bool is_request_uri(std::string_view text) {
    const auto is_control = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    };
    if (std::any_of(text.begin(), text.end(), is_control)) return false;
    if (text == "*") return true;
    const std::string_view scheme = scheme_of(text);
    std::string_view rest = scheme.empty() ? text : text.substr(scheme.size() + 1);
    rest = rest.substr(0, rest.find('?'));
    if (!rest.starts_with('/')) return !scheme.empty();
    if (!scheme.empty() && rest.starts_with("//")) {
        rest.remove_prefix(2);
        const std::size_t path = std::min(rest.find('/'), rest.size());
        if (!is_authority(rest.substr(0, path))) return false;
        rest.remove_prefix(path);
    }
    return escapes_well(rest);
}

}  // namespace tocsin
