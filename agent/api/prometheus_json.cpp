#include "agent/api/prometheus_json.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::agent {

namespace promql = rules::promql;

namespace {

// Seconds with up to three decimals, as Prometheus prints milliseconds: 1700000000.5.
void append_seconds(std::string& out, Timestamp t) {
    const auto ms = to_unix_ms(t);
    const auto whole = ms < 0 ? -((-ms) / 1000) : ms / 1000;
    auto rest = ms < 0 ? (-ms) % 1000 : ms % 1000;
    if (ms < 0 && whole == 0 && rest != 0) out += '-';
    out += std::to_string(whole);
    if (rest == 0) return;
    out += '.';
    for (int digit = 100; digit > 0 && rest > 0; digit /= 10) {
        out += static_cast<char>('0' + rest / digit);
        rest %= digit;
    }
}

void append_sample(std::string& out, Timestamp t, double v) {
    out += '[';
    append_seconds(out, t);
    out += ",\"";
    out += format_double(v);
    out += "\"]";
}

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80U;
}

// JSON is UTF-8: a byte that is not becomes U+FFFD, as Prometheus has it.
void append_string(std::string& out, std::string_view text) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    while (!text.empty()) {
        if (!is_ascii(text.front())) {
            const auto* const end = std::find_if(text.begin(), text.end(), is_ascii);
            const auto size = static_cast<std::size_t>(end - text.begin());
            out += valid_utf8(text.substr(0, size));
            text.remove_prefix(size);
            continue;
        }
        const char c = text.front();
        const auto byte = static_cast<unsigned char>(c);
        text.remove_prefix(1);
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (byte < 0x20U) {
                    out += "\\u00";
                    out += kHex[byte >> 4U];
                    out += kHex[byte & 0xfU];
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

void append_labels(std::string& out, const Labels& labels) {
    out += '{';
    bool first = true;
    for (const auto& label : labels) {
        if (!std::exchange(first, false)) out += ',';
        append_string(out, label.name.view());
        out += ':';
        append_string(out, label.value.view());
    }
    out += '}';
}

void append_vector(std::string& out, const promql::Vector& vector) {
    out += '[';
    bool first = true;
    for (const auto& sample : vector) {
        if (!std::exchange(first, false)) out += ',';
        out += "{\"metric\":";
        append_labels(out, sample.labels);
        out += ",\"value\":";
        append_sample(out, sample.t, sample.v);
        out += '}';
    }
    out += ']';
}

void append_matrix(std::string& out, const promql::Matrix& matrix) {
    out += '[';
    bool first = true;
    for (const auto& series : matrix) {
        if (!std::exchange(first, false)) out += ',';
        out += "{\"metric\":";
        append_labels(out, series.labels);
        out += ",\"values\":[";
        bool first_sample = true;
        for (const auto& sample : series.samples) {
            if (!std::exchange(first_sample, false)) out += ',';
            append_sample(out, sample.t, sample.v);
        }
        out += "]}";
    }
    out += ']';
}

struct ErrorShape {
    int status;
    std::string_view type;
};

ErrorShape shape_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::kInvalid:
        case ErrorCode::kTooLarge:
            return {400, "bad_data"};
        case ErrorCode::kNotFound:
            return {404, "not_found"};
        case ErrorCode::kUnauthorized:
            return {401, "unauthorized"};
        case ErrorCode::kConflict:
            return {422, "execution"};
        case ErrorCode::kTimeout:
            return {503, "timeout"};
        case ErrorCode::kUnavailable:
            return {503, "unavailable"};
        case ErrorCode::kIo:
        case ErrorCode::kInternal:
            return {500, "internal"};
    }
    return {500, "internal"};
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string out;
    append_string(out, text);
    return out;
}

std::string json_list(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const auto& text : texts) {
        if (out.size() > 1) out += ',';
        append_string(out, text);
    }
    return out + "]";
}

std::string labels_json(const Labels& labels) {
    std::string out;
    append_labels(out, labels);
    return out;
}

net::Response api_success(const std::string& data) {
    return net::Response::json(200, R"({"status":"success","data":)" + data + "}");
}

net::Response api_error(const Error& error) {
    const auto shape = shape_of(error.code);
    return net::Response::json(shape.status, R"({"status":"error","errorType":)" +
                                                 json_string(shape.type) + R"(,"error":)" +
                                                 json_string(error.message) + "}");
}

std::string value_json(const promql::Value& value) {
    return std::visit(
        [](const auto& v) {
            using T = std::decay_t<decltype(v)>;
            std::string out;
            if constexpr (std::is_same_v<T, promql::Scalar>) {
                out = R"({"resultType":"scalar","result":)";
                append_sample(out, v.t, v.v);
            } else if constexpr (std::is_same_v<T, promql::String>) {
                out = R"({"resultType":"string","result":[)";
                append_seconds(out, v.t);
                out += ',';
                append_string(out, v.v);
                out += ']';
            } else if constexpr (std::is_same_v<T, promql::Vector>) {
                out = R"({"resultType":"vector","result":)";
                append_vector(out, v);
            } else {
                out = R"({"resultType":"matrix","result":)";
                append_matrix(out, v);
            }
            out += '}';
            return out;
        },
        value);
}

std::string matrix_json(const promql::Matrix& matrix) {
    std::string out = R"({"resultType":"matrix","result":)";
    append_matrix(out, matrix);
    return out + "}";
}

Result<Timestamp> api_time(std::string_view name, std::string_view text) {
    if (const auto seconds = parse_double(text)) {
        // Beyond this a millisecond count no longer fits.
        if (std::isfinite(*seconds) && std::abs(*seconds) < 9.0e15) {
            return from_unix_ms(std::llround(*seconds * 1000.0));
        }
    } else if (auto time = parse_rfc3339(text)) {
        return time.value();
    }
    return Error(ErrorCode::kInvalid, "invalid parameter \"" + std::string(name) +
                                          "\": cannot parse \"" + std::string(text) +
                                          "\" to a valid timestamp");
}

Result<Duration> api_duration(std::string_view name, std::string_view text) {
    const auto bad = [&](std::string_view why) {
        return Error(ErrorCode::kInvalid,
                     "invalid parameter \"" + std::string(name) + "\": " + std::string(why));
    };
    Duration parsed{0};
    if (const auto seconds = parse_double(text)) {
        if (!std::isfinite(*seconds) || std::abs(*seconds) > 9.0e15) {
            return bad("cannot parse \"" + std::string(text) + "\" to a valid duration");
        }
        parsed = Duration{std::llround(*seconds * 1000.0)};
    } else if (auto duration = parse_duration(text)) {
        parsed = duration.value();
    } else {
        return bad("cannot parse \"" + std::string(text) + "\" to a valid duration");
    }
    if (parsed <= Duration{0}) {
        return bad(
            "zero or negative query resolution step widths are not accepted. Try a positive "
            "integer");
    }
    return parsed;
}

}  // namespace tocsin::agent
