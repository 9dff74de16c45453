// Carries out what Delivery decides: outbox → HTTP → outbox. On the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "agent/deliver/bridge_request.h"
#include "agent/deliver/delivery.h"
#include "agent/outbox/outbox.h"
#include "base/core/clock.h"
#include "base/model/alert.h"
#include "base/net/http_client.h"
#include "base/net/loop.h"

namespace tocsin::agent {

// All outlive the deliverer.
struct DelivererParts {
    net::Loop& loop;
    net::HttpClient& client;
    Outbox& outbox;
    const Clock& clock;
};

struct DelivererOptions {
    BridgeOptions bridge;
    Duration resend{60'000};  // endsAt is four times that ahead
    Backoff backoff{500ms, 30s};
    std::size_t most_rows = 200;
    std::size_t most_bytes = std::size_t{1024} * 1024;
};

struct DeliveryCounts {
    std::uint64_t delivered = 0;  // rows
    std::uint64_t resent = 0;     // alerts
    std::uint64_t failures = 0;   // requests that no answer or no 2xx came to
    std::uint64_t refused = 0;    // rows dropped because the bridge will never take them
    std::string last_error;       // "" once it works again
};

class Deliverer {
  public:
    // What fires now, with `endsAt` = now + ends_in (rules::RuleSet::firing).
    using Firing = std::function<std::vector<Alert>(Timestamp now, Duration ends_in)>;

    // Without urls it delivers nothing and rows wait.
    Deliverer(DelivererParts parts, DelivererOptions options, Firing firing);
    ~Deliverer();  // an answer under way is not waited for; its rows are sent again

    void start();
    void wake();            // rows were committed
    void bridge_answers();  // a heartbeat came through

    const DeliveryCounts& counts() const { return counts_; }

  private:
    void go();
    void send_rows(const Delivery::SendRows& action);
    void resend(const Delivery::Resend& action);
    void post(std::size_t door, std::string json, std::function<void(const Outcome&)> done);
    void rows_answered(const std::vector<std::int64_t>& ids, const Outcome& outcome);
    void account(const Outcome& outcome);
    void outbox_failed(const Error& error);
    double random() { return std::uniform_real_distribution<double>(0, 1)(random_); }
    Duration ends_in() const { return options_.resend * 4; }

    DelivererParts parts_;
    DelivererOptions options_;
    Firing firing_;
    Delivery delivery_;
    DeliveryCounts counts_;
    std::vector<Alert> resending_;
    net::Timer timer_;
    bool started_ = false;
    bool under_way_ = false;
    std::minstd_rand random_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::agent
