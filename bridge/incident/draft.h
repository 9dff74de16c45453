// A decision in the making: the shorthand in which the incident's moves are written. Internal to
// this module; one lives for one call of decide(), open() or succeed().
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/incident/decide.h"
#include "bridge/oncall/ladder.h"

namespace tocsin::bridge {

class Draft {
  public:
    Draft(const Incident& before, const Context& context, Timestamp now)
        : before_(before), context_(context), now_(now) {
        decision_.next = before;
    }

    const Incident& before() const { return before_; }
    Incident& in() { return decision_.next; }
    Decision& decision() { return decision_; }
    const Context& context() const { return context_; }
    Timestamp now() const { return now_; }

    // A line of the timeline; `actor` is a person's name or kSystem.
    void say(std::string_view kind, std::string_view actor, std::string text, EntryData data = {});
    // Messages; a contact hears once a decision, the first reason wins. How many were new.
    int tell(const std::vector<Tell>& contacts, MessageKind kind, int step);
    int tell_person(std::string_view name, MessageKind kind);
    // The end, to a person or vendor who was told of the beginning: by a contact that serves
    // another priority when none serves this one.
    enum class EndTo {
        kAll,
        kShared,    // who ended it knows; their group and their programs do not
        kPrograms,  // people hear of it elsewhere, a program knows it by its key
    };
    void tell_end(std::string_view name, EndTo to = EndTo::kAll);
    // What changed, to the programs through which people were told of it.
    void tell_programs(MessageKind kind);
    void tell_watchers(MessageKind kind);
    // Whose contacts and hours a message of this kind takes: the incident's, or P4's.
    Priority priority_of(MessageKind kind) const;
    // When people may be told of this (semantics 6: P3 in working hours, ends not at night); now,
    // when at once. Messages told earlier wait for it.
    Timestamp may_tell_at(MessageKind kind) const;
    void at_once() { at_once_ = true; }  // hours do not count for this decision
    void set(TimerKind kind, Timestamp due);
    void cancel(std::initializer_list<TimerKind> kinds);
    void drop_waiting(DropWaiting::What what);

    const Policy* policy() const { return context_.oncall.policy(decision_.next.policy); }
    std::string_view owner() const { return decision_.next.assignee; }

    // The end of the call: what was drafted, or that nothing changes, or that it is not possible.
    Decision done(std::string reason);
    Decision nothing(std::string reason);
    Decision conflict(Reason reason);
    Decision invalid(Reason reason);
    Decision forbidden(Reason reason);

  private:
    Decision refuse(Refusal::Code code, Reason reason);
    void add_programs(const Person& person, std::vector<Tell>& contacts) const;

    const Incident& before_;
    const Context& context_;
    Timestamp now_;
    Decision decision_;
    bool at_once_ = false;
};

// "1 alert", "2 alerts".
std::string count_of(int n, std::string_view noun);

}  // namespace tocsin::bridge
