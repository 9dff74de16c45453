// What must hold of a whole bridge after whatever has happened, one function each: what is wrong
// in words, nothing when all is well.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/oncall/ladder.h"
#include "bridge/store/queries.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge::test {

// What the store says at a moment at which nothing is due.
struct Snapshot {
    const BridgeConfig* config = nullptr;
    Timestamp now;
    std::map<IncidentId, Incident> incidents;
    std::map<IncidentId, std::map<TimerKind, Timestamp>> timers;
    std::map<std::string, IncidentId> holders;  // of the keys of incidents that are not closed
    std::vector<InhibitSource> sources;
    std::map<IncidentId, std::vector<TimelineRow>> timelines;  // where the whole was read
    std::map<IncidentId, std::vector<EffectRow>> effects;      // likewise
};
using Wrong = std::optional<std::string>;

inline std::string name_of(const Incident& in) {
    return in.key + " (" + std::string(to_string(in.state)) + ", " + in.dedup_key + ")";
}

inline std::vector<std::string> keys_of(const Incident& in) {
    std::vector<std::string> keys = in.facts.more_keys;
    if (!in.dedup_key.empty()) keys.push_back(in.dedup_key);
    return keys;
}

inline Wrong one_incident_a_key(const Snapshot& s) {
    std::map<std::string, const Incident*> seen;
    for (const auto& [id, in] : s.incidents) {
        if (in.state == State::kClosed) continue;
        for (const std::string& key : keys_of(in)) {
            const auto [there, fresh] = seen.emplace(key, &in);
            if (!fresh) return name_of(in) + " and " + name_of(*there->second) + " share " + key;
            const auto holder = s.holders.find(key);
            if (holder == s.holders.end()) return name_of(in) + " does not hold its key " + key;
            if (holder->second != id) return name_of(in) + ": another holds its key " + key;
        }
    }
    return std::nullopt;
}

// A suppressor ends at a time to come, or with the alert that it is.
inline bool has_an_end(const Snapshot& s, const Suppressor& by) {
    if (by.until) return *by.until > s.now;
    return std::any_of(s.sources.begin(), s.sources.end(),
                       [&](const InhibitSource& source) { return source.identity == by.id; });
}

inline Wrong waits_for_something(const Snapshot& s, const Incident& in) {
    if (!is_open(in.state) || in.observed) return std::nullopt;
    const bool owned = in.state != State::kTriggered;
    if (owned && in.acknowledged_by.empty()) return name_of(in) + " has no owner";
    if (owned) return std::nullopt;
    if (in.absorbed) {
        const auto parent = s.incidents.find(in.parent_id);
        if (parent != s.incidents.end() && is_open(parent->second.state)) return std::nullopt;
        return name_of(in) + ": its storm " + in.parent + " is over";
    }
    if (in.suppressed && has_an_end(s, *in.suppressed)) return std::nullopt;
    const auto timers = s.timers.find(in.id);
    if (timers != s.timers.end()) {
        for (const TimerKind kind :
             {TimerKind::kEscalation, TimerKind::kStability, TimerKind::kFlapping}) {
            const auto timer = timers->second.find(kind);
            if (timer != timers->second.end() && timer->second > s.now) return std::nullopt;
        }
    }
    return name_of(in) + " is triggered and waits for nothing" +
           (in.suppressed ? ", held back without an end by " + phrase_of(*in.suppressed) : "");
}

// A storm stands still while, and only while, all that is open of it is held back.
inline Wrong storms_are_held_as_their_children(const Snapshot& s) {
    std::map<IncidentId, std::pair<int, int>> children;  // held back, and all that are open
    for (const auto& [id, in] : s.incidents) {
        if (!in.absorbed || !is_open(in.state)) continue;
        auto& [held, open] = children[in.parent_id];
        held += in.suppressed ? 1 : 0;
        ++open;
    }
    for (const auto& [id, counts] : children) {
        const auto parent = s.incidents.find(id);
        if (parent == s.incidents.end() || !is_open(parent->second.state)) continue;
        if (parent->second.facts.all_clear_since) continue;  // waits for a person to say so
        const auto& [held, open] = counts;
        if (parent->second.suppressed.has_value() == (held == open)) continue;
        return name_of(parent->second) + ": " + std::to_string(held) + " of " +
               std::to_string(open) + " are held back, and it is " +
               (parent->second.suppressed ? "too" : "not");
    }
    return std::nullopt;
}

inline Wrong open_ones_wait_for_something(const Snapshot& s) {
    for (const auto& [id, in] : s.incidents) {
        if (Wrong wrong = waits_for_something(s, in)) return wrong;
    }
    return std::nullopt;
}

// What has a time has one to come: nothing that is due was left lying, and nothing closed waits.
inline Wrong timers_are_ahead(const Snapshot& s) {
    for (const auto& [id, timers] : s.timers) {
        const auto found = s.incidents.find(id);
        if (found == s.incidents.end()) return "a timer of no incident";
        for (const auto& [kind, due] : timers) {
            const std::string timer = name_of(found->second) + ": " + std::string(to_string(kind));
            if (found->second.state == State::kClosed) return timer + ", and it is closed";
            if (due <= s.now) return timer + " was due at " + format_rfc3339(due);
        }
    }
    return std::nullopt;
}

inline bool says_any(const std::vector<TimelineRow>& rows, std::size_t from, std::size_t to,
                     const std::set<std::string_view>& kinds) {
    return std::any_of(rows.begin() + static_cast<std::ptrdiff_t>(from),
                       rows.begin() + static_cast<std::ptrdiff_t>(to),
                       [&](const TimelineRow& row) { return kinds.contains(row.entry.kind); });
}

// Part of a storm at that line: "nobody is told of it by itself", it said then.
inline bool is_absorbed_at(const std::vector<TimelineRow>& rows, std::size_t line) {
    for (std::size_t i = line; i > 0; --i) {
        const std::string& kind = rows[i - 1].entry.kind;
        if (kind == "absorbed" || kind == "left_storm") return kind == "absorbed";
    }
    return false;
}

// What a line says of an opening: that somebody is asked, or why nobody is, or that it was over
// before its time came.
enum class Says { kNothing, kAsks, kWhyNot };
inline Says said_of_opening(const TimelineEntry& entry) {
    static const std::set<std::string_view> kWhyNot = {
        "nobody",      "step_skipped", "step_waits",    "observed",      "suppressed",
        "absorbed",    "acknowledged", "alert_cleared", "alert_expired", "resolved",
        "handed_over", "merged",       "closed"};
    if (entry.kind == "step") return Says::kAsks;
    return kWhyNot.contains(entry.kind) ? Says::kWhyNot : Says::kNothing;
}

// A step is taken back when the same moment takes the incident out of people's hands.
inline bool is_taken_back(const std::vector<TimelineRow>& rows, Timestamp at) {
    return std::any_of(rows.begin(), rows.end(), [&](const TimelineRow& row) {
        return row.entry.at == at && said_of_opening(row.entry) == Says::kWhyNot;
    });
}

inline Wrong opening_is_told(const Snapshot& s, const Incident& in,
                             const std::vector<TimelineRow>& rows, std::size_t opening) {
    // On trial until then: its steps say whom they would have asked.
    const auto was_observed =
        std::any_of(rows.begin() + static_cast<std::ptrdiff_t>(opening), rows.end(),
                    [](const TimelineRow& row) { return row.entry.kind == "observed_ended"; });
    if (was_observed) return std::nullopt;
    for (std::size_t i = opening; i < rows.size(); ++i) {
        const TimelineEntry& entry = rows[i].entry;
        if (i > opening && entry.kind == "reopened") break;
        const Says says = said_of_opening(entry);
        if (says == Says::kWhyNot) return std::nullopt;
        if (says != Says::kAsks) continue;
        const auto& effects = s.effects.at(in.id);
        const bool asked =
            std::any_of(effects.begin(), effects.end(), [&](const EffectRow& effect) {
                return effect.notify.step > 0 && effect.created_at == entry.at;
            });
        if (asked || is_taken_back(rows, entry.at)) return std::nullopt;
        return name_of(in) + ": nobody is asked by the step of " + format_rfc3339(entry.at);
    }
    const auto timers = s.timers.find(in.id);
    const bool to_come =
        timers != s.timers.end() && timers->second.contains(TimerKind::kEscalation);
    if (to_come && in.step == 0) return std::nullopt;
    return name_of(in) + ": nobody was told of " + rows[opening].entry.kind + " at " +
           format_rfc3339(rows[opening].entry.at) + ", and it does not say why";
}

// Each opening: somebody is asked, or the timeline says why nobody was.
inline Wrong openings_are_told(const Snapshot& s) {
    for (const auto& [id, rows] : s.timelines) {
        const Incident& in = s.incidents.at(id);
        if (in.observed) continue;  // says why not for as long as it is
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string& kind = rows[i].entry.kind;
            const bool opens = kind == "opened" || kind == "reopened" || kind == "storm";
            if (!opens || is_absorbed_at(rows, i)) continue;
            if (Wrong wrong = opening_is_told(s, in, rows, i)) return wrong;
        }
    }
    return std::nullopt;
}

inline bool tells_of_opening(const EffectRow& effect) {
    return is_dropped(DropWaiting::What::kAsks, effect.notify) ||
           effect.notify.kind == MessageKind::kOpened;
}

// Whoever a message of the opening reached hears of the end, but who ended it, and who cannot be
// reached at that hour for that priority.
inline Wrong ends_are_told(const Snapshot& s) {
    for (const auto& [id, rows] : s.timelines) {
        const Incident& in = s.incidents.at(id);
        std::size_t end = rows.size();
        while (end > 0 && rows[end - 1].entry.kind != "resolved") --end;
        if (end == 0 || is_open(in.state) || in.absorbed) continue;
        const Timestamp resolved = rows[end - 1].entry.at;
        if (says_any(rows, end, rows.size(), {"reopened", "merged"})) continue;
        // The end of its storm is told to whom it had told.
        if (says_any(rows, 0, rows.size(), {"absorbed"})) continue;
        const auto effects = s.effects.find(id);
        if (effects == s.effects.end()) continue;
        std::set<std::string> told;
        std::set<std::string> heard;
        for (const EffectRow& effect : effects->second) {
            const std::string& who = effect.notify.person;
            const bool ended = effect.notify.kind == MessageKind::kResolved;
            if (ended && effect.created_at >= resolved) heard.insert(who);
            if (!ended && effect.state == EffectState::kDelivered && tells_of_opening(effect) &&
                effect.created_at <= resolved) {
                told.insert(who);
            }
        }
        for (const std::string& who : told) {
            const Person* person = s.config->oncall.person(who);
            if (person == nullptr || heard.contains(who) || who == in.resolved_by) continue;
            if (contacts_of({person}, in.priority, resolved).empty()) continue;
            return name_of(in) + ": " + who + " was told of it and not of its end at " +
                   format_rfc3339(resolved);
        }
    }
    return std::nullopt;
}

// And nobody but them: of whom every message was dropped before it was sent hears no end either.
inline Wrong only_the_told_hear_ends(const Snapshot& s) {
    for (const auto& [id, effects] : s.effects) {
        const Incident& in = s.incidents.at(id);
        // What others had told counts as its own.
        if (in.is_parent() || !in.facts.merged.empty()) continue;
        std::set<std::string> know;
        std::set<std::string> asked;
        for (const TimelineRow& row : s.timelines.at(id)) know.insert(row.entry.actor);
        for (const EffectRow& effect : effects) {
            if (effect.notify.kind == MessageKind::kResolved) continue;
            const bool missed = effect.state == EffectState::kDead ||
                                (effect.state == EffectState::kDropped && effect.attempts == 0);
            asked.insert(effect.notify.person);
            if (!missed) know.insert(effect.notify.person);
        }
        for (const EffectRow& effect : effects) {
            const std::string& who = effect.notify.person;
            const bool hears = effect.notify.kind == MessageKind::kResolved &&
                               effect.state == EffectState::kDelivered;
            if (!hears || know.contains(who) || !asked.contains(who)) continue;
            return name_of(in) + ": " + who + " was told of its end and never of it";
        }
    }
    return std::nullopt;
}

// What is owed, waited for or late is told by what P4 may use, in its hours.
inline Wrong paperwork_wakes_nobody(const Snapshot& s) {
    const Hours& hours = s.config->oncall.hours.of(Priority::kP4);
    for (const auto& [id, effects] : s.effects) {
        for (const EffectRow& row : effects) {
            const Notify& sent = row.notify;
            if (!wakes_nobody(sent.kind)) continue;
            if (sent.priority == Priority::kP4 && is_open(hours, sent.not_before)) continue;
            return name_of(s.incidents.at(id)) + ": " + std::string(to_string(sent.kind)) + " to " +
                   sent.person + " as " + std::string(to_string(sent.priority)) + " at " +
                   format_rfc3339(sent.not_before);
        }
    }
    return std::nullopt;
}

// By id, and by time but where the machine's clock was set back between two lines. `back` are the
// ids of the newest lines when that happened.
inline Wrong timelines_are_ordered(const Snapshot& s, const std::vector<std::int64_t>& back) {
    for (const auto& [id, rows] : s.timelines) {
        for (std::size_t i = 1; i < rows.size(); ++i) {
            const TimelineRow& a = rows[i - 1];
            const TimelineRow& b = rows[i];
            if (a.id >= b.id) return name_of(s.incidents.at(id)) + ": lines out of order";
            const bool set_back = std::any_of(back.begin(), back.end(), [&](std::int64_t newest) {
                return a.id <= newest && newest < b.id;
            });
            if (b.entry.at < a.entry.at && !set_back) {
                return name_of(s.incidents.at(id)) + ": " + b.entry.kind + " at " +
                       format_rfc3339(b.entry.at) + " stands after " + a.entry.kind + " at " +
                       format_rfc3339(a.entry.at);
            }
        }
    }
    return std::nullopt;
}

// Nothing that fires is lost: it is in an incident that is not closed, or says what holds it back.
inline Wrong what_fires_is_somewhere(const Snapshot& s, const std::vector<AlertRecord>& current,
                                     const std::vector<AlertRecord>& held,
                                     const std::set<std::string>& firing) {
    std::map<std::string, const AlertRecord*> by_identity;
    for (const AlertRecord& alert : held) by_identity[alert.identity] = &alert;
    for (const AlertRecord& alert : current) by_identity[alert.identity] = &alert;
    for (const std::string& identity : firing) {
        const auto found = by_identity.find(identity);
        if (found == by_identity.end()) return "the alert " + identity + " fires and is nowhere";
        const AlertRecord& alert = *found->second;
        if (alert.suppressor) continue;
        const auto in = s.incidents.find(alert.incident);
        if (in == s.incidents.end()) return "the alert " + alert.labels.text() + " has no incident";
        if (in->second.state == State::kClosed) {
            return "the alert " + alert.labels.text() + " fires in " + name_of(in->second);
        }
    }
    return std::nullopt;
}

// What is known of the incidents that a text names, for whoever reads it.
inline std::string account_of(const Snapshot& s, const std::string& text) {
    std::string out;
    for (const auto& [id, rows] : s.timelines) {
        if (text.find(s.incidents.at(id).key) == std::string::npos) continue;
        out += s.incidents.at(id).key + "\n";
        for (const TimelineRow& row : rows) {
            out += "  " + format_rfc3339(row.entry.at) + " " + row.entry.kind + ": " +
                   row.entry.text + "\n";
        }
        for (const EffectRow& effect : s.effects.at(id)) {
            out += "  message of " + format_rfc3339(effect.created_at) + ": " +
                   std::string(to_string(effect.notify.kind)) + " to " + effect.notify.person +
                   " by " + effect.notify.channel + ", " + std::string(to_string(effect.state)) +
                   "\n";
        }
        const auto timers = s.timers.find(id);
        if (timers == s.timers.end()) continue;
        for (const auto& [kind, due] : timers->second) {
            out += "  timer " + std::string(to_string(kind)) + " " + format_rfc3339(due) + "\n";
        }
    }
    return out;
}

}  // namespace tocsin::bridge::test
