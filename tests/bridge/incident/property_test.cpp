// Random events against a small engine that keeps incidents, keys and timers as the store would:
// what must hold whatever happens, in whatever order.
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "bridge/incident/moves.h"
#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

class Engine {
  public:
    explicit Engine(unsigned seed) : random_(seed) {}

    void run(int steps) {
        for (int i = 0; i < steps; ++i) {
            world_.now += Duration{pick(0, 400'000)};
            fire_timers();
            one_event();
            check();
        }
        CHECK(incidents_.size() > 1);
    }

  private:
    struct Row {
        Incident incident;
        std::map<TimerKind, Timestamp> timers;
        std::vector<TimelineEntry> timeline;
    };

    int pick(int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random_);
    }

    void commit(Row& row, const Decision& d) {
        const State before = row.incident.state;
        if (d.refusal) {
            CHECK(d.next == row.incident);
            CHECK(d.effects.empty());
            return;
        }
        if (before == State::kClosed) CHECK(d.next.state == State::kClosed);
        row.incident = d.next;
        for (const TimelineEntry& entry : d.timeline) row.timeline.push_back(entry);
        for (const Effect& effect : d.effects) {
            if (const auto* set = std::get_if<SetTimer>(&effect)) row.timers[set->kind] = set->due;
            if (const auto* off = std::get_if<CancelTimer>(&effect)) row.timers.erase(off->kind);
            if (const auto* tell = std::get_if<Notify>(&effect)) {
                CHECK_FALSE(tell->address.empty());
                if (pick(0, 9) == 0) failures_.emplace_back(row.incident.key, *tell);
            }
        }
    }

    void fire_timers() {
        // A bound: due timers may set others that are due, but never for ever.
        for (int round = 0; round < 100; ++round) {
            bool any = false;
            for (Row& row : incidents_) {
                for (const auto& [kind, due] : std::map(row.timers)) {
                    if (due > world_.now || !row.timers.contains(kind)) continue;
                    any = true;
                    row.timers.erase(kind);
                    commit(row, world_.on(row.incident, TimerDue{kind, due}));
                }
            }
            if (!any) return;
        }
        FAIL("timers without end");
    }

    void alert_event() {
        const int key = pick(0, 2);
        const std::string name = "alert" + std::to_string(key) + (pick(0, 1) == 0 ? "a" : "b");
        static constexpr std::array<std::string_view, 3> kLevels = {"info", "warning", "critical"};
        const auto level = kLevels.at(static_cast<std::size_t>(pick(0, 2)));
        const auto owner = keys_.find(key);
        if (owner == keys_.end()) {
            open_one(key, name, level);
            return;
        }
        Row& row = incidents_[owner->second];
        Event event = world_.firing(name, level);
        const int what = pick(0, 9);
        if (what < 4) event = world_.cleared(name, level);
        if (what == 9) event = world_.silent(name, level);
        Decision d = world_.on(row.incident, event);
        if (!d.supersede) {
            commit(row, d);
            return;
        }
        const Opening opening{next_key(), row.incident.dedup_key, world_.alert(name, level), {}};
        Succession s = succeed(std::move(d), opening, world_.context(), world_.now);
        commit(row, s.closed);
        keys_[key] = incidents_.size();
        incidents_.emplace_back();
        incidents_.back().incident.key = opening.key;
        commit(incidents_.back(), s.opened);
    }

    void open_one(int key, const std::string& name, std::string_view level) {
        const Opening opening{
            next_key(), "key" + std::to_string(key), world_.alert(name, level), {}};
        const Decision d = open(opening, world_.context(), world_.now);
        keys_[key] = incidents_.size();
        incidents_.emplace_back();
        commit(incidents_.back(), d);
    }

    void action_event() {
        if (incidents_.empty()) return;
        Row& row =
            incidents_[static_cast<std::size_t>(pick(0, static_cast<int>(incidents_.size()) - 1))];
        static constexpr std::array<std::string_view, 4> kActors = {"li.na", "zhao.lei", "curl",
                                                                    "wang.wei"};
        UserAction action;
        action.kind = kActionKinds.at(
            static_cast<std::size_t>(pick(0, static_cast<int>(kActionKinds.size()) - 1)));
        action.actor = kActors.at(static_cast<std::size_t>(pick(0, 3)));
        if (pick(0, 4) != 0) action.text = "because";
        if (pick(0, 4) != 0) action.person = kActors.at(static_cast<std::size_t>(pick(0, 3)));
        if (pick(0, 3) == 0) action.team = pick(0, 1) == 0 ? "dba" : "web";
        if (pick(0, 4) != 0) action.until = world_.now + Duration{pick(-1000, 4'000'000)};
        if (pick(0, 4) != 0) {
            action.priority = kPriorities.at(static_cast<std::size_t>(pick(0, 3)));
        }
        commit(row, world_.on(row.incident, action));
    }

    void outcome_event() {
        if (failures_.empty()) return;
        const auto [key, notify] = failures_.back();
        failures_.pop_back();
        for (Row& row : incidents_) {
            if (row.incident.key != key) continue;
            EffectOutcome outcome;
            outcome.delivery = EffectOutcome::Delivery::kFailed;
            outcome.notify = notify;
            commit(row, world_.on(row.incident, outcome));
        }
    }

    void one_event() {
        const int what = pick(0, 9);
        if (what < 5) {
            alert_event();
        } else if (what < 9) {
            action_event();
        } else {
            outcome_event();
        }
        for (auto it = keys_.begin(); it != keys_.end();) {  // closed: the key is free
            const bool closed = incidents_[it->second].incident.state == State::kClosed;
            it = closed ? keys_.erase(it) : std::next(it);
        }
    }

    void check() const {
        std::map<std::string, int> open_per_key;
        for (const Row& row : incidents_) {
            const Incident& in = row.incident;
            INFO(in.key << " is " << to_string(in.state));
            if (in.state != State::kClosed) ++open_per_key[in.dedup_key];
            check_one(row);
        }
        for (const auto& [key, count] : open_per_key) CHECK(count == 1);
    }

    void check_one(const Row& row) const {
        const Incident& in = row.incident;
        const bool owned = in.state == State::kAcknowledged || in.state == State::kPending;
        if (is_open(in.state)) {
            CHECK((owned || row.timers.contains(TimerKind::kEscalation)));
            CHECK_FALSE(in.resolved_at);
        }
        if (owned) {
            CHECK_FALSE(in.acknowledged_by.empty());
            CHECK(in.acknowledged_by == in.assignee);
            CHECK(in.acknowledged_at);
            CHECK(in.responded_at);
            CHECK_FALSE(row.timers.contains(TimerKind::kEscalation));
        }
        if (in.state == State::kAcknowledged && in.priority <= Priority::kP2 && awaits_owner(in)) {
            CHECK(row.timers.contains(TimerKind::kLapse));
        }
        CHECK((in.state == State::kPending) == in.pending_until.has_value());
        CHECK((in.state == State::kPending) == row.timers.contains(TimerKind::kPending));
        CHECK(in.snoozed_until.has_value() == row.timers.contains(TimerKind::kSnooze));
        CHECK(in.stable_since.has_value() == row.timers.contains(TimerKind::kStability));
        if (in.state == State::kResolved) {
            CHECK(in.resolved_at);
            CHECK(*in.resolved_at >= in.opened_at);
            CHECK(*in.resolved_at <= world_.now);
            CHECK(row.timers.contains(TimerKind::kClose));
            if (in.count(AlertStatus::kFiring) > 0) {
                CHECK(row.timers.contains(TimerKind::kResolveGrace));
            }
        }
        if (in.state == State::kClosed) {
            CHECK(in.closed_at);
            CHECK(row.timers.empty());
        }
        for (const auto& [kind, due] : row.timers) {
            if (kind != TimerKind::kLapse) CHECK(due > world_.now);
        }
        for (std::size_t i = 1; i < row.timeline.size(); ++i) {
            CHECK(row.timeline[i - 1].at <= row.timeline[i].at);
        }
        CHECK_FALSE(row.timeline.empty());
        CHECK(in.updated_at >= in.opened_at);
    }

    std::string next_key() { return "INC-" + std::to_string(incidents_.size() + 1); }

    std::mt19937 random_;
    World world_;
    std::vector<Row> incidents_;
    std::map<int, std::size_t> keys_;
    std::vector<std::pair<std::string, Notify>> failures_;
};

}  // namespace

TEST_CASE("whatever happens, every open incident is owned or has a timer, one a key") {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        Engine(seed).run(250);
    }
}
