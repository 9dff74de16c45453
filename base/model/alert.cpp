#include "base/model/alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "base/core/request_uri.h"
#include "base/core/strings.h"
#include "base/model/alert_json.h"
#include "base/model/posted_alerts.h"

namespace tocsin {

namespace json = boost::json;

namespace {

// "0001-01-01T00:00:00Z", Go's zero time.
constexpr Timestamp kZeroTime = Timestamp{Duration{-62'135'596'800'000}};

// Of the alerts that a request's answer speaks of.
constexpr std::size_t kMostNamed = 10;

constexpr std::string_view kUrl = "generatorURL";

std::string_view view(const json::string& s) {
    return {s.data(), s.size()};
}

Error invalid(std::string message) {
    return Error(ErrorCode::kInvalid, std::move(message));
}

// Nothing for one that is null, which is as good as absent.
const json::value* member(const json::object& object, std::string_view key) {
    const json::value* v = object.if_contains(json::string_view(key.data(), key.size()));
    return v == nullptr || v->is_null() ? nullptr : v;
}

Error place_of(const RefusedAlert& refused) {
    return refused.error.in(fmt::format("alert {}", refused.number));
}

Result<std::optional<Timestamp>> time_field(const json::object& alert, std::string_view key) {
    const json::value* v = member(alert, key);
    if (v == nullptr) return std::optional<Timestamp>{};
    if (!v->is_string()) return invalid(fmt::format("{} must be a string", key));
    if (v->get_string().empty()) return std::optional<Timestamp>{};
    auto time = parse_rfc3339(view(v->get_string()));
    if (!time) return time.error().in(key);
    if (time.value() == kZeroTime) return std::optional<Timestamp>{};
    return std::optional(time.value());
}

Result<void> check_strings(const json::object& alert, std::string_view key) {
    const json::value* v = member(alert, key);
    if (v == nullptr) return success();
    if (!v->is_object()) return invalid(fmt::format("{} must be an object", key));
    for (const auto& [name, value] : v->get_object()) {
        if (value.is_string() || value.is_null()) continue;
        return invalid(fmt::format("{}.{} must be a string", key,
                                   valid_utf8(std::string_view(name.data(), name.size()))));
    }
    return success();
}

// Alertmanager's steps, in its order and, where they are the same for all its clients, its words.
Result<void> check_types(const json::value& alert) {
    const json::object* object = alert.if_object();
    if (object == nullptr) return invalid("must be an object");
    TOCSIN_TRY(check_strings(*object, "labels"));
    TOCSIN_TRY(check_strings(*object, "annotations"));
    TOCSIN_TRY(time_field(*object, "startsAt"));
    TOCSIN_TRY(time_field(*object, "endsAt"));
    const json::value* url = member(*object, kUrl);
    if (url != nullptr && !url->is_string()) return invalid("generatorURL must be a string");
    return success();
}

Result<void> check_format(const json::object& alert) {
    const json::value* url = member(alert, kUrl);
    if (url == nullptr || url->get_string().empty() || is_request_uri(view(url->get_string()))) {
        return success();
    }
    return invalid(fmt::format("generatorURL in body must be of type uri: {}",
                               quote(valid_utf8(view(url->get_string())))));
}

Result<void> check_required(const json::object& alert) {
    if (member(alert, "labels") != nullptr) return success();
    return invalid("labels in body is required");
}

enum class Empty { kDropped, kKept };

// Calls back with each name and repaired value of an object of strings; `what`: Alertmanager's word
// for it.
template <class Add>
Result<void> each_string(const json::object& alert, std::string_view key, std::string_view what,
                         Empty empty, std::size_t most_bytes, Add add) {
    const json::value* v = member(alert, key);
    if (v == nullptr) return success();
    std::size_t bytes = 0;
    for (const auto& [name, value] : v->get_object()) {
        const std::string text =
            value.is_null() ? std::string() : valid_utf8(view(value.get_string()));
        if (text.empty() && empty == Empty::kDropped) continue;
        const std::string_view n(name.data(), name.size());
        if (!is_label_name(n)) {
            return invalid(fmt::format("invalid {}: invalid name {}", what, quote(valid_utf8(n))));
        }
        bytes += n.size() + text.size();
        if (bytes > most_bytes) {
            return Error(ErrorCode::kTooLarge,
                         fmt::format("{} are longer than {} bytes", key, most_bytes));
        }
        add(n, text);
    }
    return success();
}

Result<void> read_times(const json::object& object, std::optional<Timestamp> starts_by,
                        Alert& out) {
    TOCSIN_TRY(out.starts_at, time_field(object, "startsAt"));
    TOCSIN_TRY(out.ends_at, time_field(object, "endsAt"));
    const auto end = out.ends_at ? out.ends_at : starts_by;
    if (out.starts_at && end && *end < *out.starts_at) {
        return invalid("start time must be before end time");
    }
    return success();
}

// Of what has the right types.
Result<Alert> read_alert(const json::object& object, std::optional<Timestamp> starts_by,
                         const AlertLimits& limits) {
    Alert out;
    TOCSIN_TRY(read_times(object, starts_by, out));
    const json::value* given = member(object, "labels");
    if (given != nullptr && given->get_object().size() > limits.labels) {
        return Error(ErrorCode::kTooLarge, fmt::format("more than {} labels", limits.labels));
    }
    LabelsBuilder labels;
    TOCSIN_TRY(each_string(object, "labels", "label set", Empty::kDropped, limits.label_bytes,
                           [&](std::string_view n, const std::string& v) { labels.set(n, v); }));
    out.labels = labels.build();
    if (out.labels.empty()) return invalid("at least one label pair required");
    TOCSIN_TRY(each_string(
        object, "annotations", "annotations", Empty::kKept, limits.annotation_bytes,
        [&](std::string_view n, const std::string& v) { out.annotations[std::string(n)] = v; }));
    if (const json::value* url = member(object, kUrl)) {
        out.generator_url = valid_utf8(view(url->get_string()));
    }
    return out;
}

// What is wrong with it, and at which step.
using Problem = std::pair<AlertFault, Error>;
std::optional<Problem> problem_of(const json::value& value) {
    if (auto right = check_types(value); !right) {
        return Problem(AlertFault::kUnreadable, std::move(right).error());
    }
    const json::object& object = value.get_object();
    if (auto right = check_format(object); !right) {
        return Problem(AlertFault::kFormat, std::move(right).error());
    }
    if (auto right = check_required(object); !right) {
        return Problem(AlertFault::kMissing, std::move(right).error());
    }
    return std::nullopt;
}

void add_posted(PostedAlerts& out, const json::value& value, std::optional<Timestamp> starts_by,
                const AlertLimits& limits) {
    if (auto problem = problem_of(value)) {
        out.faults.push_back(problem->first);
        return add_alert(out.batch, std::move(problem->second));
    }
    auto alert = read_alert(value.get_object(), starts_by, limits);
    if (!alert) out.faults.push_back(AlertFault::kInvalid);
    add_alert(out.batch, std::move(alert));
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
    TOCSIN_TRY(check_types(value));
    TOCSIN_TRY(check_required(value.get_object()));
    return read_alert(value.get_object(), std::nullopt, limits);
}

Result<PostedAlerts> read_posted_alerts(std::string_view text, std::optional<Timestamp> starts_by,
                                        const AlertLimits& limits) {
    TOCSIN_TRY(const json::value root, parse_alert_body(text, limits.depth));
    PostedAlerts out;
    if (root.is_null()) return out;
    const json::array* array = root.if_array();
    if (array == nullptr) return invalid("the body must be a JSON array of alerts");
    if (array->size() > limits.alerts) {
        return Error(ErrorCode::kTooLarge,
                     fmt::format("{} alerts in a request, at most {} are taken", array->size(),
                                 limits.alerts));
    }
    out.batch.alerts.reserve(array->size());
    for (const json::value& value : *array) add_posted(out, value, starts_by, limits);
    return out;
}

Result<AlertBatch> read_alert_batch(std::string_view text, const AlertLimits& limits) {
    TOCSIN_TRY(PostedAlerts posted, read_posted_alerts(text, std::nullopt, limits));
    return std::move(posted.batch);
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
