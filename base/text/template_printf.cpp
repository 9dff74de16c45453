// Go's fmt.Sprintf, mistakes in formats and arguments included (fmt/print.go).
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/core/strings.h"
#include "base/text/template_format.h"
#include "base/text/template_functions.h"
#include "base/text/unicode.h"

namespace tocsin::text {

namespace {

using Flags = FormatFlags;

constexpr std::int64_t kMostWidth = 10'000;
constexpr int kMostPrecision = 400;  // digits of a number

class Printer {
  public:
    Printer(std::string_view format, std::span<const Value> arguments)
        : format_(format), arguments_(arguments) {}

    Result<std::string> run() {
        while (!format_.empty()) {
            const std::size_t percent = std::min(format_.find('%'), format_.size());
            out_ += format_.substr(0, percent);
            format_.remove_prefix(percent);
            if (format_.empty()) break;
            format_.remove_prefix(1);
            verb();
            if (out_.size() > kMostTemplateBytes) {
                return Error(ErrorCode::kTooLarge, "printf makes too long a text");
            }
        }
        if (!reordered_) extra();
        return std::move(out_);
    }

  private:
    bool take(char c) {
        if (format_.empty() || format_.front() != c) return false;
        format_.remove_prefix(1);
        return true;
    }

    // What follows a '%'.
    void verb() {
        good_ = true;
        Flags f = flags();
        bool indexed = index();
        if (take('*')) {
            width_argument(f);
            indexed = false;
        } else if (const auto n = number()) {
            f.width = static_cast<std::size_t>(*n);
            if (indexed) good_ = false;  // "%[3]2d"
        }
        if (take('.')) {
            if (indexed) good_ = false;  // "%[3].2d"
            indexed = index();
            if (take('*')) {
                precision_argument(f);
                indexed = false;
            } else {
                f.precision = limited(number().value_or(0));
            }
        }
        if (!indexed) index();
        if (format_.empty()) {
            out_ += "%!(NOVERB)";
            return;
        }
        std::size_t end = 0;
        next_character(format_, end);
        const std::string_view letter = format_.substr(0, end);
        format_.remove_prefix(end);
        print(f, letter);
    }

    void print(Flags f, std::string_view letter) {
        if (letter == "%") {
            out_ += '%';
        } else if (!good_) {
            out_ += fmt::format("%!{}(BADINDEX)", letter);
        } else if (next_ >= arguments_.size()) {
            out_ += fmt::format("%!{}(MISSING)", letter);
        } else {
            if (letter == "v") {
                f.go_syntax = f.sharp;
                f.sharp = f.plus = false;
            }
            out_ += formatted(f, letter, arguments_[next_++]);
        }
    }

    Flags flags() {
        Flags f;
        for (; !format_.empty(); format_.remove_prefix(1)) {
            const char c = format_.front();
            if (c == '-') {
                f.minus = true;
                f.zero = false;
            } else if (c == '+') {
                f.plus = true;
            } else if (c == '#') {
                f.sharp = true;
            } else if (c == ' ') {
                f.space = true;
            } else if (c == '0') {
                f.zero = !f.minus;
            } else {
                break;
            }
        }
        return f;
    }

    std::optional<std::int64_t> number() {
        const std::size_t end = std::min(format_.find_first_not_of("0123456789"), format_.size());
        if (end == 0) return std::nullopt;
        const auto n = parse_int(format_.substr(0, end));
        format_.remove_prefix(end);
        return std::min(n.value_or(kMostWidth), kMostWidth);
    }
    static int limited(std::int64_t n) {
        return static_cast<int>(std::min<std::int64_t>(n, kMostPrecision));
    }

    // "[2]": which argument comes next. Whether there was one that can be read.
    bool index() {
        if (format_.empty() || format_.front() != '[') return false;
        reordered_ = true;
        const std::size_t end = format_.find(']');
        if (end == std::string_view::npos) {
            format_.remove_prefix(1);
            good_ = false;
            return false;
        }
        const std::string_view digits = format_.substr(1, end - 1);
        format_.remove_prefix(end + 1);
        const bool whole = digits.find_first_not_of("0123456789") == std::string_view::npos;
        const auto n = whole ? parse_int(digits) : std::nullopt;
        good_ = good_ && n && *n >= 1 && static_cast<std::uint64_t>(*n) <= arguments_.size();
        if (n && good_) next_ = static_cast<std::size_t>(*n) - 1;
        return n.has_value();
    }

    // A '*': the next argument, when it is a whole number that isn't huge.
    std::optional<std::int64_t> whole_argument() {
        if (next_ >= arguments_.size()) return std::nullopt;
        const auto* n = std::get_if<std::int64_t>(&arguments_[next_++].get());
        if (n == nullptr || *n > kMostWidth || *n < -kMostWidth) return std::nullopt;
        return *n;
    }
    void width_argument(Flags& f) {
        const auto n = whole_argument();
        if (!n) out_ += "%!(BADWIDTH)";
        f.width = static_cast<std::size_t>(std::abs(n.value_or(0)));
        if (n.value_or(0) >= 0) return;
        f.minus = true;
        f.zero = false;
    }
    void precision_argument(Flags& f) {
        const auto n = whole_argument();
        if (n && *n >= 0) {
            f.precision = limited(*n);
        } else {
            out_ += "%!(BADPREC)";
        }
    }

    void extra() {
        if (next_ >= arguments_.size()) return;
        out_ += "%!(EXTRA ";
        for (std::size_t i = next_; i < arguments_.size(); ++i) {
            if (i > next_) out_ += ", ";
            const Value& v = arguments_[i];
            const bool nothing = std::holds_alternative<std::monostate>(v.get());
            out_ +=
                nothing ? "<nil>" : fmt::format("{}={}", go_type(v), formatted(Flags{}, "v", v));
        }
        out_ += ")";
    }

    std::string_view format_;
    std::span<const Value> arguments_;
    std::size_t next_ = 0;
    bool good_ = true;
    bool reordered_ = false;
    std::string out_;
};

}  // namespace

Result<std::string> template_printf(std::string_view format, std::span<const Value> arguments) {
    return Printer(format, arguments).run();
}

}  // namespace tocsin::text
