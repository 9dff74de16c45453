// What the service desk sends, and actions on many incidents at once.
#include "bridge/api/requests.h"
#include "bridge/ingest/report_fields.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostKeys = 200;

}  // namespace

Result<Report> parse_report(std::string_view body, const Caller& caller) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    Report out = read_report(fields, caller.name);
    if (caller.role == Role::kReporter && out.reporter.name != caller.name) {
        fields.fail("reporter", "must be yourself, " + caller.name);
    }
    TOCSIN_TRY(fields.check());
    return out;
}

Result<Bulk> parse_bulk(std::string_view body) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(body));
    Bulk out;
    fields.require("action");
    fields.require("keys");
    const auto kind = parse_action_kind(fields.string("action", kMostText).value_or(""));
    out.keys = fields.strings("keys", kMostKeys);
    if (!kind || *kind == ActionKind::kMerge || *kind == ActionKind::kSplit) {
        fields.fail("action", "must be an action on one incident, like acknowledge or note");
    }
    if (out.keys.empty()) fields.fail("keys", "must name at least one incident");
    TOCSIN_TRY(fields.check());
    out.kind = *kind;
    return out;
}

}  // namespace tocsin::bridge
