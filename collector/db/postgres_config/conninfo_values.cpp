#include "collector/db/postgres_config/conninfo_values.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "base/core/diagnostics.h"
#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

using Words = std::span<const std::string_view>;

constexpr auto kSslModes = std::to_array<std::string_view>(
    {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"});
constexpr auto kPreferences = std::to_array<std::string_view>({"disable", "prefer", "require"});
constexpr auto kSessions = std::to_array<std::string_view>(
    {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"});
constexpr auto kBalancing = std::to_array<std::string_view>({"disable", "random"});
constexpr auto kTlsVersions =
    std::to_array<std::string_view>({"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"});

enum class Letters { kExact, kAnyCase };
struct Choice {
    std::string_view keyword;
    Words words;
    Letters letters = Letters::kExact;
};
constexpr std::array<Choice, 7> kChoices{
    {{"sslmode", kSslModes},
     {"channel_binding", kPreferences},
     {"gssencmode", kPreferences},
     {"target_session_attrs", kSessions},
     {"load_balance_hosts", kBalancing},
     {"ssl_min_protocol_version", kTlsVersions, Letters::kAnyCase},
     {"ssl_max_protocol_version", kTlsVersions, Letters::kAnyCase}}};
constexpr auto kNumbers = std::to_array<std::string_view>({"connect_timeout", "keepalives",
                                                           "keepalives_idle", "keepalives_interval",
                                                           "keepalives_count", "tcp_user_timeout"});
constexpr std::int64_t kLargestPort = 65535;

Error refused(std::string_view keyword, const std::string& may_be, std::string_view value) {
    return {ErrorCode::kInvalid, "\"" + std::string(keyword) + "\": must be " + may_be + ", not " +
                                     quote(valid_utf8(value))};
}

Result<void> check_choice(const Choice& choice, std::string_view value) {
    if (value.empty()) return success();
    std::string list;
    for (const std::string_view word : choice.words) {
        if (word == value) return success();
        if (choice.letters == Letters::kAnyCase && iequals(word, value)) return success();
        list.append(list.empty() ? "" : ", ").append(word);
    }
    const std::string_view near = nearest(value, choice.words);
    Error error = refused(choice.keyword, "one of " + list, value);
    if (!near.empty()) error.message += "; did you mean \"" + std::string(near) + "\"?";
    return error;
}

// One for all hosts, or one each; an empty one is the usual.
Result<void> check_ports(const ConnInfo& info) {
    const std::vector<std::string> ports = split_list(info.get("port"));
    for (const std::string& port : ports) {
        const auto number = parse_int(trim(port));
        if (!port.empty() && (!number || *number < 1 || *number > kLargestPort)) {
            return refused("port", "from 1 to " + std::to_string(kLargestPort), port);
        }
    }
    const std::string_view addresses = info.get("hostaddr");
    const std::size_t hosts = split_list(addresses.empty() ? info.get("host") : addresses).size();
    if (ports.size() == 1 || ports.size() == hosts) return success();
    return Error(ErrorCode::kInvalid, "\"port\": there are " + std::to_string(ports.size()) +
                                          " ports of " + std::to_string(hosts) + " hosts");
}

}  // namespace

Result<void> check_conninfo_values(const ConnInfo& info) {
    for (const Choice& choice : kChoices) {
        TOCSIN_TRY(check_choice(choice, info.get(choice.keyword)));
    }
    for (const std::string_view keyword : kNumbers) {
        const std::string_view value = info.get(keyword);
        if (!value.empty() && !parse_int(trim(value))) {
            return refused(keyword, "a whole number", value);
        }
    }
    return check_ports(info);
}

}  // namespace tocsin::collector
