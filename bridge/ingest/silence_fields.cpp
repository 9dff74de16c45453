#include "bridge/ingest/silence_fields.h"

#include <string>

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostText = 1024;
constexpr Duration kLongestMaintenance = 30 * 24h;

std::string who(JsonObject& fields, std::string_view field, std::string_view caller) {
    const std::string given = fields.string(field, kMostText).value_or("");
    if (!caller.empty()) return std::string(caller);
    return given.empty() ? "local" : given;
}

void read_match(JsonObject& fields, Silence& out) {
    for (const std::string& text : fields.strings("match", 100)) {
        auto matcher = parse_matcher(text);
        if (matcher) {
            out.matchers.push_back(std::move(matcher).value());
        } else {
            fields.fail("match", matcher.error().message);
        }
    }
    if (const auto host = fields.string("host", kMostText); host && !host->empty()) {
        auto matcher = Matcher::create(MatchOp::kEqual, "host", *host);
        if (matcher) out.matchers.push_back(std::move(matcher).value());
    }
    if (out.matchers.empty()) {
        fields.fail("match", "name what is being worked on: matchers like env=\"prod\", or a host");
    }
}

void read_span(JsonObject& fields, Timestamp now, Silence& out) {
    out.starts_at = fields.time("starts_at").value_or(now);
    const auto lasts = fields.duration("for");
    const auto ends = fields.time("ends_at");
    if (!lasts && !ends) fields.fail("for", "is needed: how long it lasts, or \"ends_at\"");
    out.ends_at = ends ? *ends : out.starts_at + lasts.value_or(0ms);
    if (out.ends_at <= out.starts_at || out.ends_at <= now) {
        fields.fail(ends ? "ends_at" : "for", "the end must be after the start, and to come");
    }
}

}  // namespace

Silence read_silence(JsonObject& fields, std::string_view caller, Timestamp now) {
    Silence out;
    read_match(fields, out);
    read_span(fields, now, out);
    out.created_by = who(fields, "by", caller);
    out.comment = fields.string("comment", kMostText).value_or("");
    return out;
}

Silence read_maintenance(JsonObject& fields, std::string_view caller, Timestamp now) {
    Silence out = read_silence(fields, caller, now);
    out.kind = SuppressorKind::kMaintenance;
    out.settle = kMaintenanceSettle;
    if (out.ends_at - out.starts_at > kLongestMaintenance) {
        fields.fail(fields.time("ends_at") ? "ends_at" : "for", "a window lasts 30d at most");
    }
    out.change = fields.string("change", kMostText).value_or("");
    out.name = fields.string("name", kMostText).value_or("");
    if (out.name.empty()) out.name = name_of_its_own(out);
    return out;
}

Silence read_incident_silence(JsonObject& fields, std::string_view caller, Timestamp now) {
    Silence out;
    out.created_by = who(fields, "actor", caller);
    out.comment = fields.string("text", kMostText).value_or("");
    const auto lasts = fields.duration("for");
    if (lasts && (*lasts <= 0ms || *lasts > kLongestUntilClear)) {
        fields.fail("for", "must be more than nothing and at most 7d");
    }
    out.starts_at = now;
    out.ends_at = now + lasts.value_or(kLongestUntilClear);
    return out;
}

}  // namespace tocsin::bridge
