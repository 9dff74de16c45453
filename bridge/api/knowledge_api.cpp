#include "bridge/api/knowledge_api.h"

#include <string>
#include <utility>

#include "bridge/api/knowledge_json.h"
#include "bridge/api/record_request.h"

namespace tocsin::bridge {
namespace {

using Config = std::shared_ptr<const BridgeConfig>;

void list_records(const ApiParts& parts, const Config& config, RecordKind kind, const Call& call) {
    auto filter = parse_record_filter(kind, call.request);
    if (!filter) return call.refuse(filter.error());
    const Timestamp now = parts.clock.now();
    parts.reader.ask<RecordPage>(
        [filter = std::move(filter).value()](Queries& q) { return q.knowledge().list(filter); },
        [call, config, kind, now](const Result<RecordPage>& page) {
            if (!page) return call.refuse(page.error());
            call.answer(
                net::Response::json(200, record_page_json(kind, page.value(), config->url, now)));
        });
}

void get_record(const ApiParts& parts, const Config& config, RecordKind kind, const Call& call) {
    const std::string& key = call.path.at("key");
    const Timestamp now = parts.clock.now();
    parts.reader.ask<RecordDetail>(
        [key, kind](Queries& q) -> Result<RecordDetail> {
            TOCSIN_TRY(RecordDetail found, q.knowledge().detail(key));
            if (found.record.kind() != kind) {
                return Error(ErrorCode::kNotFound,
                             "there is no " + std::string(to_string(kind)) + " " + key);
            }
            return found;
        },
        [call, config, now](const Result<RecordDetail>& found) {
            if (!found) return call.refuse(found.error());
            call.answer(net::Response::json(200, record_json(found.value(), config->url, now)));
        });
}

// Runs on the worker's thread in a transaction; its answer goes out once that is committed.
void change(const ApiParts& parts, const Config& config, const Call& call, RecordRequest request) {
    const Timestamp now = parts.clock.now();
    const int made = request.key.empty() ? 201 : 200;
    auto answer = std::make_shared<Result<RecordAnswer>>(
        Error(ErrorCode::kUnavailable, "the store was not asked; try again"));
    parts.worker.run(
        [answer, request = std::move(request), config, now](Store& store) {
            RecordAnswer changed;
            const Result<void> done = store.transaction([&](Tx& tx) -> Result<void> {
                TOCSIN_TRY(changed, change_record(tx, request, *config, now));
                return success();
            });
            *answer = done ? Result<RecordAnswer>(std::move(changed)) : done.error();
        },
        [answer, call, config, now, made] {
            if (!*answer) return call.refuse(answer->error());
            const RecordAnswer& a = answer->value();
            if (a.refusal) {
                const bool conflict = a.refusal->code == Refusal::Code::kConflict;
                return call.answer(net::Response::json(
                    conflict ? 409 : 422, record_refusal_json(*a.refusal, call.language)));
            }
            call.answer(
                net::Response::json(made, record_json(a.detail, config->url, now, a.reason)));
        });
}

void make(const ApiParts& parts, const Config& config, RecordKind kind, const Call& call) {
    auto request = parse_new_record(kind, call.request.body, call.caller, parts.clock.now());
    if (!request) return call.refuse(request.error());
    change(parts, config, call, std::move(request).value());
}

void move(const ApiParts& parts, const Config& config, RecordKind kind, MoveKind what,
          const Call& call) {
    auto request = parse_record_move(kind, call.path.at("key"), what, call.request.body,
                                     call.caller, parts.clock.now());
    if (!request) return call.refuse(request.error());
    change(parts, config, call, std::move(request).value());
}

}  // namespace

std::vector<Endpoint> knowledge_routes(const ApiParts& parts, const Config& config) {
    using enum Access;
    constexpr auto kOurs = ErrorStyle::kTocsin;
    std::vector<Endpoint> all;
    for (const RecordKind kind : kRecordKinds) {
        const std::string path = "/api/v1/" + std::string(plural(kind));
        all.push_back({"GET", path, kView, kOurs, [parts, &config, kind](const Call& call) {
                           list_records(parts, config, kind, call);
                       }});
        all.push_back({"POST", path, kRespond, kOurs, [parts, &config, kind](const Call& call) {
                           make(parts, config, kind, call);
                       }});
        all.push_back(
            {"GET", path + "/{key}", kView, kOurs,
             [parts, &config, kind](const Call& call) { get_record(parts, config, kind, call); }});
        for (const MoveKind what : moves_of(kind)) {
            all.push_back({"POST", path + "/{key}/" + std::string(to_string(what)), kRespond, kOurs,
                           [parts, &config, kind, what](const Call& call) {
                               move(parts, config, kind, what, call);
                           }});
        }
    }
    return all;
}

}  // namespace tocsin::bridge
