// Between records and the texts that columns hold. Pure.
#pragma once

#include <string>
#include <string_view>

#include "bridge/knowledge/record.h"

namespace tocsin::bridge::codec {

// What of a record has no column of its own.
std::string record_detail_to_text(const Record& record);
// The part of this kind; what is damaged reads as empty. An article's matchers are not in it.
void record_detail_from_text(RecordKind kind, std::string_view text, Record& record);

}  // namespace tocsin::bridge::codec
