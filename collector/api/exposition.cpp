#include "collector/api/exposition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

#include "base/model/labels.h"
#include "base/model/sample.h"

namespace tocsin::collector {
namespace {

struct Line {
    std::string_view family;
    std::string_view name;
    const Reading* reading;
};

// What its lines stand under: a histogram's buckets, sum and count have one header.
std::string_view family_of(const MetricDesc& desc, std::string_view name) {
    return desc.family.empty() || desc.name != name ? name : desc.family;
}

void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && in_quotes) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
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

void append_series(std::string& out, std::string_view metric, const Reading& reading,
                   const Labels& host) {
    out += metric;
    char before = '{';
    for (const Label& label : reading.series.labels()) {
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
    append_value(out, reading.value);
    if (reading.has_time()) out.append(" ").append(std::to_string(to_unix_ms(reading.at)));
    out += '\n';
}

}  // namespace

std::string exposition(std::span<const Reading> readings, const Labels& host) {
    std::vector<Line> lines;
    lines.reserve(readings.size());
    for (const Reading& reading : readings) {
        if (!reading.series || is_stale(reading.value)) continue;
        const std::string_view name = reading.series.labels().metric_name();
        lines.push_back({family_of(reading.series.desc(), name), name, &reading});
    }
    std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
        if (const int order = a.family.compare(b.family); order != 0) return order < 0;
        return a.reading->series.labels() < b.reading->series.labels();
    });
    std::string out;
    out.reserve(lines.size() * 96);
    const Line* before = nullptr;
    for (const Line& line : lines) {
        if (before == nullptr || before->family != line.family) {
            append_header(out, line.family, line.reading->series.desc());
        } else if (before->reading->series == line.reading->series) {
            continue;
        }
        append_series(out, line.name, *line.reading, host);
        before = &line;
    }
    return out;
}

}  // namespace tocsin::collector
