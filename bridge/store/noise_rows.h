// Rows of 0005_noise.sql and what a batch changes of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/time.h"
#include "bridge/incident/expect.h"
#include "bridge/incident/open_when.h"
#include "bridge/incident/storm.h"

namespace tocsin::bridge {

struct ExpectRow {
    ExpectRecord record;
    std::optional<Timestamp> due;  // to be looked at; none while it is missing
};

// A message that an observed incident would have sent, or (without a channel) its opening.
struct ObservedRow {
    Timestamp at;
    IncidentId incident;
    std::string alertname;
    std::string person;
    std::string channel;
    std::string kind;
};
inline constexpr Duration kKeepObserved = 90 * 24h;

// The report: what a person would have heard of an alert by a channel.
struct ObservedCount {
    std::string alertname;
    std::string person;
    std::string channel;  // "": the openings
    int incidents = 0;
    int messages = 0;
    Timestamp first;
    Timestamp last;
};

inline constexpr Duration kKeepBlips = 90 * 24h;

struct NoiseChanges {
    std::vector<StormMember> members;      // inserted or replaced
    std::vector<IncidentId> ended_storms;  // their children are members no more
    Timestamp forget_before;               // members of no storm that opened before; with `members`
    std::vector<ExpectRow> expected;
    std::vector<std::string> not_expected;  // keys of rows that go
    std::vector<ObservedRow> observed;
    std::map<std::string, std::vector<Timestamp>> fired;  // by dedup key; empty: its row goes
    std::vector<Blip> blips;
    std::vector<std::string> removed_hosts;
    std::vector<std::pair<std::string, IncidentId>> removed_alerts;  // identity, incident

    [[nodiscard]] bool empty() const {
        return members.empty() && ended_storms.empty() && expected.empty() &&
               not_expected.empty() && observed.empty() && fired.empty() && blips.empty() &&
               removed_hosts.empty() && removed_alerts.empty();
    }
};

}  // namespace tocsin::bridge
