// Mail over SMTP. The text is email_text.h's; this is the sending.
#pragma once

#include <memory>

#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_email(const EmailChannel& channel,
                                             const NotifierContext& context);

}  // namespace tocsin::bridge
