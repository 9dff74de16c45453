// The port between the outbox and whatever reaches people: one blocking call.
#pragma once

#include <string>
#include <vector>

#include "bridge/incident/types.h"
#include "bridge/notify/notifier.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge {

// One message on its way, with what its words are made from.
struct Letter {
    std::string idempotency_key;          // the same at every attempt
    EffectRow effect;                     // whom, by what channel, why, which attempt
    Incident incident;                    // as it is now, with its alerts
    std::vector<TimelineEntry> timeline;  // the last few, the oldest first
};

class Sender {
  public:
    virtual ~Sender() = default;
    // Blocks for at most a minute; called from several threads at once.
    virtual Outcome send(const Letter& letter) = 0;
};

}  // namespace tocsin::bridge
