#include "collector/db/postgres_config/conninfo.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/core/diagnostics.h"
#include "base/core/strings.h"
#include "collector/db/postgres_config/conninfo_values.h"

namespace tocsin::collector {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";

// Those of libpq 15 and 16 that make sense for a monitor.
constexpr std::array<std::string_view, 32> kKeywords{
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "passfile",
    "channel_binding",
    "connect_timeout",
    "application_name",
    "fallback_application_name",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "gssencmode",
    "sslmode",
    "sslcompression",
    "sslcert",
    "sslkey",
    "sslrootcert",
    "sslcrl",
    "sslcrldir",
    "sslsni",
    "requirepeer",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "krbsrvname",
    "gsslib",
    "target_session_attrs",
    "load_balance_hosts",
    "require_auth",
};

struct Refusal {
    std::string_view keyword;
    std::string_view why;
};
constexpr std::array<Refusal, 6> kRefused{{
    {"password", "no password stands here; name a file that holds it: password_file"},
    {"sslpassword", "no password stands here; give sslkey a key without one"},
    {"service", "is not read here; write the service's keywords themselves"},
    {"options", "is not taken; statement_timeout and lock_timeout are keys beside \"dsn\""},
    {"client_encoding", "is always UTF8 here"},
    {"replication", "is not for a monitor"},
}};

Error invalid(std::string what) {
    return {ErrorCode::kInvalid, std::move(what)};
}

Result<void> check_keyword(std::string_view key) {
    for (const Refusal& refusal : kRefused) {
        if (refusal.keyword != key) continue;
        return invalid("\"" + std::string(key) + "\": " + std::string(refusal.why));
    }
    if (std::find(kKeywords.begin(), kKeywords.end(), key) != kKeywords.end()) return success();
    const std::string_view near = nearest(key, kKeywords);
    return invalid("no keyword " + quote(valid_utf8(key)) +
                   (near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?"));
}

// A value up to the next blank, or in single quotes; a backslash takes the next byte as it is.
Result<std::string> take_value(std::string_view& rest) {
    std::string value;
    const bool quoted = rest.starts_with('\'');
    std::size_t i = quoted ? 1 : 0;
    for (; i < rest.size(); ++i) {
        if (quoted ? rest[i] == '\'' : kBlanks.find(rest[i]) != std::string_view::npos) break;
        if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
        value += rest[i];
    }
    if (quoted && i >= rest.size()) return invalid("a quoted value does not end");
    rest.remove_prefix(std::min(rest.size(), quoted ? i + 1 : i));
    return value;
}

Result<ConnInfo> parse_pairs(std::string_view rest) {
    ConnInfo out;
    for (rest = trim(rest); !rest.empty(); rest = trim(rest)) {
        const std::size_t equals = rest.find('=');
        const std::string_view key = trim(rest.substr(0, equals));
        if (equals == std::string_view::npos || key.empty() ||
            key.find_first_of(kBlanks) != std::string_view::npos) {
            return invalid("is keyword=value pairs, or a postgresql:// address");
        }
        rest = trim(rest.substr(equals + 1));
        TOCSIN_TRY(const std::string value, take_value(rest));
        TOCSIN_TRY(check_keyword(key));
        out.set(key, value);
    }
    return out;
}

std::optional<int> hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

Result<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto high = i + 2 < text.size() ? hex(text[i + 1]) : std::nullopt;
        const auto low = i + 2 < text.size() ? hex(text[i + 2]) : std::nullopt;
        if (!high || !low || (*high == 0 && *low == 0)) {
            return invalid("a % in an address is followed by two hex digits, and not by 00");
        }
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return out;
}

Result<void> set_decoded(ConnInfo& out, std::string_view key, std::string_view text) {
    if (text.empty()) return success();
    TOCSIN_TRY(const std::string value, decoded(text));
    TOCSIN_TRY(check_keyword(key));
    out.set(key, value);
    return success();
}

// host[:port], with an IPv6 address in brackets.
Result<void> split_host(std::string_view text, std::string& hosts, std::string& ports) {
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return invalid("an IPv6 address lacks its ]");
        host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (!port.empty() && port[0] != ':') return invalid("after ] stands nothing but :port");
    } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        host = text.substr(0, colon);
        port = text.substr(colon);
    }
    if (!port.empty()) port.remove_prefix(1);
    hosts += host;
    ports += port;
    return success();
}

Result<ConnInfo> parse_address(std::string_view rest) {
    ConnInfo out;
    std::string_view query;
    if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
        query = rest.substr(mark + 1);
        rest = rest.substr(0, mark);
    }
    if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
        TOCSIN_TRY(set_decoded(out, "dbname", rest.substr(slash + 1)));
        rest = rest.substr(0, slash);
    }
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        const std::string_view user = rest.substr(0, at);
        if (user.find(':') != std::string_view::npos) {
            TOCSIN_TRY(check_keyword("password"));
        }
        TOCSIN_TRY(set_decoded(out, "user", user));
        rest = rest.substr(at + 1);
    }
    std::string hosts;
    std::string ports;
    bool several = false;
    for (const std::string& host : split_list(rest)) {
        if (std::exchange(several, true)) {
            hosts += ',';
            ports += ',';
        }
        TOCSIN_TRY(split_host(host, hosts, ports));
    }
    TOCSIN_TRY(set_decoded(out, "host", hosts));
    if (ports.find_first_not_of(',') != std::string::npos) out.set("port", ports);
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) return invalid("after ? stand keyword=value pairs");
        TOCSIN_TRY(const std::string key, decoded(pair.substr(0, equals)));
        TOCSIN_TRY(check_keyword(key));
        TOCSIN_TRY(set_decoded(out, key, pair.substr(equals + 1)));
    }
    return out;
}

Result<ConnInfo> parse_either(std::string_view text) {
    for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
        if (text.starts_with(scheme)) return parse_address(text.substr(scheme.size()));
    }
    return parse_pairs(text);
}

}  // namespace

std::string_view ConnInfo::get(std::string_view key) const {
    for (const auto& [name, value] : pairs_) {
        if (name == key) return value;
    }
    return {};
}

void ConnInfo::set(std::string_view key, std::string_view value) {
    for (auto& [name, old] : pairs_) {
        if (name != key) continue;
        old = value;
        return;
    }
    pairs_.emplace_back(key, value);
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> out;
    while (true) {
        const std::size_t comma = text.find(',');
        out.emplace_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return out;
        text.remove_prefix(comma + 1);
    }
}

Result<ConnInfo> parse_conninfo(std::string_view text) {
    TOCSIN_TRY(ConnInfo info, parse_either(text));
    TOCSIN_TRY(check_conninfo_values(info));
    return info;
}

}  // namespace tocsin::collector
