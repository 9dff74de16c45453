// The bridge's HTTP API: the table of routes and what stands behind each. On the loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/net/http_server.h"
#include "base/net/loop.h"
#include "bridge/api/events.h"
#include "bridge/api/metrics.h"
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
};

class Api {
  public:
    Api(ApiParts parts, std::shared_ptr<const BridgeConfig> config, AccessControl access);

    void handle(net::Request request, net::Reply reply);
    // What a commit changed, to those who watch.
    void publish(const Committed& committed);
    void configure(std::shared_ptr<const BridgeConfig> config, AccessControl access);
    // Ends the live streams.
    void close();

    const std::vector<Endpoint>& routes() const { return router_.routes(); }
    std::size_t watchers() const { return events_.listeners(); }

  private:
    std::vector<Endpoint> table();
    void replay(std::int64_t after, std::function<void(EventBroker::Missed)> done);
    void post_alerts(Call call);
    void get_alerts(Call call);
    void get_groups(Call call);
    void post_heartbeat(Call call);
    void get_incidents(Call call);
    void get_incident(Call call);
    void act(Call call, ActionKind kind);
    void get_hosts(Call call);
    void get_events(Call call);
    void get_metrics(Call call);
    void get_ready(Call call);

    ApiParts parts_;
    std::shared_ptr<const BridgeConfig> config_;
    Timestamp started_;
    EventBroker events_;
    Router router_;
};

}  // namespace tocsin::bridge
