#include "base/model/alertmanager_webhook.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "base/core/strings.h"
#include "base/model/alert_json.h"

namespace json = boost::json;

namespace tocsin {
namespace {

constexpr std::string_view kVersion = "4";
// The alerts stand one level deeper than in POST /api/v2/alerts.
constexpr int kDeeper = 1;

Error invalid(std::string message) {
    return {ErrorCode::kInvalid, std::move(message), Retry::kNo};
}

// "" when it is absent or null.
Result<std::string> text_member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return std::string();
    if (!value->is_string()) return invalid(fmt::format("{} must be a string", name));
    const json::string& text = value->get_string();
    return valid_utf8(std::string_view(text.data(), text.size()));
}

Result<std::int64_t> count_member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return std::int64_t{0};
    if (!value->is_int64() || value->get_int64() < 0) {
        return invalid(fmt::format("{} must be a number of alerts", name));
    }
    return value->get_int64();
}

Result<void> check_version(const json::object& root) {
    TOCSIN_TRY(const std::string version, text_member(root, "version"));
    if (version == kVersion) return success();
    return invalid(fmt::format(
        "version must be \"{}\", not \"{}\": this path takes what an Alertmanager posts to a "
        "webhook_config; alerts as Prometheus sends them go to /api/v2/alerts",
        kVersion, version));
}

Result<Alert> read_alert(const json::value& value, Timestamp now, const AlertLimits& limits) {
    TOCSIN_TRY(Alert alert, alert_of_json(value, limits));
    TOCSIN_TRY(const std::string status, text_member(value.get_object(), "status"));
    if (status == "resolved") {
        alert.ends_at = std::min(alert.ends_at.value_or(now), now);
    } else if (status == "firing") {
        alert.ends_at.reset();
    } else {
        return invalid(
            fmt::format("status must be \"firing\" or \"resolved\", not \"{}\"", status));
    }
    return alert;
}

}  // namespace

Result<AlertmanagerWebhook> parse_alertmanager_webhook(std::string_view body, Timestamp now,
                                                       const AlertLimits& limits) {
    TOCSIN_TRY(const json::value parsed, parse_alert_body(body, limits.depth + kDeeper));
    const json::object* root = parsed.if_object();
    if (root == nullptr) {
        return invalid(
            "the body must be a JSON object, as Alertmanager posts it to a webhook_config");
    }
    TOCSIN_TRY(check_version(*root));
    AlertmanagerWebhook out;
    TOCSIN_TRY(out.receiver, text_member(*root, "receiver"));
    TOCSIN_TRY(out.group_key, text_member(*root, "groupKey"));
    TOCSIN_TRY(out.truncated, count_member(*root, "truncatedAlerts"));
    const json::value* alerts = root->if_contains("alerts");
    const json::array* array = alerts == nullptr ? nullptr : alerts->if_array();
    if (array == nullptr) return invalid("alerts must be an array");
    if (array->size() > limits.alerts) {
        return Error(ErrorCode::kTooLarge,
                     fmt::format("{} alerts in a request, at most {} are taken; set max_alerts in "
                                 "the webhook_config",
                                 array->size(), limits.alerts));
    }
    out.batch.alerts.reserve(array->size());
    for (const json::value& value : *array) add_alert(out.batch, read_alert(value, now, limits));
    return out;
}

}  // namespace tocsin
