// The agent's local API: /metrics, health, and the part of Prometheus's HTTP API that promtool,
// Grafana and `tocsin query` use. Answers from the loop's thread; nothing here blocks or changes
// anything.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/api/rules_json.h"
#include "base/core/clock.h"
#include "base/core/result.h"
#include "base/core/secret.h"
#include "base/net/http.h"
#include "rules/history/history.h"

namespace tocsin::agent {

// What the API shows. References outlive it.
struct ApiSources {
    std::function<rules::History&()> history;  // a stepped clock replaces it
    const Clock& clock;
    // Text format 0.0.4, compressed if that is so.
    std::function<std::string(bool gzip)> metrics;
    std::function<std::string(RuleKinds)> rules;  // the data of /api/v1/rules
    std::function<std::string()> alerts;          // the data of /api/v1/alerts
    std::function<bool()> ready;                  // the first collection has been evaluated
    std::string version;
};

class Api {
  public:
    // `token` is what callers from other hosts show; empty: they get health alone. This machine's
    // own callers need none; `name` is the host of `listen`, under which they may ask.
    Api(ApiSources sources, Secret token, std::string name = {});
    net::Response handle(const net::Request& request) const;

  private:
    Result<void> allowed(const net::Request& request) const;
    ApiSources sources_;
    Secret token_;
    std::vector<std::string> names_;
};

}  // namespace tocsin::agent
