// A Teams workflow ("Post to a channel when a webhook request is received") that is sent an
// Adaptive Card:
// learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
// (28 KB, four a second), …/connectors-using (cards, mentions), adaptivecards.io/explorer.
#pragma once

#include <memory>
#include <string>

#include "bridge/notify/curl.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_teams(const TeamsChannel& channel,
                                             const NotifierContext& context);

// The pure parts. The card's texts are TextRuns, in which no Markdown is looked for.
std::string teams_body(const Message& message, const MessageTemplates& templates = {});
Outcome teams_outcome(const HttpAnswer& answer);

}  // namespace tocsin::bridge
