// The clocks of incidents against a count minute by minute over what was committed. The count knows
// nothing of runs and sums: it looks at every minute there was, and at the state then.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/incident/incident.h"

namespace tocsin::bridge::test {

class SlaHistory {
  public:
    void note(const Incident& in, Timestamp now) {
        std::vector<Moment>& moments = history_[in.id];
        last_[in.id] = in;
        if (!is_plain(in)) skipped_.insert(in.id);
        // What takes part of a minute cannot be counted in minutes.
        Moment moment = moment_of(in, now);
        if (!moments.empty() && moments.back().same(moment)) return;
        if (now.time_since_epoch() % std::chrono::minutes(1) != Duration{0}) skipped_.insert(in.id);
        moments.push_back(moment);
    }
    // Minutes were lost or came twice: nothing of what is open can be counted.
    void clock_was_set() {
        for (const auto& [id, in] : last_) skipped_.insert(id);
    }

    // What disagrees; counts the clocks that were looked at, and those of them that were missed.
    struct Compared {
        int clocks = 0;
        int missed = 0;
        int paused = 0;  // waits that a resolution clock paused for
    };
    std::optional<std::string> check(const BridgeConfig& config, Timestamp now,
                                     Compared& compared) const;

  private:
    struct Moment {
        Timestamp at;
        State state;
        Priority priority;
        std::string cause;  // what it is pending for, and until when: it may end late
        std::optional<Timestamp> until;
        std::optional<Timestamp> responded;
        std::optional<Timestamp> stable_since;
        std::optional<Timestamp> resolved_at;
        [[nodiscard]] bool same(const Moment& o) const {
            return state == o.state && priority == o.priority && cause == o.cause &&
                   until == o.until && responded == o.responded && stable_since == o.stable_since &&
                   resolved_at == o.resolved_at;
        }
    };
    static Moment moment_of(const Incident& in, Timestamp now) {
        return {now,
                in.state,
                in.priority,
                in.pending_cause,
                in.pending_until,
                in.responded_at,
                in.stable_since,
                in.resolved_at};
    }
    // Storms, what people report, and what is merged begin and end clocks by rules of their own.
    static bool is_plain(const Incident& in) {
        return in.kind == Incident::Kind::kAlerts && !in.absorbed && !in.sla.none &&
               !in.facts.reporter && !in.facts.major && in.facts.more_keys.empty() &&
               in.facts.links.empty() && in.parent.empty();
    }

    struct Run {
        int from;
        int target;
        std::string calendar;
    };
    class Count;

    std::map<IncidentId, std::vector<Moment>> history_;
    std::map<IncidentId, Incident> last_;
    std::set<IncidentId> skipped_;
};

// One incident's minutes.
class SlaHistory::Count {
  public:
    Count(const BridgeConfig& config, const std::vector<Moment>& moments, Timestamp end)
        : sla_(config.incidents.sla), start_(moments.front().at) {
        begin(response_, SlaClock::kResponse, moments.front().priority, 0);
        begin(resolution_, SlaClock::kResolution, moments.front().priority, 0);
        std::size_t next = 1;
        const Moment* now = &moments.front();
        const int minutes = static_cast<int>((end - start_) / std::chrono::minutes(1));
        for (int minute = 0; minute < minutes && now->state != State::kClosed; ++minute) {
            for (; next < moments.size() && moments[next].at <= at(minute); ++next) {
                change(*now, moments[next], minute);
                now = &moments[next];
            }
            pass(*now, minute);
        }
        for (; next < moments.size(); ++next) now = &moments[next];
        last_ = now;
    }

    std::optional<Timestamp> breach(SlaClock clock) const {
        const bool response = clock == SlaClock::kResponse;
        const auto minute =
            first(response ? response_ : resolution_, static_cast<int>(open_.size()), response);
        if (!minute) return std::nullopt;
        const Timestamp moment = at(*minute);
        if (response && last_->responded && moment > *last_->responded) return std::nullopt;
        // A target that passes at the very moment of the clearing is met.
        if (last_->resolved_at && moment >= *last_->resolved_at) return std::nullopt;
        if (last_->stable_since && moment > *last_->stable_since) return std::nullopt;
        return moment;
    }

    // Answered in the very moment: which of the two came first is not to be seen here.
    bool is_tie(SlaClock clock, std::optional<Timestamp> breached) const {
        return clock == SlaClock::kResponse && breached && breached == last_->responded;
    }

  private:
    Timestamp at(int minute) const { return start_ + std::chrono::minutes(1) * minute; }

    void begin(std::vector<Run>& runs, SlaClock clock, Priority priority, int from) {
        const auto target = sla_.targets.find(priority);
        if (target == sla_.targets.end()) return;
        const auto& time =
            clock == SlaClock::kResponse ? target->second.respond : target->second.resolve;
        if (!time) return;
        runs.push_back(
            {from, static_cast<int>(*time / std::chrono::minutes(1)), target->second.calendar});
    }

    void change(const Moment& before, const Moment& after, int minute) {
        if (!is_open(after.state) && after.resolved_at) blank(*after.resolved_at);
        if (before.priority == after.priority) return;
        for (const SlaClock clock : {SlaClock::kResponse, SlaClock::kResolution}) {
            const bool response = clock == SlaClock::kResponse;
            if (response && before.responded) continue;
            std::vector<Run>& runs = response ? response_ : resolution_;
            const int until = before.stable_since ? minute_of(*before.stable_since) : minute;
            if (first(runs, until, response)) continue;  // what is missed by now stays missed
            const bool raised = after.priority < before.priority;
            if (!raised) runs.clear();
            begin(runs, clock, after.priority, raised ? minute : 0);
        }
    }

    int minute_of(Timestamp t) const {
        return static_cast<int>((t - start_) / std::chrono::minutes(1));
    }

    // Whether this minute counts, for each of the clocks.
    void pass(const Moment& now, int minute) {
        bool counts = is_open(now.state);
        bool waits = false;
        const PendingReason* reason = sla_.reason(now.cause);
        const bool pending = now.state == State::kPending && now.until && at(minute) < *now.until;
        // Where nothing is promised there is nothing to pause.
        if (pending && reason != nullptr && !resolution_.empty() &&
            std::chrono::minutes(1) * waited_[now.cause] < reason->pauses_at_most) {
            ++waited_[now.cause];
            waits = true;
            counts = false;
        }
        open_.push_back(is_open(now.state));
        runs_.push_back(counts);
        waits_.push_back(waits ? now.cause : "");
    }
    // It had cleared by then, and that was known late.
    void blank(Timestamp since) {
        for (auto m = static_cast<std::size_t>(std::max(minute_of(since), 0)); m < runs_.size();
             ++m) {
            open_[m] = runs_[m] = false;
            if (!waits_[m].empty()) --waited_[waits_[m]];
            waits_[m].clear();
        }
    }

    // The beginning of the first minute, up to `until`, by which a run had passed.
    std::optional<int> first(const std::vector<Run>& runs, int until, bool response) const {
        std::optional<int> best;
        for (const Run& run : runs) {
            const Calendar& hours = sla_.calendar(run.calendar);
            int passed = 0;
            for (int m = run.from; m < std::min<int>(until, static_cast<int>(open_.size())); ++m) {
                const auto i = static_cast<std::size_t>(m);
                const bool counts = response ? open_[i] : runs_[i];
                if (!counts || !is_working(hours, at(m)) || ++passed != run.target) continue;
                if (!best || m + 1 < *best) best = m + 1;
                break;
            }
        }
        return best;
    }

    const SlaSettings& sla_;
    Timestamp start_;
    std::vector<Run> response_;
    std::vector<Run> resolution_;
    std::vector<bool> open_;
    std::vector<bool> runs_;
    std::vector<std::string> waits_;
    std::map<std::string, int> waited_;
    const Moment* last_ = nullptr;
};

inline std::optional<std::string> SlaHistory::check(const BridgeConfig& config, Timestamp now,
                                                    Compared& compared) const {
    for (const auto& [id, moments] : history_) {
        if (skipped_.contains(id)) continue;
        const Incident& in = last_.at(id);
        const Count count(config, moments, now);
        for (const SlaPause& pause : in.sla.pauses) {
            if (!pause.reason.empty()) ++compared.paused;
        }
        for (const SlaClock clock : {SlaClock::kResponse, SlaClock::kResolution}) {
            const SlaMeter& meter =
                clock == SlaClock::kResponse ? in.sla.response : in.sla.resolution;
            const auto counted = count.breach(clock);
            ++compared.clocks;
            if (counted) ++compared.missed;
            if (meter.breached_at == counted || count.is_tie(clock, counted)) continue;
            const auto text = [](const std::optional<Timestamp>& t) {
                return t ? format_rfc3339(*t) : std::string("never");
            };
            return in.key + ": the " + std::string(to_string(clock)) + " target was breached " +
                   text(meter.breached_at) + ", counted by the minute " + text(counted);
        }
    }
    return std::nullopt;
}

}  // namespace tocsin::bridge::test
