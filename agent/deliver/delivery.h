// What to send next, and what an answer means for the outbox. Pure: no outbox, network or clock.
//
// One request is under way at a time, so rows are delivered in the order they were committed.
// Doors are tried in turn until one takes the batch; when none does, all wait (jittered backoff,
// for as long as it takes). A batch that the bridge calls wrong is sent again in halves, down to
// the one row that it will never take, which is dropped and counted; so one bad row costs itself.
// When nothing waits, what fires is sent again every minute.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include "agent/deliver/doors.h"
#include "base/core/backoff.h"
#include "base/core/result.h"
#include "base/core/time.h"

namespace tocsin::net {
struct Response;
}

namespace tocsin::agent {

struct DeliveryOptions {
    std::size_t doors = 1;
    std::size_t most_rows = 200;  // a request; resent alerts too
    Duration resend{60'000};
    Backoff backoff{500ms, 30s};
};

enum class Verdict {
    kAccepted,
    kRefused,  // the content is wrong: trying again cannot help
    kFailed,   // another door, or later, may help
};

struct Outcome {
    Verdict verdict = Verdict::kFailed;
    std::string reason;
    std::optional<Duration> retry_after;
};

// Only 400, 413 and 422 speak of the content. 401, 403, 404 and their like speak of the way there
// (a wrong token, a wrong address): no alert is dropped for them.
Outcome outcome_of(const Result<net::Response>& answer);

class Delivery {
  public:
    explicit Delivery(DeliveryOptions options);

    struct SendRows {  // the oldest rows of the outbox
        std::size_t door;
        std::size_t most;
    };
    struct Resend {  // alerts [begin, begin + most) of a list made when begin is 0
        std::size_t door;
        std::size_t begin;
        std::size_t most;
    };
    struct Wait {
        Duration until;  // boottime; or until a row is committed
    };
    using Action = std::variant<SendRows, Resend, Wait>;

    // Asks again after each done(). `now` is boottime throughout.
    Action next(Duration now, bool rows_wait);

    enum class Effect {
        kKeep,    // nothing changes in the outbox
        kRemove,  // the rows sent are delivered
        kRefuse,  // the one row sent will never be taken
    };
    // What came of SendRows with `rows` rows.
    Effect rows_done(const Outcome& outcome, std::size_t rows, Duration now, double random);
    // What came of Resend with `alerts` alerts, of `total` in the list (0: nothing fires).
    void resend_done(const Outcome& outcome, std::size_t alerts, std::size_t total, Duration now,
                     double random);

    // Something else reached the bridge: no reason to wait longer than it asked for.
    void bridge_answers();
    // Failed rounds in a row; 0 while it works.
    int attempts() const { return attempts_; }

  private:
    void accepted();
    void failed(const Outcome& outcome, Duration now, double random);
    std::size_t halve(std::size_t sent) const;

    DeliveryOptions options_;
    Doors doors_;
    std::size_t limit_;  // rows or alerts of the next request
    int attempts_ = 0;
    Duration not_before_{0};
    Duration asked_until_{0};  // by Retry-After
    Duration retry_after_{0};  // the longest that a door of this round asked for
    Duration resend_at_;
    std::size_t resend_begin_ = 0;
};

}  // namespace tocsin::agent
