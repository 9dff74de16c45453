#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "base/core/strings.h"
#include "base/text/template_text.h"

namespace tocsin::text {

namespace {

Result<std::unique_ptr<re2::RE2>> regex_of(const std::string& pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(2 << 20);
    auto regex = std::make_unique<re2::RE2>(pattern, options);
    if (!regex->ok()) {
        return Error(ErrorCode::kInvalid,
                     fmt::format("bad regular expression {}: {}", quote(pattern), regex->error()));
    }
    return regex;
}

// Go's `$1`, `${1}`, `${name}` and `$$` as RE2 rewrites them; what does not exist is empty.
std::string rewrite_of(std::string_view replacement, const re2::RE2& regex) {
    const auto is_word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    std::string out;
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        if (replacement[i] == '\\') {
            out += "\\\\";
            continue;
        }
        if (replacement[i] != '$') {
            out += replacement[i];
            continue;
        }
        const bool braces = i + 1 < replacement.size() && replacement[i + 1] == '{';
        const std::size_t begin = i + (braces ? 2 : 1);
        std::size_t end = begin;
        while (end < replacement.size() && is_word(replacement[end])) ++end;
        const bool closed = !braces || (end < replacement.size() && replacement[end] == '}');
        if (end == begin || !closed) {
            if (replacement.substr(i).starts_with("$$")) ++i;
            out += '$';
            continue;
        }
        const std::string name(replacement.substr(begin, end - begin));
        auto group = parse_int(name);
        const auto& named = regex.NamedCapturingGroups();
        if (const auto at = named.find(name); !group && at != named.end()) group = at->second;
        if (group && *group <= std::min(regex.NumberOfCapturingGroups(), 9)) {
            out += "\\" + std::to_string(*group);
        }
        i = end - (braces ? 0 : 1);
    }
    return out;
}

}  // namespace

Result<bool> regex_found(const std::string& pattern, const std::string& text) {
    TOCSIN_TRY(const auto regex, regex_of(pattern));
    return re2::RE2::PartialMatch(text, *regex);
}

Result<std::string> regex_replaced(const std::string& pattern, const std::string& replacement,
                                   std::string text) {
    TOCSIN_TRY(const auto regex, regex_of(pattern));
    re2::RE2::GlobalReplace(&text, *regex, rewrite_of(replacement, *regex));
    return text;
}

}  // namespace tocsin::text
