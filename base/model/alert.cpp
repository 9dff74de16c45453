#include "base/model/alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/core/strings.h"
#include "base/model/alert_json.h"

namespace tocsin {

namespace json = boost::json;

namespace {

// "0001-01-01T00:00:00Z", Go's zero time.
constexpr Timestamp kZeroTime = Timestamp{Duration{-62'135'596'800'000}};

// Of the alerts that a request's answer speaks of.
constexpr std::size_t kMostNamed = 10;

std::string_view view(const json::string& s) {
    return {s.data(), s.size()};
}

Error invalid(std::string message) {
    return Error(ErrorCode::kInvalid, std::move(message));
}

Error place_of(const RefusedAlert& refused) {
    return refused.error.in(fmt::format("alert {}", refused.number));
}

Result<std::optional<Timestamp>> time_field(const json::object& alert, std::string_view key) {
    const json::value* v = alert.if_contains(json::string_view(key.data(), key.size()));
    if (v == nullptr || v->is_null()) return std::optional<Timestamp>{};
    if (!v->is_string()) return invalid(fmt::format("{} must be a string", key));
    auto time = parse_rfc3339(view(v->get_string()));
    if (!time) return time.error().in(key);
    if (time.value() == kZeroTime) return std::optional<Timestamp>{};
    return std::optional(time.value());
}

// Calls back with each name and repaired value of an object of strings.
template <class Add>
Result<void> each_string(const json::object& alert, std::string_view key, std::size_t most_bytes,
                         Add add) {
    const json::value* v = alert.if_contains(json::string_view(key.data(), key.size()));
    if (v == nullptr || v->is_null()) return success();
    const json::object* object = v->if_object();
    if (object == nullptr) return invalid(fmt::format("{} must be an object", key));
    std::size_t bytes = 0;
    for (const auto& [name, value] : *object) {
        const std::string_view n(name.data(), name.size());
        if (!is_label_name(n)) {
            return invalid(fmt::format("{}: {} is not a valid name", key, quote(valid_utf8(n))));
        }
        if (!value.is_string()) return invalid(fmt::format("{}.{} must be a string", key, n));
        const std::string text = valid_utf8(view(value.get_string()));
        bytes += n.size() + text.size();
        if (bytes > most_bytes) {
            return Error(ErrorCode::kTooLarge,
                         fmt::format("{} are longer than {} bytes", key, most_bytes));
        }
        add(n, text);
    }
    return success();
}

}  // namespace

Result<json::value> parse_alert_body(std::string_view text, int depth) {
    json::parse_options options;
    options.max_depth = static_cast<std::size_t>(depth);
    // What is not UTF-8 in a label's value is repaired, not refused.
    options.allow_invalid_utf8 = true;
    json::error_code error;
    try {
        json::value v =
            json::parse(json::string_view(text.data(), text.size()), error, {}, options);
        if (error == json::error::too_deep) {
            return Error(ErrorCode::kTooLarge,
                         fmt::format("the JSON is nested deeper than {} levels", depth));
        }
        if (error) return invalid("not JSON: " + error.message());
        return v;
    } catch (const std::exception& e) {
        return Error(ErrorCode::kInternal, fmt::format("parsing JSON: {}", e.what()));
    }
}

Result<Alert> alert_of_json(const json::value& value, const AlertLimits& limits) {
    const json::object* object = value.if_object();
    if (object == nullptr) return invalid("must be an object");
    Alert out;
    LabelsBuilder labels;
    const auto labels_at = object->find("labels");
    if (labels_at != object->end() && labels_at->value().is_object() &&
        labels_at->value().get_object().size() > limits.labels) {
        return Error(ErrorCode::kTooLarge, fmt::format("more than {} labels", limits.labels));
    }
    TOCSIN_TRY(each_string(*object, "labels", limits.label_bytes,
                           [&](std::string_view n, const std::string& v) { labels.set(n, v); }));
    out.labels = labels.build();
    if (out.labels.empty()) return invalid("labels: at least one with a value is needed");
    TOCSIN_TRY(each_string(
        *object, "annotations", limits.annotation_bytes,
        [&](std::string_view n, const std::string& v) { out.annotations[std::string(n)] = v; }));
    TOCSIN_TRY(out.starts_at, time_field(*object, "startsAt"));
    TOCSIN_TRY(out.ends_at, time_field(*object, "endsAt"));
    if (out.starts_at && out.ends_at && *out.ends_at < *out.starts_at) {
        return invalid("endsAt is before startsAt");
    }
    if (const json::value* url = object->if_contains("generatorURL"); url && !url->is_null()) {
        if (!url->is_string()) return invalid("generatorURL must be a string");
        out.generator_url = valid_utf8(view(url->get_string()));
    }
    return out;
}

Result<AlertBatch> read_alert_batch(std::string_view text, const AlertLimits& limits) {
    TOCSIN_TRY(const json::value root, parse_alert_body(text, limits.depth));
    const json::array* array = root.if_array();
    if (array == nullptr) return invalid("the body must be a JSON array of alerts");
    if (array->size() > limits.alerts) {
        return Error(ErrorCode::kTooLarge,
                     fmt::format("{} alerts in a request, at most {} are taken", array->size(),
                                 limits.alerts));
    }
    AlertBatch out;
    out.alerts.reserve(array->size());
    for (const json::value& value : *array) add_alert(out, alert_of_json(value, limits));
    return out;
}

Result<std::vector<Alert>> parse_alerts(std::string_view text, const AlertLimits& limits) {
    TOCSIN_TRY(AlertBatch batch, read_alert_batch(text, limits));
    if (!batch.refused.empty()) return place_of(batch.refused.front());
    return std::move(batch.alerts);
}

void add_alert(AlertBatch& batch, Result<Alert> alert) {
    const std::size_t number = batch.alerts.size() + batch.refused.size() + 1;
    if (alert) {
        batch.alerts.push_back(std::move(alert).value());
    } else {
        batch.refused.push_back({number, std::move(alert).error()});
    }
}

std::optional<Error> refusal_of(const std::vector<RefusedAlert>& refused) {
    if (refused.empty()) return std::nullopt;
    const std::size_t named = std::min(refused.size(), kMostNamed);
    std::string text;
    for (std::size_t i = 0; i < named; ++i) {
        if (i > 0) text += "; ";
        text += place_of(refused[i]).message;
    }
    if (named < refused.size()) text += fmt::format("; and {} more", refused.size() - named);
    return invalid(std::move(text));
}

std::string alerts_to_json(const std::vector<Alert>& alerts) {
    json::array array;
    array.reserve(alerts.size());
    const auto text = [](std::string_view s) { return json::string_view(s.data(), s.size()); };
    for (const Alert& alert : alerts) {
        json::object labels;
        for (const Label& l : alert.labels) {
            labels.emplace(text(l.name.view()), json::string(text(valid_utf8(l.value.view()))));
        }
        json::object annotations;
        for (const auto& [name, value] : alert.annotations) {
            annotations.emplace(name, json::string(text(valid_utf8(value))));
        }
        json::object object;
        object["labels"] = std::move(labels);
        object["annotations"] = std::move(annotations);
        if (alert.starts_at) object["startsAt"] = format_rfc3339(*alert.starts_at);
        if (alert.ends_at) object["endsAt"] = format_rfc3339(*alert.ends_at);
        if (!alert.generator_url.empty()) object["generatorURL"] = valid_utf8(alert.generator_url);
        array.push_back(std::move(object));
    }
    return json::serialize(array);
}

}  // namespace tocsin
