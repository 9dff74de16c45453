#include "bridge/app/senders.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "bridge/notify/link.h"
#include "bridge/notify/message.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {
namespace {

// Reporters and vendors do not work incidents here, and a test is of none.
bool has_no_links(MessageKind kind) {
    constexpr std::array kOthers = {MessageKind::kVendor, MessageKind::kReceived,
                                    MessageKind::kPublicNote, MessageKind::kTest};
    return std::find(kOthers.begin(), kOthers.end(), kind) != kOthers.end();
}

class ChannelSender final : public Sender {
  public:
    ChannelSender(std::shared_ptr<const BridgeConfig> config, Secret link_key, const Clock& clock)
        : config_(std::move(config)), link_key_(std::move(link_key)), clock_(clock) {}

    Result<void> add(const Channel& channel) {
        const NotifierContext context{clock_};
        TOCSIN_TRY(channels_[channel.name], make_notifier(channel, context));
        return success();
    }

    Outcome send(const Mailing& mailing) override {
        const std::string& name = mailing.letters.front().effect.notify.channel;
        const auto notifier = channels_.find(name);
        const Channel* channel = config_->channel(name);
        if (notifier == channels_.end() || channel == nullptr) {
            return {Delivery::kPermanent,
                    OutcomeReason::kInvalid,
                    "the channel " + name + " is not configured any more",
                    {}};
        }
        return notifier->second->send(message_of(mailing, channel->readership));
    }

  private:
    Message message_of(const Mailing& mailing, Readership readership) const {
        const MessageSettings settings{config_->url, config_->language, config_->timezone};
        if (mailing.shape == Parcel::Shape::kDigest)
            return digest_of(mailing, settings, readership);
        const Letter& letter = mailing.letters.front();
        const Notify& notify = letter.effect.notify;
        const Timestamp now = clock_.now();
        Message message = make_message(letter.incident, notify, letter.timeline, config_->oncall,
                                       settings, mailing.idempotency_key, now);
        add_background(message, letter.background, config_->url);
        // Only a message that one person reads may speak for that person.
        const bool own = readership == Readership::kPerson;
        if (!has_no_links(notify.kind))
            message.actions = links_of(letter.incident, notify.kind, own ? notify.person : "",
                                       link_key_, config_->url, now + config_->links.expire);
        if (readership == Readership::kGroup) add_mentions(mailing, message);
        return message;
    }

    Message digest_of(const Mailing& mailing, const MessageSettings& settings,
                      Readership readership) const {
        std::vector<std::pair<const Incident*, const Notify*>> parts;
        for (const Letter& letter : mailing.letters) {
            parts.emplace_back(&letter.incident, &letter.effect.notify);
        }
        Message message =
            make_digest(parts, config_->oncall, settings, mailing.idempotency_key, clock_.now());
        if (readership == Readership::kGroup) add_mentions(mailing, message);
        return message;
    }

    static void add_mentions(const Mailing& mailing, Message& message) {
        for (const Letter& letter : mailing.letters) {
            const std::string& who = letter.effect.notify.address;
            auto& all = message.mentions;
            if (!who.empty() && std::find(all.begin(), all.end(), who) == all.end()) {
                all.push_back(who);
            }
        }
    }

    std::shared_ptr<const BridgeConfig> config_;
    Secret link_key_;
    const Clock& clock_;
    std::map<std::string, std::unique_ptr<Notifier>, std::less<>> channels_;
};

}  // namespace

Result<std::shared_ptr<Sender>> make_sender(std::shared_ptr<const BridgeConfig> config,
                                            Secret link_key, const Clock& clock) {
    auto sender = std::make_shared<ChannelSender>(config, std::move(link_key), clock);
    for (const Channel& channel : config->channels) {
        TOCSIN_TRY(sender->add(channel));
    }
    return std::shared_ptr<Sender>(std::move(sender));
}

}  // namespace tocsin::bridge
