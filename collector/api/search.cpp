#include "collector/api/search.h"

#include <re2/re2.h>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Takes the name after a $ off `rest`; "" when none stands there.
std::string_view take_name(std::string_view& rest) {
    const bool braces = rest.starts_with('{');
    const std::size_t begin = braces ? 1 : 0;
    std::size_t end = begin;
    while (end < rest.size() && is_word(rest[end])) ++end;
    if (end == begin || (braces && (end == rest.size() || rest[end] != '}'))) return {};
    const std::string_view name = rest.substr(begin, end - begin);
    rest.remove_prefix(braces ? end + 1 : end);
    return name;
}

}  // namespace

Result<Search> Search::compile(const std::string& expression) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto program = std::make_shared<re2::RE2>(expression, options);
    if (!program->ok()) return Error(ErrorCode::kInvalid, expression + ": " + program->error());
    Search search;
    search.program_ = std::move(program);
    return search;
}

Result<std::vector<Search>> Search::compile(const std::vector<std::string>& expressions) {
    std::vector<Search> out;
    for (const std::string& expression : expressions) {
        TOCSIN_TRY(out.emplace_back(), compile(expression));
    }
    return out;
}

bool Search::found_in(std::string_view text) const {
    return re2::RE2::PartialMatch({text.data(), text.size()}, *program_);
}

std::optional<std::vector<std::string>> Search::groups(std::string_view text) const {
    std::vector<re2::StringPiece> parts(
        static_cast<std::size_t>(program_->NumberOfCapturingGroups()) + 1);
    if (!program_->Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED,
                         parts.data(), static_cast<int>(parts.size()))) {
        return std::nullopt;
    }
    std::vector<std::string> out;
    out.reserve(parts.size());
    for (const re2::StringPiece& part : parts) out.emplace_back(part.data(), part.size());
    return out;
}

std::string Search::expand(std::string_view pattern, const std::vector<std::string>& groups) const {
    std::string out;
    const auto& names = program_->NamedCapturingGroups();
    for (std::size_t dollar = pattern.find('$'); dollar != std::string_view::npos;
         dollar = pattern.find('$')) {
        out.append(pattern.substr(0, dollar));
        pattern.remove_prefix(dollar + 1);
        if (pattern.starts_with('$')) {
            out += '$';
            pattern.remove_prefix(1);
            continue;
        }
        const std::string_view name = take_name(pattern);
        if (name.empty()) {
            out += '$';
            continue;
        }
        std::optional<std::uint64_t> group = parse_uint(name);
        if (const auto at = names.find(std::string(name)); at != names.end()) {
            group = static_cast<std::uint64_t>(at->second);
        }
        if (group && *group < groups.size()) out += groups[*group];
    }
    out.append(pattern);
    return out;
}

const std::string& Search::expression() const {
    return program_->pattern();
}

}  // namespace tocsin::collector
