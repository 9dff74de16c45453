#include "collector/service/scrape/page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

constexpr bool begins_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

constexpr bool is_name_part(char c) {
    return begins_name(c) || (c >= '0' && c <= '9');
}

constexpr bool is_gap(char c) {
    return c == ' ' || c == '\t';
}

struct TypeRow {
    std::string_view word;
    PageType type;
};

constexpr std::array<TypeRow, 5> kTextTypes{{{"counter", PageType::kCounter},
                                             {"gauge", PageType::kGauge},
                                             {"summary", PageType::kSummary},
                                             {"histogram", PageType::kHistogram},
                                             {"untyped", PageType::kUnknown}}};
constexpr std::array<TypeRow, 8> kOpenTypes{{{"counter", PageType::kCounter},
                                             {"gauge", PageType::kGauge},
                                             {"summary", PageType::kSummary},
                                             {"histogram", PageType::kHistogram},
                                             {"gaugehistogram", PageType::kGaugeHistogram},
                                             {"info", PageType::kInfo},
                                             {"stateset", PageType::kStateSet},
                                             {"unknown", PageType::kUnknown}}};

template <class Rows>
std::optional<PageType> type_in(const Rows& rows, std::string_view word) {
    for (const TypeRow& row : rows) {
        if (row.word == word) return row.type;
    }
    return std::nullopt;
}

// Numbers as both formats have them: no hexadecimal ones.
std::optional<double> to_number(std::string_view text) {
    if (text.find_first_of("xX") != std::string_view::npos) return std::nullopt;
    return parse_double(text);
}

}  // namespace

bool PageReader::wrong(std::string_view what) {
    trouble_ = "line " + std::to_string(line_) + ": " + std::string(what);
    rest_ = {};
    return false;
}

void PageReader::skip_gaps() {
    while (!rest_.empty() && is_gap(rest_.front())) rest_.remove_prefix(1);
}

std::string_view PageReader::take_name() {
    std::size_t size = 0;
    if (!rest_.empty() && begins_name(rest_.front())) {
        while (size < rest_.size() && is_name_part(rest_[size])) ++size;
    }
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
}

std::string_view PageReader::take_word() {
    std::size_t size = 0;
    while (size < rest_.size() && !is_gap(rest_[size]) && rest_[size] != '\n') ++size;
    const std::string_view word = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return word;
}

std::string_view PageReader::take_line() {
    const std::string_view line = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(line.size());
    return line;
}

bool PageReader::take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
}

// The text format's last line need not end.
bool PageReader::take_newline() {
    if (rest_.empty()) return format_ == PageFormat::kText;
    if (!take("\n")) return false;
    ++line_;
    return true;
}

bool PageReader::next(PageEntry& entry) {
    return format_ == PageFormat::kText ? text_entry(entry) : open_entry(entry);
}

bool PageReader::described(PageEntry& entry, PageEntry::Kind kind, std::string_view text) {
    entry.kind = kind;
    entry.text = text;
    if (kind == PageEntry::Kind::kType) {
        const auto type =
            format_ == PageFormat::kText ? type_in(kTextTypes, text) : type_in(kOpenTypes, text);
        if (!type) return wrong("no metric type: " + quote(text.substr(0, 40)));
        entry.type = *type;
    } else if (!is_valid_utf8(text)) {
        return wrong("the text is not valid UTF-8");
    } else if (kind == PageEntry::Kind::kUnit && !text.empty()) {
        const std::string_view name = entry.name;
        const bool ends = name.ends_with(text) && name.size() > text.size() &&
                          name[name.size() - text.size() - 1] == '_';
        if (!ends) return wrong("the unit does not end the name " + quote(name));
    }
    return take_newline() || wrong("the line does not end");
}

bool PageReader::take_series(PageEntry& entry) {
    entry_line_ = line_;
    const std::string_view from = rest_;
    entry.kind = PageEntry::Kind::kSample;
    entry.name = take_name();
    std::size_t size = entry.name.size();
    if (format_ == PageFormat::kText) skip_gaps();
    if (rest_.starts_with('{')) {
        std::size_t lines = 0;
        const std::size_t labels = end_of_labels(rest_, lines);
        if (labels == std::string_view::npos) return wrong("the labels do not end");
        line_ += lines;
        rest_.remove_prefix(labels);
        size = from.size() - rest_.size();
    }
    entry.series = from.substr(0, size);
    return true;
}

bool PageReader::take_value(PageEntry& entry) {
    const std::string_view word = take_word();
    const auto value = to_number(word);
    if (!value) return wrong("no number as value: " + quote(word.substr(0, 40)));
    entry.value = *value;
    return true;
}

// Behind the '#'. Anything but HELP and TYPE is a comment for people, and is passed over.
bool PageReader::pass_comment() {
    const std::string_view before = rest_;
    skip_gaps();
    const bool spaced = rest_.size() != before.size();
    const std::string_view keyword = rest_.substr(0, 5);
    if (spaced &&
        (keyword == "HELP " || keyword == "HELP\t" || keyword == "TYPE " || keyword == "TYPE\t")) {
        return false;
    }
    take_line();
    take_newline();
    return true;
}

bool PageReader::text_comment(PageEntry& entry) {
    const bool help = take_word() == "HELP";
    skip_gaps();
    entry.name = take_name();
    if (entry.name.empty()) return wrong("no metric's name after HELP or TYPE");
    std::string_view line = take_line();
    if (!line.empty()) line.remove_prefix(1);  // the blank before the text
    return described(entry, help ? PageEntry::Kind::kHelp : PageEntry::Kind::kType, line);
}

bool PageReader::text_sample(PageEntry& entry) {
    if (!take_series(entry)) return false;
    skip_gaps();
    if (!take_value(entry)) return false;
    entry.time_ms.reset();
    skip_gaps();
    if (!rest_.empty() && rest_.front() != '\n') {
        const std::string_view word = take_word();
        entry.time_ms = word.starts_with('-') ? std::nullopt : parse_int(word);
        if (!entry.time_ms) return wrong("no time in milliseconds: " + quote(word.substr(0, 40)));
        skip_gaps();
    }
    return take_newline() || wrong("something stands behind the time");
}

bool PageReader::text_entry(PageEntry& entry) {
    for (;;) {
        skip_gaps();
        if (rest_.empty()) return false;
        if (rest_.front() == '\n') {
            take_newline();
        } else if (!take("#")) {
            break;
        } else if (!pass_comment()) {
            return text_comment(entry);
        }
    }
    if (!begins_name(rest_.front())) return wrong("no metric's name begins the line");
    return text_sample(entry);
}

bool PageReader::open_comment(PageEntry& entry) {
    using Kind = PageEntry::Kind;
    if (take("EOF")) {
        take("\n");
        if (!rest_.empty()) return wrong("something stands behind # EOF");
        return false;
    }
    constexpr std::array<std::pair<std::string_view, Kind>, 3> kKinds{
        {{"HELP ", Kind::kHelp}, {"TYPE ", Kind::kType}, {"UNIT ", Kind::kUnit}}};
    for (const auto& [word, kind] : kKinds) {
        if (!take(word)) continue;
        entry.name = take_name();
        if (entry.name.empty()) return wrong("no metric's name after " + std::string(word));
        if (!take(" ")) return wrong("no text after the name");
        return described(entry, kind, take_line());
    }
    return wrong("OpenMetrics has no other comments than HELP, TYPE, UNIT and EOF");
}

bool PageReader::open_time(PageEntry& entry) {
    const std::string_view word = take_word();
    const auto seconds = to_number(word);
    constexpr double kMost = 9e15;  // of milliseconds, exact in a double
    if (!seconds || !std::isfinite(*seconds) || std::fabs(*seconds * 1000) > kMost) {
        return wrong("no time in seconds: " + quote(word.substr(0, 40)));
    }
    entry.time_ms = static_cast<std::int64_t>(*seconds * 1000);
    return true;
}

// Its labels are read, since a page with a mistake there is one that Prometheus refuses.
bool PageReader::exemplar(std::string_view name) {
    if (!name.ends_with("_total") && !name.ends_with("_bucket")) {
        return wrong("a metric that is neither a counter nor a bucket has no exemplars");
    }
    PageEntry skipped;
    std::size_t lines = 0;
    const std::size_t size = end_of_labels(rest_, lines);
    if (size == std::string_view::npos) return wrong("the exemplar's labels do not end");
    std::vector<TextLabel> labels;
    const std::string_view text = rest_.substr(0, size);
    if (const auto read = read_series(text, format_, labels); !read) {
        return wrong(read.error().message);
    }
    rest_.remove_prefix(size);
    if (!take(" ")) return wrong("no value of the exemplar");
    if (!take_value(skipped)) return false;
    return !take(" ") || open_time(skipped);
}

bool PageReader::open_sample(PageEntry& entry) {
    if (!take_series(entry)) return false;
    if (!take(" ")) return wrong("no value after the series");
    if (!take_value(entry)) return false;
    entry.time_ms.reset();
    if (rest_.starts_with(" ") && !rest_.starts_with(" # {")) {
        take(" ");
        if (!open_time(entry)) return false;
    }
    if (take(" # ") && !exemplar(entry.name)) return false;
    return take_newline() || wrong("the line does not end");
}

bool PageReader::open_entry(PageEntry& entry) {
    if (rest_.empty()) return wrong("the page does not end with # EOF");
    if (take("# ")) return open_comment(entry);
    if (!begins_name(rest_.front())) return wrong("no metric's name begins the line");
    return open_sample(entry);
}

}  // namespace tocsin::collector
