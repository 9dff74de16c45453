// Why a message of a trap's sender is not believed. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collector/net/snmp/config/config.h"

namespace tocsin::collector::snmp {

enum class TrapRefusal {
    kMalformed,
    kVersion,    // 1, or none that there is
    kCommunity,  // another one, or version 2c where it is not taken
    kUser,       // nobody of that name
    kKey,        // signed or encrypted with another
    kLevel,      // less, or more, than its user has
    kTime,       // older than what its engine said before: a replay, or a clock put back
    kEngine,     // two devices with one engine ID, or one that has changed its keys
    kNoTrap,     // some other message of SNMP
};
// One word, as the label `reason`.
std::string_view refusal_word(TrapRefusal refusal);
inline constexpr int kTrapRefusals = static_cast<int>(TrapRefusal::kNoTrap) + 1;

struct Refused {
    TrapRefusal refusal;
    std::string why;  // for people
};

// Whose clock a message of version 3 goes by: of an inform it is the receiver's.
enum class Authority { kReceiver, kSender };

// What the library's result (SNMPERR_…) means for a message of this user; `who` is null where the
// user is unknown. Nothing where it was a question for our engine, which the library has answered.
std::optional<Refused> refusal_of(int result, Authority authority, const std::string& user,
                                  const SnmpCredential* who);

}  // namespace tocsin::collector::snmp
