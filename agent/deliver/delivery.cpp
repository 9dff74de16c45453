#include "agent/deliver/delivery.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "base/net/http.h"

namespace tocsin::agent {

namespace {

constexpr Duration kLongestRetryAfter = 5min;

bool speaks_of_content(int status) {
    return status == 400 || status == 413 || status == 422;
}

// The start of an answer's body, for the log.
std::string excerpt(std::string_view body) {
    constexpr std::size_t kMost = 200;
    return valid_utf8(trim(body.substr(0, kMost)));
}

}  // namespace

Outcome outcome_of(const Result<net::Response>& answer) {
    if (!answer) return {Verdict::kFailed, answer.error().message, std::nullopt};
    const net::Response& response = answer.value();
    if (response.status >= 200 && response.status < 300) return {Verdict::kAccepted, "", {}};
    Outcome out;
    out.reason = fmt::format("HTTP {} {}", response.status, excerpt(response.body));
    if (speaks_of_content(response.status)) {
        out.verdict = Verdict::kRefused;
        return out;
    }
    if (const auto seconds = parse_uint(response.headers.get("Retry-After"))) {
        const auto most = static_cast<std::uint64_t>(kLongestRetryAfter.count() / 1000);
        out.retry_after = std::chrono::seconds(std::min(*seconds, most));
    }
    return out;
}

Delivery::Delivery(DeliveryOptions options)
    : options_(options),
      doors_(options.doors),
      limit_(options.most_rows),
      resend_at_(Duration::min()) {}

Delivery::Action Delivery::next(Duration now, bool rows_wait) {
    // The first round of resends comes soon: a restart may have taken much of the last one's
    // endsAt.
    if (resend_at_ == Duration::min()) resend_at_ = now + options_.resend / 6;
    if (now < not_before_) return Wait{not_before_};
    if (rows_wait) return SendRows{doors_.current(), limit_};
    if (now >= resend_at_) return Resend{doors_.current(), resend_begin_, limit_};
    return Wait{resend_at_};
}

Delivery::Effect Delivery::rows_done(const Outcome& outcome, std::size_t rows, Duration now,
                                     double random) {
    // A row may be about an alert of the list that is being resent, so that list is out of date.
    resend_begin_ = 0;
    switch (outcome.verdict) {
        case Verdict::kAccepted:
            accepted();
            return Effect::kRemove;
        case Verdict::kFailed:
            failed(outcome, now, random);
            return Effect::kKeep;
        case Verdict::kRefused:
            doors_.answered();
            limit_ = halve(rows);
            return rows > 1 ? Effect::kKeep : Effect::kRefuse;
    }
    return Effect::kKeep;
}

void Delivery::resend_done(const Outcome& outcome, std::size_t alerts, std::size_t total,
                           Duration now, double random) {
    if (total > 0) {
        switch (outcome.verdict) {
            case Verdict::kAccepted:
                accepted();
                resend_begin_ += alerts;
                break;
            case Verdict::kFailed:
                failed(outcome, now, random);
                return;
            case Verdict::kRefused:
                doors_.answered();
                limit_ = halve(alerts);
                // What is wrong with a single one will be wrong in a minute as well: go past it.
                if (alerts <= 1) ++resend_begin_;
                break;
        }
    }
    if (resend_begin_ >= total) {
        resend_begin_ = 0;
        resend_at_ = now + options_.resend;
    }
}

void Delivery::bridge_answers() {
    not_before_ = asked_until_;
}

void Delivery::accepted() {
    doors_.answered();
    attempts_ = 0;
    limit_ = std::min(limit_ * 2, options_.most_rows);
}

void Delivery::failed(const Outcome& outcome, Duration now, double random) {
    retry_after_ = std::max(retry_after_, outcome.retry_after.value_or(Duration{0}));
    if (doors_.failed()) return;
    ++attempts_;
    asked_until_ = now + retry_after_;
    not_before_ = std::max(now + options_.backoff.delay(attempts_, random), asked_until_);
    retry_after_ = Duration{0};
}

std::size_t Delivery::halve(std::size_t sent) const {
    return std::max<std::size_t>(1, sent / 2);
}

}  // namespace tocsin::agent
