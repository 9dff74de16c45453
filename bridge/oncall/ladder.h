// What a step of the response ladder means now. Targets are looked up when the step is due, so
// that a change of people between two steps counts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/oncall/people.h"

namespace tocsin::bridge {

// One contact to use.
struct Tell {
    std::string person;
    std::string channel;
    std::string address;
    Timestamp not_before;  // now, or later for a contact with `after`
    Readership readership = Readership::kPerson;
    bool operator==(const Tell&) const = default;
};
bool is_same_place(const Tell& a, const Tell& b);

// The contacts of these people for this priority, each pair of channel and address once: a shared
// number rings once. A program hears of each person, for it is told whom it is for.
std::vector<Tell> contacts_of(const std::vector<const Person*>& people, Priority priority,
                              Timestamp now);
std::vector<Tell> contacts_of(const Oncall& oncall, const std::vector<Target>& targets,
                              Priority priority, Timestamp now);
// For what wakes nobody: the contacts for P4, else those for the least urgent that there are.
std::vector<Tell> quiet_contacts(const Person& person, Timestamp now);

struct StepPlan {
    std::vector<Tell> tell;
    int reached = 0;           // for the next call: the ladder has come this far
    int step = 0;              // the step carried out, from 1; 0 when the ladder reaches nobody
    std::vector<int> skipped;  // steps that reach nobody, passed over at once
    enum class Next { kStep, kRepeat } next = Next::kRepeat;
    Timestamp next_due;  // always in the future: an open incident never waits for nothing
    // Told as well: a step was skipped, or the ladder is at its end. Nobody of `tell`.
    std::vector<Tell> catch_all;
    std::vector<std::string> empty_rotations;  // of this step, with nobody on call
};

// Carries out the step after `reached` (0: none yet); beyond the last one, the last one again.
// Steps that do not apply to this priority at this hour are no steps: they are passed without a
// word, and the time of the next one is that of the next that will apply. `policy` may be null or
// without steps: then nobody is told but the catch-all. `team` has the incident; "" for none.
StepPlan plan_step(const Oncall& oncall, const Policy* policy, int reached, Priority priority,
                   Timestamp now, std::string_view team = {});

// What the timer after a step means when that step repeats before the next one is due: the step
// once more. None: it is time for plan_step. `repeats`: how often it was repeated so far.
std::optional<StepPlan> plan_repeat(const Oncall& oncall, const Policy* policy, int reached,
                                    int repeats, Priority priority, Timestamp now);
// What the timer after a step will do, as things are now.
struct NextStep {
    int step = 0;    // carried out then; 0 when the ladder reaches nobody
    int repeat = 0;  // how often it was told before; 0 for a step not yet come to
};
enum class AskedNext { kNo, kYes };  // whether the next step was asked for: then none repeats first
NextStep next_after(const Oncall& oncall, const Policy* policy, int reached, int repeats,
                    Priority priority, Timestamp due, AskedNext asked);
// How long after its start a ladder's first step that applies comes; 0 when none does.
Duration first_step_after(const Policy& policy, Priority priority, Timestamp now);

// How often the last step repeats: P1 and P2 every 30 m, P3 and P4 once a day, without end.
Duration repeat_interval(Priority priority);

}  // namespace tocsin::bridge
