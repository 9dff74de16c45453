// Alerts as they are posted, without a line's own time: theirs say when they come and end.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "base/model/alertmanager_webhook.h"
#include "bridge/simulate/line_readers.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

// Beyond any end that is written: what a webhook says has resolved ends when it says so, whatever
// the clock that reads the file.
constexpr Timestamp kNever = from_unix_ms(253'402'300'799'999);  // 9999-12-31

Error bad(std::string message) {
    return Error(ErrorCode::kInvalid, std::move(message));
}

Result<AlertsIn> read_webhook(const json::value& root) {
    TOCSIN_TRY(AlertmanagerWebhook webhook,
               parse_alertmanager_webhook(json::serialize(root), kNever));
    if (auto refusal = refusal_of(webhook.batch.refused)) return std::move(*refusal);
    AlertsIn in;
    in.alerts = std::move(webhook.batch.alerts);
    in.resolve_timeout.reset();
    return in;
}

Result<AlertsIn> read_alerts(const json::value& root) {
    AlertsIn in;
    const json::array one = {root};
    TOCSIN_TRY(in.alerts,
               parse_alerts(root.is_array() ? json::serialize(root) : json::serialize(one)));
    return in;
}

}  // namespace

bool is_posted(const json::value& root) {
    if (root.is_array()) return true;
    const json::object* object = root.if_object();
    if (object == nullptr || object->contains("at")) return false;
    return object->contains("labels") || object->contains("version");
}

Result<PostedLines> read_posted_lines(const json::value& root, int number) {
    const bool webhook = root.is_object() && root.get_object().contains("version");
    TOCSIN_TRY(AlertsIn in, webhook ? read_webhook(root) : read_alerts(root));
    in.source = kSimulationSender;
    std::optional<Timestamp> at;
    for (const Alert& alert : in.alerts) {
        if (alert.starts_at) at = std::max(at.value_or(*alert.starts_at), *alert.starts_at);
    }
    if (!at) {
        return bad(
            "no alert has a \"startsAt\" that says when it comes; give it one, or write "
            "{\"at\": T, \"alerts\": […]}");
    }
    PostedLines out;
    for (Alert& alert : in.alerts) {
        // Times order what is in the file, and an end has no number of its own.
        alert.annotations.erase(std::string(kAnnotationSeq));
        if (!alert.starts_at) alert.starts_at = at;
        if (alert.ends_at == kNever) alert.ends_at = at;
        const bool ends = alert.ends_at && *alert.ends_at > *at;
        if (ends) {
            AlertsIn end;
            end.alerts = {alert};
            end.source = in.source;
            out.ends.push_back({number, *alert.ends_at, std::move(end)});
        }
        if (ends || !alert.ends_at) alert.ends_at = *at + kUntilSaid;
    }
    out.arrival = {number, *at, std::move(in)};
    return out;
}

}  // namespace tocsin::bridge
