#include "collector/api/text_format.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"

namespace tocsin::collector {
namespace {

constexpr bool is_gap(char c) {
    return c == ' ' || c == '\t';
}

// A character of a name; digits count, as callers look at the first one themselves.
constexpr bool is_name_part(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':';
}

// What is left of one line, its line feed cut off.
class Cursor {
  public:
    explicit Cursor(std::string_view line) : rest_(line) {}

    void skip_gap() {
        while (!rest_.empty() && is_gap(rest_.front())) rest_.remove_prefix(1);
    }
    bool done() const { return rest_.empty(); }
    bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
    bool at_gap() const { return !rest_.empty() && is_gap(rest_.front()); }
    bool take(char c) {
        if (!at(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view name() {
        return cut(static_cast<std::size_t>(
            std::find_if_not(rest_.begin(), rest_.end(), is_name_part) - rest_.begin()));
    }
    std::string_view word() {
        return cut(static_cast<std::size_t>(std::find_if(rest_.begin(), rest_.end(), is_gap) -
                                            rest_.begin()));
    }
    std::string_view rest() const { return rest_; }

    // What stands up to the closing quote, which is taken too, with \\, \" and \n resolved.
    std::optional<std::string> quoted() {
        std::string value;
        while (!rest_.empty() && rest_.front() != '"') {
            char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '\\') {
                if (rest_.empty()) return std::nullopt;
                c = rest_.front();
                rest_.remove_prefix(1);
                if (c == 'n') {
                    c = '\n';
                } else if (c != '\\' && c != '"') {
                    return std::nullopt;
                }
            }
            value += c;
        }
        if (!take('"')) return std::nullopt;
        return value;
    }

  private:
    std::string_view cut(std::size_t size) {
        const std::string_view head = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return head;
    }

    std::string_view rest_;
};

// Prometheus's numbers but the hexadecimal ones, which the text format does not have.
std::optional<double> to_value(std::string_view text) {
    if (text.find_first_of("xX") != std::string_view::npos) return std::nullopt;
    return parse_double(text);
}

std::optional<TextType> to_type(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, TextType>, 5> kTypes{
        {{"untyped", TextType::kUntyped},
         {"counter", TextType::kCounter},
         {"gauge", TextType::kGauge},
         {"summary", TextType::kSummary},
         {"histogram", TextType::kHistogram}}};
    for (const auto& [name, type] : kTypes) {
        if (iequals(word, name)) return type;
    }
    return std::nullopt;
}

// A help text knows \\ and \n alone.
std::optional<std::string> to_help(std::string_view text) {
    std::string help;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            help += text[i];
        } else if (++i < text.size() && (text[i] == '\\' || text[i] == 'n')) {
            help += text[i] == 'n' ? '\n' : '\\';
        } else {
            return std::nullopt;
        }
    }
    return help;
}

class Parser {
  public:
    // Why the line is wrong; "" when it is not.
    std::string take(std::string_view line) {
        Cursor cursor(line);
        cursor.skip_gap();
        if (cursor.done()) return "";
        return cursor.take('#') ? comment(cursor) : sample(cursor);
    }

    TextMetrics finish() { return std::move(metrics_); }

  private:
    struct Known {
        std::size_t index = 0;
        bool typed = false;  // by a TYPE line, or by a sample that came first
    };

    std::string comment(Cursor& cursor) {
        cursor.skip_gap();
        const std::string_view keyword = cursor.word();
        if ((keyword != "HELP" && keyword != "TYPE") || cursor.done()) return "";
        cursor.skip_gap();
        const std::string_view name = cursor.name();
        if (cursor.done() && (name.empty() || is_metric_name(name))) return "";
        if (!is_metric_name(name) || !cursor.at_gap()) return "invalid metric name in comment";
        Known& known = family_of(name);
        TextFamily& family = metrics_.families[known.index];
        cursor.skip_gap();
        if (cursor.done()) return "";
        if (keyword == "HELP") {
            if (family.help) return "second HELP line for metric name " + quote(name);
            family.help = to_help(cursor.rest());
            if (!family.help) return "invalid escape sequence in HELP";
            if (!is_valid_utf8(*family.help)) family.help = valid_utf8(*family.help);
            return "";
        }
        if (known.typed) return "second TYPE line, or TYPE after samples, for " + quote(name);
        const std::optional<TextType> type = to_type(cursor.rest());
        if (!type) return "unknown metric type " + quote(cursor.rest());
        family.type = *type;
        known.typed = true;
        return "";
    }

    std::string sample(Cursor& cursor) {
        const std::string_view name = cursor.name();
        if (!is_metric_name(name)) return "invalid metric name";
        Known& known = family_of(name);
        known.typed = true;
        TextSample sample;
        sample.family = known.index;
        sample.name = name;
        cursor.skip_gap();
        if (cursor.take('{')) {
            if (std::string why = labels(cursor, sample); !why.empty()) return why;
            cursor.skip_gap();
        }
        const std::string_view number = cursor.word();
        const std::optional<double> value = to_value(number);
        if (!value) return "expected a number as value, got " + quote(number);
        sample.value = *value;
        if (!cursor.done()) {
            cursor.skip_gap();
            const std::string_view time = cursor.word();
            sample.timestamp_ms = parse_int(time);
            if (!sample.timestamp_ms) return "expected an integer as timestamp, got " + quote(time);
            if (!cursor.done()) return "spurious text after the timestamp";
        }
        metrics_.samples.push_back(std::move(sample));
        return "";
    }

    std::string labels(Cursor& cursor, TextSample& sample) {
        const TextType type = metrics_.families[sample.family].type;
        for (;;) {
            cursor.skip_gap();
            if (cursor.take('}')) return "";
            const std::string_view name = cursor.name();
            if (!is_label_name(name)) return "invalid label name for metric " + quote(sample.name);
            if (name == kMetricName) return "label name \"__name__\" is reserved";
            cursor.skip_gap();
            if (!cursor.take('=')) return "expected '=' after label name " + quote(name);
            cursor.skip_gap();
            if (!cursor.take('"'))
                return "expected '\"' at the start of the value of " + quote(name);
            std::optional<std::string> value = cursor.quoted();
            if (!value) return "label value without its end, or with an invalid escape sequence";
            if (!is_valid_utf8(*value)) return "invalid label value " + quote(*value);
            for (const TextLabel& label : sample.labels) {
                if (label.name == name) return "duplicate label names for " + quote(sample.name);
            }
            const bool number = (type == TextType::kSummary && name == "quantile") ||
                                (type == TextType::kHistogram && name == "le");
            if (number && !to_value(*value)) {
                return "expected a number as " + quote(name) + ", got " + quote(*value);
            }
            sample.labels.push_back({std::string(name), *std::move(value)});
            cursor.skip_gap();
            if (!cursor.take(',') && !cursor.at('}')) {
                return "unexpected end of the labels of " + quote(sample.name);
            }
        }
    }

    // The family that a name stands for: its own, or that of the summary or histogram whose part
    // it is; a new one when there is none yet.
    Known& family_of(std::string_view name) {
        if (const auto own = by_name_.find(std::string(name)); own != by_name_.end()) {
            return own->second;
        }
        for (const std::string_view part : {"_count", "_sum", "_bucket"}) {
            if (name.size() <= part.size() || !name.ends_with(part)) continue;
            const auto whole =
                by_name_.find(std::string(name.substr(0, name.size() - part.size())));
            if (whole == by_name_.end()) continue;
            const TextType type = metrics_.families[whole->second.index].type;
            if (type == TextType::kHistogram || (type == TextType::kSummary && part != "_bucket")) {
                return whole->second;
            }
        }
        metrics_.families.push_back({std::string(name), std::nullopt, TextType::kUntyped});
        return by_name_[std::string(name)] = {metrics_.families.size() - 1, false};
    }

    TextMetrics metrics_;
    std::unordered_map<std::string, Known> by_name_;
};

}  // namespace

Result<TextMetrics> parse_text_format(std::string_view text) {
    Parser parser;
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        const bool cut_off = end == std::string_view::npos &&
                             line.find_first_not_of(" \t") != std::string_view::npos;
        const std::string why = cut_off ? "the last line does not end" : parser.take(line);
        if (!why.empty()) {
            return Error(ErrorCode::kInvalid, "line " + std::to_string(number) + ": " + why);
        }
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parser.finish();
}

}  // namespace tocsin::collector
