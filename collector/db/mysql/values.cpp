#include "collector/db/mysql/values.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "base/core/strings.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

struct Word {
    std::string_view text;
    double value;
};

constexpr std::array<Word, 9> kWords{{{"yes", 1},
                                      {"on", 1},
                                      {"no", 0},
                                      {"off", 0},
                                      {"disabled", 0},
                                      {"connecting", 0},  // a replica's thread: not running
                                      {"primary", 1},     // wsrep_cluster_status
                                      {"non-primary", 0},
                                      {"disconnected", 0}}};

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// The digits of a pattern's '9's, everything else as it stands: "9999-99-99".
bool has_form(std::string_view text, std::string_view form) {
    if (text.size() != form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '9' ? !digit : text[i] != form[i]) return false;
    }
    return true;
}

unsigned digits(std::string_view text, std::size_t at, std::size_t count) {
    return static_cast<unsigned>(to_uint(text.substr(at, count)).value_or(0));
}

std::optional<double> seconds_of(unsigned year, unsigned month, unsigned day,
                                 std::string_view time) {
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(month), std::chrono::day(day)};
    const unsigned hour = digits(time, 0, 2);
    const unsigned minute = digits(time, 3, 2);
    const unsigned second = digits(time, 6, 2);
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    const std::chrono::sys_days days(date);
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(days.time_since_epoch());
    return static_cast<double>(whole.count()) + hour * 3600.0 + minute * 60.0 + second;
}

// "2026-01-02 03:04:05", and OpenSSL's "Jan 02 03:04:05 2026 GMT".
std::optional<double> date_value(std::string_view text) {
    if (has_form(text, "9999-99-99 99:99:99")) {
        return seconds_of(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2),
                          text.substr(11));
    }
    for (unsigned month = 0; month < kMonths.size() && text.size() > 3; ++month) {
        if (text.substr(0, 3) != kMonths[month]) continue;
        if (!has_form(text.substr(3), " 99 99:99:99 9999 GMT")) return std::nullopt;
        return seconds_of(digits(text, 16, 4), month + 1, digits(text, 4, 2), text.substr(7));
    }
    return std::nullopt;
}

}  // namespace

std::optional<double> mysql_value(std::string_view text) {
    if (const auto plain = to_uint(text)) return static_cast<double>(*plain);
    for (const Word& word : kWords) {
        if (iequals(text, word.text)) return word.value;
    }
    if (const auto date = date_value(text)) return date;
    // A hexadecimal number is a mask or an identity.
    if (text.find_first_of("xX") != std::string_view::npos) return std::nullopt;
    return parse_double(text);
}

std::string mysql_bits(std::string_view bytes) {
    if (bytes.size() > sizeof(std::uint64_t)) return std::string(bytes);
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
    return std::to_string(value);
}

MysqlVersion parse_mysql_version(std::string_view text) {
    constexpr std::string_view kForReplicas = "5.5.5-";
    MysqlVersion version;
    version.mariadb = text.find("MariaDB") != std::string_view::npos;
    if (version.mariadb && text.starts_with(kForReplicas)) text.remove_prefix(kForReplicas.size());
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos) return version;
    const std::string_view rest = text.substr(point + 1);
    const std::size_t end = rest.find_first_not_of("0123456789");
    constexpr std::uint64_t kMost = 9999;
    const auto major = to_uint(text.substr(0, point));
    const auto minor = to_uint(rest.substr(0, end));
    if (!major || !minor || *major > kMost || *minor > kMost) return version;
    version.major = static_cast<int>(*major);
    version.minor = static_cast<int>(*minor);
    return version;
}

}  // namespace tocsin::collector
