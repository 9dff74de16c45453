#include "cli/query.h"

#include <boost/json.hpp>
#include <cmath>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

Labels labels_of(const json::value& metric) {
    LabelsBuilder builder;
    if (const auto* object = metric.if_object()) {
        for (const auto& [name, value] : *object) {
            if (const auto* text = value.if_string()) builder.set(name, *text);
        }
    }
    return builder.build();
}

// Prometheus writes a sample as [seconds, "value"].
std::pair<std::string, std::string> sample_of(const json::value& pair) {
    const auto* array = pair.if_array();
    if (array == nullptr || array->size() != 2) return {};
    const auto seconds = (*array)[0].is_number() ? (*array)[0].to_number<double>() : 0.0;
    const auto* value = (*array)[1].if_string();
    return {format_rfc3339(from_unix_ms(std::llround(seconds * 1000.0))),
            value != nullptr ? std::string(*value) : ""};
}

// As a time of the agent's API.
std::string time_of(Timestamp at) {
    return net::percent_encode(format_rfc3339(at));
}

constexpr double kFirst = -62'167'219'200;  // of the year 0
constexpr double kLast = 253'402'300'799;   // of the year 9999

// RFC 3339, or Unix seconds as far as RFC 3339 has years; none for what is neither.
std::optional<Timestamp> parse_at(const std::string& text) {
    if (const auto seconds = parse_double(text)) {
        if (!(*seconds >= kFirst && *seconds <= kLast)) return std::nullopt;
        return from_unix_ms(std::llround(*seconds * 1000.0));
    }
    const auto time = parse_rfc3339(text);
    return time ? std::optional(time.value()) : std::nullopt;
}

int print_result(const Session& session, std::string_view kind, const json::value& result) {
    if (kind == "scalar" || kind == "string") {
        *session.out << sample_of(result).second << "\n";
        return kDone;
    }
    const auto& rows = result.get_array();
    if (rows.empty()) {
        *session.err << "Nothing matches.\n";
        return kNo;
    }
    if (kind == "vector") {
        Table table({"SERIES", "VALUE"});
        for (const auto& row : rows) {
            table.row({{labels_of(row.at("metric")).text()}, {sample_of(row.at("value")).second}});
        }
        *session.out << table.text(session.colour);
        return kDone;
    }
    Table table({"SERIES", "AT (UTC)", "VALUE"});
    for (const auto& row : rows) {
        auto name = labels_of(row.at("metric")).text();
        for (const auto& pair : row.at("values").as_array()) {
            auto [at, value] = sample_of(pair);
            table.row({{std::exchange(name, "")}, {std::move(at), Tint::kDim}, {std::move(value)}});
        }
    }
    *session.out << table.text(session.colour);
    return kDone;
}

}  // namespace

int query(const Session& session, const QueryOptions& options) {
    auto end = session.now;
    if (!options.at.empty()) {
        const auto at = parse_at(options.at);
        if (!at) {
            *session.err << "tocsin: --at " << options.at
                         << " is neither an RFC 3339 time nor Unix seconds\n";
            return kUsage;
        }
        end = *at;
    }
    auto url = session.agent;
    const auto expr = net::percent_encode(options.expr);
    if (options.range.empty()) {
        url += "/api/v1/query?query=" + expr;
        // Without a time the agent takes its own clock.
        if (!options.at.empty()) url += "&time=" + time_of(end);
    } else {
        const auto range = parse_duration(options.range);
        if (!range) {
            *session.err << "tocsin: --range: " << range.error().message << "\n";
            return kUsage;
        }
        const double first = static_cast<double>(to_unix_ms(end) - range.value().count()) / 1000.0;
        if (first < kFirst || first > kLast) {
            *session.err << "tocsin: --range: begins before the year 0\n";
            return kUsage;
        }
        url += "/api/v1/query_range?query=" + expr + "&start=" + time_of(end - range.value()) +
               "&end=" + time_of(end) + "&step=" + net::percent_encode(options.step);
    }
    const auto answer = call(session, "GET", url, "");
    if (!answer) return fail(session, answer.error());
    const auto* object = answer.value().if_object();
    const auto* data = object != nullptr ? object->if_contains("data") : nullptr;
    if (data == nullptr || !data->is_object()) {
        return fail(session,
                    Error(ErrorCode::kUnavailable, url + " did not answer as an agent does"));
    }
    const auto kind = text_of(*data, "resultType");
    const auto& result = member_of(*data, "result");
    if (kind.empty() || !result.is_array()) {
        return fail(session, Error(ErrorCode::kUnavailable, "the agent's answer holds no result"));
    }
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return result.get_array().empty() ? kNo : kDone;
    }
    return print_result(session, kind, result);
}

}  // namespace tocsin::cli
