#include "collector/service/logs/logs.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "base/net/file.h"
#include "base/net/file_lock.h"
#include "base/net/log.h"
#include "collector/api/pooled.h"
#include "collector/service/log_config/log_config.h"
#include "collector/service/logs/file_set.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kBacklog{"tocsin_log_backlog_bytes",
                              "What the log's files hold that has not been read yet.",
                              MetricType::kGauge};
constexpr MetricDesc kFiles{"tocsin_log_files", "Files of the log that are read.",
                            MetricType::kGauge};
constexpr MetricDesc kUnreadable{"tocsin_log_unreadable_files",
                                 "Files of the log that cannot be read.", MetricType::kGauge};

constexpr unsigned kStateMode = 0600;

struct Counted {
    const LogPattern* pattern;
    SeriesRef series;
    std::uint64_t matches = 0;
};

class Log final : public RememberingCollector {
  public:
    Log(std::shared_ptr<const LogsConfig> config, const TargetContext& context)
        : config_(std::move(config)),
          state_file_(log_state_file(context.state, "log", config_->name)),
          lock_file_(log_state_file(context.state, "lock-log", config_->name)) {
        const TargetSeries series(*context.series, *config_);
        const Labels own{{"log", config_->name}};
        lines_series_ = series.get(&kLogLines, own);
        backlog_series_ = series.get(&kBacklog, own);
        files_series_ = series.get(&kFiles, own);
        unreadable_series_ = series.get(&kUnreadable, own);
        for (const LogPattern& pattern : config_->patterns) {
            LabelsBuilder labels(pattern.labels);
            labels.set("log", config_->name).set("pattern", pattern.name);
            patterns_.push_back({&pattern, series.get(&kLogMatches, labels.build())});
        }
    }

    Result<void> collect(Timestamp now, Readings& out) override {
        if (!files_) {
            TOCSIN_TRY(load());
        }
        files_->refresh(now);
        // A counter is told as 0 in the collection that first tells it, or increase() would not see
        // what came while no agent ran. What is there to be read waits for the next.
        if (zero_told_) {
            files_->read(config_->limit.count, [this](std::string_view line) { count(line); });
        }
        report(out);
        const auto& failures = files_->failures();
        const std::string first = failures.empty() ? std::string() : failures.begin()->second;
        if (files_->size() == 0 && !failures.empty()) {
            return Error(ErrorCode::kIo, "no file can be read: " + first);
        }
        tell(first);
        return success();
    }

    void told() override { zero_told_ = files_.has_value(); }

    bool to_keep() const override { return files_ && saved_ != files_->positions(); }

    // A disk that is full must not stop the reading; it is told of once, and tried again.
    void keep() override {
        LogPositions positions = files_->positions();
        const Result<void> written =
            net::write_file_atomic(state_file_, print_positions(positions), kStateMode);
        if (written) {
            saved_ = std::move(positions);
            unsaved_ = false;
        } else if (!std::exchange(unsaved_, true)) {
            net::log_warning("a log's position is not saved",
                             {{"log", config_->name}, {"error", written.error().message}});
        }
    }

  private:
    // Without its positions a log begins at its files' ends, as on the first start. Whoever had
    // them before may still be reading, where a reload came while its call hung.
    Result<void> load() {
        TOCSIN_TRY(lock_, lock_log(lock_file_));
        std::optional<LogPositions> kept;
        const Result<std::string> text = net::read_file(state_file_);
        if (text) kept = parse_positions(text.value());
        if (!kept && (text || text.error().code != ErrorCode::kNotFound)) {
            net::log_warning(
                "a log's position is lost; it goes on at the end of its files",
                {{"log", config_->name},
                 {"error", text ? state_file_ + " does not read" : text.error().message}});
        }
        saved_ = kept;
        files_.emplace(config_->files, std::move(kept));
        return success();
    }

    void count(std::string_view line) {
        ++lines_;
        // RE2 takes UTF-8, and a line may hold anything.
        std::string repaired;
        if (!patterns_.empty() && !is_valid_utf8(line)) {
            repaired = valid_utf8(line);
            line = repaired;
        }
        for (Counted& counted : patterns_) {
            if (counted.pattern->regex.found_in(line)) ++counted.matches;
        }
    }

    void report(Readings& out) const {
        out.push_back({lines_series_, static_cast<double>(lines_)});
        out.push_back({backlog_series_, static_cast<double>(files_->unread())});
        out.push_back({files_series_, static_cast<double>(files_->size())});
        out.push_back({unreadable_series_, static_cast<double>(files_->failures().size())});
        for (const Counted& counted : patterns_) {
            out.push_back({counted.series, static_cast<double>(counted.matches)});
        }
    }

    // One file that cannot be read must not fail the others, so it is told of here, once.
    void tell(const std::string& problem) {
        if (problem == told_) return;
        told_ = problem;
        if (problem.empty()) {
            net::log_info("all of a log is read again", {{"log", config_->name}});
        } else {
            net::log_warning("a part of a log is not read",
                             {{"log", config_->name}, {"error", problem}});
        }
    }

    std::shared_ptr<const LogsConfig> config_;
    std::string state_file_;
    std::string lock_file_;
    std::optional<net::FileLock> lock_;  // as long as it may read on
    SeriesRef lines_series_;
    SeriesRef backlog_series_;
    SeriesRef files_series_;
    SeriesRef unreadable_series_;
    std::vector<Counted> patterns_;
    std::uint64_t lines_ = 0;
    bool zero_told_ = false;
    std::optional<FileSet> files_;  // from the first collection on
    std::optional<LogPositions> saved_;
    std::string told_;
    bool unsaved_ = false;
};

}  // namespace

Result<std::unique_ptr<Target>> create_log(const std::shared_ptr<const TargetConfig>& config,
                                           const TargetContext& context) {
    auto log = std::make_unique<Log>(std::static_pointer_cast<const LogsConfig>(config), context);
    return make_remembering(*context.loop, *context.pool, std::move(log));
}

}  // namespace tocsin::collector
