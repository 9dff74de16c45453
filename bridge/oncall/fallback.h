// Where a message goes when its own way fails: the person's next contact method. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "bridge/oncall/ladder.h"

namespace tocsin::bridge {

// The contact after the one that failed, in the person's order; one that is told of this priority
// at once anyway is none. From the end it goes on at the beginning, but only for a contact that was
// told at once: two that stand in for each other would do so for ever. Nothing when there is no
// other, or the person or the contact is not there any more.
std::optional<Tell> fallback_of(const Oncall& oncall, std::string_view person,
                                std::string_view channel, std::string_view address,
                                Priority priority, Timestamp now);

}  // namespace tocsin::bridge
