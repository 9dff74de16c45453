#include "bridge/api/oncall_api.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/core/strings.h"
#include "bridge/api/oncall_json.h"
#include "bridge/notify/link.h"
#include "bridge/notify/say.h"
#include "bridge/oncall/ical.h"

namespace tocsin::bridge {
namespace {

using Config = std::shared_ptr<const BridgeConfig>;

// A shift that is shown may have begun, and may end, outside of what was asked for.
constexpr Duration kBefore = 24h * 60;
constexpr Duration kAfter = 24h * 400;
constexpr Duration kCalendarBack = 24h * 31;
constexpr Duration kCalendarAhead = 24h * 183;
constexpr std::size_t kMostEvents = 2000;

Oncall with_overrides(const BridgeConfig& config, const std::vector<OverrideRow>& rows) {
    Oncall out = config.oncall;
    out.set_overrides(effective(rows));
    return out;
}

void answer(const Call& call, const Result<std::string>& body) {
    if (body) {
        call.answer(net::Response::json(200, body.value()));
    } else {
        call.refuse(body.error());
    }
}

void get_oncall(const ApiParts& parts, const Config& config, const Call& call) {
    auto query = parse_oncall_query(call.request, config->oncall, parts.clock.now());
    if (!query) {
        call.refuse(query.error());
        return;
    }
    const OncallQuery& asked = query.value();
    const Timestamp from = std::min(asked.at, asked.from.value_or(asked.at)) - kBefore;
    const Timestamp to = std::max(asked.at, asked.to.value_or(asked.at)) + kAfter;
    parts.reader.ask<std::vector<OverrideRow>>(
        [from, to](Queries& q) { return q.overrides(from, to); },
        [call, config, asked = std::move(query).value()](Result<std::vector<OverrideRow>> rows) {
            if (!rows) {
                call.refuse(rows.error());
                return;
            }
            answer(call, oncall_json(with_overrides(*config, rows.value()), asked, rows.value()));
        });
}

void answer_calendar(const Call& call, std::string text) {
    net::Response response = net::Response::text(200, std::move(text));
    response.headers.set("Content-Type", "text/calendar; charset=utf-8");
    call.answer(std::move(response));
}

// Calls `write` with the configuration and the overrides as of now.
void with_calendar(const ApiParts& parts, const Config& config, const Call& call,
                   std::function<std::string(const Oncall&, Timestamp now)> write) {
    const Timestamp now = parts.clock.now();
    parts.reader.ask<std::vector<OverrideRow>>(
        [now](Queries& q) { return q.overrides(now - kCalendarBack, now + kCalendarAhead); },
        [call, config, write = std::move(write), now](Result<std::vector<OverrideRow>> rows) {
            if (!rows) {
                call.refuse(rows.error());
                return;
            }
            answer_calendar(call, write(with_overrides(*config, rows.value()), now));
        });
}

std::vector<Shift> calendar_shifts(const Oncall& oncall, const Rotation& rotation, Timestamp now) {
    return whole_shifts(rotation, oncall.overrides, now - kCalendarBack, now + kCalendarAhead,
                        kMostEvents);
}

bool is_rotation(const Config& config, const Call& call, const std::string& name) {
    if (config->oncall.rotation(name) != nullptr) return true;
    call.refuse(Error(ErrorCode::kNotFound, "no rotation is named \"" + name + "\""));
    return false;
}

bool is_known(const Config& config, const Call& call, const std::string& person) {
    if (config->oncall.person(person) != nullptr) return true;
    call.refuse(Error(ErrorCode::kNotFound, "nobody is named \"" + person + "\" in bridge.yml"));
    return false;
}

void get_calendar(const ApiParts& parts, const Config& config, const Call& call) {
    const std::string& name = call.path.at("rotation");
    if (!is_rotation(config, call, name)) return;
    with_calendar(parts, config, call,
                  [name, person = std::string(call.request.param("person"))](const Oncall& oncall,
                                                                             Timestamp now) {
                      const Rotation& rotation = *oncall.rotation(name);
                      return icalendar(oncall, rotation, calendar_shifts(oncall, rotation, now),
                                       person, now);
                  });
}

void get_persons_calendar(const ApiParts& parts, const Config& config, const Call& call) {
    const std::string& name = call.path.at("person");
    if (!is_known(config, call, name)) return;
    with_calendar(parts, config, call, [name](const Oncall& oncall, Timestamp now) {
        std::vector<RotationShifts> all;
        for (const Rotation& rotation : oncall.rotations) {
            all.push_back({&rotation, calendar_shifts(oncall, rotation, now)});
        }
        return icalendar_of_person(oncall, *oncall.person(name), all, now);
    });
}

// An address for calendar programs, which can send no token: whoever has it reads the calendar.
// `path` with its query, if it has one; `rotation` "" for all.
void answer_address(const Config& config, const Secret& link_key, const Call& call,
                    const std::string& path, const std::string& rotation,
                    const std::string& person) {
    if (link_key.empty()) {
        call.refuse(Error(ErrorCode::kUnavailable, "this bridge has no key to sign addresses"));
        return;
    }
    const bool more = path.find('?') != std::string::npos;
    boost::json::object out;
    out["url"] =
        config->url + path + (more ? "&" : "?") + "key=" + calendar_key(link_key, rotation, person);
    call.answer(net::Response::json(200, boost::json::serialize(out)));
}

void get_calendar_url(const Config& config, const Secret& link_key, const Call& call) {
    const std::string& name = call.path.at("rotation");
    const std::string person(call.request.param("person"));
    if (!is_rotation(config, call, name)) return;
    if (!person.empty() && !is_known(config, call, person)) return;
    std::string path = "/api/v1/oncall/" + net::percent_encode(name) + ".ics";
    if (!person.empty()) path += "?person=" + net::percent_encode(person);
    answer_address(config, link_key, call, path, name, person);
}

void get_persons_calendar_url(const Config& config, const Secret& link_key, const Call& call) {
    const std::string& person = call.path.at("person");
    if (!is_known(config, call, person)) return;
    const std::string path = "/api/v1/oncall/people/" + net::percent_encode(person) + ".ics";
    answer_address(config, link_key, call, path, "", person);
}

void get_overrides(const ApiParts& parts, const Call& call) {
    const auto window = parse_override_window(call.request, parts.clock.now());
    if (!window) {
        call.refuse(window.error());
        return;
    }
    const auto [from, to] = window.value();
    parts.reader.ask<std::string>(
        [from = from, to = to](Queries& q) -> Result<std::string> {
            TOCSIN_TRY(const auto rows, q.overrides(from, to));
            TOCSIN_TRY(const auto log, q.oncall_log(from, to));
            return overrides_json(rows, log);
        },
        [call](const Result<std::string>& body) { answer(call, body); });
}

// Runs on the worker's thread in a transaction; its answer goes out once that is committed.
void change(const ApiParts& parts, const Call& call, std::function<Result<OverrideRow>(Tx&)> work) {
    auto body = std::make_shared<Result<std::string>>(
        Error(ErrorCode::kUnavailable, "the store was not asked"));
    parts.worker.run(
        [body, work = std::move(work)](Store& store) {
            OverrideRow row;
            const Result<void> done = store.transaction([&](Tx& tx) -> Result<void> {
                TOCSIN_TRY(row, work(tx));
                return success();
            });
            *body = done ? Result<std::string>(override_json(row)) : done.error();
        },
        [call, body] {
            const bool lacks = !*body && body->error().code == ErrorCode::kInvalid;
            if (!lacks) return answer(call, *body);
            call.answer(error_response(call.errors, 422, "invalid",
                                       error_text(body->error().message, call.language)));
        });
}

void post_override(const ApiParts& parts, const Config& config, const Call& call) {
    auto row = parse_override(call.request.body, call.caller, config->oncall, parts.clock.now());
    if (!row) {
        call.refuse(row.error());
        return;
    }
    change(parts, call,
           [row = std::move(row).value(), config](Tx& tx) mutable -> Result<OverrideRow> {
               if (row.what.kind == Override::Kind::kSwap) {
                   TOCSIN_TRY(const auto rows, tx.overrides(row.created_at));
                   const Oncall oncall = with_overrides(*config, rows);
                   TOCSIN_TRY(
                       check_swap(row.what, *oncall.rotation(row.what.rotation), oncall.overrides));
               }
               TOCSIN_TRY(row.what.id, tx.add_override(row));
               return row;
           });
}

void delete_override(const ApiParts& parts, const Call& call) {
    const auto id = parse_int(call.path.at("id"));
    auto cancellation = parse_cancellation(call.request.body, call.caller);
    if (!id || *id < 1 || !cancellation) {
        call.refuse(cancellation
                        ? Error(ErrorCode::kNotFound, "there is no override " + call.path.at("id"))
                        : cancellation.error());
        return;
    }
    change(parts, call,
           [id = *id, by = std::move(cancellation).value(), now = parts.clock.now()](Tx& tx) {
               return tx.cancel_override(id, by.actor, by.why, now);
           });
}

// Sends to each of a person's contacts, whatever priority and hour they are for.
void post_test(const ApiParts& parts, const Config& config, const Call& call) {
    const auto person = parse_test(call.request.body, call.caller, config->oncall);
    if (!person) {
        call.refuse(person.error());
        return;
    }
    if (!may_test(call.caller, person.value())) {
        call.forbid("only admins send tests to others; yours is " + call.caller.name);
        return;
    }
    struct Round {
        std::vector<TestResult> results;
        std::size_t left = 0;
    };
    auto round = std::make_shared<Round>();
    for (const Contact& contact : config->oncall.person(person.value())->contacts) {
        Notify notify{person.value(),     contact.channel, contact.address,
                      MessageKind::kTest, Priority::kP4,   0,
                      parts.clock.now()};
        round->results.push_back({std::move(notify), false, ""});
    }
    round->left = round->results.size();
    if (round->left == 0 || !parts.send_test) {
        call.answer(net::Response::json(200, test_json(person.value(), round->results)));
        return;
    }
    for (std::size_t i = 0; i < round->results.size(); ++i) {
        parts.send_test(round->results[i].notify,
                        [call, round, i, who = person.value()](bool delivered, std::string detail) {
                            round->results[i].delivered = delivered;
                            round->results[i].detail = std::move(detail);
                            if (--round->left > 0) return;
                            call.answer(net::Response::json(200, test_json(who, round->results)));
                        });
    }
}

}  // namespace

std::vector<Endpoint> oncall_routes(const ApiParts& parts, const Config& config,
                                    const Secret& link_key) {
    using enum Access;
    constexpr auto kOurs = ErrorStyle::kTocsin;
    return {
        {"GET", "/api/v1/oncall", kView, kOurs,
         [parts, &config](const Call& call) { get_oncall(parts, config, call); }},
        {"GET", "/api/v1/oncall/overrides", kView, kOurs,
         [parts](const Call& call) { get_overrides(parts, call); }},
        {"POST", "/api/v1/oncall/overrides", kRespond, kOurs,
         [parts, &config](const Call& call) { post_override(parts, config, call); }},
        {"DELETE", "/api/v1/oncall/overrides/{id}", kRespond, kOurs,
         [parts](const Call& call) { delete_override(parts, call); }},
        {"POST", "/api/v1/oncall/test", kRespond, kOurs,
         [parts, &config](const Call& call) { post_test(parts, config, call); }},
        {"GET", "/api/v1/oncall/{rotation}.ics", kView, kOurs,
         [parts, &config](const Call& call) { get_calendar(parts, config, call); }, BodyKind::kJson,
         [&link_key](const net::Request& request, const Endpoint::Path& path) {
             return is_calendar_key(link_key, path.at("rotation"), request.param("person"),
                                    request.param("key"));
         }},
        {"GET", "/api/v1/oncall/{rotation}/calendar-url", kView, kOurs,
         [&config, &link_key](const Call& call) { get_calendar_url(config, link_key, call); }},
        {"GET", "/api/v1/oncall/people/{person}.ics", kView, kOurs,
         [parts, &config](const Call& call) { get_persons_calendar(parts, config, call); },
         BodyKind::kJson,
         [&link_key](const net::Request& request, const Endpoint::Path& path) {
             return is_calendar_key(link_key, "", path.at("person"), request.param("key"));
         }},
        {"GET", "/api/v1/oncall/people/{person}/calendar-url", kView, kOurs,
         [&config, &link_key](const Call& call) {
             get_persons_calendar_url(config, link_key, call);
         }},
    };
}

}  // namespace tocsin::bridge
