// What the robots and gateways have in common: a message is one POST, and the answer's body may be
// an error although its status is 200.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bridge/notify/curl.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

// A notifier that writes a message as a POST and reads the answer; both are called from several
// threads at once.
struct Hook {
    std::function<HttpPost(const Message&)> write;
    std::function<Outcome(const HttpAnswer&)> read;
};
std::unique_ptr<Notifier> make_hook(Hook hook, Duration timeout);

HttpPost json_post(std::string url, std::string ca_file, std::string body);

// What a vendor's code in a 200 means for the message. One that is not listed may pass.
struct CodeMeaning {
    std::int64_t code;
    Delivery delivery;
    OutcomeReason reason;
    Duration wait{0};  // before the channel is used again; 0 for no wish of theirs
};
// By the HTTP status where that is an error, else by the number in `code_field` of the JSON body
// (0 is good) with the words in `text_field`.
Outcome coded_outcome(const HttpAnswer& answer, std::string_view code_field,
                      std::string_view text_field, std::span<const CodeMeaning> meanings);

// The first line of a secret's file; "" without a file.
Result<std::string> secret_or_nothing(const std::string& file);

}  // namespace tocsin::bridge
