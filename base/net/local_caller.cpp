#include "base/net/local_caller.h"

#include <algorithm>

#include "base/core/strings.h"

namespace tocsin::net {
namespace {

bool is_port(std::string_view text) {
    return text.empty() || (text.front() == ':' && text.size() > 1 &&
                            text.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

}  // namespace

std::string_view host_of_header(std::string_view header) {
    header = trim(header);
    std::string_view host;
    if (header.starts_with('[')) {
        const std::size_t end = header.find(']');
        if (end == std::string_view::npos) return {};
        host = header.substr(1, end - 1);
        header.remove_prefix(end + 1);
    } else {
        host = header.substr(0, header.find(':'));
        header.remove_prefix(host.size());
    }
    return is_port(header) ? host : std::string_view();
}

std::string why_not_local(const Request& request, const std::vector<std::string>& names) {
    if (!request.remote_is_loopback) return "it comes from another host";
    for (const char* header : {"Forwarded", "X-Forwarded-For"}) {
        if (request.headers.has(header)) return "a proxy passed it on";
    }
    bool named = false;
    for (const auto& [name, value] : request.headers.all()) {
        if (!iequals(name, "Host")) continue;
        named = true;
        const std::string_view host = host_of_header(value);
        const bool known = !host.empty() &&
                           (is_loopback(host) ||
                            std::any_of(names.begin(), names.end(), [host](const std::string& own) {
                                return iequals(own, host);
                            }));
        if (!known) return "it asks for the host \"" + valid_utf8(value.substr(0, 200)) + "\"";
    }
    return named ? "" : "it names no host";
}

}  // namespace tocsin::net
