#include "agent/deliver/deliverer.h"

#include <algorithm>
#include <span>
#include <utility>

#include "agent/deliver/alert_body.h"
#include "base/net/log.h"

namespace tocsin::agent {

namespace {

constexpr std::string_view kPath = "/api/v2/alerts";

DeliveryOptions core_options(const DelivererOptions& o) {
    DeliveryOptions out;
    out.doors = o.bridge.urls.size();
    out.most_rows = o.most_rows;
    out.resend = o.resend;
    out.backoff = o.backoff;
    return out;
}

}  // namespace

Deliverer::Deliverer(DelivererParts parts, DelivererOptions options, Firing firing)
    : parts_(parts),
      options_(std::move(options)),
      firing_(std::move(firing)),
      delivery_(core_options(options_)),
      random_(std::random_device{}()) {}

Deliverer::~Deliverer() {
    *alive_ = false;
}

void Deliverer::start() {
    started_ = !options_.bridge.urls.empty();
    go();
}

void Deliverer::wake() {
    go();
}

void Deliverer::bridge_answers() {
    delivery_.bridge_answers();
    go();
}

void Deliverer::go() {
    if (!started_ || under_way_) return;
    timer_.cancel();
    const Duration now = parts_.clock.boottime();
    const Delivery::Action action = delivery_.next(now, !parts_.outbox.empty());
    if (const auto* rows = std::get_if<Delivery::SendRows>(&action)) {
        send_rows(*rows);
    } else if (const auto* again = std::get_if<Delivery::Resend>(&action)) {
        resend(*again);
    } else {
        const Duration until = std::get<Delivery::Wait>(action).until;
        timer_ = parts_.loop.after(std::max(until - now, Duration{1}), [this] { go(); });
    }
}

void Deliverer::send_rows(const Delivery::SendRows& action) {
    const auto rows = parts_.outbox.head(action.most, options_.most_bytes);
    if (!rows) return outbox_failed(rows.error());
    RowsBody body = rows_body(rows.value(), parts_.clock.now(), ends_in());
    for (const std::int64_t id : body.unreadable) {
        net::log_error("a row of the outbox is no alert; it is dropped",
                       {{"row", std::to_string(id)}});
        if (const auto gone = parts_.outbox.refuse(id); !gone) return outbox_failed(gone.error());
        ++counts_.refused;
    }
    if (body.ids.empty()) {
        // Nothing readable was at the head; look again, but let the loop turn.
        timer_ = parts_.loop.after(Duration{1}, [this] { go(); });
        return;
    }
    post(action.door, std::move(body.json),
         [this, ids = std::move(body.ids)](const Outcome& o) { rows_answered(ids, o); });
}

void Deliverer::rows_answered(const std::vector<std::int64_t>& ids, const Outcome& outcome) {
    const Duration now = parts_.clock.boottime();
    switch (delivery_.rows_done(outcome, ids.size(), now, random())) {
        case Delivery::Effect::kKeep:
            break;
        case Delivery::Effect::kRemove:
            counts_.delivered += ids.size();
            if (const auto r = parts_.outbox.remove(ids); !r) return outbox_failed(r.error());
            break;
        case Delivery::Effect::kRefuse:
            net::log_error("the bridge refuses an alert; it is dropped",
                           {{"row", std::to_string(ids.front())}, {"reason", outcome.reason}});
            ++counts_.refused;
            if (const auto r = parts_.outbox.refuse(ids.front()); !r) {
                return outbox_failed(r.error());
            }
            break;
    }
}

void Deliverer::resend(const Delivery::Resend& action) {
    if (action.begin == 0) {
        resending_ = firing_(parts_.clock.now(), ends_in());
        begin_by_now(resending_, parts_.clock.now());
    }
    const std::size_t total = resending_.size();
    const std::size_t begin = std::min(action.begin, total);
    const std::size_t count = std::min(action.most, total - begin);
    if (count == 0) {
        delivery_.resend_done({}, 0, 0, parts_.clock.boottime(), random());
        resending_.clear();
        go();
        return;
    }
    const auto first = resending_.begin() + static_cast<std::ptrdiff_t>(begin);
    const std::vector<Alert> chunk(first, first + static_cast<std::ptrdiff_t>(count));
    post(action.door, alerts_to_json(chunk), [this, count, total](const Outcome& o) {
        if (o.verdict == Verdict::kAccepted) counts_.resent += count;
        delivery_.resend_done(o, count, total, parts_.clock.boottime(), random());
    });
}

void Deliverer::post(std::size_t door, std::string json, std::function<void(const Outcome&)> done) {
    under_way_ = true;
    auto request =
        bridge_request(options_.bridge, door, kPath, std::move(json), parts_.clock.now());
    parts_.client.send(std::move(request), [this, alive = alive_, done = std::move(done)](
                                               const Result<net::Response>& answer) {
        if (!*alive) return;
        under_way_ = false;
        const Outcome outcome = outcome_of(answer);
        account(outcome);
        done(outcome);
        // Nothing else is armed now, unless the outbox failed.
        if (!timer_.armed()) go();
    });
}

// One line when it stops working and one when it works again; what lies between is counted.
void Deliverer::account(const Outcome& outcome) {
    if (outcome.verdict == Verdict::kAccepted) {
        if (!counts_.last_error.empty()) net::log_info("alerts reach the bridge again");
        counts_.last_error.clear();
        return;
    }
    ++counts_.failures;
    if (outcome.verdict == Verdict::kRefused) return;  // it answers; the row has its own line
    if (counts_.last_error.empty()) {
        net::log_warning(
            "alerts do not reach the bridge; they wait in the outbox",
            {{"reason", outcome.reason}, {"waiting", std::to_string(parts_.outbox.stats().rows)}});
    }
    counts_.last_error = outcome.reason;
}

// The disk, most likely. Rows stay where they are; look again later.
void Deliverer::outbox_failed(const Error& error) {
    net::log_error("the outbox does not answer", {{"reason", error.message}});
    timer_ = parts_.loop.after(options_.backoff.most, [this] { go(); });
}

}  // namespace tocsin::agent
