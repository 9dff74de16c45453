// A bridge to which random things happen, by a seed: alerts and their ends, levels, people's
// actions, silences, maintenance, hosts that fall silent, messages that fail or get no answer,
// restarts, hours away, clocks that are set. On whole minutes, so that clocks can be counted.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/model/alert.h"
#include "base/model/matcher.h"
#include "bridge/incident/fold.h"
#include "bridge/simulate/simulation.h"
#include "busy_site.h"
#include "invariants.h"
#include "sla_history.h"
#include "tests/support/simulate_lab.h"

namespace tocsin::bridge::test {

class RandomBridge {
  public:
    explicit RandomBridge(unsigned seed) : random_(seed), sets_clock_(seed % 3 == 0) {
        // 2026-11-26T00:00:00Z is a Thursday morning in Shanghai; the hour is random.
        const Timestamp start = from_unix_ms(1'795'651'200'000) + std::chrono::hours(pick(0, 47));
        simulation_ = value(Simulation::create(config_of(kBusySite), start));
        simulation_->watch([this](const Committed& committed) {
            newest_ = std::max(newest_, committed.newest_entry);
            for (const Incident& in : committed.incidents) {
                ids_.insert(in.id);
                sla_.note(in, simulation_->now());
            }
        });
        simulation_->reply_with([this](const Mailing&) -> std::optional<Delivery> {
            const int luck = pick(0, 99);
            if (luck < 3) return std::nullopt;
            return luck < 12 ? Delivery::kPermanent : Delivery::kDelivered;
        });
    }

    // Something happens, and then some time passes.
    void step() {
        const int what = pick(0, 99);
        if (what < 45) {
            some_alerts();
        } else if (what < 70) {
            somebody_acts();
        } else if (what < 76) {
            somebody_silences();
        } else if (what < 82) {
            a_host_beats();
        } else if (what < 84) {
            say("a report");
            put(ReportIn{report()});
        } else if (what < 91) {
            the_bridge_restarts();
        } else if (what < 93 && sets_clock_) {
            the_clock_is_set();
        } else {
            say("nothing happens");
        }
        const bool long_while = pick(0, 19) == 0;
        pass(std::chrono::minutes(long_while ? pick(60, 600) : pick(0, 12)));
    }

    enum class Depth { kQuick, kWhole };
    // With timelines and messages when the whole is asked for.
    Snapshot snapshot(Depth depth) {
        Snapshot s;
        s.config = &simulation_->config();
        s.now = simulation_->now();
        done(simulation_->store().transaction([&](Tx& tx) -> Result<void> {
            TOCSIN_TRY(s.incidents, tx.incidents({ids_.begin(), ids_.end()}));
            TOCSIN_TRY(s.sources, tx.inhibitors());
            TOCSIN_TRY(const auto timers, tx.due_timers(Timestamp::max(), 100'000));
            for (const TimerRow& row : timers) s.timers[row.incident][row.kind] = row.due;
            std::vector<std::string> keys;
            for (const auto& [id, in] : s.incidents) {
                if (in.state == State::kClosed) continue;
                for (std::string& key : keys_of(in)) keys.push_back(std::move(key));
            }
            TOCSIN_TRY(s.holders, tx.holders(keys));
            TOCSIN_TRY(current_, tx.current_alerts());
            return success();
        }));
        if (depth == Depth::kQuick) return s;
        for (const auto& [id, in] : s.incidents) {
            IncidentDetail detail = value(simulation_->queries().incident(in.key));
            s.timelines[id] = std::move(detail.timeline);
            s.effects[id] = std::move(detail.effects);
        }
        return s;
    }

    std::vector<AlertRecord> held() { return value(simulation_->queries().held_alerts()); }
    const std::vector<AlertRecord>& current() const { return current_; }  // of the last snapshot
    const std::set<std::string>& firing() const { return firing_; }
    const std::vector<std::int64_t>& set_back() const { return set_back_; }
    const SlaHistory& sla() const { return sla_; }
    Simulation& simulation() { return *simulation_; }
    std::size_t incidents() const { return ids_.size(); }
    // The last things that happened, for who reads a failure.
    std::string story() const {
        std::string out;
        for (const std::string& line : story_) out += line + "\n";
        return out;
    }

  private:
    template <class T>
    static T value(Result<T> result) {
        if (!result) throw std::runtime_error(result.error().message);
        return std::move(result).value();
    }
    static void done(const Result<void>& result) {
        if (!result) throw std::runtime_error(result.error().message);
    }
    int pick(int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random_);
    }
    bool chance(int percent) { return pick(0, 99) < percent; }
    template <class T>
    const T& one_of(const std::vector<T>& all) {
        return all[static_cast<std::size_t>(pick(0, static_cast<int>(all.size()) - 1))];
    }
    void say(std::string what) {
        story_.push_back(format_rfc3339(simulation_->now()) + " " + std::move(what));
        if (story_.size() > 25) story_.pop_front();
    }
    // A refusal or an unknown key is an answer; anything else is a bug.
    void put(Input input) {
        const Result<Answer> answer = simulation_->put(std::move(input));
        const bool theirs = !answer && (answer.error().code == ErrorCode::kNotFound ||
                                        answer.error().code == ErrorCode::kConflict ||
                                        answer.error().code == ErrorCode::kInvalid);
        if (!answer && !theirs) throw std::runtime_error(answer.error().message);
        if (answer && answer.value() && answer.value()->refusal) {
            say("  refused: " + answer.value()->refusal->message());
        }
    }
    void pass(Duration time) { done(simulation_->pass_until(simulation_->now() + time)); }

    static const std::vector<std::string>& hosts() {
        static const std::vector<std::string> kHosts = {"web-1", "web-2", "db-1", "db-2",
                                                        "lab-1", "gw-1",  "gw-2"};
        return kHosts;
    }

    static const std::vector<std::string>& names() {
        static const std::vector<std::string> kNames = {"DiskFull", "HighLoad", "SlowQuery",
                                                        "Blip",     "Retry",    "SiteDown"};
        return kNames;
    }

    Alert alert(const std::string& name, const std::string& host, const std::string& severity) {
        Alert out;
        const bool b = host.ends_with("2");
        out.labels = Labels{{"alertname", name}, {"host", host}, {"site", b ? "b" : "a"}};
        if (!severity.empty()) {
            out.labels = LabelsBuilder(out.labels).set("severity", severity).build();
        }
        return out;
    }

    void some_alerts() {
        static const std::vector<std::string> kLevels = {"info", "warning", "critical"};
        if (chance(5)) {
            say("the watchdog");
            put(AlertsIn{{alert("Watchdog", "", "info")}, "prometheus", {}});
            return;
        }
        const std::string& name = one_of(names());
        const std::string& level = one_of(kLevels);
        const bool ends = chance(40);
        const bool burst = chance(12);
        const std::string& host = one_of(hosts());
        AlertsIn in;
        in.source = chance(70) ? "prometheus" : "other";
        for (const std::string& each : hosts()) {
            if (!burst && each != host) continue;
            add_alert(in, name, each, level, ends);
        }
        say((ends ? "ends " : "fires ") + name + " " + (burst ? "everywhere" : host) + " " + level);
        put(std::move(in));
    }

    void add_alert(AlertsIn& in, const std::string& name, const std::string& host,
                   const std::string& level, bool ends) {
        const Timestamp now = simulation_->now();
        Alert one = alert(name, host, level);
        one.starts_at = now;
        const bool agents = host.starts_with("gw");
        if (agents) {
            one.annotations[std::string(kAnnotationAlert)] = "id-of-" + name;
            one.annotations[std::string(kAnnotationSeq)] = std::to_string(++seq_);
            one.annotations[std::string(kAnnotationLevel)] = level;
        }
        const std::string identity = identity_of(one);
        if (ends) {
            // All levels of it at once, or another would go on.
            for (const char* each : {"info", "warning", "critical"}) {
                Alert over = one;
                over.labels = LabelsBuilder(one.labels).set("severity", each).build();
                over.ends_at = now;
                in.alerts.push_back(std::move(over));
            }
            firing_.erase(identity);
            return;
        }
        // Until further news, or for the five minutes of a sender that fell silent.
        const bool fades = chance(25);
        if (!fades) one.ends_at = now + 1000h;
        // What has faded may end as expired: of those nothing is claimed.
        if (fades) {
            firing_.erase(identity);
            faded_.insert(identity);
        } else if (!faded_.contains(identity)) {
            firing_.insert(identity);
        }
        in.alerts.push_back(std::move(one));
    }

    std::vector<Incident> known() {
        std::vector<Incident> out;
        IncidentFilter filter;
        filter.state = chance(60) ? StateFilter::kOpen : StateFilter::kAll;
        filter.limit = 10;
        for (IncidentSummary& one : value(simulation_->queries().incidents(filter)).incidents) {
            out.push_back(std::move(one.incident));
        }
        return out;
    }

    // What people do most often where it is possible, else anything.
    ActionKind some_kind(const Incident& in) {
        if (chance(40)) {
            return kActionKinds.at(
                static_cast<std::size_t>(pick(0, static_cast<int>(kActionKinds.size()) - 1)));
        }
        switch (in.state) {
            case State::kTriggered:
                return ActionKind::kAcknowledge;
            case State::kAcknowledged:
                return chance(60) ? ActionKind::kPend : ActionKind::kPriority;
            case State::kPending:
                return chance(50) ? ActionKind::kResume : ActionKind::kPriority;
            case State::kResolved:
                return ActionKind::kClose;
            case State::kClosed:
                break;
        }
        return ActionKind::kNote;
    }

    void somebody_acts() {
        static const std::vector<std::string> kPeople = {"li.na", "zhao.lei", "wang.wei",
                                                         "chen.yu"};
        const std::vector<Incident> all = known();
        if (all.empty()) return;
        const Incident& in = one_of(all);
        UserAction action;
        action.kind = some_kind(in);
        action.actor = one_of(kPeople);
        if (chance(70) && !in.assignee.empty()) action.actor = in.assignee;
        if (chance(80)) action.text = "because";
        if (chance(70)) action.reason = "vendor";
        if (chance(50)) action.findings = {"change", "rolled back", ""};
        if (chance(30)) action.satisfaction = pick(1, 5);
        if (chance(50)) action.link = "https://wiki.example/";
        if (chance(60)) action.authority = Authority::kAdmin;
        if (chance(80)) action.person = one_of(kPeople);
        if (chance(25)) action.team = chance(50) ? "dba" : "web";
        if (chance(80)) action.until = simulation_->now() + std::chrono::minutes(pick(0, 180));
        if (chance(80)) action.priority = kPriorities.at(static_cast<std::size_t>(pick(0, 3)));
        if (action.kind == ActionKind::kPend && chance(80)) {
            action.actor = in.assignee;
            action.text = "a part is on its way";
            action.reason = "vendor";
            action.authority = Authority::kAdmin;
            action.until = simulation_->now() + std::chrono::minutes(pick(5, 240));
        }
        action.into = one_of(all).key;
        if (action.kind == ActionKind::kSplit) {
            for (const AlertRecord& each : value(simulation_->queries().incident(in.key)).alerts) {
                if (chance(50)) action.fingerprints.push_back(each.fingerprint);
            }
        }
        say(action.actor + ": " + std::string(to_string(action.kind)) + " " + in.key);
        put(ActionIn{in.key, std::move(action)});
    }

    void somebody_silences() {
        Silence silence;
        const std::string what = chance(70) ? "host=\"" + one_of(hosts()) + "\""
                                            : "alertname=\"" + one_of(names()) + "\"";
        silence.matchers = {value(parse_matcher(what))};
        silence.starts_at = simulation_->now() + std::chrono::minutes(pick(0, 5));
        silence.ends_at = silence.starts_at + std::chrono::minutes(pick(1, 90));
        silence.created_by = "li.na";
        silence.comment = "a disk is replaced";
        if (chance(30)) {
            silence.kind = SuppressorKind::kMaintenance;
            silence.name = "patches";
            silence.settle = kMaintenanceSettle;
        }
        PutSilenceIn in;
        in.new_id = "silence-" + std::to_string(++silences_);
        const std::vector<Incident> all = known();
        if (chance(25) && !all.empty() && silence.kind == SuppressorKind::kSilence) {
            const auto storm = std::ranges::find_if(all, &Incident::is_parent);
            in.incident = (storm == all.end() ? one_of(all) : *storm).key;
        }
        if (chance(30) && silences_ > 1) {
            say("a silence is ended");
            put(ExpireSilenceIn{"silence-" + std::to_string(pick(1, silences_ - 1)), silence.kind});
            return;
        }
        say("silenced: " + (in.incident.empty() ? what : in.incident));
        in.silence = std::move(silence);
        put(std::move(in));
    }

    void a_host_beats() {
        const std::string& host = one_of(hosts());
        if (chance(10)) {
            say("retired: " + host);
            forget(host);
            put(HostIn{HostIn::Move::kRetire, host, "", "li.na"});
            return;
        }
        HostReport report;
        report.host = host;
        report.boot_id = "boot-" + std::to_string(pick(1, 2));
        report.started_at = from_unix_ms(1'000);
        report.goodbye = chance(15);
        say("beats: " + host + (report.goodbye ? ", and says goodbye" : ""));
        put(HeartbeatIn{report});
    }
    // Whatever fires there ends with it.
    void forget(const std::string& host) {
        std::erase_if(firing_, [&](const std::string& identity) {
            for (const AlertRecord& each : current_) {
                if (each.identity == identity) return each.host == host;
            }
            return true;
        });
    }

    Report report() {
        Report out;
        out.actor = "wang.wei";
        out.symptom = "the shop is slow";
        out.reporter = {"chen.yu", "", ""};
        out.labels = Labels{{"site", "a"}};
        return out;
    }

    void the_bridge_restarts() {
        if (chance(40)) {
            const int away = pick(1, 90);
            say("the bridge is away for " + std::to_string(away) + " m");
            // Nobody is there to do anything: only the clock goes on.
            done(simulation_->away_until(simulation_->now() + std::chrono::minutes(away)));
            return;
        }
        say("kill -9");
        done(simulation_->restart());
    }

    void the_clock_is_set() {
        const int by = pick(-30, 30);
        say("the clock is set by " + std::to_string(by) + " m");
        if (by < 0) set_back_.push_back(newest_);
        sla_.clock_was_set();
        done(simulation_->set_clock(simulation_->now() + std::chrono::minutes(by)));
    }

    std::mt19937 random_;
    bool sets_clock_;  // then few clocks can be counted
    std::unique_ptr<Simulation> simulation_;
    std::set<IncidentId> ids_;
    std::set<std::string> firing_;  // identities that fire until we say otherwise
    std::set<std::string> faded_;
    std::vector<AlertRecord> current_;
    std::vector<std::int64_t> set_back_;
    std::int64_t newest_ = 0;
    SlaHistory sla_;
    std::deque<std::string> story_;
    int seq_ = 0;
    int silences_ = 0;
};

}  // namespace tocsin::bridge::test
