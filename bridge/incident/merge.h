// Two incidents made one, and one made two (semantics 3). As decide(), pure; but each takes two
// incidents, whose changes are to be committed in one transaction. The keys of the first move with
// it; the alerts that are split off belong to the new incident until it closes.
#pragma once

#include <string>
#include <vector>

#include "bridge/incident/decide.h"

namespace tocsin::bridge {

struct Merging {
    Decision survivor;  // a refusal stands here; then neither has changed
    Decision loser;     // closed, with the survivor as its successor
};
Merging merge(const Incident& survivor, const Incident& loser, const UserAction& action,
              const Context& survivors, const Context& losers, Timestamp now);

struct Splitting {
    Decision rest;  // a refusal stands here; then nothing else is to be done
    std::vector<AlertRecord>
        moved;          // for the new incident: open it with the first, the others join
    std::string owner;  // who takes the new one, because the old one is theirs; "" for none
};
// `key`: the new incident's.
Splitting split(const Incident& incident, const UserAction& action, const std::string& key,
                const Context& context, Timestamp now);

}  // namespace tocsin::bridge
