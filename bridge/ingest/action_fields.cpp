#include "bridge/ingest/action_fields.h"

#include <algorithm>
#include <initializer_list>

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostNote = 64 * 1024;

bool is_one_of(ActionKind kind, std::initializer_list<ActionKind> kinds) {
    for (const ActionKind one : kinds) {
        if (one == kind) return true;
    }
    return false;
}

// What was found, how it was rated, whom it is about.
void read_action_fields(JsonObject& fields, ActionKind kind, const std::string& to,
                        UserAction& out) {
    using enum ActionKind;
    const auto or_to = [&](std::string_view field) {
        std::string value = fields.string(field, kMostText).value_or("");
        return value.empty() ? to : value;
    };
    if (is_one_of(kind, {kResolve, kClose, kConfirm, kVerify, kNote})) {
        out.findings.cause = fields.string("cause", kMostText).value_or("");
        out.findings.solution = fields.string("solution", kMostNote).value_or("");
        out.findings.proof = fields.string("proof", kMostNote).value_or("");
    }
    if (is_one_of(kind, {kClose, kConfirm, kRate})) {
        if (const auto value = fields.integer("satisfaction")) {
            out.satisfaction = static_cast<int>(std::clamp<std::int64_t>(*value, 0, 6));
        }
    }
    if (kind == kNote && fields.boolean("public").value_or(false)) {
        out.audience = Audience::kPublic;
    }
    if (is_one_of(kind, {kWatch, kUnwatch})) out.person = or_to("person");
    if (kind == kLink) out.link = or_to("link");
    if (kind == kMerge) {
        out.into = or_to("into");
        if (out.into.empty()) fields.fail("into", "is needed");
    }
    if (kind == kSplit) out.fingerprints = fields.strings("alerts");
    if (kind == kAssign) out.team = fields.string("team", kMostText).value_or("");
    if (kind == kPend) out.reason = fields.string("reason", kMostText).value_or("");
    if (kind == kMajor) {
        out.person = or_to("commander");
        out.communication = fields.string("communication", kMostText).value_or("");
        out.every = fields.duration("every");
    }
}

}  // namespace

void allow_action_fields(JsonObject& fields, JsonObject::Names more) {
    fields.allow(
        {"actor", "text",   "to",     "person",    "team",          "priority", "until",
         "for",   "reason", "public", "cause",     "solution",      "proof",    "satisfaction",
         "link",  "into",   "alerts", "commander", "communication", "every"},
        more);
}

UserAction read_action(ActionKind kind, JsonObject& fields, Timestamp now) {
    UserAction out;
    out.kind = kind;
    out.actor = fields.string("actor", kMostText).value_or("");
    out.text = fields.string("text", kMostNote).value_or("");
    const std::string to = fields.string("to", kMostText).value_or("");
    const auto or_to = [&](std::string_view field) {
        std::string value = fields.string(field, kMostText).value_or("");
        return value.empty() ? to : value;
    };
    if (kind == ActionKind::kAssign) out.person = or_to("person");
    if (kind == ActionKind::kEscalate) out.team = or_to("team");
    if (kind == ActionKind::kPriority) {
        const std::string text = or_to("priority");
        out.priority = parse_priority(text);
        if (!out.priority) {
            fields.fail("priority", "must be one of P1, P2, P3, P4");
        }
    }
    read_action_fields(fields, kind, to, out);
    out.until = fields.time("until");
    if (const auto duration = fields.duration("for"); duration && !out.until) {
        out.until = now + *duration;
    }
    return out;
}

}  // namespace tocsin::bridge
