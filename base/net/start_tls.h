// What is said in the clear until TLS begins, and what the answers mean. Pure; for base/net's own
// sources only.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/net/tls_look.h"

namespace tocsin::net {

enum class AnswerForm {
    kLines,  // text; "220-…" and "* …" go on
    kByte,   // one byte
    kLdap,   // an LDAPMessage
};

// What we say, and how the answer that lets us go on begins.
struct StartTlsStep {
    std::string_view say;
    std::string_view expect;
    AnswerForm form = AnswerForm::kLines;
};

std::span<const StartTlsStep> start_tls_steps(StartTls how);

enum class Heard { kMore, kGo, kRefused };

// Takes a whole answer off `heard`; kMore, and nothing is taken, where it is not all there. `shown`
// is what of it may be shown.
Heard hear_answer(const StartTlsStep& step, std::string& heard, std::string& shown);

}  // namespace tocsin::net
