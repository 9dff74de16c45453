// An alert as it travels: Alertmanager's v2 JSON.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/model/labels.h"

namespace tocsin {

using Annotations = std::map<std::string, std::string, std::less<>>;

// Annotations that our agent adds (design: Delivery).
inline constexpr std::string_view kAnnotationAlert = "tocsin_alert";  // identity without level
inline constexpr std::string_view kAnnotationSeq = "tocsin_seq";      // per alert, rising
inline constexpr std::string_view kAnnotationLevel = "tocsin_level";  // "" for none
// Why it fires, for those who ask the bridge (`tocsin incidents why`), as of the last transition.
inline constexpr std::string_view kAnnotationReason = "tocsin_reason";  // "96 > 92 for 5m"
inline constexpr std::string_view kAnnotationValue = "tocsin_value";    // the expression's, "96"
inline constexpr std::string_view kAnnotationRule = "tocsin_rule";      // "/etc/…/host.yml:12"
inline constexpr std::string_view kAnnotationRuleVersion = "tocsin_rule_version";  // of the file
inline constexpr std::string_view kAnnotationExpr = "tocsin_expr";
// "observe": recorded and told to nobody; a rule's own word, or its agent's.
inline constexpr std::string_view kAnnotationMode = "tocsin_mode";
inline constexpr std::string_view kModeObserve = "observe";

// Our agent's own clock on each of its requests, RFC 3339: what it says of times is corrected by
// it.
inline constexpr std::string_view kHeaderSentAt = "X-Tocsin-Sent-At";

struct Alert {
    Labels labels;  // with alertname; severity is the level
    Annotations annotations;
    std::optional<Timestamp> starts_at;
    std::optional<Timestamp> ends_at;  // none: the receiver's resolve timeout
    std::string generator_url;
};

// What a request's JSON may hold at most. Beyond: kTooLarge.
struct AlertLimits {
    std::size_t alerts = 10'000;
    std::size_t labels = 64;
    std::size_t label_bytes = std::size_t{8} * 1024;
    std::size_t annotation_bytes = std::size_t{256} * 1024;
    int depth = 16;
};

// An alert of a request that cannot be read.
struct RefusedAlert {
    std::size_t number = 0;  // its place in the request, from 1
    Error error;             // which field, and what is wrong with it
};

// What a request held. Senders drop a request that was answered with 400 as a whole, so what is
// wrong with one alert must not cost the others.
struct AlertBatch {
    std::vector<Alert> alerts;
    std::vector<RefusedAlert> refused;
};

// A `POST /api/v2/alerts` body: a JSON array of postable alerts, read one by one. Label values are
// made valid UTF-8, empty labels dropped, names checked. Zero times ("0001-01-01T00:00:00Z") count
// as absent. An error when the body is no array, or one of too many alerts.
Result<AlertBatch> read_alert_batch(std::string_view json, const AlertLimits& limits = {});
// The same for whoever wants all or nothing: the first alert that cannot be read is the error.
Result<std::vector<Alert>> parse_alerts(std::string_view json, const AlertLimits& limits = {});

// kInvalid that names each of them, up to a length that a log can bear. Nothing when there is none.
std::optional<Error> refusal_of(const std::vector<RefusedAlert>& refused);

// The array as a client posts it.
std::string alerts_to_json(const std::vector<Alert>& alerts);

}  // namespace tocsin
