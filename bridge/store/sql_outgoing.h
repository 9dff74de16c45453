// Outgoing over a session. For the .cpp files of this folder alone.
#pragma once

#include <functional>
#include <utility>

#include "bridge/store/outgoing.h"
#include "bridge/store/session.h"

namespace tocsin::bridge {

class SqlOutgoing final : public Outgoing {
  public:
    // Runs its work in a transaction of the store's.
    using InTransaction =
        std::function<Result<void>(std::string_view what, const std::function<void()>& work)>;
    SqlOutgoing(Session& session, InTransaction in_transaction)
        : session_(session), in_transaction_(std::move(in_transaction)) {}

    Result<std::vector<EffectRow>> due(Timestamp now, int most) override;
    Result<std::vector<SendRow>> sent_since(Timestamp since) override;
    Result<std::map<std::string, ChannelHealth>> health() override;
    Result<std::vector<Rows>> claim(const std::vector<Rows>& parcels, Timestamp now,
                                    Timestamp lease_until, Timestamp forget_before) override;
    Result<void> set_health(const std::string& channel, const ChannelHealth& health) override;
    Result<std::optional<Timestamp>> next_after(Timestamp now) override;

  private:
    Rows claim_one(const Rows& rows, Timestamp now, Timestamp lease_until);

    Session& session_;
    InTransaction in_transaction_;
};

}  // namespace tocsin::bridge
