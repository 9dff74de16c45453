// The bridge's HTTP API: the table of routes and what stands behind each. On the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/net/http_server.h"
#include "base/net/loop.h"
#include "bridge/api/events.h"
#include "bridge/api/metrics.h"
#include "bridge/api/pin_gate.h"
#include "bridge/api/reader.h"
#include "bridge/api/router.h"
#include "bridge/config/config.h"
#include "bridge/ingest/worker.h"

namespace tocsin::bridge {

inline constexpr std::string_view kVersion = "0.1.0";

// What the handlers work with; all of it outlives the Api.
struct ApiParts {
    net::Loop& loop;
    const Clock& clock;
    Worker& worker;
    Reader& reader;
    Metrics& metrics;
    // Sends one test message outside of any incident and calls back on the loop; none: nobody can.
    using Tested = std::function<void(bool delivered, std::string detail)>;
    std::function<void(const Notify&, Tested)> send_test{};
};

class Api {
  public:
    // `link_key` signs one-tap links; without one there are none.
    Api(ApiParts parts, std::shared_ptr<const BridgeConfig> config, AccessControl access,
        Secret link_key = {});

    void handle(net::Request request, net::Reply reply);
    // What a commit changed, to those who watch.
    void publish(const Committed& committed);
    void configure(std::shared_ptr<const BridgeConfig> config, AccessControl access,
                   Secret link_key);
    // Ends the live streams.
    void close();

    const std::vector<Endpoint>& routes() const { return router_.routes(); }
    std::size_t watchers() const { return events_.listeners(); }

  private:
    std::vector<Endpoint> table();
    void replay(std::int64_t after, std::function<void(EventBroker::Missed)> done);
    void post_alerts(Call call);
    void post_webhook(Call call);  // api_webhook.cpp
    // `said`: the answer once what there is in `in` is committed.
    void submit_alerts(const Call& call, AlertsIn in, net::Response said);
    void get_alerts(Call call);
    void get_groups(Call call);
    void post_heartbeat(Call call);
    void get_incidents(Call call);
    void get_incident(Call call);
    void act(Call call, ActionKind kind);
    void post_report(Call call);  // api_people.cpp
    void act_in_bulk(Call call);
    void get_hosts(Call call);
    void get_expected(Call call);
    void get_observed(Call call);
    void get_blips(Call call);
    void move_host(Call call, HostIn::Move move);
    void get_events(Call call);
    void get_metrics(Call call);
    void get_effects(Call call);
    void retry_effect(Call call);
    void get_link(Call call);
    void post_link(Call call);
    // Who taps a link; nobody, or that it is to be tried later.
    struct Tapper {
        std::string name;
        bool later = false;
    };
    Tapper tapper_of(const struct Link& link, const net::Request& request);
    void get_ready(Call call);

    ApiParts parts_;
    std::shared_ptr<const BridgeConfig> config_;
    Secret link_key_;
    PinGate pins_;
    Timestamp started_;
    std::int64_t truncated_ = 0;  // alerts that an Alertmanager left out of its webhooks
    EventBroker events_;
    Router router_;
};

}  // namespace tocsin::bridge
