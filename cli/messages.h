// `tocsin messages`: what was told to whom, what was given up, and sending that again.
#pragma once

#include <string>

#include "cli/session.h"

namespace tocsin::cli {

struct MessageFilter {
    std::string state = "dead";  // waiting, claimed, delivered, dead, dropped, all
    std::string incident;        // its key; "" for any
    int limit = 100;
};

// The newest first; status 1 when none matches.
int list_messages(const Session& session, const MessageFilter& filter);
int retry_message(const Session& session, const std::string& id);

}  // namespace tocsin::cli
