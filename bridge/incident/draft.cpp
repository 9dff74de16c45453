#include "bridge/incident/draft.h"

#include <algorithm>
#include <array>
#include <utility>

#include "bridge/incident/who_may.h"

namespace tocsin::bridge {
namespace {

bool is_told(const std::vector<Effect>& effects, const Tell& tell) {
    return std::any_of(effects.begin(), effects.end(), [&](const Effect& effect) {
        const auto* notify = std::get_if<Notify>(&effect);
        // An acknowledge is no word to wait for: what comes with it is told all the same.
        return notify != nullptr && notify->kind != MessageKind::kAcknowledged &&
               is_same_place(
                   tell, {notify->person, notify->channel, notify->address, {}, tell.readership});
    });
}

// To who reported it, or to those above: asks nobody to take it.
constexpr std::array kInforms = {MessageKind::kAtRisk,     MessageKind::kBreached,
                                 MessageKind::kMajor,      MessageKind::kUpdateDue,
                                 MessageKind::kVendor,     MessageKind::kReceived,
                                 MessageKind::kPublicNote, MessageKind::kAskConfirm,
                                 MessageKind::kReviewDue,  MessageKind::kAcknowledged};
bool informs(MessageKind kind) {
    return std::find(kInforms.begin(), kInforms.end(), kind) != kInforms.end();
}

}  // namespace

bool wakes_nobody(MessageKind kind) {
    return kind == MessageKind::kOwed || kind == MessageKind::kStillPending ||
           kind == MessageKind::kReviewDue;
}

bool is_dropped(DropWaiting::What what, const Notify& message) {
    if (message.kind == MessageKind::kTicket) return false;  // it tells of what there is, always
    // What a reporter is told stays true whatever comes, and a review outlives its incident.
    if (what == DropWaiting::What::kAll) {
        return message.kind != MessageKind::kReceived && message.kind != MessageKind::kPublicNote &&
               message.kind != MessageKind::kReviewDue;
    }
    // Watchers are told outside of the ladder, and are not asked anything.
    const bool to_watchers = message.kind == MessageKind::kOpened && message.step == 0;
    return !to_watchers && !informs(message.kind) && message.kind != MessageKind::kResolved;
}

std::string count_of(int n, std::string_view noun) {
    return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

void Draft::say(std::string_view kind, std::string_view actor, std::string text, EntryData data) {
    decision_.timeline.push_back(
        {now_, std::string(kind), std::string(actor), std::move(text), std::move(data)});
}

Priority Draft::priority_of(MessageKind kind) const {
    return wakes_nobody(kind) ? Priority::kP4 : decision_.next.priority;
}

Timestamp Draft::may_tell_at(MessageKind kind) const {
    // Whoever reported it, or is asked for help, is told at any hour.
    constexpr std::array kAtAnyHour = {MessageKind::kReceived, MessageKind::kPublicNote,
                                       MessageKind::kAskConfirm, MessageKind::kVendor};
    const bool outside = std::find(kAtAnyHour.begin(), kAtAnyHour.end(), kind) != kAtAnyHour.end();
    if (at_once_ || outside) return now_;
    const TellingHours& hours = context_.oncall.hours;
    // All clear where nobody owns it is an end, too.
    const bool end = kind == MessageKind::kResolved ||
                     (kind == MessageKind::kAllClear && decision_.next.state == State::kTriggered);
    return next_open(end ? hours.resolved : hours.of(priority_of(kind)), now_);
}

int Draft::tell(const std::vector<Tell>& contacts, MessageKind kind, int step) {
    const Duration wait = may_tell_at(kind) - now_;
    // A contact's `after` is a respite from being asked; what is over needs none.
    const bool end = kind == MessageKind::kResolved;
    int told = 0;
    for (const Tell& contact : contacts) {
        // A program that keeps somebody awake is to stop it at once, by the key that it knows.
        const bool stops = contact.readership == Readership::kProgram &&
                           (end || kind == MessageKind::kAcknowledged);
        if (in().absorbed && !stops) continue;  // its parent stands for it
        auto& so_far = in().told;
        if (std::find(so_far.begin(), so_far.end(), contact.person) == so_far.end()) {
            so_far.push_back(contact.person);
        }
        if (is_told(decision_.effects, contact)) continue;
        const Timestamp at = stops ? now_ : (end ? now_ : contact.not_before) + wait;
        decision_.effects.emplace_back(Notify{contact.person, contact.channel, contact.address,
                                              kind, priority_of(kind), step, at});
        ++told;
    }
    return told;
}

int Draft::tell_person(std::string_view name, MessageKind kind) {
    const Person* person = context_.oncall.person(name);
    if (person == nullptr) return 0;
    if (!wakes_nobody(kind)) return tell(contacts_of({person}, in().priority, now_), kind, 0);
    // Those that serve at the hour at which it is told, which tell() adds.
    const Duration wait = may_tell_at(kind) - now_;
    std::vector<Tell> contacts = quiet_contacts(*person, now_ + wait);
    for (Tell& contact : contacts) contact.not_before -= wait;
    return tell(contacts, kind, 0);
}

void Draft::tell_end(std::string_view name, EndTo to) {
    const Person* person = context_.oncall.person(name);
    if (person == nullptr) person = context_.oncall.vendor(name);
    if (person == nullptr) return;
    std::vector<Tell> contacts = contacts_of({person}, in().priority, now_);
    for (const Priority other : kPriorities) {
        if (contacts.empty()) contacts = contacts_of({person}, other, now_);
    }
    std::erase_if(contacts, [to](const Tell& contact) {
        if (contact.readership == Readership::kProgram) return true;
        return to == EndTo::kPrograms ||
               (to == EndTo::kShared && contact.readership == Readership::kPerson);
    });
    add_programs(*person, contacts);
    tell(contacts, MessageKind::kResolved, 0);
}

// All of them, whatever priority and hour each is for: those through which the person was told
// of it are not known here, and the others are left out when it is committed.
void Draft::add_programs(const Person& person, std::vector<Tell>& contacts) const {
    for (const Contact& contact : person.contacts) {
        if (contact.readership != Readership::kProgram) continue;
        contacts.push_back(
            {person.name, contact.channel, contact.address, now_, contact.readership});
    }
}

void Draft::tell_programs(MessageKind kind) {
    for (const std::string& name : std::vector<std::string>(in().told)) {
        const Person* person = context_.oncall.person(name);
        if (person == nullptr) continue;
        std::vector<Tell> contacts;
        add_programs(*person, contacts);
        tell(contacts, kind, 0);
    }
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

Decision Draft::refuse(Refusal::Code code, Reason reason) {
    Decision decision = nothing(reason.english());
    decision.refusal =
        Refusal{code, std::move(reason), possible_actions(before_), before_.successor};
    return decision;
}

Decision Draft::conflict(Reason reason) {
    return refuse(Refusal::Code::kConflict, std::move(reason));
}

Decision Draft::invalid(Reason reason) {
    return refuse(Refusal::Code::kInvalid, std::move(reason));
}

Decision Draft::forbidden(Reason reason) {
    Decision decision = refuse(Refusal::Code::kForbidden, std::move(reason));
    decision.refusal->possible = everybodys(std::move(decision.refusal->possible));
    return decision;
}

}  // namespace tocsin::bridge
