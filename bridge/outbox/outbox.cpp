#include "bridge/outbox/outbox.h"

#include <algorithm>
#include <utility>

#include "base/net/log.h"

namespace tocsin::bridge {
namespace {

// However little is known, it is looked again after so long.
constexpr Duration kLookAgain = 10s;
// A channel that asks for more patience than this is asked again all the same.
constexpr Duration kMostWait = 1h;
// A message to a person that failed so often goes by another contact as well.
constexpr int kStuckAfter = 2;
// So does one whose channel wants to be left alone for so long.
constexpr Duration kLongWait = 1min;

// A notifier that throws has a bug; it costs its message, and no other.
Outcome outcome_of(Sender& sender, const Mailing& mailing) {
    try {
        return sender.send(mailing);
    } catch (const std::exception& e) {
        return {Delivery::kPermanent, OutcomeReason::kInvalid, e.what(), {}};
    }
}

}  // namespace

Outbox::Outbox(net::Loop& loop, Worker& worker, const Clock& clock, std::shared_ptr<Sender> sender,
               RulesByChannel rules, OutboxOptions options)
    : loop_(loop),
      worker_(worker),
      clock_(clock),
      sender_(std::move(sender)),
      rules_(std::move(rules)),
      options_(options),
      random_(std::random_device{}()),
      pool_(loop, options.threads, options.threads) {
    look_again_at(0ms);
}

Outbox::~Outbox() {
    *alive_ = false;
}

void Outbox::configure(std::shared_ptr<Sender> sender, RulesByChannel rules) {
    sender_ = std::move(sender);
    rules_ = std::move(rules);
    wake();
}

void Outbox::look_again_at(Duration wait) {
    timer_ = loop_.after(std::clamp<Duration>(wait, 0ms, kLookAgain), [this] { wake(); });
}

void Outbox::stop(Duration most, std::function<void()> done) {
    stopping_ = true;
    stopped_ = std::move(done);
    timer_ = loop_.after(most, [this] {
        net::log_warning("messages are still on their way; the next start sends them again",
                         {{"messages", std::to_string(sending_ + storing_)}});
        if (const auto stopped = std::exchange(stopped_, nullptr)) stopped();
    });
    if (sending_ > 0) {
        net::log_info("waiting for messages on their way",
                      {{"messages", std::to_string(sending_)}, {"at_most", format_duration(most)}});
    }
    end_if_idle();
}

void Outbox::end_if_idle() {
    if (!stopping_ || looking_ || sending_ > 0 || storing_ > 0) return;
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
    if (looking_) {
        again_ = true;
        return;
    }
    RoundIn in;
    in.now = clock_.now();
    in.lease = options_.lease;
    in.rules = rules_;
    in.in_flight = in_flight_;
    in.busy = busy_;
    in.room = options_.threads - std::min(options_.threads, sending_);
    if (in.room == 0) return;  // settle() wakes again
    looking_ = true;
    again_ = false;
    auto found = std::make_shared<std::optional<Result<Round>>>();
    worker_.run(
        [found, in = std::move(in)](Store& store) { *found = look_for_messages(store, in); },
        [this, found, alive = alive_] {
            if (*alive) looked(std::move(**found));
        });
}

void Outbox::looked(Result<Round> round) {
    looking_ = false;
    if (stopping_) {
        // Not sent: the next start finds them claimed by nobody.
        end_if_idle();
        return;
    }
    if (!round) {
        net::log_error("messages cannot be claimed", {{"reason", round.error().message}});
        look_again_at(1s);
        return;
    }
    for (Mailing& mailing : round.value().mailings) send(std::move(mailing));
    for (const EffectRow& row : round.value().stuck) {
        report(row, EffectOutcome::Delivery::kStuck, row.result);
    }
    for (const EffectRow& row : round.value().dead) {
        ++stats_.dead;
        report(row, EffectOutcome::Delivery::kFailed, row.result);
    }
    if (again_ || !round.value().mailings.empty()) {
        wake();
        if (looking_) return;
    }
    const auto& next = round.value().next;
    look_again_at(next ? std::max<Duration>(*next - clock_.now(), 1ms) : kLookAgain);
}

void Outbox::send(Mailing mailing) {
    struct Call {
        Mailing mailing;
        std::shared_ptr<Sender> sender;
        Outcome outcome;
    };
    auto call = std::make_shared<Call>();
    call->mailing = std::move(mailing);
    call->sender = sender_;
    const std::string channel = call->mailing.letters.front().effect.notify.channel;
    for (const Letter& letter : call->mailing.letters) busy_.insert(letter.effect.id);
    ++in_flight_[channel];
    ++sending_;
    const bool taken =
        pool_.run([call] { call->outcome = outcome_of(*call->sender, call->mailing); },
                  [this, call, alive = alive_] {
                      if (*alive) settle(call->mailing, call->outcome);
                  });
    if (taken) return;
    // A full pool: the lease ends, and the messages are claimed again.
    for (const Letter& letter : call->mailing.letters) busy_.erase(letter.effect.id);
    --in_flight_[channel];
    --sending_;
}

void Outbox::settle(const Mailing& mailing, const Outcome& outcome) {
    const std::string& channel = mailing.letters.front().effect.notify.channel;
    --in_flight_[channel];
    --sending_;
    for (const Letter& letter : mailing.letters) busy_.erase(letter.effect.id);
    note_health(channel, outcome);
    for (const Letter& letter : mailing.letters) settle_one(letter, outcome);
}

void Outbox::settle_one(const Letter& letter, const Outcome& outcome) {
    const EffectRow& effect = letter.effect;
    if (outcome.delivery == Delivery::kDelivered) {
        ++stats_.delivered;
        report(effect, EffectOutcome::Delivery::kDelivered, outcome.detail);
        return;
    }
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
        const bool long_wait = outcome.retry_after.value_or(Duration{0}) >= kLongWait;
        const bool stuck = effect.attempts >= kStuckAfter || long_wait;
        if (stuck && !effect.stuck && !effect.notify.person.empty()) {
            report(effect, EffectOutcome::Delivery::kStuck, outcome.detail);
        }
        return;
    }
    ++stats_.dead;
    report(effect, EffectOutcome::Delivery::kFailed, outcome.detail);
}

void Outbox::test(const Notify& notify, std::function<void(Outcome)> done) {
    struct Call {
        Mailing mailing;
        std::shared_ptr<Sender> sender;
        Outcome outcome;
    };
    auto call = std::make_shared<Call>();
    const Timestamp now = clock_.now();
    Letter letter;
    letter.effect.notify = notify;
    letter.effect.attempts = 1;
    letter.incident.key = "TEST";
    letter.incident.title = "Tocsin";
    letter.incident.priority = notify.priority;
    letter.incident.opened_at = letter.incident.updated_at = now;
    call->mailing.letters.push_back(std::move(letter));
    call->mailing.idempotency_key = "TEST-" + std::to_string(random_());
    call->sender = sender_;
    const bool taken =
        pool_.run([call] { call->outcome = outcome_of(*call->sender, call->mailing); },
                  [call, done] { done(call->outcome); });
    if (taken) return;
    loop_.post([done] {
        done({Delivery::kRetry,
              OutcomeReason::kInvalid,
              "the bridge is busy sending; try again",
              {}});
    });
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

void Outbox::note_health(const std::string& channel, const Outcome& outcome) {
    ++storing_;
    worker_.run(
        [channel, outcome, now = clock_.now()](Store& store) {
            const auto all = store.outgoing().health();
            if (!all) return;  // said where it is read
            const auto known = all.value().find(channel);
            const ChannelHealth before =
                known == all.value().end() ? ChannelHealth{} : known->second;
            const ChannelHealth after = health_after(before, outcome, now);
            if (after == before) return;
            const auto done = store.outgoing().set_health(channel, after);
            if (!done) net::log_error(done.error().message);
            if (after.blocked_until > now && after.blocked_until > before.blocked_until) {
                net::log_warning("a channel rests", {{"channel", channel},
                                                     {"until", format_rfc3339(after.blocked_until)},
                                                     {"reason", after.reason}});
            }
        },
        [this, alive = alive_] {
            if (*alive) outcome_stored();
        });
}

void Outbox::report(const EffectRow& effect, EffectOutcome::Delivery delivery, std::string detail) {
    OutcomeIn in;
    in.effect = effect;
    in.delivery = delivery;
    in.detail = std::move(detail);
    busy_.insert(effect.id);
    ++storing_;
    worker_.submit(
        std::move(in), [this, id = effect.id, alive = alive_](const Result<Answer>& stored) {
            if (!stored) {
                net::log_error("an outcome could not be stored; the message will be sent again",
                               {{"reason", stored.error().message}});
            }
            if (!*alive) return;
            busy_.erase(id);
            outcome_stored();
        });
}

}  // namespace tocsin::bridge
