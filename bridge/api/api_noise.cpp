// What is expected, held back, observed; and what is done to hosts.
#include <utility>

#include "bridge/api/api.h"
#include "bridge/api/json.h"
#include "bridge/api/requests.h"

namespace tocsin::bridge {

void Api::get_expected(Call call) {
    parts_.reader.ask<std::vector<ExpectRecord>>(
        [](Queries& q) { return q.expected(); },
        [call, config = config_](Result<std::vector<ExpectRecord>> rows) {
            if (!rows) {
                call.refuse(rows.error());
                return;
            }
            call.answer(net::Response::json(200, expected_json(rows.value(), *config)));
        });
}

void Api::get_blips(Call call) {
    auto page = parse_incident_filter(call.request);  // `limit` and `after` alone have a meaning
    if (!page) {
        call.refuse(page.error());
        return;
    }
    const int limit = page.value().limit;
    parts_.reader.ask<std::vector<Blip>>(
        [limit, before = page.value().before](Queries& q) { return q.blips(limit, before); },
        [call, limit](Result<std::vector<Blip>> rows) {
            if (!rows) {
                call.refuse(rows.error());
                return;
            }
            call.answer(net::Response::json(200, blips_json(rows.value(), limit)));
        });
}

void Api::get_observed(Call call) {
    Timestamp since = parts_.clock.now() - 7 * 24h;
    if (const std::string_view text = call.request.param("since"); !text.empty()) {
        const auto at = parse_rfc3339(text);
        if (!at) {
            call.refuse(Error(ErrorCode::kInvalid,
                              "parameter since: must be a time, like "
                              "2026-11-26T00:00:00Z"));
            return;
        }
        since = at.value();
    }
    parts_.reader.ask<std::vector<ObservedCount>>(
        [since](Queries& q) { return q.observed(since); },
        [call, since](Result<std::vector<ObservedCount>> rows) {
            if (!rows) {
                call.refuse(rows.error());
                return;
            }
            call.answer(net::Response::json(200, observed_json(rows.value(), since)));
        });
}

void Api::move_host(Call call, HostIn::Move move) {
    auto in = parse_host_move(move, call.path.at("host"), call.request.body, call.caller);
    if (!in) {
        call.refuse(in.error());
        return;
    }
    parts_.worker.submit(std::move(in).value(), [call](const Result<Answer>& answer) {
        if (!answer) {
            call.refuse(answer.error());
            return;
        }
        if (!answer.value()) {
            call.refuse(Error(ErrorCode::kInternal, "the move had no answer"));
            return;
        }
        call.answer(net::Response::json(200, result_json(answer.value()->reason)));
    });
}

}  // namespace tocsin::bridge
