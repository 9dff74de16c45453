// One look at the store: what is due is planned, claimed and read with what its words are made
// from. On the worker's thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/outbox/plan.h"
#include "bridge/outbox/sender.h"
#include "bridge/store/store.h"

namespace tocsin::bridge {

struct RoundIn {
    Timestamp now;
    Duration lease{2min};
    RulesByChannel rules;
    std::map<std::string, int> in_flight;  // by channel
    std::set<EffectId> busy;               // under way, or being reported: not planned again
    std::size_t room = 0;
};

struct Round {
    std::vector<Mailing> mailings;
    std::vector<EffectRow> stuck;
    std::vector<EffectRow> dead;
    std::optional<Timestamp> next;
};

Result<Round> look_for_messages(Store& store, const RoundIn& in);

}  // namespace tocsin::bridge
