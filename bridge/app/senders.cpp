#include "bridge/app/senders.h"

namespace tocsin::bridge {
namespace {

class ChannelSender final : public Sender {
  public:
    Result<std::string> send(const Letter& letter) override {
        return Error(ErrorCode::kNotFound,
                     "there is no channel " + letter.effect.notify.channel + " any more");
    }
};

}  // namespace

Result<std::shared_ptr<Sender>> make_sender(const BridgeConfig& /*config*/) {
    return std::shared_ptr<Sender>(std::make_shared<ChannelSender>());
}

}  // namespace tocsin::bridge
