#include "base/model/matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>
#include <optional>

#include "base/core/strings.h"

namespace tocsin {

namespace {

// One branch of a plain alternation: "node_cpu", "eth.*", "web.+".
struct Branch {
    std::string literal;
    enum class Tail { kNone, kAny, kSome } tail = Tail::kNone;

    bool matches(std::string_view text) const {
        if (tail == Tail::kNone) return text == literal;
        if (!text.starts_with(literal)) return false;
        const std::string_view rest = text.substr(literal.size());
        // '.' is any character but a newline.
        return rest.find('\n') == std::string_view::npos && (tail == Tail::kAny || !rest.empty());
    }
};

// The branches of a pattern that needs no automaton; nothing when it needs one.
std::optional<std::vector<Branch>> plain_branches(std::string_view pattern) {
    std::vector<Branch> branches(1);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        const char next = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
        const bool tail = c == '.' && (next == '*' || next == '+');
        const bool special = std::string_view("^$.[](){}*+?").find(c) != std::string_view::npos;
        Branch& branch = branches.back();
        if (c == '|') {
            branches.emplace_back();
        } else if (branch.tail != Branch::Tail::kNone || (special && !tail)) {
            return std::nullopt;  // something after ".*", or of RE2's own
        } else if (c == '\\') {
            // An escaped ASCII punctuation mark is that mark; other escapes have a meaning.
            const auto e = static_cast<unsigned char>(next);
            if (e <= ' ' || e >= 0x80 || std::isalnum(e) != 0) return std::nullopt;
            branch.literal += next;
            ++i;
        } else if (tail) {
            branch.tail = next == '*' ? Branch::Tail::kAny : Branch::Tail::kSome;
            ++i;
        } else {
            branch.literal += c;
        }
    }
    return branches;
}

}  // namespace

struct Regex::Program {
    std::string pattern;
    std::vector<Branch> branches;  // one at least, when there is no automaton
    std::unique_ptr<re2::RE2> automaton;
};

namespace {

// Live programs by pattern, so that two hundred rules with one pattern hold it once.
struct ProgramCache {
    std::mutex mutex;
    std::map<std::string, std::weak_ptr<const Regex::Program>, std::less<>> live;
};

ProgramCache& programs() {
    // Never destroyed: it outlives regexes of static life.
    static ProgramCache& cache = *std::make_unique<ProgramCache>().release();
    return cache;
}

void forget(const Regex::Program* program) {
    {
        ProgramCache& cache = programs();
        const std::lock_guard lock(cache.mutex);
        const auto at = cache.live.find(program->pattern);
        // Another thread may have compiled the same pattern since the last reference went.
        if (at != cache.live.end() && at->second.expired()) cache.live.erase(at);
    }
    delete program;
}

Result<std::unique_ptr<re2::RE2>> compile_automaton(std::string_view pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(2 << 20);
    auto automaton =
        std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    if (!automaton->ok()) {
        return Error(ErrorCode::kInvalid, fmt::format("bad regular expression {}: {}",
                                                      quote(pattern), automaton->error()));
    }
    return automaton;
}

}  // namespace

Result<Regex> Regex::compile(std::string_view pattern) {
    ProgramCache& cache = programs();
    Regex out;
    {
        const std::lock_guard lock(cache.mutex);
        if (const auto at = cache.live.find(pattern); at != cache.live.end()) {
            out.program_ = at->second.lock();
            if (out.program_) return out;
        }
    }
    auto program = std::make_unique<Program>();
    program->pattern = pattern;
    if (auto branches = plain_branches(pattern)) {
        program->branches = std::move(*branches);
    } else {
        TOCSIN_TRY(program->automaton, compile_automaton(pattern));
    }
    out.program_ = std::shared_ptr<const Program>(program.release(), forget);
    const std::lock_guard lock(cache.mutex);
    cache.live[out.program_->pattern] = out.program_;
    return out;
}

bool Regex::matches(std::string_view text) const {
    if (program_->automaton) {
        return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()),
                                   *program_->automaton);
    }
    return std::any_of(program_->branches.begin(), program_->branches.end(),
                       [&](const Branch& b) { return b.matches(text); });
}

const std::string& Regex::pattern() const {
    return program_->pattern;
}

Result<Matcher> Matcher::create(MatchOp op, std::string_view name, std::string_view value) {
    Matcher out(op, name, value);
    if (op == MatchOp::kRegex || op == MatchOp::kNotRegex) {
        TOCSIN_TRY(auto regex, Regex::compile(value));
        out.regex_.push_back(std::move(regex));
    }
    return out;
}

bool Matcher::matches(std::string_view value) const {
    switch (op_) {
        case MatchOp::kEqual:
            return value == value_;
        case MatchOp::kNotEqual:
            return value != value_;
        case MatchOp::kRegex:
            return regex_.front().matches(value);
        case MatchOp::kNotRegex:
            return !regex_.front().matches(value);
    }
    return false;
}

namespace {

std::string_view op_text(MatchOp op) {
    switch (op) {
        case MatchOp::kEqual:
            return "=";
        case MatchOp::kNotEqual:
            return "!=";
        case MatchOp::kRegex:
            return "=~";
        case MatchOp::kNotRegex:
            return "!~";
    }
    return "=";
}

}  // namespace

std::string Matcher::text() const {
    return fmt::format("{}{}{}", name_.view(), op_text(op_), quote(value_));
}

bool matches_all(const Matchers& matchers, const Labels& labels) {
    return std::all_of(matchers.begin(), matchers.end(),
                       [&](const Matcher& m) { return m.matches(labels); });
}

namespace {

// Alertmanager's rules for the right-hand side: quotes are optional but pair up; \n, \" and \\ are
// escapes, any other backslash is itself.
Result<std::string> matcher_value(std::string_view raw) {
    const bool quoted = !raw.empty() && raw.front() == '"';
    if (quoted) raw.remove_prefix(1);
    std::string out;
    bool closed = false;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const char c = raw[i];
        const char next = i + 1 < raw.size() ? raw[i + 1] : '\0';
        if (c == '\\' && (next == 'n' || next == '"' || next == '\\')) {
            out += next == 'n' ? '\n' : next;
            ++i;
        } else if (c == '"') {
            if (!quoted || i + 1 < raw.size()) {
                return Error(ErrorCode::kInvalid,
                             "the value has a double quote inside: write it as \\\"");
            }
            closed = true;
        } else {
            out += c;
        }
    }
    if (quoted && !closed)
        return Error(ErrorCode::kInvalid, "the value's closing quote is missing");
    return out;
}

}  // namespace

Result<Matcher> parse_matcher(std::string_view text) {
    const std::string_view whole = trim(text);
    std::size_t end = 0;
    while (end < whole.size() && is_metric_name(whole.substr(0, end + 1))) ++end;
    const std::string_view name = whole.substr(0, end);
    const std::string_view rest = trim(whole.substr(end));
    constexpr std::pair<std::string_view, MatchOp> kOps[] = {{"=~", MatchOp::kRegex},
                                                             {"!~", MatchOp::kNotRegex},
                                                             {"!=", MatchOp::kNotEqual},
                                                             {"=", MatchOp::kEqual}};
    for (const auto& [sign, op] : kOps) {
        if (name.empty() || !rest.starts_with(sign)) continue;
        auto value = matcher_value(trim(rest.substr(sign.size())));
        if (!value) return value.error().in(fmt::format("matcher {}", quote(whole)));
        if (!is_valid_utf8(value.value())) {
            return Error(ErrorCode::kInvalid,
                         fmt::format("matcher {}: the value is not UTF-8", quote(whole)));
        }
        return Matcher::create(op, name, value.value());
    }
    return Error(
        ErrorCode::kInvalid,
        fmt::format("{} is not a matcher: write it like name=\"value\", with =, !=, =~ or !~",
                    quote(whole)));
}

}  // namespace tocsin
