// What goes out now, in which order and what of it in one message, and when to look again: from the
// messages that wait, what each channel let through lately and how it fares. Pure; the outbox
// carries it out. All it knows comes from the store, so a restart neither forgets a budget nor
// spends it twice.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/config/channel.h"
#include "bridge/notify/notifier.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge {

struct ChannelRules {
    Readership readership = Readership::kProgram;
    std::vector<Rate> rates;
    std::vector<Rate> per_contact;
    std::vector<Priority> digest{};  // those that people are told of in digests, whatever the rate
};
using RulesByChannel = std::map<std::string, ChannelRules, std::less<>>;
RulesByChannel rules_of(const std::vector<Channel>& channels, const std::vector<Priority>& digest);

// Several messages of one channel that travel as one.
struct Parcel {
    enum class Shape {
        kOne,       // one message
        kMentions,  // the same message to several people of one group
        kDigest,    // several incidents
    } shape = Shape::kOne;
    std::vector<EffectRow> rows;  // never empty, all of one channel
};

struct Plan {
    std::vector<Parcel> now;
    // Wait too long for a channel that takes nothing, or has no room within its rate: told to the
    // incident once, so that another contact of the person is tried; they go on waiting.
    std::vector<EffectRow> stuck;
    std::vector<EffectRow> dead;    // waited longer than anything is worth; `result` says why
    std::optional<Timestamp> next;  // when something here may go that does not go now
};

struct Queue {
    std::vector<EffectRow> due;                   // waiting and due, or a lease that ran out
    std::vector<SendRow> sent;                    // since the longest window
    std::map<std::string, ChannelHealth> health;  // by channel
    std::map<std::string, int> in_flight;         // parcels under way, by channel
    std::size_t room = 0;                         // parcels that may be added to those
};

// Urgent first: what asks somebody to take a P1, then a P2, then other asks, then ends; within one,
// the one that is due the longest. Of a channel's budget the last quarter is kept for P1 and for
// digests and, for what is not urgent, a half; what does not fit waits a moment and goes as one
// message, and so does what is of a priority for digests.
Plan plan_messages(const Queue& queue, const RulesByChannel& rules, Timestamp now);

// How a channel fares after an outcome: five failures in a row, or a wish of the other end, and it
// rests (30 s, doubling up to 5 m, or as long as wished up to 1 h).
ChannelHealth health_after(const ChannelHealth& before, const Outcome& outcome, Timestamp now);

// The longest time that any rule looks back.
Duration look_back(const RulesByChannel& rules);

bool is_urgent(const Notify& message);

}  // namespace tocsin::bridge
