// Random events against a small engine that keeps incidents, keys and timers as the store would:
// what must hold whatever happens, in whatever order.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "bridge/incident/moves.h"
#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

// P3 and P4 wait for working hours; step 1 is whoever is on call, at night nobody, and repeats.
void add_hours_and_rotation(Oncall& oncall) {
    Calendar office;
    office.always = false;
    REQUIRE(add_hours(office.week, "mon-fri 09:00-18:00"));
    const Hours hours = std::make_shared<const Calendar>(office);
    oncall.hours.by_priority = {nullptr, nullptr, hours, hours};
    oncall.hours.resolved = hours;
    RotationLayer layer;
    layer.people = {"li.na", "zhao.lei"};
    layer.period = 12h;
    layer.starts = kStart;
    layer.first = local_of({}, kStart);
    layer.only = office;
    Rotation rotation;
    rotation.name = "web";
    rotation.layers = {layer};
    oncall.rotations = {rotation};
    LadderStep& first = oncall.policies[0].response[0];
    first.tell = {{Target::Kind::kRotation, "web"}};
    first.repeat = 3min;
    oncall.policies[0].response[1].hours = hours;
}

class Engine {
  public:
    explicit Engine(unsigned seed) : random_(seed) {
        if (seed % 2 == 0) add_hours_and_rotation(world_.oncall);
        // A way to fall back to.
        world_.oncall.people[0].contacts.push_back({"sms", "+86138", {Priority::kP1}, Duration{0}});
        IncidentSettings& s = world_.settings;
        s.sla.targets = {{Priority::kP1, {10min, 1h, "7x24"}},
                         {Priority::kP2, {20min, 2h, "7x24"}},
                         {Priority::kP3, {40min, 4h, "7x24"}}};
        s.sla.reasons = {{"vendor", 1h}};
        s.acknowledge_for = {{Priority::kP1, 30min}, {Priority::kP2, 2h}};
        s.major_after = {{Priority::kP1, 90min}};
    }

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
        if (before != State::kResolved && d.next.state == State::kResolved) check_end_is_told(d);
        check_told(row, d);
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

    // Whoever was told so far hears how it ended, but whoever ended it.
    void check_end_is_told(const Decision& d) const {
        if (d.next.absorbed) return;  // its storm's end is told
        for (const std::string& name : d.next.told) {
            const Person* person = world_.oncall.person(name);
            if (person == nullptr || name == d.next.resolved_by) continue;
            if (contacts_of({person}, d.next.priority, world_.now).empty()) continue;
            INFO(name);
            CHECK(std::any_of(d.effects.begin(), d.effects.end(), [&](const Effect& effect) {
                const auto* tell = std::get_if<Notify>(&effect);
                return tell != nullptr && tell->person == name &&
                       tell->kind == MessageKind::kResolved;
            }));
        }
    }

    static bool tells(const Decision& d, MessageKind kind) {
        return std::any_of(d.effects.begin(), d.effects.end(), [&](const Effect& effect) {
            const auto* notify = std::get_if<Notify>(&effect);
            return notify != nullptr && notify->kind == kind;
        });
    }
    bool reachable(const std::string& name, Priority priority) const {
        const Person* person = world_.oncall.person(name);
        return person != nullptr && person->contacts.front().serves(priority, world_.now);
    }

    // An opening is told, or says why not; what was told of is told of its end.
    void check_told(const Row& row, const Decision& d) const {
        const bool opens = row.incident.key.empty() ||
                           (row.incident.state == State::kResolved && is_open(d.next.state));
        const std::string said = kinds(d);
        if (opens && !d.next.absorbed && !d.next.suppressed &&
            said.find("acknowledged") == std::string::npos) {
            const bool why = said.find("nobody") != std::string::npos ||
                             said.find("step_skipped") != std::string::npos ||
                             said.find("step_waits") != std::string::npos;
            const bool told = std::any_of(d.effects.begin(), d.effects.end(), [](const Effect& e) {
                return std::holds_alternative<Notify>(e);
            });
            INFO(said);
            CHECK((told || why));
        }
        if (is_open(row.incident.state) && d.next.state == State::kResolved &&
            !row.incident.key.empty() && !d.next.absorbed) {
            const auto& hear =
                d.next.assignee.empty() ? d.next.told : std::vector<std::string>{d.next.assignee};
            const bool anybody = std::any_of(hear.begin(), hear.end(), [&](const auto& name) {
                return name != d.next.resolved_by && reachable(name, d.next.priority);
            });
            CHECK((!anybody || tells(d, MessageKind::kResolved)));
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
        const AlertRecord* known = row.incident.alert("web-17/" + name);
        Event event = world_.firing(name, level);
        // As the shell does it: what is held back is said so, and what comes out, by what.
        if (pick(0, 3) == 0) {
            event = world_.held(name, level, world_.silence(world_.now + 1h));
        } else if (known != nullptr && known->suppressor) {
            event = world_.released(name, level, *known->suppressor);
        }
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
        if (pick(0, 2) == 0) action.reason = "vendor";
        if (pick(0, 2) == 0) action.findings = {"change", "rolled back", ""};
        if (pick(0, 2) == 0) action.satisfaction = pick(1, 5);
        if (pick(0, 1) == 0) action.link = "https://wiki.example/";
        if (pick(0, 3) == 0) action.authority = Authority::kAdmin;
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
            outcome.delivery = pick(0, 2) == 0 ? EffectOutcome::Delivery::kStuck
                                               : EffectOutcome::Delivery::kFailed;
            outcome.notify = notify;
            commit(row, world_.on(row.incident, outcome));
        }
    }

    // A storm that all of them may be part of; its owner comes and goes with it.
    void storm_event() {
        if (incidents_.empty()) return;
        ParentNews news;
        news.parent_id = IncidentId{1};
        news.parent = "INC-storm";
        news.former = storm_owner_;
        const int what = pick(0, 3);
        if (what == 0) {
            news.what = ParentNews::What::kEnds;
            news.owner = storm_owner_;
            storm_owner_.clear();
        } else if (what == 1) {
            news.what = ParentNews::What::kOwner;
            storm_owner_ = news.owner = pick(0, 1) == 0 ? "li.na" : "";
        } else {
            news.owner = storm_owner_;
            Row& row = incidents_[static_cast<std::size_t>(
                pick(0, static_cast<int>(incidents_.size()) - 1))];
            commit(row, world_.on(row.incident, news));
            return;
        }
        for (Row& row : incidents_) {
            const Decision d = world_.on(row.incident, news);
            for (const Effect& effect : d.effects) {
                CHECK_FALSE(std::holds_alternative<Notify>(effect));  // nobody is told again
            }
            commit(row, d);
        }
    }

    void one_event() {
        const int what = pick(0, 10);
        if (what == 10) {
            storm_event();
        } else if (what < 5) {
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
            // A suppressor with an end, or the window of what cleared while it was held back.
            const bool held = in.suppressed && (in.suppressed->until || in.stable_since);
            CHECK((owned || row.timers.contains(TimerKind::kEscalation) || held || in.absorbed));
            CHECK_FALSE((in.suppressed && row.timers.contains(TimerKind::kEscalation)));
            CHECK_FALSE(in.resolved_at);
        }
        if (owned) {
            CHECK_FALSE(in.acknowledged_by.empty());
            CHECK(in.acknowledged_by == in.assignee);
            CHECK(in.acknowledged_at);
            // What a robot has taken nobody has answered yet.
            CHECK((in.responded_at || !world_.oncall.is_human(in.acknowledged_by)));
            CHECK_FALSE(row.timers.contains(TimerKind::kEscalation));
        }
        if (in.absorbed) {
            CHECK_FALSE(in.parent.empty());
            CHECK_FALSE(row.timers.contains(TimerKind::kEscalation));
            CHECK_FALSE(row.timers.contains(TimerKind::kLapse));
        }
        if (in.state == State::kAcknowledged && in.priority <= Priority::kP2 && awaits_owner(in) &&
            !in.suppressed && !in.absorbed) {
            CHECK(row.timers.contains(TimerKind::kLapse));
        }
        CHECK((in.state == State::kPending) == in.pending_until.has_value());
        CHECK((in.state == State::kPending) == row.timers.contains(TimerKind::kPending));
        CHECK((in.state == State::kPending) == row.timers.contains(TimerKind::kPendingReminder));
        CHECK(in.sla.response.next.has_value() == row.timers.contains(TimerKind::kResponseTarget));
        CHECK(in.sla.resolution.next.has_value() ==
              row.timers.contains(TimerKind::kResolutionTarget));
        if (row.timers.contains(TimerKind::kAcknowledgeEnd)) {
            CHECK(in.state == State::kAcknowledged);
        }
        if (is_open(in.state) && in.facts.major) {
            CHECK(row.timers.contains(TimerKind::kMajorUpdate));
        }
        CHECK(in.snoozed_until.has_value() == row.timers.contains(TimerKind::kSnooze));
        const bool flaps = in.flapping_since.has_value();
        CHECK((in.stable_since && !flaps) == row.timers.contains(TimerKind::kStability));
        CHECK(flaps == row.timers.contains(TimerKind::kFlapping));
        CHECK(flaps == row.timers.contains(TimerKind::kFlappingRemind));
        if (flaps) CHECK(is_open(in.state));
        if (in.state == State::kResolved) {
            CHECK(in.resolved_at);
            CHECK(*in.resolved_at >= in.opened_at);
            CHECK(*in.resolved_at <= world_.now);
            CHECK(row.timers.contains(TimerKind::kClose));
            if (in.count(AlertStatus::kFiring) > 0 && !in.suppressed) {
                CHECK(row.timers.contains(TimerKind::kResolveGrace));
            }
        }
        if (in.state == State::kClosed) {
            CHECK(in.closed_at);
            CHECK(row.timers.empty());
        }
        for (const auto& [kind, due] : row.timers) {
            // A lapse may be due at once, and so may what a new target finds passed.
            const bool at_once = kind == TimerKind::kLapse || kind == TimerKind::kResponseTarget ||
                                 kind == TimerKind::kResolutionTarget;
            if (!at_once) CHECK(due > world_.now);
        }
        for (std::size_t i = 1; i < row.timeline.size(); ++i) {
            CHECK(row.timeline[i - 1].at <= row.timeline[i].at);
        }
        CHECK_FALSE(row.timeline.empty());
        CHECK(in.updated_at >= in.opened_at);
    }

    std::string next_key() { return "INC-" + std::to_string(incidents_.size() + 1); }

    std::mt19937 random_;
    std::string storm_owner_;
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
