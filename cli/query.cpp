#include "cli/query.h"

#include <boost/json.hpp>
#include <ostream>
#include <string_view>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "base/net/http.h"
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
    return {format_rfc3339(from_unix_ms(static_cast<std::int64_t>(seconds * 1000.0))),
            value != nullptr ? std::string(*value) : ""};
}

int print_result(const Session& session, const json::object& data) {
    const auto* type = data.if_contains("resultType");
    const auto* result = data.if_contains("result");
    if (type == nullptr || !type->is_string() || result == nullptr || !result->is_array()) {
        return fail(session, Error(ErrorCode::kUnavailable, "the agent's answer holds no result"));
    }
    const std::string_view kind = type->get_string();
    const auto& rows = result->get_array();
    if (kind == "scalar" || kind == "string") {
        *session.out << sample_of(*result).second << "\n";
        return kDone;
    }
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
        if (const auto seconds = parse_double(options.at)) {
            end = from_unix_ms(static_cast<std::int64_t>(*seconds * 1000.0));
        } else if (const auto time = parse_rfc3339(options.at)) {
            end = time.value();
        } else {
            *session.err << "tocsin: --at " << options.at
                         << " is neither an RFC 3339 time nor Unix seconds\n";
            return kUsage;
        }
    }
    auto url = session.agent;
    const auto expr = net::percent_encode(options.expr);
    if (options.range.empty()) {
        url += "/api/v1/query?query=" + expr;
        // Without a time the agent takes its own clock.
        if (!options.at.empty()) url += "&time=" + format_double(to_unix_seconds(end));
    } else {
        const auto range = parse_duration(options.range);
        if (!range) {
            *session.err << "tocsin: --range: " << range.error().message << "\n";
            return kUsage;
        }
        url += "/api/v1/query_range?query=" + expr +
               "&start=" + format_double(to_unix_seconds(end - range.value())) +
               "&end=" + format_double(to_unix_seconds(end)) +
               "&step=" + net::percent_encode(options.step);
    }
    const auto answer = call(session, "GET", url, "");
    if (!answer) return fail(session, answer.error());
    const auto* object = answer.value().if_object();
    const auto* data = object != nullptr ? object->if_contains("data") : nullptr;
    if (data == nullptr || !data->is_object()) {
        return fail(session,
                    Error(ErrorCode::kUnavailable, url + " did not answer as an agent does"));
    }
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return kDone;
    }
    return print_result(session, data->get_object());
}

}  // namespace tocsin::cli
