#include "cli/forms.h"

#include "base/core/strings.h"
#include "base/core/time.h"
#include "base/net/http.h"

namespace tocsin::cli {

std::string wrong_duration(const std::string& text) {
    const auto duration = parse_duration(text);
    return duration ? "" : duration.error().message;
}

std::string wrong_time(const std::string& text) {
    const auto time = parse_rfc3339(text);
    return time ? "" : time.error().message;
}

std::string wrong_pair(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos && equals > 0) return "";
    return quote(text) + " is not name=value; write one like host=web-1";
}

std::string wrong_url(const std::string& text) {
    const auto url = net::parse_url(text);
    return url ? "" : url.error().message;
}

}  // namespace tocsin::cli
