#include "bridge/incident/outcomes.h"

#include <fmt/format.h>

#include <utility>

#include "bridge/incident/handlers.h"
#include "bridge/incident/moves.h"
#include "bridge/oncall/fallback.h"

namespace tocsin::bridge {
namespace {

// Whom it would ask has been relieved, or what it tells has passed.
bool is_pointless(const Incident& in, const Notify& sent) {
    switch (sent.kind) {
        case MessageKind::kAcknowledged:
            return true;  // news for that program alone
        case MessageKind::kResolved:
        case MessageKind::kOwed:
        case MessageKind::kAskConfirm:
            return is_open(in.state);
        case MessageKind::kReceived:
        case MessageKind::kPublicNote:
        case MessageKind::kSilenceEnding:
        case MessageKind::kReviewDue:
        case MessageKind::kTicket:
            return false;
        default:
            break;
    }
    if (!is_open(in.state) || in.suppressed) return true;
    return in.state != State::kTriggered && sent.step != 0;
}

EntryData data_of(const EffectOutcome& outcome) {
    const Notify& sent = outcome.notify;
    EntryData data{{"effect", std::to_string(outcome.effect.value)},
                   {"person", sent.person},
                   {"channel", sent.channel},
                   {"message", std::string(to_string(sent.kind))},
                   {"step", std::to_string(sent.step)}};
    if (!outcome.detail.empty()) data["detail"] = outcome.detail;
    return data;
}

std::string to_whom(const Notify& sent) {
    return sent.person.empty() ? shown_address(sent) : sent.person;
}

bool is_of_step(const Incident& in, const Notify& sent) {
    return in.state == State::kTriggered && !in.suppressed && sent.step == in.step && in.step != 0;
}

// It is still tried, but nobody waits for it any longer.
Decision on_stuck(Draft& d, const EffectOutcome& outcome) {
    const int told = fall_back(d, outcome.notify, outcome.detail);
    if (told == 0) return d.nothing("there is no other way to tell it");
    if (is_of_step(d.before(), outcome.notify)) d.in().step_told += told;
    return d.done("told another way");
}

Decision not_copied(Draft& d, const EffectOutcome& outcome) {
    d.say("not_copied", kSystem,
          fmt::format("{} did not take the incident as it is now{}", outcome.notify.channel,
                      outcome.detail.empty() ? "" : ": " + outcome.detail),
          data_of(outcome));
    return d.done("not delivered");
}

Decision on_failed(Draft& d, const EffectOutcome& outcome) {
    const Notify& sent = outcome.notify;
    if (sent.kind == MessageKind::kTicket) return not_copied(d, outcome);
    d.say("not_told", kSystem,
          fmt::format("{} could not be told by {}{}", to_whom(sent), sent.channel,
                      outcome.detail.empty() ? "" : ": " + outcome.detail),
          data_of(outcome));
    const int told = fall_back(d, sent, outcome.detail);
    Incident& in = d.in();
    if (!is_of_step(in, sent)) return d.done("not delivered");
    in.step_told += told;
    ++in.step_failed;
    // A step that reached nobody at all is no reason to wait for the next one. The last step's
    // repetition keeps its pace, or a dead channel would spin.
    const Policy* policy = d.policy();
    const bool more =
        policy != nullptr && static_cast<std::size_t>(in.step) < policy->response.size();
    if (in.step_failed >= in.step_told && more) run_step(d, MessageKind::kEscalated);
    return d.done("not delivered");
}

}  // namespace

int fall_back(Draft& d, const Notify& sent, std::string_view detail) {
    if (is_pointless(d.before(), sent)) return 0;
    const auto other = fallback_of(d.context().oncall, sent.person, sent.channel, sent.address,
                                   d.priority_of(sent.kind), d.now());
    if (!other) return 0;
    const int told = d.tell({*other}, sent.kind, sent.step);
    if (told == 0) return 0;
    EntryData data{{"person", sent.person}, {"from", sent.channel}, {"channel", other->channel}};
    if (!detail.empty()) data["detail"] = std::string(detail);
    d.say("fell_back", kSystem,
          fmt::format("{} is told by {}, for {} does not deliver", sent.person, other->channel,
                      sent.channel),
          std::move(data));
    return told;
}

Decision on_outcome(Draft& d, const EffectOutcome& outcome) {
    switch (outcome.delivery) {
        case EffectOutcome::Delivery::kDelivered:
            // Each change is sent: a line for each would drown what people did.
            if (outcome.notify.kind == MessageKind::kTicket) return d.nothing("copied");
            d.say("told", kSystem,
                  fmt::format("{} was told by {}", to_whom(outcome.notify), outcome.notify.channel),
                  data_of(outcome));
            return d.done("delivered");
        case EffectOutcome::Delivery::kFailed:
            return on_failed(d, outcome);
        case EffectOutcome::Delivery::kStuck:
            return on_stuck(d, outcome);
    }
    return d.nothing("no outcome");
}

}  // namespace tocsin::bridge
