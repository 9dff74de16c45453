// The clocks against a count minute by minute: random calendars, priorities, waits, clearings and
// reopenings. The oracle knows nothing of runs and sums; it looks at every minute there was.
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

constexpr Duration kMinute = 1min;

Calendar calendar(const std::string& name, const char* zone, std::vector<const char*> hours,
                  const char* holiday) {
    Calendar c;
    c.name = name;
    c.always = false;
    c.zone = *Zone::named(zone);
    for (const char* text : hours) REQUIRE(add_hours(c.week, text));
    c.holidays.push_back(parse_days(holiday).value());
    return c;
}

// A target that began to count at `from`, in minutes of the calendar's working time.
struct Counted {
    int from;
    int target;
    std::string calendar;
};

struct Oracle {
    std::vector<Counted> counted;
    std::optional<int> breached;  // the minute at whose beginning the target had passed
};

class Run {
  public:
    explicit Run(unsigned seed) : random_(seed) {
        world_.now = from_unix_ms(1'792'800'000'000 + std::int64_t{pick(0, 30)} * 3'600'000);
        start_ = world_.now;
        SlaSettings& sla = world_.settings.sla;
        sla.calendars.push_back(calendar("office", "Europe/Berlin",
                                         {"mon-fri 09:00-12:00,13:00-17:30", "sun 01:00-04:00"},
                                         "2026-10-26"));
        sla.calendars.push_back(
            calendar("night", "Asia/Shanghai", {"mon-sun 00:00-06:00,22:00-24:00"}, "2026-10-28"));
        sla.reasons = {{"vendor", kMinute * pick(30, 600)}, {"window", Duration{0}}};
        static constexpr std::array<const char*, 3> kNames = {"7x24", "office", "night"};
        int respond = pick(5, 60);
        int resolve = pick(60, 400);
        for (const Priority p : kPriorities) {  // worse priorities are due sooner
            const char* name = kNames.at(static_cast<std::size_t>(pick(0, 2)));
            sla.targets[p] = {kMinute * respond, kMinute * resolve, name};
            respond *= 2;
            resolve *= 2;
        }
        world_.settings.stable = 3 * kMinute;
        world_.settings.reopen = 48h;
        world_.settings.resolve_grace = 500h;
        world_.settings.close_after = 500h;
    }

    void run(int minutes) {
        take(world_.opened("warning"));
        for (Oracle* oracle : {&response_, &resolution_}) begin(*oracle, 0);
        for (minute_ = 0; minute_ < minutes; ++minute_) {
            world_.now = start_ + kMinute * minute_;
            timers();
            if (pick(0, 60) == 0) act();
            note_state();
        }
        world_.now = start_ + kMinute * minutes;
        timers();
        look_back();
    }

    void check() const {
        INFO("calendars and targets as seeded");
        CHECK(breach(incident_.sla.response) == response_.breached);
        CHECK(breach(incident_.sla.resolution) == resolution_.breached);
    }
    const Incident& incident() const { return incident_; }

  private:
    int pick(int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random_);
    }
    std::optional<int> breach(const SlaMeter& meter) const {
        if (!meter.breached_at) return std::nullopt;
        return static_cast<int>((*meter.breached_at - start_) / kMinute);
    }

    void take(const Decision& d) {
        if (d.refusal) return;
        incident_ = d.next;
        for (const Effect& effect : d.effects) {
            if (const auto* set = std::get_if<SetTimer>(&effect)) timers_[set->kind] = set->due;
            if (const auto* off = std::get_if<CancelTimer>(&effect)) timers_.erase(off->kind);
        }
    }
    void timers() {
        for (int round = 0; round < 20; ++round) {
            const auto due = std::find_if(timers_.begin(), timers_.end(),
                                          [&](const auto& t) { return t.second <= world_.now; });
            if (due == timers_.end()) return;
            const TimerDue event{due->first, due->second};
            timers_.erase(due);
            take(world_.on(incident_, event));
        }
        FAIL("timers without end");
    }

    void begin(Oracle& oracle, int from) {
        const SlaTarget& target = world_.settings.sla.targets.at(incident_.priority);
        const auto time = &oracle == &response_ ? target.respond : target.resolve;
        oracle.counted.push_back({from, static_cast<int>(*time / kMinute), target.calendar});
    }

    void act() {
        const Incident before = incident_;
        const Priority priority = before.priority;
        switch (pick(0, 5)) {
            case 0:
                take(world_.on(before, World::act(ActionKind::kAcknowledge)));
                break;
            case 1:
                take(world_.on(before, wait()));
                break;
            case 2:
                take(world_.on(before, World::act(ActionKind::kResume)));
                break;
            case 3: {
                UserAction change = World::act(ActionKind::kPriority, "zhao.lei");
                change.authority = Authority::kAdmin;
                change.text = "because";
                change.priority = kPriorities.at(static_cast<std::size_t>(pick(0, 3)));
                take(world_.on(before, change));
                break;
            }
            case 4:
                take(world_.on(before, world_.cleared("disk", before.severity)));
                break;
            case 5:
                take(world_.on(before, world_.firing("disk", before.severity)));
                break;
        }
        if (incident_.priority == priority) return;
        for (Oracle* oracle : {&response_, &resolution_}) {
            if (oracle == &response_ && before.responded_at) continue;
            // What is missed by now stays missed. What seems to have cleared stands still.
            const int now = before.stable_since
                                ? static_cast<int>((*before.stable_since - start_) / kMinute)
                                : minute_;
            if (count(*oracle, now, oracle == &response_)) continue;
            const bool raised = incident_.priority < priority;
            if (!raised) oracle->counted.clear();
            begin(*oracle, raised ? minute_ : 0);
        }
    }
    UserAction wait() {
        UserAction action = World::act(ActionKind::kPend, "zhao.lei");
        action.actor = incident_.acknowledged_by.empty() ? "li.na" : incident_.acknowledged_by;
        action.authority = Authority::kAdmin;
        action.text = "waits";
        action.reason = pick(0, 2) == 0 ? "window" : "vendor";
        action.until = world_.now + kMinute * pick(10, 500);
        return action;
    }

    // Whether each minute counts, written down as it passes; a clearing blanks those since.
    void note_state() {
        const auto minute = static_cast<std::size_t>(minute_);
        runs_.resize(minute + 1);
        bool counts = is_open(incident_.state);
        if (incident_.state == State::kPending && incident_.pending_cause == "vendor" &&
            kMinute * waited_ < world_.settings.sla.reasons[0].pauses_at_most) {
            ++waited_;
            counts = false;
        }
        waits_.resize(minute + 1);
        waits_[minute] = !counts && is_open(incident_.state);
        runs_[minute] = counts;
        open_.resize(minute + 1);
        open_[minute] = is_open(incident_.state);
        if (incident_.state == State::kResolved) blank(*incident_.resolved_at);
        if (incident_.responded_at && !responded_) {
            responded_ = static_cast<int>((*incident_.responded_at - start_) / kMinute);
        }
    }
    void blank(Timestamp since) {
        for (auto m = static_cast<std::size_t>((since - start_) / kMinute); m < runs_.size(); ++m) {
            runs_[m] = false;
            open_[m] = false;
            if (waits_[m]) --waited_;  // it waited for nothing any more
            waits_[m] = false;
        }
    }

    // The beginning of the first minute, up to `now`, by which a run had passed.
    std::optional<int> count(const Oracle& oracle, int now, bool response) const {
        std::optional<int> first;
        for (const Counted& run : oracle.counted) {
            const Calendar& hours = world_.settings.sla.calendar(run.calendar);
            int passed = 0;
            for (int m = run.from; m < now; ++m) {
                const auto at = static_cast<std::size_t>(m);
                const bool counts = response ? open_[at] : runs_[at];
                if (counts && is_working(hours, start_ + kMinute * m) && ++passed == run.target) {
                    if (!first || m + 1 < *first) first = m + 1;
                    break;
                }
            }
        }
        return first;
    }

    void look_back() {
        // A target that passes at the very moment of a clearing is met; at that of an answer its
        // timer comes first.
        const auto verdict = [&](const Oracle& oracle, bool response) -> std::optional<int> {
            auto at = count(oracle, minute_, response);
            if (at && response && responded_ && *at > *responded_) at.reset();
            const Timestamp moment = start_ + kMinute * at.value_or(0);
            if (at && incident_.resolved_at && moment >= *incident_.resolved_at) at.reset();
            if (at && incident_.stable_since && moment > *incident_.stable_since) at.reset();
            return at;
        };
        response_.breached = verdict(response_, true);
        resolution_.breached = verdict(resolution_, false);
    }

    std::mt19937 random_;
    World world_;
    Timestamp start_;
    Incident incident_;
    std::map<TimerKind, Timestamp> timers_;
    int minute_ = 0;
    int waited_ = 0;
    std::optional<int> responded_;
    std::vector<bool> waits_;
    std::vector<bool> runs_;  // for the resolution clock
    std::vector<bool> open_;  // for the response clock
    Oracle response_;
    Oracle resolution_;
};

}  // namespace

TEST_CASE("the clocks agree with a count minute by minute") {
    int breached = 0;
    int met = 0;
    for (unsigned seed = 1; seed <= 40; ++seed) {
        Run run(seed);
        INFO("seed " << seed);
        run.run(3000);
        run.check();
        (run.incident().sla.resolution.breached_at ? breached : met) += 1;
    }
    CHECK(breached > 5);
    CHECK(met > 5);
}
