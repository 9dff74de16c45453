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

// A `POST /api/v2/alerts` body: a JSON array of postable alerts. kInvalid says which alert and
// which field; label values are made valid UTF-8, empty labels dropped, names checked. Zero times
// ("0001-01-01T00:00:00Z") count as absent.
Result<std::vector<Alert>> parse_alerts(std::string_view json, const AlertLimits& limits = {});

// The array as a client posts it.
std::string alerts_to_json(const std::vector<Alert>& alerts);

}  // namespace tocsin
