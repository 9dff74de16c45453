#include "bridge/notify/email.h"

#include <utility>

#include "base/net/file.h"
#include "bridge/notify/curl.h"
#include "bridge/notify/email_text.h"
#include "bridge/notify/words.h"

namespace tocsin::bridge {
namespace {

class Email final : public Notifier {
  public:
    Email(EmailChannel channel, Secret password, const NotifierContext& context)
        : channel_(std::move(channel)),
          password_(std::move(password)),
          templates_(context.templates),
          timeout_(context.timeout) {}

    Outcome send(const Message& message) override {
        Result<std::string> mail =
            compose_email(message, words_for(message, templates_), channel_.from);
        if (!mail) {
            return {Delivery::kPermanent, OutcomeReason::kInvalid, mail.error().message, {}};
        }
        SmtpTransfer transfer;
        transfer.server = channel_.server;
        transfer.security = channel_.security;
        transfer.ca_file = channel_.ca_file;
        transfer.user = channel_.user;
        transfer.password = password_;
        transfer.from = channel_.from;
        transfer.to = message.recipient.address;
        transfer.mail = std::move(mail).value();
        transfer.timeout = timeout_;
        return send_smtp(transfer);
    }

  private:
    const EmailChannel channel_;
    const Secret password_;
    const MessageTemplates templates_;
    const Duration timeout_;
};

}  // namespace

Result<std::unique_ptr<Notifier>> make_email(const EmailChannel& channel,
                                             const NotifierContext& context) {
    Secret password;
    if (!channel.user.empty()) {
        TOCSIN_TRY(password, net::read_secret(channel.password_file));
    }
    return std::unique_ptr<Notifier>(
        std::make_unique<Email>(channel, std::move(password), context));
}

}  // namespace tocsin::bridge
