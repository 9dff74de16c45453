// The outbox's side of the store: what waits, what channels let through, how they fare. On the
// store's own connection and thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge {

class Outgoing {
  public:
    virtual ~Outgoing() = default;

    // Messages that are due, or whose lease ran out; the most urgent and oldest first.
    virtual Result<std::vector<EffectRow>> due(Timestamp now, int most) = 0;
    virtual Result<std::vector<SendRow>> sent_since(Timestamp since) = 0;
    virtual Result<std::map<std::string, ChannelHealth>> health() = 0;

    // The messages of these parcels are claimed until `lease_until` and each parcel counts as one
    // send, all in one transaction. Answers with the rows as they are now (attempts), parcel by
    // parcel; without those that were dropped meanwhile, and a parcel of which nothing is left is
    // not counted. Sends before `forget_before` are forgotten.
    using Rows = std::vector<EffectRow>;
    virtual Result<std::vector<Rows>> claim(const std::vector<Rows>& parcels, Timestamp now,
                                            Timestamp lease_until, Timestamp forget_before) = 0;

    // How a channel fares now.
    virtual Result<void> set_health(const std::string& channel, const ChannelHealth& health) = 0;

    // The earliest message that comes due after now, or whose lease ends.
    virtual Result<std::optional<Timestamp>> next_after(Timestamp now) = 0;
};

}  // namespace tocsin::bridge
