#include "base/text/template_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "base/core/time.h"
#include "base/text/unicode.h"

namespace tocsin::text {

namespace {

// Four significant digits, as all of Prometheus's humanizers print.
std::string four(double v) {
    if (std::isnan(v)) return "NaN";
    if (std::isinf(v)) return v > 0 ? "+Inf" : "-Inf";
    return fmt::format("{:.4g}", v);
}

constexpr std::array<std::string_view, 8> kLarge{"k", "M", "G", "T", "P", "E", "Z", "Y"};
constexpr std::array<std::string_view, 8> kBinary{"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};
constexpr std::array<std::string_view, 8> kSmall{"m", "u", "n", "p", "f", "a", "z", "y"};

std::string scaled_down(double v, double base, std::span<const std::string_view> prefixes) {
    std::string_view prefix;
    for (const std::string_view p : prefixes) {
        if (std::fabs(v) < base) break;
        prefix = p;
        v /= base;
    }
    return four(v) + std::string(prefix);
}

std::string scaled_up(double v) {
    std::string_view prefix;
    for (const std::string_view p : kSmall) {
        if (std::fabs(v) >= 1) break;
        prefix = p;
        v *= 1000;
    }
    return four(v) + std::string(prefix);
}

}  // namespace

std::string humanize(double v) {
    if (v == 0 || !std::isfinite(v)) return four(v);
    return std::fabs(v) >= 1 ? scaled_down(v, 1000, kLarge) : scaled_up(v);
}

std::string humanize1024(double v) {
    if (std::fabs(v) <= 1 || !std::isfinite(v)) return four(v);
    return scaled_down(v, 1024, kBinary);
}

std::string humanize_duration(double v) {
    if (!std::isfinite(v)) return four(v);
    if (v == 0) return "0s";
    if (std::fabs(v) < 1) return scaled_up(v) + "s";
    const std::string_view sign = v < 0 ? "-" : "";
    v = std::fabs(v);
    // Past the range of whole numbers only the order of magnitude means anything.
    const auto whole = static_cast<std::int64_t>(std::min(v, 9e18));
    const std::int64_t seconds = whole % 60;
    const std::int64_t minutes = whole / 60 % 60;
    const std::int64_t hours = whole / 3600 % 24;
    const std::int64_t days = whole / 86400;
    if (days != 0) return fmt::format("{}{}d {}h {}m {}s", sign, days, hours, minutes, seconds);
    if (hours != 0) return fmt::format("{}{}h {}m {}s", sign, hours, minutes, seconds);
    if (minutes != 0) return fmt::format("{}{}m {}s", sign, minutes, seconds);
    return fmt::format("{}{}s", sign, four(v));
}

Result<Timestamp> to_time(double v) {
    if (!std::isfinite(v) || std::fabs(v) > 9.2e9) {
        return Error(ErrorCode::kInvalid, fmt::format("{} seconds are no time", four(v)));
    }
    return from_unix_ms(std::llround(v * 1000));
}

Result<std::string> humanize_timestamp(double v) {
    if (!std::isfinite(v)) return four(v);
    TOCSIN_TRY(const Timestamp t, to_time(v));
    return time_text(t);
}

namespace {}  // namespace

// What begins a word for Go's strings.Title: what stands behind anything of ASCII but letters,
// digits and '_', and behind a blank.
std::string title(std::string_view text) {
    std::string out;
    bool start = true;
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t c = next_character(text, at);
        append_utf8(out, start ? cased(c, Case::kTitle) : c);
        const bool word = c < 0x80 && (std::isalnum(static_cast<int>(c)) != 0 || c == '_');
        start = c < 0x80 ? !word : is_space(c);
    }
    return out;
}

std::string js_escaped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t c = next_character(text, at);
        if (c == '\\' || c == '\'' || c == '"') {
            out += {'\\', static_cast<char>(c)};
        } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == '=' ||
                   (c >= 0x80 && !is_printable(c))) {
            out += fmt::format("\\u{:04X}", c);
        } else {
            append_utf8(out, c);
        }
    }
    return out;
}

std::string url_path(std::string_view url) {
    const std::size_t host = url.find("://");
    const std::size_t path = host == std::string_view::npos ? 0 : url.find('/', host + 3);
    if (path == std::string_view::npos) return {};
    return std::string(url.substr(path, url.find_first_of("?#", path) - path));
}

namespace {

// Go's net.SplitHostPort; nothing when it would fail.
std::optional<std::pair<std::string, std::string>> split_port(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    const std::string port = text.substr(colon + 1);
    std::string host = text.substr(0, colon);
    if (host.starts_with("[")) {
        if (host.find(']') != host.size() - 1) return std::nullopt;
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string::npos) {
        return std::nullopt;
    }
    if ((host + port).find_first_of("[]") != std::string::npos) return std::nullopt;
    return std::pair(host, port);
}

}  // namespace

std::string strip_port(const std::string& text) {
    const auto parts = split_port(text);
    return parts ? parts->first : text;
}

std::string strip_domain(const std::string& text) {
    const auto parts = split_port(text);
    std::string host = parts ? parts->first : text;
    if (host.find_first_not_of("0123456789.") == std::string::npos ||
        host.find(':') != std::string::npos) {
        return text;  // an address
    }
    host.resize(std::min(host.find('.'), host.size()));
    return parts ? host + ":" + parts->second : host;
}

std::string url_query(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                           std::string_view("-_.~").find(c) != std::string_view::npos;
        if (c == ' ') {
            out += '+';
        } else if (plain) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::string humanize_percentage(double v) {
    return four(v * 100) + "%";
}

}  // namespace tocsin::text
