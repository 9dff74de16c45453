// What one kind of probe does once the address is known. One probe at a time, on the loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "collector/api/report.h"
#include "collector/api/target.h"
#include "collector/net/probe/address.h"
#include "collector/net/probe_config/config.h"

namespace tocsin::collector::probe {

using Steady = std::chrono::steady_clock;
inline double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

// What people see of a probe that failed, or nothing.
using Finished = std::function<void(const Result<void>&)>;

class Prober {
  public:
    virtual ~Prober() = default;
    // Calls `finished` once, later or at once, unless end() comes first.
    virtual void begin(const Address& address, double lookup_seconds, Finished finished) = 0;
    // What is known, after the end, at the deadline, or when begin() was never reached.
    virtual void report(Report& report) const = 0;
    // What it waits for: "connecting to 127.0.0.1:80".
    virtual std::string waiting_for() const = 0;
    // Lets everything go. Never called from within `finished`.
    virtual void end() = 0;
};

struct ProbeParts {
    net::Loop& loop;
    net::OffloadPool& pool;
    std::shared_ptr<const ProbeConfig> config;
};

Result<std::unique_ptr<Prober>> make_http(const ProbeParts& parts);
Result<std::unique_ptr<Prober>> make_tcp(const ProbeParts& parts);
Result<std::unique_ptr<Prober>> make_icmp(const ProbeParts& parts);
Result<std::unique_ptr<Prober>> make_dns(const ProbeParts& parts);
Result<std::unique_ptr<Prober>> make_ntp(const ProbeParts& parts);

}  // namespace tocsin::collector::probe
