// A chain of reasons in words. Pure.
#pragma once

#include <string>

#include "bridge/notify/entry_text.h"
#include "bridge/why/link.h"

namespace tocsin::bridge {

// One sentence without a full stop.
std::string why_text(const WhyLink& link, const EntryReader& reader);

}  // namespace tocsin::bridge
