#include "bridge/incident/suppressor.h"

#include <fmt/format.h>

namespace tocsin::bridge {
namespace {

struct KindRow {
    SuppressorKind kind;
    std::string_view word;
    std::string_view phrase;  // in front of what it is called
};
constexpr std::array kKinds = {
    KindRow{SuppressorKind::kSilence, "silence", "silence"},
    KindRow{SuppressorKind::kMaintenance, "maintenance", "maintenance window"},
    KindRow{SuppressorKind::kInhibit, "inhibit", "alert"},
    KindRow{SuppressorKind::kOpenWhen, "open_when", "condition"},
};
static_assert(kKinds.size() == kSuppressorKinds.size());

}  // namespace

std::string_view to_string(SuppressorKind kind) {
    for (const KindRow& row : kKinds) {
        if (row.kind == kind) return row.word;
    }
    return "";
}

std::optional<SuppressorKind> parse_suppressor_kind(std::string_view text) {
    for (const KindRow& row : kKinds) {
        if (row.word == text) return row.kind;
    }
    return std::nullopt;
}

bool ends_before(const Suppressor& a, const Suppressor& b) {
    return a.until && (!b.until || *a.until < *b.until);
}

std::string phrase_of(const Suppressor& by) {
    std::string_view phrase;
    for (const KindRow& row : kKinds) {
        if (row.kind == by.kind) phrase = row.phrase;
    }
    // A silence's id is what amtool and the page find it by; the others are known by their name.
    if (by.kind == SuppressorKind::kSilence && !by.name.empty()) {
        return fmt::format("{} {} ({})", phrase, by.id, by.name);
    }
    return fmt::format("{} {}", phrase, by.name.empty() ? by.id : by.name);
}

std::map<std::string, std::string> facts_of(const Suppressor& by) {
    std::map<std::string, std::string> facts = {
        {"by", std::string(to_string(by.kind))}, {"by_id", by.id}, {"by_name", by.name}};
    if (by.until) facts["until"] = format_rfc3339(*by.until);
    return facts;
}

}  // namespace tocsin::bridge
