#include "bridge/app/senders.h"

#include <map>
#include <string>
#include <utility>

#include "bridge/notify/message.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {
namespace {

class ChannelSender final : public Sender {
  public:
    ChannelSender(std::shared_ptr<const BridgeConfig> config, const Clock& clock)
        : config_(std::move(config)), clock_(clock) {}

    Result<void> add(const Channel& channel) {
        const NotifierContext context{clock_};
        TOCSIN_TRY(channels_[channel.name], make_notifier(channel, context));
        return success();
    }

    Outcome send(const Letter& letter) override {
        const Notify& notify = letter.effect.notify;
        const auto channel = channels_.find(notify.channel);
        if (channel == channels_.end()) {
            return {Delivery::kPermanent,
                    OutcomeReason::kInvalid,
                    "the channel " + notify.channel + " is not configured any more",
                    {}};
        }
        const MessageSettings settings{config_->url, config_->language, config_->timezone};
        const Message message =
            make_message(letter.incident, notify, letter.timeline, config_->oncall, settings,
                         letter.idempotency_key, clock_.now());
        return channel->second->send(message);
    }

  private:
    std::shared_ptr<const BridgeConfig> config_;
    const Clock& clock_;
    std::map<std::string, std::unique_ptr<Notifier>, std::less<>> channels_;
};

}  // namespace

Result<std::shared_ptr<Sender>> make_sender(std::shared_ptr<const BridgeConfig> config,
                                            const Clock& clock) {
    auto sender = std::make_shared<ChannelSender>(config, clock);
    for (const Channel& channel : config->channels) {
        TOCSIN_TRY(sender->add(channel));
    }
    return std::shared_ptr<Sender>(std::move(sender));
}

}  // namespace tocsin::bridge
