// What holds an alert back. An alert that is held back pages nobody: outside of an incident it
// opens none, inside one it stops the ladder once every alert that has not cleared is held back.
//
// One mechanism for every reason (docs/adr/0015-suppression.md). A kind is added like this:
//   1. a value of SuppressorKind and its row in suppressor.cpp (word and phrase), words for it in
//      bridge/notify/catalogue.cpp (`suppressor.<kind>`) and bridge/web/src/text;
//   2. a pure function that says whether, and by what, an alert is held back now, and its line in
//      the list in bridge/ingest/batch_hold.cpp: the first answer counts;
//   3. nothing more: the record carries it (store: alerts.suppressor_*), an `until` is a due time
//   in
//      the store at which the alert is looked at again, and whoever changes what holds back without
//      one asks for it by Batch::review_held().
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/time.h"

namespace tocsin::bridge {

enum class SuppressorKind {
    kSilence,
    kMaintenance,
    kInhibit,   // by another alert
    kOpenWhen,  // until its condition of opening is met (open_when.h)
};
inline constexpr std::array kSuppressorKinds = {
    SuppressorKind::kSilence, SuppressorKind::kMaintenance, SuppressorKind::kInhibit,
    SuppressorKind::kOpenWhen};
std::string_view to_string(SuppressorKind kind);  // "silence" …
std::optional<SuppressorKind> parse_suppressor_kind(std::string_view text);

struct Suppressor {
    SuppressorKind kind = SuppressorKind::kSilence;
    std::string id;    // of the silence or window; the source alert's identity
    std::string name;  // for people: "by wang.wei: CHG-1201", "HostUnreachable on web-17"
    Timestamp since;   // the alert has been held back by it since
    // It ends by itself then, and the alert is looked at again. None: when its source is over.
    std::optional<Timestamp> until;
    bool operator==(const Suppressor&) const = default;
};

// Of two, which holds back the longer. None ends later than any time.
bool ends_before(const Suppressor& a, const Suppressor& b);
// "silence 6f1c… (by li.na: disk is being replaced)", "alert HostUnreachable on web-17".
std::string phrase_of(const Suppressor& by);
// For a timeline line's data: by, by_id, by_name, until.
std::map<std::string, std::string> facts_of(const Suppressor& by);

}  // namespace tocsin::bridge
