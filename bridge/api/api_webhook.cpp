// Alerts by an Alertmanager's webhook.
#include <utility>

#include "base/model/alertmanager_webhook.h"
#include "base/net/log.h"
#include "bridge/api/api.h"

namespace tocsin::bridge {

void Api::post_webhook(Call call) {
    auto webhook = parse_alertmanager_webhook(call.request.body, parts_.clock.now());
    if (!webhook) {
        call.refuse(webhook.error());
        return;
    }
    AlertsIn in;
    in.alerts = std::move(webhook.value().batch.alerts);
    in.source = call.caller.name.empty() ? "local" : call.caller.name;
    in.resolve_timeout.reset();  // what fires says so again after hours only
    if (webhook.value().truncated > 0) {
        truncated_ += webhook.value().truncated;
        net::log_warning(
            "an Alertmanager has left alerts out of its webhook; raise max_alerts in its "
            "webhook_config (0: no limit)",
            {{"source", in.source},
             {"receiver", webhook.value().receiver},
             {"group", webhook.value().group_key},
             {"left_out", std::to_string(webhook.value().truncated)}});
    }
    const auto refusal = refusal_of(webhook.value().batch.refused);
    submit_alerts(call, std::move(in),
                  refusal ? error_response(call.errors, *refusal) : net::Response::json(200, "{}"));
}

}  // namespace tocsin::bridge
