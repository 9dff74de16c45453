#include "bridge/api/alertmanager_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/core/strings.h"

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

// go-openapi's codes of what is wrong with a member.
constexpr int kNoUri = 601;
constexpr int kNotThere = 602;

// Of the alerts that an answer speaks of.
constexpr std::size_t kMostNamed = 10;

// RE2's words and those of Go's regexp, which is the same automaton.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kRegexWords = {{
    {"missing )", "missing closing )"},
    {"missing ]", "missing closing ]"},
    {"no argument for repetition operator", "missing argument to repetition operator"},
    {"bad repetition operator", "invalid nested repetition operator"},
    {"invalid repetition size", "invalid repeat count"},
    {"trailing \\", "trailing backslash at end of expression"},
    {"bad named capture group", "invalid named capture"},
    {"invalid perl operator", "invalid or unsupported Perl syntax"},
    {"invalid named capture group", "invalid named capture"},
}};

std::string_view go_words(std::string_view re2) {
    for (const auto& [theirs, go] : kRegexWords) {
        if (theirs == re2) return go;
    }
    return re2;
}

// The name's end in `name=value`; 0 when it has none.
std::size_t name_end(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_metric_name(text.substr(0, end + 1))) ++end;
    return end;
}

// Why parse_matcher() does not take it.
std::string filter_problem(std::string_view text) {
    const std::string_view whole = trim(text);
    const std::size_t end = name_end(whole);
    const std::string_view rest = trim(whole.substr(end));
    const bool regex = rest.starts_with("=~") || rest.starts_with("!~");
    const bool two = regex || rest.starts_with("!=");
    if (end == 0 || (!two && !rest.starts_with('='))) {
        return "bad matcher format: " + std::string(text);
    }
    const std::string_view value = trim(rest.substr(two ? 2 : 1));
    if (!is_valid_utf8(value)) {
        return "matcher value not valid UTF-8: " + std::string(valid_utf8(value));
    }
    const auto plain = parse_matcher("a=" + std::string(value));
    if (regex && plain) return anchored_regex_problem(plain.value().value());
    return "matcher value contains unescaped double quote: " + std::string(value);
}

}  // namespace

net::Response framework_refusal(int status, int code, std::string_view message) {
    const json::value body = {{"code", code}, {"message", message}};
    return net::Response::json(status, json::serialize(body));
}

net::Response required_in_body(std::string_view name) {
    return framework_refusal(422, kNotThere, fmt::format("{} in body is required", name));
}

net::Response unreadable_body(std::string_view name, std::string_view why) {
    return framework_refusal(
        400, 400, fmt::format("parsing {} body from \"\" failed, because {}", name, why));
}

net::Response handler_refusal(int status, std::string_view message) {
    return net::Response::json(status, json::serialize(json::string(message)));
}

net::Response refused_alerts(const PostedAlerts& posted) {
    // Go reads all of a body before it looks at any of it, and the framework checks one alert after
    // the other before the handler has them.
    std::vector<RefusedAlert> unreadable;
    std::string invalid;
    const std::vector<RefusedAlert>& refused = posted.batch.refused;
    std::optional<net::Response> framework;
    std::size_t named = 0;
    for (std::size_t i = 0; i < refused.size(); ++i) {
        const std::string& what = refused[i].error.message;
        switch (posted.faults[i]) {
            case AlertFault::kUnreadable:
                unreadable.push_back(refused[i]);
                break;
            case AlertFault::kFormat:
            case AlertFault::kMissing:
                if (framework) break;
                framework = framework_refusal(
                    422, posted.faults[i] == AlertFault::kFormat ? kNoUri : kNotThere,
                    fmt::format("{}.{}", refused[i].number - 1, what));
                break;
            case AlertFault::kInvalid:
                if (++named <= kMostNamed) invalid += (named > 1 ? "; " : "") + what;
                break;
        }
    }
    if (!unreadable.empty()) return unreadable_body("alerts", refusal_of(unreadable)->message);
    if (framework) return std::move(*framework);
    if (named > kMostNamed) invalid += fmt::format("; and {} more", named - kMostNamed);
    return handler_refusal(400, invalid);
}

std::string regex_problem(std::string_view pattern) {
    const auto compiled = Regex::compile(pattern);
    if (compiled) return "";
    // "bad regular expression "(": missing ): (": RE2's words and what they are about.
    const std::string head = fmt::format("bad regular expression {}: ", quote(pattern));
    std::string_view said = compiled.error().message;
    if (said.starts_with(head)) said.remove_prefix(head.size());
    const std::size_t colon = said.find(": ");
    if (colon == std::string_view::npos)
        return fmt::format("error parsing regexp: {}", go_words(said));
    return fmt::format("error parsing regexp: {}: `{}`", go_words(said.substr(0, colon)),
                       said.substr(colon + 2));
}

std::string anchored_regex_problem(std::string_view pattern) {
    return regex_problem(fmt::format("^(?:{})$", pattern));
}

Result<Matchers> parse_matcher_filter(const net::Request& request) {
    Matchers out;
    for (const std::string& text : request.params("filter")) {
        auto matcher = parse_matcher(text);
        if (!matcher) return Error(ErrorCode::kInvalid, filter_problem(text));
        out.push_back(std::move(matcher).value());
    }
    return out;
}

bool query_flag(const net::Request& request, std::string_view name, bool usual) {
    constexpr std::array<std::string_view, 10> kTrue = {
        "true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"};
    const std::vector<std::string> said = request.params(name);
    if (said.empty() || said.back().empty()) return usual;
    const auto is = [&](std::string_view word) { return iequals(word, said.back()); };
    return std::any_of(kTrue.begin(), kTrue.end(), is);
}

}  // namespace tocsin::bridge
