#include "bridge/incident/draft.h"

#include <algorithm>
#include <utility>

namespace tocsin::bridge {
namespace {

const Notify* notify_to(const std::vector<Effect>& effects, const Tell& tell) {
    for (const Effect& effect : effects) {
        const auto* notify = std::get_if<Notify>(&effect);
        if (notify != nullptr && notify->channel == tell.channel &&
            notify->address == tell.address) {
            return notify;
        }
    }
    return nullptr;
}

}  // namespace

bool is_dropped(DropWaiting::What what, const Notify& message) {
    if (what == DropWaiting::What::kAll) return true;
    // Watchers are told outside of the ladder, and are not asked anything.
    const bool to_watchers = message.kind == MessageKind::kOpened && message.step == 0;
    return !to_watchers && message.kind != MessageKind::kResolved;
}

std::string count_of(int n, std::string_view noun) {
    return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

void Draft::say(std::string_view kind, std::string_view actor, std::string text, EntryData data) {
    decision_.timeline.push_back(
        {now_, std::string(kind), std::string(actor), std::move(text), std::move(data)});
}

int Draft::tell(const std::vector<Tell>& contacts, MessageKind kind, int step) {
    int told = 0;
    for (const Tell& contact : contacts) {
        if (notify_to(decision_.effects, contact) != nullptr) continue;
        decision_.effects.emplace_back(Notify{contact.person, contact.channel, contact.address,
                                              kind, in().priority, step, contact.not_before});
        auto& so_far = in().told;
        if (std::find(so_far.begin(), so_far.end(), contact.person) == so_far.end()) {
            so_far.push_back(contact.person);
        }
        ++told;
    }
    return told;
}

int Draft::tell_person(std::string_view name, MessageKind kind) {
    const Person* person = context_.oncall.person(name);
    if (person == nullptr) return 0;
    return tell(contacts_of({person}, in().priority, now_), kind, 0);
}

void Draft::tell_watchers(MessageKind kind) {
    std::vector<Target> targets;
    for (const std::string& watcher : in().watchers) {
        if (const auto target = parse_target(watcher)) targets.push_back(*target);
    }
    tell(contacts_of(context_.oncall, targets, in().priority, now_), kind, 0);
}

void Draft::set(TimerKind kind, Timestamp due) {
    decision_.effects.emplace_back(SetTimer{kind, due});
}

void Draft::cancel(std::initializer_list<TimerKind> kinds) {
    for (const TimerKind kind : kinds) decision_.effects.emplace_back(CancelTimer{kind});
}

void Draft::drop_waiting(DropWaiting::What what) {
    decision_.effects.emplace_back(DropWaiting{what});
}

Decision Draft::done(std::string reason) {
    // Alerts that were merely seen again are written as alerts; they are no change of the incident.
    std::vector<AlertRecord> alerts = std::exchange(decision_.next.alerts, before_.alerts);
    decision_.changed = !decision_.timeline.empty() || !decision_.effects.empty() ||
                        decision_.supersede || decision_.next != before_;
    decision_.next.alerts = std::move(alerts);
    if (decision_.changed) decision_.next.updated_at = now_;
    decision_.reason = std::move(reason);
    return std::move(decision_);
}

Decision Draft::nothing(std::string reason) {
    Decision decision;
    decision.next = before_;
    decision.reason = std::move(reason);
    return decision;
}

Decision Draft::refuse(Refusal::Code code, std::string message) {
    Decision decision = nothing(message);
    decision.refusal =
        Refusal{code, std::move(message), possible_actions(before_), before_.successor};
    return decision;
}

Decision Draft::conflict(std::string message) {
    return refuse(Refusal::Code::kConflict, std::move(message));
}

Decision Draft::invalid(std::string message) {
    return refuse(Refusal::Code::kInvalid, std::move(message));
}

}  // namespace tocsin::bridge
