// Carries out the messages that decisions queued: claims what may go (plan.h), sends it on a
// bounded pool, and returns what came of it as an event of the incident. At least once: a claim is
// a lease, and a row whose lease ran out is sent again under the same idempotency key. On the loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include "base/core/backoff.h"
#include "base/core/clock.h"
#include "base/net/loop.h"
#include "base/net/offload.h"
#include "bridge/ingest/worker.h"
#include "bridge/outbox/round.h"
#include "bridge/outbox/sender.h"

namespace tocsin::bridge {

struct OutboxOptions {
    std::size_t threads = 8;
    Duration lease = 2min;  // longer than any send takes
    int attempts = 12;      // then the message is dead; with the backoff about half an hour
    Backoff backoff{5s, 5min};
};

struct OutboxStats {
    std::int64_t delivered = 0;
    std::int64_t failed_attempts = 0;
    std::int64_t dead = 0;
};

class Outbox {
  public:
    Outbox(net::Loop& loop, Worker& worker, const Clock& clock, std::shared_ptr<Sender> sender,
           RulesByChannel rules = {}, OutboxOptions options = {});
    ~Outbox();  // messages in flight finish by themselves; their leases cover the rest

    // New messages were queued, or time has passed.
    void wake();
    void configure(std::shared_ptr<Sender> sender, RulesByChannel rules);
    // Sends one message at once and outside of the store: a test of how somebody is reached. Calls
    // back on the loop; kRetry when all threads are busy.
    void test(const Notify& notify, std::function<void(Outcome)> done);
    // Claims nothing more and calls back when what is on its way has ended and is stored, at the
    // latest after `most`: what is not stored then is sent again by the next start.
    void stop(Duration most, std::function<void()> done);
    const OutboxStats& stats() const { return stats_; }

  private:
    void looked(Result<Round> round);
    void send(Mailing mailing);
    void settle(const Mailing& mailing, const Outcome& outcome);
    void settle_one(const Letter& letter, const Outcome& outcome);
    void retry(const Letter& letter, const Outcome& outcome);
    void note_health(const std::string& channel, const Outcome& outcome);
    void report(const EffectRow& effect, EffectOutcome::Delivery delivery, std::string detail);
    void look_again_at(Duration wait);
    void outcome_stored();
    void end_if_idle();

    net::Loop& loop_;
    Worker& worker_;
    const Clock& clock_;
    std::shared_ptr<Sender> sender_;
    RulesByChannel rules_;
    OutboxOptions options_;
    OutboxStats stats_;
    std::mt19937_64 random_;
    std::set<EffectId> busy_;               // under way, or its outcome is being stored
    std::map<std::string, int> in_flight_;  // mailings, by channel
    std::size_t sending_ = 0;               // mailings
    std::size_t storing_ = 0;               // outcomes on their way to the store
    std::function<void()> stopped_;
    bool stopping_ = false;
    bool looking_ = false;
    bool again_ = false;  // woken while a look was under way
    net::Timer timer_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    net::OffloadPool pool_;
};

}  // namespace tocsin::bridge
