#include "bridge/api/record_request.h"

#include <array>
#include <string>
#include <utility>

#include "base/core/strings.h"
#include "bridge/api/requests.h"
#include "bridge/incident/types.h"
#include "bridge/ingest/json_object.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostName = 200;
constexpr std::size_t kMostIncidents = 256;
// A record says by itself what is too long for each of its fields.
constexpr std::size_t kMostText = 512 * 1024;

// Of an article `text` is its own; a word about the move, else.
bool is_article_text(RecordKind kind, MoveKind move) {
    return kind == RecordKind::kArticle && move == MoveKind::kEdit;
}

void read_fields(JsonObject& body, RecordKind kind, MoveKind move, Timestamp now, RecordMove& out) {
    constexpr std::array<const char*, 6> kTexts = {"title",      "owner", "root_cause",
                                                   "workaround", "fix",   "draft"};
    const bool action = move == MoveKind::kAction;
    for (const char* name : kTexts) {
        if (action && std::string_view(name) == "owner") continue;  // the action's
        if (auto value = body.string(name, kMostText)) out.fields.texts[name] = std::move(*value);
    }
    if (auto text = body.string("text", kMostText)) {
        if (is_article_text(kind, move)) {
            out.fields.texts["text"] = std::move(*text);
        } else {
            out.text = std::move(*text);
        }
    }
    std::optional<Timestamp> due = body.time("due_at");
    if (const auto lasts = body.duration("for"); lasts && !due) due = now + *lasts;
    if (action) {
        out.action = ReviewAction{
            std::exchange(out.text, {}), body.string("owner", kMostName).value_or(""), due, {}, {}};
    } else {
        out.fields.due = due;
    }
    out.fields.causes = body.strings("causes");
    for (const std::string& text : body.strings("match", 100)) {
        auto matcher = parse_matcher(text);
        if (matcher) {
            out.fields.match.push_back(std::move(matcher).value());
        } else {
            body.fail("match", matcher.error().message);
        }
    }
    out.incidents = body.strings("incidents", kMostIncidents);
    out.number = static_cast<int>(body.integer("number").value_or(0));
}

Result<RecordRequest> parse(RecordKind kind, std::string_view key, MoveKind move,
                            std::string_view text, const Caller& caller, Timestamp now) {
    TOCSIN_TRY(JsonObject body, JsonObject::parse(text));
    body.allow({"actor", "title", "owner", "text", "root_cause", "workaround", "fix", "about",
                "draft", "causes", "due_at", "for", "number", "match", "incident", "incidents"});
    RecordRequest out;
    out.kind = kind;
    out.key = std::string(key);
    out.move.kind = move;
    const std::string actor = body.string("actor", kMostName).value_or("");
    out.move.actor = !caller.name.empty() ? caller.name : actor.empty() ? "local" : actor;
    if (out.move.actor == kSystem || out.move.actor == kSourceBridge) {
        body.fail("actor", "is the bridge's own name in the timeline");
    }
    read_fields(body, kind, move, now, out.move);
    const char* about = kind == RecordKind::kArticle ? "incident" : "about";
    if (key.empty()) out.about = body.string(about, kMostName).value_or("");
    TOCSIN_TRY(body.check());
    return out;
}

Error bad(std::string message) {
    return Error(ErrorCode::kInvalid, std::move(message));
}

}  // namespace

Result<RecordFilter> parse_record_filter(RecordKind kind, const net::Request& request) {
    RecordFilter out;
    out.kind = kind;
    const std::string state(request.param("state"));
    if (state == "all") {
        out.which = RecordFilter::Which::kAll;
    } else if (!state.empty()) {
        const auto known = parse_record_state(state);
        if (!known) return bad("parameter state: \"" + state + "\" is neither a state nor all");
        out.which = RecordFilter::Which::kState;
        out.state = *known;
    }
    out.incident = valid_utf8(request.param("incident"));
    out.owner = valid_utf8(request.param("owner"));
    out.text = valid_utf8(request.param("q"));
    if (out.text.size() > kMostName) return bad("parameter q: at most 200 bytes");
    TOCSIN_TRY(out.limit, parse_limit(request, out.limit));
    out.before = valid_utf8(request.param("after"));
    return out;
}

Result<RecordRequest> parse_new_record(RecordKind kind, std::string_view body, const Caller& caller,
                                       Timestamp now) {
    return parse(kind, "", MoveKind::kEdit, body, caller, now);
}

Result<RecordRequest> parse_record_move(RecordKind kind, std::string_view key, MoveKind move,
                                        std::string_view body, const Caller& caller,
                                        Timestamp now) {
    return parse(kind, key, move, body, caller, now);
}

}  // namespace tocsin::bridge
