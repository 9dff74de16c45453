#include "bridge/ingest/engine.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/core/strings.h"
#include "base/net/log.h"
#include "bridge/ingest/batch.h"

namespace tocsin::bridge {
namespace {

// Rows of one kind of due work in one transaction.
constexpr int kDueAtOnce = 500;
// How often alerts without news and silent hosts are looked for. Timers are exact.
constexpr Duration kScanEvery = 1s;
// A timer that cannot be handled waits so long before it is tried again.
constexpr Duration kPostpone = 1min;
// The worker ticks every second. A longer gap is time in which this process did not run (stopped,
// its machine asleep, a write that hung), whatever the clock of the machine says of it.
constexpr Duration kGap = 3s;
// How often it is tried whether the store takes writes, while nobody sends anything.
constexpr Duration kTryEvery = 15s;
constexpr const char* kServedAt = "served_at";

// What these wait for is the silence of others. A bridge that was away has not heard them, so once
// it is back they get the time of one delivery to say what they had to.
constexpr std::array kWaitForSilence = {TimerKind::kStability, TimerKind::kResolveGrace,
                                        TimerKind::kExpiry, TimerKind::kFlapping};

// These wait for a time to pass. The others wait for a moment: one that somebody gave, an alert's
// end, a share of a target that is counted from the opening.
constexpr std::array kWaitForTime = {
    TimerKind::kStability,    TimerKind::kEscalation,    TimerKind::kLapse,
    TimerKind::kResolveGrace, TimerKind::kClose,         TimerKind::kAcknowledgeEnd,
    TimerKind::kMajorRule,    TimerKind::kMajorUpdate,   TimerKind::kPendingReminder,
    TimerKind::kFlapping,     TimerKind::kFlappingRemind};
// What a bridge finds at its start: its last word in the store may be older than its last timer,
// and machines that change places have clocks that differ a little.
constexpr Duration kSetBackAtStart = 30s;

}  // namespace

Engine::Engine(Store& store, std::shared_ptr<const BridgeConfig> config, OnCommit on_commit)
    : store_(store), config_(std::move(config)), on_commit_(std::move(on_commit)) {}

Result<void> Engine::start(Timestamp now) {
    served_since_ = looked_at_ = now;
    granted_since_ = Timestamp{};
    refusing_ = true;  // until a write has shown otherwise
    seen_ = now;
    TOCSIN_TRY(const auto served, store_.meta(kServedAt));
    const auto last = served ? parse_int(*served) : std::nullopt;
    if (last && from_unix_ms(*last) - now > kSetBackAtStart) seen_ = from_unix_ms(*last);
    TOCSIN_TRY(follow_clock(now));
    return look_at_absence(now);
}

// Where the clock was set back by hours, the next step of a ladder must not be hours away.
Result<void> Engine::follow_clock(Timestamp now) {
    const Duration step = seen_ - now;
    if (step > kGap) {
        // With the moment that a start compares itself with, so that nothing moves twice.
        TOCSIN_TRY(store_.transaction([&](Tx&) -> Result<void> {
            TOCSIN_TRY(store_.set_back(kWaitForTime, step));
            return store_.set_meta(kServedAt, std::to_string(to_unix_ms(now)));
        }));
        net::log_warning("the clock was set back; what waits for a time to pass follows it",
                         {{"seconds", std::to_string(step / 1s)}});
    }
    seen_ = now;
    return success();
}

void Engine::stored(const Result<void>& done, Timestamp now) {
    if (done) {
        // Whoever had news meanwhile was sent away with it.
        if (refusing_) served_since_ = now;
        refusing_ = false;
    } else if (done.error().retry == Retry::kYes) {
        refusing_ = true;
    }
}

Result<void> Engine::look_at_absence(Timestamp now) {
    const bool stepped_back = looked_at_ - now > kGap;
    if (now - looked_at_ > kGap || stepped_back) served_since_ = now;
    looked_at_ = now;
    if (refusing_ || now - tried_at_ >= kTryEvery || now < tried_at_) {
        const Result<void> done = store_.set_meta(kServedAt, std::to_string(to_unix_ms(now)));
        stored(done, now);
        TOCSIN_TRY(done);
        tried_at_ = now;
    }
    if (granted_since_ == served_since_) return success();
    TOCSIN_TRY(store_.postpone_timers(kWaitForSilence, served_since_ + kResend));
    granted_since_ = served_since_;
    return success();
}

Result<void> Engine::commit(Timestamp now, const Work& work) {
    Committed committed;
    Result<void> done = store_.transaction([&](Tx& tx) -> Result<void> {
        Batch batch(tx, *config_, served_since_, now);
        TOCSIN_TRY(batch.load_oncall());
        TOCSIN_TRY(work(batch));
        TOCSIN_TRY(committed, batch.finish());
        return success();
    });
    stored(done, now);
    if (!done) {
        ++stats_.failed_commits;
        return done;
    }
    ++stats_.commits;
    for (const Incident& incident : committed.incidents) {
        if (incident.opened_at == now) ++stats_.opened;
    }
    for (const std::string& line : committed.log) net::log_info(line);
    if (on_commit_) on_commit_(committed);
    return success();
}

std::vector<Result<Answer>> Engine::process(std::span<const Input> inputs, Timestamp now) {
    std::vector<Result<Answer>> answers;
    answers.reserve(inputs.size());
    // First: what these inputs set is measured by the new time already.
    if (const Result<void> followed = follow_clock(now); !followed) {
        answers.assign(inputs.size(), followed.error());
        return answers;
    }
    process_range(inputs, now, answers);
    count(inputs);
    return answers;
}

void Engine::process_range(std::span<const Input> inputs, Timestamp now,
                           std::vector<Result<Answer>>& answers) {
    if (inputs.empty()) return;
    std::vector<Result<Answer>> mine;
    const Result<void> done = commit(now, [&](Batch& batch) -> Result<void> {
        mine.clear();
        std::vector<const Input*> all;
        for (const Input& input : inputs) all.push_back(&input);
        TOCSIN_TRY(batch.prefetch(all));
        for (const Input& input : inputs) {
            Result<Answer> answer = batch.apply(input);
            // "No such incident" and "not in this state" are that caller's answers; anything else
            // is the batch's failure.
            const bool theirs = !answer && (answer.error().code == ErrorCode::kNotFound ||
                                            answer.error().code == ErrorCode::kConflict);
            if (!answer && !theirs) return answer.error();
            mine.push_back(std::move(answer));
        }
        return success();
    });
    if (done) {
        std::move(mine.begin(), mine.end(), std::back_inserter(answers));
        return;
    }
    if (done.error().retry == Retry::kYes) {
        net::log_error("nothing could be stored", {{"reason", done.error().message}});
        for (std::size_t i = 0; i < inputs.size(); ++i) answers.emplace_back(done.error());
        return;
    }
    if (inputs.size() > 1) {
        const std::size_t half = inputs.size() / 2;
        process_range(inputs.first(half), now, answers);
        process_range(inputs.subspan(half), now, answers);
        return;
    }
    ++stats_.refused_inputs;
    const auto* alerts = std::get_if<AlertsIn>(&inputs.front());
    if (alerts != nullptr && alerts->alerts.size() > 1) {
        answers.push_back(alert_by_alert(*alerts, now, done.error()));
        return;
    }
    net::log_error("an input was refused by the store", {{"reason", done.error().message}});
    // For an alert this is 400: its sender drops it, where 500 would hold up all that follow it.
    answers.emplace_back(
        alerts == nullptr
            ? done.error()
            : Error(ErrorCode::kInvalid, "the alert could not be stored: " + done.error().message));
}

// Alerts of one identity stay together: a change of level is one piece of news.
Result<Answer> Engine::alert_by_alert(const AlertsIn& in, Timestamp now, const Error& first) {
    std::vector<std::pair<std::string, AlertsIn>> groups;
    for (const Alert& alert : in.alerts) {
        std::string identity = identity_of(alert);
        auto found = std::find_if(groups.begin(), groups.end(),
                                  [&](const auto& group) { return group.first == identity; });
        if (found == groups.end()) {
            groups.push_back(
                {std::move(identity), AlertsIn{{}, in.source, in.sent_at, in.resolve_timeout}});
            found = std::prev(groups.end());
        }
        found->second.alerts.push_back(alert);
    }
    std::size_t bad = 0;
    std::string why = first.message;
    for (const auto& [identity, part] : groups) {
        const Result<void> done = commit(now, [&part_ = part](Batch& batch) -> Result<void> {
            TOCSIN_TRY(batch.apply(Input{part_}));
            return success();
        });
        if (done) continue;
        if (done.error().retry == Retry::kYes) return done.error();
        bad += part.alerts.size();
        why = done.error().message;
        net::log_error("an alert was refused by the store",
                       {{"identity", identity}, {"reason", why}});
    }
    if (bad == 0) return Answer{};
    return Error(ErrorCode::kInvalid, std::to_string(bad) + " of " +
                                          std::to_string(in.alerts.size()) +
                                          " alerts could not be stored: " + why);
}

void Engine::count(std::span<const Input> inputs) {
    for (const Input& input : inputs) {
        if (const auto* in = std::get_if<AlertsIn>(&input)) {
            stats_.alerts += static_cast<std::int64_t>(in->alerts.size());
        }
        if (std::holds_alternative<HeartbeatIn>(input)) ++stats_.heartbeats;
        if (std::holds_alternative<ActionIn>(input)) ++stats_.actions;
    }
}

Result<void> Engine::apply_due(std::span<const TimerRow> timers,
                               std::span<const AlertRecord> alerts, std::span<const HostRow> hosts,
                               Timestamp now) {
    return commit(now, [&](Batch& batch) -> Result<void> {
        // Hosts first: an alert whose host has just been found dead stands under that.
        for (const HostRow& row : hosts) {
            TOCSIN_TRY(batch.check_host_row(row));
        }
        for (const AlertRecord& row : alerts) {
            TOCSIN_TRY(batch.check_alert_row(row));
        }
        for (const TimerRow& row : timers) {
            TOCSIN_TRY(batch.timer(row));
        }
        return success();
    });
}

Result<void> Engine::look_at_expected(Timestamp now) {
    if (!expected_synced_) {
        TOCSIN_TRY(commit(now, [](Batch& batch) { return batch.sync_expected(); }));
        expected_synced_ = true;
    }
    if (config_->expects.empty()) return success();
    std::vector<ExpectRecord> rows;
    TOCSIN_TRY(store_.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(rows, tx.expected_due(now, kDueAtOnce));
        return success();
    }));
    if (rows.empty()) return success();
    return commit(now, [&](Batch& batch) -> Result<void> {
        for (const ExpectRecord& row : rows) {
            TOCSIN_TRY(batch.check_expected_row(row));
        }
        return success();
    });
}

// One that cannot be handled is put off and holds up nothing else.
Result<void> Engine::look_at_reviews(Timestamp now) {
    std::vector<ReviewTimer> rows;
    TOCSIN_TRY(store_.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(rows, tx.knowledge().due_reviews(now, kDueAtOnce));
        return success();
    }));
    for (const ReviewTimer& row : rows) {
        const Result<void> done =
            commit(now, [&](Batch& batch) { return batch.remind_of_review(row); });
        if (done) continue;
        if (done.error().retry == Retry::kYes) return done.error();
        net::log_error("a review's reminder failed and is postponed",
                       {{"review", row.record}, {"reason", done.error().message}});
        TOCSIN_TRY(store_.transaction([&](Tx& tx) -> Result<void> {
            Changes changes;
            changes.now = now;
            changes.knowledge.reminders = {{row.record, now + kPostpone, row.since}};
            TOCSIN_TRY(tx.write(changes));
            return success();
        }));
    }
    return success();
}

Result<bool> Engine::tick(Timestamp now) {
    TOCSIN_TRY(follow_clock(now));
    TOCSIN_TRY(look_at_absence(now));
    TOCSIN_TRY(due_suppression(now));
    TOCSIN_TRY(look_at_expected(now));
    TOCSIN_TRY(look_at_reviews(now));
    std::vector<TimerRow> timers;
    std::vector<AlertRecord> alerts;
    std::vector<HostRow> hosts;
    TOCSIN_TRY(store_.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(timers, tx.due_timers(now, kDueAtOnce));
        TOCSIN_TRY(alerts, tx.ended_alerts(now, kDueAtOnce));
        TOCSIN_TRY(hosts, tx.hosts_to_check(now, config_->hosts.deadline, kDueAtOnce));
        return success();
    }));
    if (timers.empty() && alerts.empty() && hosts.empty()) return false;
    const Result<void> done = apply_due(timers, alerts, hosts, now);
    if (!done) {
        if (done.error().retry == Retry::kYes) return done.error();
        net::log_error("due work failed as a whole and is done one by one",
                       {{"reason", done.error().message}});
        for (const HostRow& row : hosts) (void)apply_due({}, {}, {&row, 1}, now);
        for (const AlertRecord& row : alerts) (void)apply_due({}, {&row, 1}, {}, now);
        for (const TimerRow& row : timers) one_timer(row, now);
    }
    // Full pages of timers go on at once; the scans find the same rows again until they change.
    return timers.size() == static_cast<std::size_t>(kDueAtOnce);
}

// Before the timers: a step of a ladder that fell due while a silence began is not taken.
Result<void> Engine::due_suppression(Timestamp now) {
    std::vector<Silence> silences;
    bool due = false;
    TOCSIN_TRY(store_.transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(silences, tx.due_silences(now, kDueAtOnce));
        TOCSIN_TRY(due, tx.suppression_due(now));
        return success();
    }));
    if (silences.empty() && !due && !review_) return success();
    Result<void> done = commit(now, [&](Batch& batch) -> Result<void> {
        bool windows = review_;
        for (const Silence& row : silences) {
            TOCSIN_TRY(batch.silence_row(row));
            windows = windows || row.kind == SuppressorKind::kMaintenance;
        }
        if (windows) {
            TOCSIN_TRY(batch.plan_windows());
        }
        if (due || review_) batch.review_held();
        return success();
    });
    if (!done && done.error().retry == Retry::kYes) return done;
    // What is wrong with it does not pass, and must not hold up the ladders.
    if (!done) net::log_error("silences that are due failed", {{"reason", done.error().message}});
    if (done) review_ = false;
    return success();
}

void Engine::one_timer(const TimerRow& row, Timestamp now) {
    const Result<void> done = apply_due({&row, 1}, {}, {}, now);
    if (done) return;
    net::log_error("a timer failed and is postponed",
                   {{"kind", std::string(to_string(row.kind))}, {"reason", done.error().message}});
    const Result<void> postponed = store_.transaction([&](Tx& tx) -> Result<void> {
        Changes changes;
        changes.now = now;
        changes.timers = {{row.incident, row.kind, now + kPostpone}};
        TOCSIN_TRY(tx.write(changes));
        return success();
    });
    if (!postponed) net::log_error(postponed.error().message);
}

Timestamp Engine::next_tick(Timestamp now) {
    const Result<std::optional<Timestamp>> due = store_.next_timer();
    Timestamp next = now + kScanEvery;
    if (due && due.value()) next = std::min(next, *due.value());
    return std::max(next, now);
}

}  // namespace tocsin::bridge
