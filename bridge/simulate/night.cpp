#include "bridge/simulate/night.h"

#include <variant>

namespace tocsin::bridge {

bool is_night(Timestamp at, const Zone& zone) {
    const Timestamp local = at + zone.stretch_at(at).offset;
    const Duration hour = local - std::chrono::floor<std::chrono::days>(local);
    return hour >= kNightBegins || hour < kNightEnds;
}

std::set<std::string> ringing_channels(const std::vector<Channel>& channels) {
    std::set<std::string> out;
    for (const Channel& channel : channels) {
        const bool silent = std::holds_alternative<EmailChannel>(channel.settings) ||
                            std::holds_alternative<WebhookChannel>(channel.settings);
        if (!silent) out.insert(channel.name);
    }
    return out;
}

std::set<std::string> woken_by(const SentMessage& message, const BridgeConfig& config,
                               const std::set<std::string>& ringing, const Zone& zone) {
    std::set<std::string> out;
    if (!ringing.contains(message.channel) || !is_night(message.at, zone)) return out;
    const Channel* channel = config.channel(message.channel);
    const bool group = channel != nullptr && channel->readership == Readership::kGroup;
    for (const SentMessage::Part& part : message.parts) {
        const Notify& notify = part.notify;
        if (group && notify.address.empty()) continue;  // nobody is mentioned
        out.insert(notify.person.empty() ? shown_address(notify) : notify.person);
    }
    return out;
}

}  // namespace tocsin::bridge
