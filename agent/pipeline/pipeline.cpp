#include "agent/pipeline/pipeline.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/net/log.h"

namespace tocsin::agent {

namespace {

bool is_of(const SavedGroup& group, const std::vector<std::string>& files) {
    return std::any_of(files.begin(), files.end(),
                       [&](const std::string& file) { return group.key.starts_with(file + ';'); });
}

void log_health(const rules::HealthChange& change) {
    if (change.error.empty()) {
        net::log_info("a rule is well again", {{"rule", change.rule}, {"place", change.place}});
    } else {
        net::log_warning(
            "a rule fails",
            {{"rule", change.rule}, {"place", change.place}, {"reason", change.error}});
    }
}

}  // namespace

Pipeline::Pipeline(PipelineParts parts, PipelineOptions options)
    : parts_(std::move(parts)),
      options_(options),
      self_(parts_.series),
      history_(std::make_unique<rules::History>(options_.history)) {}

Result<rules::RuleSet> Pipeline::make(const RuleFactory& factory, rules::History& history,
                                      Duration since) {
    auto made = factory(history, since);
    if (made) {
        counts_.rules = made.value().rules();
        counts_.rules_loaded_at = parts_.clock.now();
        evaluated_.assign(made.value().groups(), std::nullopt);
    }
    return made;
}

Result<void> Pipeline::load(const RuleFactory& factory, const std::vector<SavedGroup>& saved,
                            const std::vector<std::string>& unread) {
    const rules::Instant now{parts_.clock.now(), parts_.clock.boottime()};
    history_since_ = now.boot;
    TOCSIN_TRY(auto made, make(factory, *history_, history_since_));
    factory_ = factory;
    rules_.emplace(std::move(made));
    for (const auto& group : saved) {
        if (is_of(group, unread)) {
            net::log_warning("alert states wait until their rule file reads again",
                             {{"group", group.key}});
            waiting_.push_back(group);
        } else {
            restore(group, now);
        }
    }
    return success();
}

void Pipeline::restore(const SavedGroup& group, const rules::Instant& now) {
    // Its alerts are resolved below; a row that stayed would end them again at every start.
    if (!rules_->has_group(group.key)) forget({group.key});
    if (const auto restored = rules_->restore(group.state, now, undelivered_); !restored) {
        net::log_warning("saved alert states are not readable; that group starts afresh",
                         {{"group", group.key}, {"reason", restored.error().message}});
    }
}

Result<void> Pipeline::reload(const RuleFactory& factory, const std::vector<std::string>& unread) {
    const rules::Instant now{parts_.clock.now(), parts_.clock.boottime()};
    TOCSIN_TRY(auto made, make(factory, *history_, history_since_));
    factory_ = factory;
    forget(made.take_over(*rules_, now, undelivered_));
    rules_.emplace(std::move(made));
    std::erase_if(waiting_, [&](const SavedGroup& group) {
        if (is_of(group, unread)) return false;
        restore(group, now);
        return true;
    });
    commit();
    return success();
}

// What a full disk refused earlier may be there still.
void Pipeline::keep(SavedGroup group) {
    std::erase_if(unsaved_, [&](const SavedGroup& older) { return older.key == group.key; });
    unsaved_.push_back(std::move(group));
}

void Pipeline::forget(const std::vector<std::string>& groups) {
    for (const auto& key : groups) keep({key, ""});
}

void Pipeline::start() {
    next_tick_ = parts_.clock.boottime();
    // Targets have their own pace; the next evaluation sees what has come.
    parts_.targets.start([this](Timestamp at, const collector::Readings& readings) {
        for (const auto& reading : readings) {
            history_->append(reading.series, reading.has_time() ? reading.at : at, reading.value);
        }
    });
    tick();
}

void Pipeline::stop() {
    timer_.cancel();
    parts_.targets.stop();
    alive_ = std::make_shared<bool>(true);
    commit();
}

void Pipeline::schedule() {
    const auto now = parts_.clock.boottime();
    next_tick_ += options_.interval;
    // After a suspend or a stall the missed ticks are left out, and the rhythm stays.
    if (next_tick_ <= now) {
        const auto behind = (now - next_tick_) / options_.interval + 1;
        counts_.cycles_skipped += static_cast<std::uint64_t>(behind);
        next_tick_ += options_.interval * behind;
    }
    timer_ = parts_.loop.after(next_tick_ - now, [this] { tick(); });
}

void Pipeline::tick() {
    schedule();
    if (std::exchange(collecting_, true)) {
        ++counts_.cycles_skipped;
        return;
    }
    const auto moment = timeline_.next(parts_.clock.now(), parts_.clock.boottime());
    parts_.runner.run_cycle([this, moment, alive = std::weak_ptr<bool>(alive_)](
                                Timestamp, const collector::Readings& readings) {
        if (!alive.expired()) collected(moment, readings);
    });
}

void Pipeline::collected(Timeline::Moment moment, const collector::Readings& readings) {
    collecting_ = false;
    if (moment.stepped != Duration{0}) start_over(moment);
    ++counts_.cycles;
    counts_.history_series = history_->series();
    counts_.history_bytes = history_->bytes();
    counts_.history_dropped = history_->losses().chunks;

    if (parts_.count) parts_.count(counts_);

    readings_ = readings;
    self_.append(counts_, readings_);
    for (const auto& reading : readings_) {
        history_->append(reading.series, moment.at, reading.value);
    }
    // What has gone is history's matter; /metrics shows what is there.
    std::erase_if(readings_, [](const Reading& r) { return is_stale(r.value); });
    parts_.targets.append_last(readings_);
    history_->trim(moment.at);
    evaluate({moment.at, parts_.clock.boottime()});
    commit();
}

void Pipeline::start_over(Timeline::Moment moment) {
    ++counts_.clock_steps;
    net::log_warning("the wall clock was stepped",
                     {{"by", format_duration(std::chrono::abs(moment.stepped))},
                      {"direction", moment.stepped < Duration{0} ? "back" : "forward"}});
    // Forward, the samples only lie further back. Backward, they lie in the future and would
    // shadow everything until that time comes round again: a new history, filled before restored
    // alerts may clear, as after a restart.
    if (moment.stepped > Duration{0}) return;
    const rules::Instant now{moment.at, parts_.clock.boottime()};
    auto history = std::make_unique<rules::History>(options_.history);
    auto made = make(factory_, *history, now.boot);
    if (!made) return;  // the files in force have prepared before, so they do again
    forget(made.value().take_over(*rules_, now, undelivered_));
    rules_.emplace(std::move(made).value());
    history_ = std::move(history);
    history_since_ = now.boot;
}

void Pipeline::evaluate(const rules::Instant& now) {
    const auto failing = [this](std::string_view metric) {
        return parts_.runner.source_failing(metric) || parts_.targets.source_failing(metric);
    };
    const auto before = std::chrono::steady_clock::now();
    const auto known = undelivered_.size();
    for (std::size_t group = 0; group < rules_->groups(); ++group) {
        auto& last = evaluated_[group];
        // Half an interval of grace: a tick that comes a little early is still the group's.
        const auto due = last ? *last + rules_->interval(group) - options_.interval / 2 : now.boot;
        if (now.boot < due) continue;
        last = now.boot;
        const auto result = rules_->evaluate(group, now, failing, undelivered_);
        counts_.rule_errors += result.failures;
        for (const rules::HealthChange& change : result.changes) log_health(change);
        if (rules_->needs_save(group, now)) {
            keep({rules_->key(group), rules_->save(group, now)});
        }
    }
    counts_.transitions += undelivered_.size() - known;
    counts_.evaluation_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
}

void Pipeline::commit() {
    if (undelivered_.empty() && unsaved_.empty()) return;
    if (const auto kept = parts_.sink.commit(undelivered_, unsaved_); !kept) {
        net::log_error(
            "alerts could not be written to the outbox; they are kept in memory and "
            "tried again",
            {{"alerts", std::to_string(undelivered_.size())}, {"reason", kept.error().message}});
        return;
    }
    undelivered_.clear();
    unsaved_.clear();
}

}  // namespace tocsin::agent
