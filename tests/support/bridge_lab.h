// A bridge without its edges: a store in a temporary file, the engine, and a clock that moves only
// when told. Time passes tick by tick, as the worker's thread would let it.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/clock.h"
#include "bridge/config/config.h"
#include "bridge/ingest/engine.h"
#include "bridge/store/queries.h"
#include "bridge/store/store.h"
#include "tests/support/fixture_tree.h"

namespace tocsin::bridge::test {

// The first two that a lab's bridge opens.
inline constexpr const char* kFirst = "INC-2026-000001";
inline constexpr const char* kSecond = "INC-2026-000002";

// li.na is told at once, zhao.lei after ten minutes; by mail, for every priority.
inline BridgeConfig lab_config() {
    BridgeConfig config = default_config();
    // At any hour, and nobody beside: a test that wants either says so.
    config.oncall.hours = {};
    config.oncall.catch_all_is = Oncall::CatchAll::kAsListed;
    for (const char* name : {"li.na", "zhao.lei"}) {
        Contact mail;
        mail.channel = "mail";
        mail.address = std::string(name) + "@example.com";
        mail.priorities.assign(kPriorities.begin(), kPriorities.end());
        Person person;
        person.name = person.display = name;
        person.contacts = {mail};
        config.oncall.people.push_back(person);
    }
    Policy policy;
    policy.name = "web";
    policy.response = {LadderStep{0s, {Target{Target::Kind::kPerson, "li.na"}}},
                       LadderStep{10min, {Target{Target::Kind::kPerson, "zhao.lei"}}}};
    config.oncall.policies = {policy};
    config.routes.back().policy = "web";
    return config;
}

// A store whose disk can be full.
class LabStore final : public Store {
  public:
    explicit LabStore(std::unique_ptr<Store> store) : store_(std::move(store)) {}
    Result<void> transaction(const std::function<Result<void>(Tx&)>& work) override {
        if (full) return refusal();
        return store_->transaction(work);
    }
    Result<std::vector<EffectRow>> claim_effects(Timestamp now, Timestamp lease_until,
                                                 int limit) override {
        if (full) return refusal();
        return store_->claim_effects(now, lease_until, limit);
    }
    Result<void> retry_effect(EffectId id, Timestamp now, Timestamp due,
                              const std::string& error) override {
        if (full) return refusal();
        return store_->retry_effect(id, now, due, error);
    }
    Result<void> postpone_timers(std::span<const TimerKind> kinds, Timestamp earliest) override {
        if (full) return refusal();
        return store_->postpone_timers(kinds, earliest);
    }
    Result<void> set_back(std::span<const TimerKind> kinds, Duration by) override {
        if (full) return refusal();
        return store_->set_back(kinds, by);
    }
    Outgoing& outgoing() override { return store_->outgoing(); }
    Result<std::optional<Timestamp>> next_timer() override { return store_->next_timer(); }
    Result<std::optional<Timestamp>> next_effect() override { return store_->next_effect(); }
    Result<std::optional<std::string>> meta(const std::string& name) override {
        return store_->meta(name);
    }
    Result<void> set_meta(const std::string& name, const std::string& value) override {
        if (full) return refusal();
        return store_->set_meta(name, value);
    }
    bool full = false;

  private:
    static Error refusal() { return Error(ErrorCode::kUnavailable, "disk full", Retry::kYes); }
    std::unique_ptr<Store> store_;
};

class BridgeLab {
  public:
    explicit BridgeLab(BridgeConfig config = lab_config())
        : config_(std::make_shared<const BridgeConfig>(std::move(config))) {
        restart();
    }

    std::string file() const { return tree_.at("bridge.db"); }

    // As after a kill -9: nothing of the process is left, the file is.
    void restart() {
        engine_.reset();
        store_.reset();
        auto opened = Store::open("sqlite:" + file());
        if (!opened) throw std::runtime_error(opened.error().message);
        store_ = std::make_unique<LabStore>(std::move(opened).value());
        engine_ = std::make_unique<Engine>(
            *store_, config_, [this](const Committed& committed) { commits.push_back(committed); });
        const auto started = engine_->start(clock.now());
        if (!started) throw std::runtime_error(started.error().message);
    }

    Result<Answer> put(Input input) {
        return std::move(engine_->process({&input, 1}, clock.now()).front());
    }
    Result<Answer> post(std::vector<Alert> alerts, std::string source = "agent") {
        return put(AlertsIn{std::move(alerts), std::move(source), std::nullopt});
    }
    Result<Answer> act(const std::string& key, ActionKind kind, std::string text = "") {
        UserAction action;
        action.kind = kind;
        action.actor = "li.na";
        action.text = std::move(text);
        return put(ActionIn{key, std::move(action)});
    }
    void beat(const std::string& host, const std::string& boot_id = "boot-1") {
        HostReport report;
        report.host = host;
        report.boot_id = boot_id;
        report.interval = config_->hosts.heartbeat;  // as agents do that have had an answer
        report.started_at = from_unix_ms(1'000);
        const auto done = put(HeartbeatIn{report});
        if (!done) throw std::runtime_error(done.error().message);
    }

    // Lets time pass; everything that comes due on the way is done when it is due.
    void pass(Duration time) {
        const Timestamp end = clock.now() + time;
        while (true) {
            while (true) {
                const Result<bool> more = engine_->tick(clock.now());
                if (!more && !store_->full) throw std::runtime_error(more.error().message);
                if (!more || !more.value()) break;
            }
            const Timestamp next = std::max(engine_->next_tick(clock.now()), clock.now() + 1ms);
            if (next > end) break;
            clock.advance(next - clock.now());
        }
        clock.advance(end - clock.now());
    }

    std::vector<IncidentSummary> incidents(StateFilter state = StateFilter::kAll) {
        IncidentFilter filter;
        filter.state = state;
        return queries().incidents(filter).value().incidents;
    }
    IncidentDetail detail(const std::string& key) { return queries().incident(key).value(); }
    // The only incident there is.
    IncidentDetail only() {
        const auto all = incidents();
        if (all.size() != 1) throw std::runtime_error(std::to_string(all.size()) + " incidents");
        return detail(all.front().incident.key);
    }
    std::vector<std::string> kinds(const std::string& key) {
        std::vector<std::string> out;
        for (const TimelineRow& row : detail(key).timeline) out.push_back(row.entry.kind);
        return out;
    }
    // Messages that are due now, claimed and settled as delivered; "person: kind".
    std::vector<std::string> deliver() {
        std::vector<std::string> out;
        auto claimed = store_->claim_effects(clock.now(), clock.now() + 1min, 100);
        if (!claimed) throw std::runtime_error(claimed.error().message);
        for (EffectRow& row : claimed.value()) {
            out.push_back(row.notify.person + ": " + std::string(to_string(row.notify.kind)));
            const auto done =
                put(OutcomeIn{std::move(row), EffectOutcome::Delivery::kDelivered, "250 OK"});
            if (!done) throw std::runtime_error(done.error().message);
        }
        std::sort(out.begin(), out.end());
        return out;
    }

    LabStore& store() { return *store_; }
    Engine& engine() { return *engine_; }
    Queries& queries() {
        if (!queries_) queries_ = Queries::open("sqlite:" + file()).value();
        return *queries_;
    }

    FakeClock clock{from_unix_ms(1'795'000'000'000)};  // 2026-11-18T11:06:40Z
    std::vector<Committed> commits;

  private:
    tocsin::test::FixtureTree tree_;
    std::shared_ptr<const BridgeConfig> config_;
    std::unique_ptr<LabStore> store_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Queries> queries_;
};

// When the first episode of every alert began, unless a test says otherwise.
inline constexpr Timestamp kBegan = from_unix_ms(1'794'999'990'000);

// As a Prometheus posts it. `ends`: none to let the receiver decide.
inline Alert foreign_alert(std::string_view name, std::string_view host, std::string_view severity,
                           std::optional<Timestamp> ends = std::nullopt,
                           Timestamp starts = kBegan) {
    Alert alert;
    alert.labels = Labels{{"alertname", name}, {"host", host}, {"severity", severity}};
    alert.annotations["summary"] = std::string(name) + " on " + std::string(host);
    alert.starts_at = starts;
    alert.ends_at = ends;
    return alert;
}

// As our agent posts it.
inline Alert agent_alert(std::string_view name, std::string_view host, std::string_view severity,
                         int seq, Timestamp ends, Timestamp starts = kBegan) {
    Alert alert = foreign_alert(name, host, severity, ends, starts);
    alert.annotations[std::string(kAnnotationAlert)] = "id-of-" + std::string(name);
    alert.annotations[std::string(kAnnotationSeq)] = std::to_string(seq);
    alert.annotations[std::string(kAnnotationLevel)] = std::string(severity);
    return alert;
}

}  // namespace tocsin::bridge::test
