// The port between the outbox and whatever reaches people: one blocking call.
#pragma once

#include <string>
#include <vector>

#include "bridge/incident/types.h"
#include "bridge/knowledge/similar.h"
#include "bridge/notify/notifier.h"
#include "bridge/outbox/plan.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge {

// One message on its way, with what its words are made from.
struct Letter {
    EffectRow effect;                     // whom, by what channel, why, which attempt
    Incident incident;                    // as it is now, with its alerts
    std::vector<TimelineEntry> timeline;  // the last few, the oldest first
    Background background{};              // where somebody is asked who may not know it yet
};

// What travels as one: a letter, or several of one channel.
struct Mailing {
    Parcel::Shape shape = Parcel::Shape::kOne;
    std::vector<Letter> letters;  // never empty
    // The same at every attempt to send the same letters.
    std::string idempotency_key;
};

class Sender {
  public:
    virtual ~Sender() = default;
    // Blocks for at most a minute; called from several threads at once.
    virtual Outcome send(const Mailing& mailing) = 0;
};

}  // namespace tocsin::bridge
