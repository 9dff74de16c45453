#include "bridge/api/suppression_api.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "bridge/api/alertmanager.h"
#include "bridge/api/alertmanager_words.h"
#include "bridge/api/json.h"
#include "bridge/api/silences.h"
#include "bridge/ingest/json_object.h"
#include "bridge/ingest/silence_fields.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

struct Shelf {
    std::vector<Silence> silences;
    std::vector<HeldCount> held;
};

Result<Shelf> read_shelf(Queries& q, Timestamp now) {
    Shelf out;
    TOCSIN_TRY(out.silences, q.silences(now - kKeptAfterEnd));
    TOCSIN_TRY(const auto alerts, read_alerts(q, now));
    const auto count = [&](const AlertRecord& alert) {
        if (!alert.suppressor) return;
        const auto known = std::find_if(out.held.begin(), out.held.end(), [&](const HeldCount& c) {
            return c.suppressor == alert.suppressor->id;
        });
        if (known == out.held.end()) {
            out.held.push_back({alert.suppressor->id, 1});
        } else {
            ++known->alerts;
        }
    };
    for (const auto& [alert, summary] : alerts.alerts) count(alert);
    for (const AlertRecord& alert : alerts.held) count(alert);
    return out;
}

std::string id_json(std::string_view id) {
    json::object out;
    out["silenceID"] = id;
    return json::serialize(out);
}

using SilenceFields = Silence (*)(JsonObject&, std::string_view caller, Timestamp now);
Result<Silence> parse_body(const Call& call, Timestamp now, SilenceFields read,
                           JsonObject::Names names) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(call.request.body));
    fields.allow(names);
    Silence out = read(fields, call.caller.name, now);
    TOCSIN_TRY(fields.check());
    return out;
}

// Clients say who asks with every request; it counts for nothing here.
Result<void> parse_nothing(const Call& call) {
    TOCSIN_TRY(JsonObject fields, JsonObject::parse(call.request.body));
    fields.allow({"actor"});
    return fields.check();
}

// The handlers of one Api. What they hold is copied into each route.
class Handlers {
  public:
    explicit Handlers(const ApiParts& parts) : parts_(parts) {}

    void get_silences(const Call& call) const {
        auto filter = parse_matcher_filter(call.request);
        if (!filter) return call.refuse(filter.error());
        const Timestamp now = parts_.clock.now();
        parts_.reader.ask<std::vector<Silence>>(
            [now](Queries& q) { return q.silences(now - kKeptAfterEnd); },
            [call, now, filter = std::move(filter).value()](Result<std::vector<Silence>> found) {
                if (!found) return call.refuse(found.error());
                call.answer(
                    net::Response::json(200, silences_json(std::move(found).value(), filter, now)));
            });
    }

    void get_silence(const Call& call) const {
        const std::string& id = call.path.at("id");
        if (!is_uuid(id)) return call.answer(not_a_uuid(id));
        const Timestamp now = parts_.clock.now();
        parts_.reader.ask<Silence>(
            [id](Queries& q) { return q.silence(id); },
            [call, now](const Result<Silence>& found) {
                const bool none = found ? found.value().kind != SuppressorKind::kSilence
                                        : found.error().code == ErrorCode::kNotFound;
                if (none) return call.answer(net::Response::json(404, ""));
                if (!found) return call.refuse(found.error());
                call.answer(net::Response::json(200, silence_json(found.value(), now)));
            });
    }

    void post_silence(const Call& call) const {
        auto posted = parse_posted_silence(call.request.body, parts_.clock.now());
        if (auto* bad = std::get_if<net::Response>(&posted)) return call.answer(std::move(*bad));
        PutSilenceIn in{std::move(std::get<Silence>(posted)), new_uuid(), "", call.caller.name};
        parts_.worker.submit(std::move(in), [call](const Result<Answer>& answer) {
            if (!answer && answer.error().code == ErrorCode::kNotFound) {
                return call.answer(handler_refusal(404, answer.error().message));
            }
            if (!answer) return call.refuse(answer.error());
            const ActionDone& done = *answer.value();
            if (done.refusal) return call.answer(handler_refusal(400, done.refusal->message()));
            call.answer(net::Response::json(200, id_json(done.silence->id)));
        });
    }

    void delete_silence(const Call& call) const {
        const std::string& id = call.path.at("id");
        if (!is_uuid(id)) return call.answer(not_a_uuid(id));
        ExpireSilenceIn in{id, SuppressorKind::kSilence};
        parts_.worker.submit(std::move(in), [call](const Result<Answer>& answer) {
            // Alertmanager 0.25 answers 500 for one that it does not know.
            if (!answer && answer.error().code == ErrorCode::kNotFound) {
                return call.answer(handler_refusal(500, answer.error().message));
            }
            if (!answer) return call.refuse(answer.error());
            call.answer(net::Response::json(200, ""));
        });
    }

    using Lister = std::string (*)(std::vector<Silence>, const std::vector<HeldCount>&, Timestamp);
    void list(const Call& call, Lister lister) const {
        const Timestamp now = parts_.clock.now();
        parts_.reader.ask<Shelf>(
            [now](Queries& q) { return read_shelf(q, now); },
            [call, now, lister](Result<Shelf> shelf) {
                if (!shelf) return call.refuse(shelf.error());
                call.answer(net::Response::json(
                    200, lister(std::move(shelf.value().silences), shelf.value().held, now)));
            });
    }

    void get_suppressed(const Call& call) const {
        const Timestamp now = parts_.clock.now();
        parts_.reader.ask<AlertsView>(
            [now](Queries& q) { return read_alerts(q, now); },
            [call](const Result<AlertsView>& view) {
                if (!view) return call.refuse(view.error());
                call.answer(net::Response::json(200, suppressed_json(view.value())));
            });
    }

    void silence_incident(const Call& call) const {
        const Timestamp now = parts_.clock.now();
        auto silence = parse_body(call, now, read_incident_silence, {"text", "for", "actor"});
        if (!silence) return call.refuse(silence.error());
        submit(call, {std::move(silence).value(), new_uuid(), call.path.at("key")}, "silence_id");
    }

    void start_maintenance(const Call& call) const {
        const Timestamp now = parts_.clock.now();
        auto window = parse_body(
            call, now, read_maintenance,
            {"match", "host", "starts_at", "ends_at", "for", "name", "by", "change", "comment"});
        if (!window) return call.refuse(window.error());
        submit(call, {std::move(window).value(), new_uuid(), ""}, "id");
    }

    void end_maintenance(const Call& call) const {
        if (const auto good = parse_nothing(call); !good) return call.refuse(good.error());
        parts_.worker.submit(
            ExpireSilenceIn{call.path.at("id"), SuppressorKind::kMaintenance},
            [call, &clock = parts_.clock](const Result<Answer>& answer) {
                if (!answer && answer.error().code == ErrorCode::kNotFound) {
                    return call.refuse(Error(ErrorCode::kNotFound,
                                             "there is no maintenance window " + call.path.at("id"),
                                             Retry::kNo));
                }
                if (!answer) return call.refuse(answer.error());
                // As of now, when it has ended; it had not when it was asked.
                call.answer(net::Response::json(
                    200, maintenance_json(*answer.value()->silence, clock.now())));
            });
    }

  private:
    void submit(const Call& call, PutSilenceIn in, const char* id_field) const {
        parts_.worker.submit(std::move(in), [call, id_field](const Result<Answer>& answer) {
            if (!answer) return call.refuse(answer.error());
            const ActionDone& done = *answer.value();
            if (done.refusal) {
                const bool conflict = done.refusal->code == Refusal::Code::kConflict;
                return call.refuse(Error(conflict ? ErrorCode::kConflict : ErrorCode::kInvalid,
                                         reason_text(done.refusal->reason, call.language),
                                         Retry::kNo));
            }
            json::object out;
            out[id_field] = done.silence->id;
            out["ends_at"] = format_rfc3339(done.silence->ends_at);
            call.answer(net::Response::json(200, json::serialize(out)));
        });
    }

    ApiParts parts_;
};

}  // namespace

std::vector<Endpoint> suppression_endpoints(const ApiParts& parts) {
    using enum Access;
    constexpr auto kAm = ErrorStyle::kAlertmanager;
    constexpr auto kOurs = ErrorStyle::kTocsin;
    const auto handlers = std::make_shared<const Handlers>(parts);
    const auto to = [&](void (Handlers::*member)(const Call&) const) {
        return [handlers, member](const Call& call) { ((*handlers).*member)(call); };
    };
    const auto list = [&](Handlers::Lister lister) {
        return [handlers, lister](const Call& call) { handlers->list(call, lister); };
    };
    return {
        {"GET", "/api/v2/silences", kView, kAm, to(&Handlers::get_silences)},
        {"POST", "/api/v2/silences", kRespond, kAm, to(&Handlers::post_silence)},
        {"GET", "/api/v2/silence/{id}", kView, kAm, to(&Handlers::get_silence)},
        {"DELETE", "/api/v2/silence/{id}", kRespond, kAm, to(&Handlers::delete_silence)},
        {"GET", "/api/v1/silences", kView, kOurs, list(silence_list_json)},
        {"GET", "/api/v1/suppressed", kView, kOurs, to(&Handlers::get_suppressed)},
        {"POST", "/api/v1/incidents/{key}/silence", kRespond, kOurs,
         to(&Handlers::silence_incident)},
        {"GET", "/api/v1/maintenance", kView, kOurs, list(maintenance_list_json)},
        {"POST", "/api/v1/maintenance", kRespond, kOurs, to(&Handlers::start_maintenance)},
        {"POST", "/api/v1/maintenance/{id}/end", kRespond, kOurs, to(&Handlers::end_maintenance)},
    };
}

}  // namespace tocsin::bridge
