// Ways to tell people: one Notifier a configured channel, and the one list of their types.
//
// A notifier sends one message and says what came of it. It blocks, up to its deadline, so it runs
// on the offload pool; one object may be used by several threads at once (it keeps no state but
// its settings). When to try again is the outbox's business.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "bridge/config/config.h"
#include "bridge/notify/message.h"

namespace tocsin::bridge {

enum class Delivery { kDelivered, kRetry, kPermanent };

// One of a few words, fit for a metric's label.
enum class OutcomeReason {
    kDelivered,     // "delivered"
    kUnreachable,   // "unreachable": refused, reset, no such name
    kTimeout,       // "timeout"
    kTls,           // "tls": no STARTTLS, or a certificate that is not trusted
    kUnauthorized,  // "unauthorized": the other end does not accept our credentials
    kRateLimited,   // "rate_limited"
    kServerError,   // "server_error": its own trouble, which may pass
    kRejected,      // "rejected": it will not take this message
    kInvalid,       // "invalid": the message cannot be sent at all, e.g. an address that is none
};
std::string_view to_string(OutcomeReason reason);

struct Outcome {
    Delivery delivery = Delivery::kRetry;
    OutcomeReason reason = OutcomeReason::kUnreachable;
    std::string detail;  // for the timeline: the server's answer, or what went wrong
    std::optional<Duration> retry_after;  // the other end's wish
};

class Notifier {
  public:
    virtual ~Notifier() = default;
    virtual Outcome send(const Message& message) = 0;
};

struct NotifierContext {
    const Clock& clock;
    Duration timeout{20s};         // for one attempt, all of it
    MessageTemplates templates{};  // the channel's own; make_notifier fills them in
};

// A type of channel; adding one is a row in registry.cpp, its struct in bridge/config, its page in
// docs/.
struct NotifierType {
    std::string_view type;  // as `channels[].type` says it
    std::string_view help;
    std::span<const std::string_view> settings;  // its keys under `channels[]`, see config/keys.h
    bool (*handles)(const Channel& channel);
    // kInvalid, kNotFound … when a secret's file cannot be used.
    Result<std::unique_ptr<Notifier>> (*make)(const Channel& channel, const NotifierContext&);
};
std::span<const NotifierType> notifier_types();

Result<std::unique_ptr<Notifier>> make_notifier(const Channel& channel,
                                                const NotifierContext& context);

}  // namespace tocsin::bridge
