#include <arpa/inet.h>

#include <algorithm>
#include <limits>

#include "base/core/strings.h"
#include "base/net/http.h"

namespace tocsin::net {
namespace {

bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

Error invalid(std::string_view text, std::string_view why) {
    return {ErrorCode::kInvalid, "\"" + std::string(text) + "\" " + std::string(why)};
}

bool is_ipv6(const std::string& text) {
    in6_addr address{};
    return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
        return is_alnum(c) || c == '-' || c == '.' || c == '_';
    });
}

Result<std::uint16_t> parse_port(std::string_view whole, std::string_view text) {
    const auto number = parse_uint(text);
    if (!number || *number > std::numeric_limits<std::uint16_t>::max()) {
        return invalid(whole, "has no valid port; ports are 0 to 65535");
    }
    return static_cast<std::uint16_t>(*number);
}

struct Authority {
    std::string host;
    std::string_view port;  // without the colon
    bool has_port = false;
};

// "host", "host:port", "[v6]", "[v6]:port".
Result<Authority> split_authority(std::string_view whole, std::string_view text) {
    Authority out;
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return invalid(whole, "has no closing bracket");
        out.host = lower(text.substr(1, close - 1));
        if (!is_ipv6(out.host)) return invalid(whole, "has no IPv6 address in its brackets");
        rest = text.substr(close + 1);
    } else {
        const auto colon = text.find(':');
        out.host = lower(text.substr(0, colon));
        rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
        if (rest.find(':', 1) != std::string_view::npos && is_ipv6(lower(text))) {
            return invalid(whole, "needs brackets around its IPv6 address");
        }
        if (!out.host.empty() && !is_host_name(out.host)) {
            return invalid(whole, "has no valid host name");
        }
    }
    if (rest.empty()) return out;
    if (rest.front() != ':') return invalid(whole, "has something behind its brackets");
    out.has_port = true;
    out.port = rest.substr(1);
    return out;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) return invalid(text, "is no URL; write https://host:port");
    Url url;
    url.scheme = lower(text.substr(0, colon));
    if (url.scheme != "http" && url.scheme != "https") {
        return invalid(text, "is neither http nor https");
    }
    std::string_view rest = text.substr(colon + 3);
    rest = rest.substr(0, rest.find('#'));  // a fragment stays with the reader
    const auto end = rest.find_first_of("/?");
    const std::string_view authority = rest.substr(0, end);
    if (authority.find('@') != std::string_view::npos) {
        return Error(ErrorCode::kInvalid,
                     "a URL here has no user or password; secrets come from files");
    }
    TOCSIN_TRY(Authority parts, split_authority(text, authority));
    if (parts.host.empty()) return invalid(text, "has no host");
    url.host = std::move(parts.host);
    url.port = url.scheme == "https" ? 443 : 80;
    if (parts.has_port && !parts.port.empty()) {
        TOCSIN_TRY(url.port, parse_port(text, parts.port));
        if (url.port == 0) return invalid(text, "has port 0");
    }
    const std::string_view target = end == std::string_view::npos ? "" : rest.substr(end);
    for (const char c : target) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7f) {
            return invalid(text, "holds a character that a URL must percent-encode");
        }
    }
    url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
    return url;
}

Result<HostPort> parse_host_port(std::string_view text) {
    TOCSIN_TRY(Authority parts, split_authority(text, text));
    if (!parts.has_port) return invalid(text, "has no port; write host:port");
    HostPort out;
    TOCSIN_TRY(out.port, parse_port(text, parts.port));
    // ":9840" listens everywhere, as Prometheus's flags take it.
    out.host = parts.host.empty() ? "0.0.0.0" : std::move(parts.host);
    return out;
}

bool is_loopback(std::string_view host) {
    const std::string text(host);
    if (iequals(text, "localhost")) return true;
    in_addr v4{};
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
    in6_addr v6{};
    if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return false;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) return v6.s6_addr[12] == 127;
    return IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        // RFC 3986, 2.3: unreserved.
        if (is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 0xfU];
    }
    return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::vector<QueryParam> parse_query(std::string_view query) {
    // application/x-www-form-urlencoded: '+' is a space. What does not decode is kept as it came.
    const auto decode = [](std::string_view text) {
        std::string spaced(text);
        std::replace(spaced.begin(), spaced.end(), '+', ' ');
        return percent_decode(spaced).value_or(spaced);
    };
    std::vector<QueryParam> params;
    while (!query.empty()) {
        const auto end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        const bool has_value = equals != std::string_view::npos;
        params.push_back({decode(pair.substr(0, equals)),
                          has_value ? decode(pair.substr(equals + 1)) : std::string()});
    }
    return params;
}

}  // namespace tocsin::net
