#include "bridge/outbox/outbox.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/net/log.h"

namespace tocsin::bridge {
namespace {

// However little is known, it is looked again after so long.
constexpr Duration kLookAgain = 10s;
// A channel that asks for more patience than this is asked again all the same.
constexpr Duration kMostWait = 1h;
// Of the timeline, so much goes with a message.
constexpr int kTimelineRows = 10;

}  // namespace

struct Outbox::Claim {
    std::vector<EffectRow> effects;
    std::map<IncidentId, Incident> incidents;
    std::map<IncidentId, std::vector<TimelineEntry>> timelines;
    std::optional<Timestamp> next;
    std::optional<Error> error;
};

Outbox::Outbox(net::Loop& loop, Worker& worker, const Clock& clock, std::shared_ptr<Sender> sender,
               OutboxOptions options)
    : loop_(loop),
      worker_(worker),
      clock_(clock),
      sender_(std::move(sender)),
      options_(options),
      random_(std::random_device{}()),
      pool_(loop, options.threads, options.threads) {
    look_again_at(0ms);
}

Outbox::~Outbox() {
    *alive_ = false;
}

void Outbox::look_again_at(Duration wait) {
    timer_ = loop_.after(std::clamp<Duration>(wait, 0ms, kLookAgain), [this] { wake(); });
}

void Outbox::stop(Duration most, std::function<void()> done) {
    stopping_ = true;
    stopped_ = std::move(done);
    timer_ = loop_.after(most, [this] {
        net::log_warning("messages are still on their way; the next start sends them again",
                         {{"messages", std::to_string(in_flight_.size() + storing_)}});
        if (const auto stopped = std::exchange(stopped_, nullptr)) stopped();
    });
    if (!in_flight_.empty()) {
        net::log_info(
            "waiting for messages on their way",
            {{"messages", std::to_string(in_flight_.size())}, {"at_most", format_duration(most)}});
    }
    end_if_idle();
}

void Outbox::end_if_idle() {
    if (!stopping_ || claiming_ || !in_flight_.empty() || storing_ > 0) return;
    timer_.cancel();
    if (const auto stopped = std::exchange(stopped_, nullptr)) stopped();
}

void Outbox::outcome_stored() {
    --storing_;
    if (stopping_) {
        end_if_idle();
    } else {
        wake();
    }
}

void Outbox::wake() {
    if (stopping_) return;
    if (claiming_) {
        again_ = true;
        return;
    }
    const std::size_t room = options_.threads - std::min(options_.threads, in_flight_.size());
    if (room == 0) return;  // settle() wakes again
    claiming_ = true;
    again_ = false;
    auto claim = std::make_shared<Claim>();
    const Timestamp now = clock_.now();
    worker_.run(
        [claim, now, lease = now + options_.lease, room](Store& store) {
            auto rows = store.claim_effects(now, lease, static_cast<int>(room));
            if (!rows) {
                claim->error = rows.error();
                return;
            }
            claim->effects = std::move(rows).value();
            if (!claim->effects.empty()) {
                std::vector<IncidentId> ids;
                for (const EffectRow& row : claim->effects) ids.push_back(row.incident);
                const auto read = store.transaction([&](Tx& tx) -> Result<void> {
                    TOCSIN_TRY(claim->incidents, tx.incidents(ids));
                    for (const IncidentId id : ids) {
                        TOCSIN_TRY(claim->timelines[id], tx.recent_timeline(id, kTimelineRows));
                    }
                    return success();
                });
                if (!read) claim->error = read.error();
            }
            if (const auto due = store.next_effect()) claim->next = due.value();
        },
        [this, claim, alive = alive_] {
            if (*alive) claimed(claim);
        });
}

void Outbox::claimed(const std::shared_ptr<Claim>& claim) {
    claiming_ = false;
    if (stopping_) {
        // Not sent: the next start finds them claimed by nobody.
        end_if_idle();
        return;
    }
    if (claim->error) {
        net::log_error("messages cannot be claimed", {{"reason", claim->error->message}});
        look_again_at(1s);
        return;
    }
    for (EffectRow& row : claim->effects) {
        const auto incident = claim->incidents.find(row.incident);
        if (incident == claim->incidents.end() || in_flight_.contains(row.id)) continue;
        Letter letter;
        letter.idempotency_key = incident->second.key + "-" + std::to_string(row.id.value);
        letter.effect = std::move(row);
        letter.incident = incident->second;
        letter.timeline = claim->timelines[incident->first];
        send(std::move(letter));
    }
    if (again_ || !claim->effects.empty()) {
        wake();
        if (claiming_) return;
    }
    look_again_at(claim->next ? *claim->next - clock_.now() : kLookAgain);
}

void Outbox::send(Letter letter) {
    struct Call {
        Letter letter;
        std::shared_ptr<Sender> sender;
        Outcome outcome;
    };
    auto call = std::make_shared<Call>();
    call->letter = std::move(letter);
    call->sender = sender_;
    in_flight_.insert(call->letter.effect.id);
    const bool taken = pool_.run(
        [call] {
            try {
                call->outcome = call->sender->send(call->letter);
            } catch (const std::exception& e) {
                call->outcome = {Delivery::kPermanent, OutcomeReason::kInvalid, e.what(), {}};
            }
        },
        [this, call, alive = alive_] {
            if (*alive) settle(call->letter, call->outcome);
        });
    // A full pool: the lease ends, and the message is claimed again.
    if (!taken) in_flight_.erase(call->letter.effect.id);
}

void Outbox::retry(const Letter& letter, const Outcome& outcome) {
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    const Timestamp now = clock_.now();
    Duration wait = options_.backoff.delay(letter.effect.attempts, unit(random_));
    if (outcome.retry_after) wait = std::max(wait, std::min(*outcome.retry_after, kMostWait));
    ++storing_;
    worker_.run(
        [id = letter.effect.id, now, due = now + wait, why = outcome.detail](Store& store) {
            const auto done = store.retry_effect(id, now, due, why);
            // Its lease ends some time; nothing is lost but time.
            if (!done) net::log_error(done.error().message);
        },
        [this, alive = alive_] {
            if (*alive) outcome_stored();
        });
}

void Outbox::settle(const Letter& letter, const Outcome& outcome) {
    const EffectRow& effect = letter.effect;
    in_flight_.erase(effect.id);
    const bool delivered = outcome.delivery == Delivery::kDelivered;
    if (!delivered) {
        ++stats_.failed_attempts;
        net::log_warning("a message was not delivered",
                         {{"incident", letter.incident.key},
                          {"channel", effect.notify.channel},
                          {"person", effect.notify.person},
                          {"attempt", std::to_string(effect.attempts)},
                          {"reason", std::string(to_string(outcome.reason))},
                          {"detail", outcome.detail}});
        if (outcome.delivery == Delivery::kRetry && effect.attempts < options_.attempts) {
            retry(letter, outcome);
            return;
        }
    }
    OutcomeIn in;
    in.effect = effect;
    in.delivery =
        delivered ? EffectOutcome::Delivery::kDelivered : EffectOutcome::Delivery::kFailed;
    in.detail = outcome.detail;
    ++(delivered ? stats_.delivered : stats_.dead);
    ++storing_;
    worker_.submit(std::move(in), [this, alive = alive_](const Result<Answer>& stored) {
        if (!stored) {
            net::log_error("an outcome could not be stored; the message will be sent again",
                           {{"reason", stored.error().message}});
        }
        if (*alive) outcome_stored();
    });
}

}  // namespace tocsin::bridge
