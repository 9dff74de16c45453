#include "bridge/simulate/line_readers.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "bridge/ingest/action_fields.h"
#include "bridge/ingest/json_object.h"
#include "bridge/ingest/report_fields.h"
#include "bridge/ingest/silence_fields.h"
#include "bridge/silence/window.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

using Read = Result<std::vector<Line>>;

constexpr std::size_t kMostBeats = 1'000'000;

Error bad(std::string message) {
    return Error(ErrorCode::kInvalid, std::move(message));
}

std::string text_of(const LineFields& from, std::string_view field) {
    const json::value* found = from.if_contains(field);
    return found != nullptr && found->is_string() ? std::string(found->get_string().c_str())
                                                  : std::string();
}

Result<JsonObject> fields_of(const LineFields& line, std::string_view member) {
    return JsonObject::parse(json::serialize(line.at(member)));
}

template <class What>
std::vector<Line> one(const Line& to, What what) {
    return {{to.number, to.at, std::move(what)}};
}

WhichIncident read_which(JsonObject& fields) {
    WhichIncident out{fields.string("key").value_or(""), fields.string_map("labels")};
    if (out.key.empty() && out.labels.empty()) {
        fields.fail("key", "or \"labels\" must say of which incident");
    }
    return out;
}

// A name of the file's own, by which a later line ends it.
std::string read_id(JsonObject& fields, const Line& to) {
    std::string id = fields.string("id").value_or("");
    if (id.starts_with(kPlannedPrefix)) fields.fail("id", "is a configured window's");
    return id.empty() ? "line " + std::to_string(to.number) : id;
}

// {"kind": "silence"} is the one action that no UserAction stands for.
Read read_incident_hold(JsonObject& fields, WhichIncident which, const Line& to) {
    HoldLine hold{read_id(fields, to), read_incident_silence(fields, "", to.at), std::move(which)};
    TOCSIN_TRY(fields.check());
    return one(to, std::move(hold));
}

Read read_hold(const LineFields& line, std::string_view member, const Line& to,
               Silence (*read)(JsonObject&, std::string_view, Timestamp)) {
    TOCSIN_TRY(JsonObject fields, fields_of(line, member));
    fields.require("by");
    HoldLine hold{read_id(fields, to), read(fields, "", to.at), std::nullopt};
    TOCSIN_TRY(fields.check());
    return one(to, std::move(hold));
}

}  // namespace

Result<Timestamp> read_line_time(const LineFields& line, std::string_view field) {
    const auto time = parse_rfc3339(text_of(line, field));
    if (time) return time.value();
    return bad("\"" + std::string(field) + "\" must be a time like 2026-11-26T02:03:04Z");
}

Read read_alerts_line(const LineFields& line, const Line& to) {
    AlertsIn in;
    TOCSIN_TRY(in.alerts, parse_alerts(json::serialize(line.at("alerts"))));
    for (Alert& alert : in.alerts) {
        if (!alert.ends_at) alert.ends_at = to.at + kUntilSaid;
    }
    in.source = text_of(line, "sender");
    if (in.source.empty()) in.source = kSimulationSender;
    return one(to, std::move(in));
}

// One beat, or with "until" as many as the agent would send until then.
Read read_heartbeat_line(const LineFields& line, const Line& to) {
    HeartbeatIn beat;
    TOCSIN_TRY(beat.report, parse_host_report(json::serialize(line.at("heartbeat"))));
    Timestamp until = to.at;
    if (line.contains("until")) {
        TOCSIN_TRY(until, read_line_time(line, "until"));
    }
    const Duration interval = std::max<Duration>(beat.report.interval, 1s);
    if (until - to.at > interval * kMostBeats) return bad("\"until\" lies too far ahead");
    std::vector<Line> beats;
    for (Timestamp t = to.at; t <= until; t += interval) beats.push_back({to.number, t, beat});
    return beats;
}

Read read_act_line(const LineFields& line, const Line& to) {
    TOCSIN_TRY(JsonObject fields, fields_of(line, "act"));
    WhichIncident which = read_which(fields);
    fields.require("actor");
    const std::string word = fields.string("kind").value_or("");
    if (word == "silence") return read_incident_hold(fields, std::move(which), to);
    const auto kind = parse_action_kind(word);
    if (!kind) fields.fail("kind", "\"" + word + "\" is no action; write for example acknowledge");
    UserAction action = read_action(kind.value_or(ActionKind::kNote), fields, to.at);
    TOCSIN_TRY(fields.check());
    return one(to, ActLine{std::move(which), std::move(action)});
}

Read read_silence_line(const LineFields& line, const Line& to) {
    return read_hold(line, "silence", to, read_silence);
}

Read read_maintenance_line(const LineFields& line, const Line& to) {
    return read_hold(line, "maintenance", to, read_maintenance);
}

// Which of both it ends is known where the lines above are.
Read read_end_line(const LineFields& line, const Line& to) {
    std::string id = text_of(line, "end");
    if (id.empty()) return bad("\"end\" must be the \"id\" of a silence or maintenance above");
    return one(to, ExpireSilenceIn{std::move(id), SuppressorKind::kSilence});
}

Read read_report_line(const LineFields& line, const Line& to) {
    TOCSIN_TRY(JsonObject fields, fields_of(line, "report"));
    if (!fields.string("actor")) fields.require("reporter");
    ReportIn in{read_report(fields, "")};
    // Whoever reports for themselves enters it too.
    if (!fields.string("actor")) in.report.actor = in.report.reporter.name;
    TOCSIN_TRY(fields.check());
    return one(to, std::move(in));
}

}  // namespace tocsin::bridge
