#include "collector/api/exposition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/model/labels.h"
#include "base/model/sample.h"
#include "base/net/http.h"

namespace tocsin::collector {
namespace {

struct Line {
    std::string_view family;
    std::string_view name;
    std::size_t reading;
    const SeriesRef* series;
};

// What its lines stand under: a histogram's buckets, sum and count have one header.
std::string_view family_of(const MetricDesc& desc, std::string_view name) {
    return desc.family.empty() || desc.name != name ? name : desc.family;
}

void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
    std::size_t written = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c != '\\' && c != '\n' && (c != '"' || !in_quotes)) continue;
        out.append(text, written, i - written);
        out += '\\';
        out += c == '\n' ? 'n' : c;
        written = i + 1;
    }
    out.append(text, written);
}

void append_value(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
    } else if (std::isinf(value)) {
        out += value > 0 ? "+Inf" : "-Inf";
    } else {
        char digits[32];
        // Whole numbers are most of what hosts report, and print several times faster so.
        constexpr double kExact = 1e15;
        const bool whole = std::fabs(value) < kExact && value == std::trunc(value);
        const auto end =
            whole ? std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(value))
                  : std::to_chars(digits, digits + sizeof digits, value);
        out.append(digits, end.ptr);
    }
}

void append_header(std::string& out, std::string_view family, const MetricDesc& desc) {
    if (!desc.help.empty()) {
        out.append("# HELP ").append(family).append(" ");
        append_escaped(out, desc.help, false);
        out += '\n';
    }
    out.append("# TYPE ").append(family).append(" ").append(to_string(desc.type)).append("\n");
    if (!desc.unit.empty()) {
        out.append("# UNIT ").append(family).append(" ").append(desc.unit).append("\n");
    }
}

bool of_host(const Label& label, const Labels& host) {
    return std::any_of(host.begin(), host.end(), [&](const Label& own) {
        return own.name == label.name && own.value == label.value;
    });
}

void append_series(std::string& out, std::string_view metric, const Labels& labels,
                   const Labels& host) {
    out += metric;
    char before = '{';
    for (const Label& label : labels) {
        const std::string_view name = label.name.view();
        if (name == kMetricName || of_host(label, host)) continue;
        out += before;
        out.append(name).append("=\"");
        append_escaped(out, label.value.view(), true);
        out += '"';
        before = ',';
    }
    if (before == ',') out += '}';
    out += ' ';
}

// Of the family that begins with `first`.
const MetricDesc& desc_of_family(const Line& first, const std::vector<Line>& lines) {
    const Line* const end = lines.data() + lines.size();
    for (const Line* at = &first; at != end && at->family == first.family; ++at) {
        if (!at->series->desc().revisable) return at->series->desc();
    }
    return first.series->desc();
}

bool is_shown(const Reading& reading) {
    return reading.series && !is_stale(reading.value);
}

std::vector<Line> sorted_lines(std::span<const Reading> readings) {
    std::vector<Line> lines;
    lines.reserve(readings.size());
    for (std::size_t i = 0; i < readings.size(); ++i) {
        if (!is_shown(readings[i])) continue;
        const SeriesRef& series = readings[i].series;
        const std::string_view name = series.labels().metric_name();
        lines.push_back({family_of(series.desc(), name), name, i, &series});
    }
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
        if (const int order = a.family.compare(b.family); order != 0) return order < 0;
        return a.series->labels() < b.series->labels();
    });
    return lines;
}

}  // namespace

Exposition::Exposition(const SeriesTable& table) : Exposition(table.target(), &table) {}

Exposition::Exposition(Labels host, const SeriesTable* table)
    : host_(std::move(host)), table_(table) {}

bool Exposition::is_laid_out(std::span<const Reading> readings) const {
    return redescribed() == redescribed_ &&
           std::equal(readings.begin(), readings.end(), of_.begin(), of_.end(),
                      [](const Reading& reading, const SeriesRef& laid_out) {
                          return is_shown(reading) ? laid_out == reading.series : !laid_out;
                      });
}

void Exposition::lay_out(std::span<const Reading> readings) {
    redescribed_ = redescribed();
    of_.clear();
    for (const Reading& reading : readings) {
        of_.push_back(is_shown(reading) ? reading.series : SeriesRef());
    }
    template_.reset();
    compressed_ = 0;
    layout_.clear();
    rows_.clear();
    const std::vector<Line> lines = sorted_lines(readings);
    const Line* before = nullptr;
    for (const Line& line : lines) {
        const bool same_family = before != nullptr && before->family == line.family;
        if (same_family && *before->series == *line.series) continue;
        rows_.push_back({line.reading, layout_.size()});
        if (!same_family) append_header(layout_, line.family, desc_of_family(line, lines));
        append_series(layout_, line.name, line.series->labels(), host_);
        before = &line;
    }
    layout_.shrink_to_fit();
}

std::string Exposition::text(std::span<const Reading> readings) {
    if (!is_laid_out(readings)) lay_out(readings);
    constexpr std::size_t kValue = 16;
    std::string out;
    out.reserve(layout_.size() + rows_.size() * kValue);
    values_.clear();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const Reading& reading = readings[rows_[i].reading];
        const std::size_t end = i + 1 < rows_.size() ? rows_[i + 1].begin : layout_.size();
        out.append(layout_, rows_[i].begin, end - rows_[i].begin);
        const std::size_t begin = out.size();
        append_value(out, reading.value);
        if (reading.has_time()) out.append(" ").append(std::to_string(to_unix_ms(reading.at)));
        out += '\n';
        values_.push_back({begin, out.size()});
    }
    return out;
}

std::string Exposition::gzip(std::string_view page) {
    constexpr int kLasting = 8;
    if (!template_ && ++compressed_ < kLasting) return net::gzip(page);
    if (!template_) template_.emplace(page, values_);
    return template_->compress(page, values_);
}

std::string exposition(std::span<const Reading> readings, const Labels& host) {
    return Exposition(host, nullptr).text(readings);
}

}  // namespace tocsin::collector
