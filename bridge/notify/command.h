// SMS by a program of this host: argv from templates, no shell, a deadline.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_command(const CommandChannel& channel,
                                               const NotifierContext& context);

// The pure parts.
std::vector<std::string> command_words(const CommandChannel& channel, const Message& message,
                                       const MessageTemplates& templates = {});
// sysexits.h: EX_USAGE, EX_DATAERR and EX_NOUSER are for good, every other status may pass.
Outcome command_outcome(int status, std::string_view output);

}  // namespace tocsin::bridge
