// Label matchers, as Prometheus's selectors and Alertmanager's configuration write them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/model/labels.h"

namespace tocsin {

enum class MatchOp { kEqual, kNotEqual, kRegex, kNotRegex };

// A whole-string match of an anchored RE2. Literals and plain alternations ("a|b|c") never reach
// RE2, nor do prefixes ("eth.*"); equal patterns share one program. Thread-safe, cheap to copy.
class Regex {
  public:
    static Result<Regex> compile(std::string_view pattern);
    bool matches(std::string_view text) const;
    const std::string& pattern() const;

    struct Program;

  private:
    std::shared_ptr<const Program> program_;
};

class Matcher {
  public:
    // kInvalid when the pattern does not compile; says what RE2 says.
    static Result<Matcher> create(MatchOp op, std::string_view name, std::string_view value);

    MatchOp op() const { return op_; }
    const Symbol& name() const { return name_; }
    const std::string& value() const { return value_; }
    bool matches(std::string_view value) const;  // of the label; "" is an absent label
    bool matches(const Labels& labels) const { return matches(labels.get(name_).view()); }
    std::string text() const;  // name=~"value"
    bool operator==(const Matcher& o) const {
        return op_ == o.op_ && name_ == o.name_ && value_ == o.value_;
    }

  private:
    Matcher(MatchOp op, std::string_view name, std::string_view value)
        : op_(op), name_(name), value_(value) {}
    MatchOp op_;
    Symbol name_;
    std::string value_;
    std::vector<Regex> regex_;  // none or one
};

using Matchers = std::vector<Matcher>;

bool matches_all(const Matchers& matchers, const Labels& labels);

// Alertmanager's syntax for one matcher: `team="dba"`, `env!=prod`, `host=~"web.*"`.
Result<Matcher> parse_matcher(std::string_view text);

}  // namespace tocsin
