#include "collector/service/systemd/journal.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "base/net/file.h"
#include "base/net/file_lock.h"
#include "base/net/log.h"
#include "collector/api/pooled.h"
#include "collector/service/log_config/log_config.h"
#include "collector/service/systemd/journal_reader.h"

namespace tocsin::collector {
namespace {

// In one collection; with what there is more it goes on in the next.
constexpr int kMostEntries = 200'000;
constexpr unsigned kStateMode = 0600;
constexpr std::string_view kTitle = "tocsin journal position 1\n";
constexpr std::string_view kCursor = "cursor ";

constexpr MetricDesc kBehind{"tocsin_log_behind_seconds",
                             "How old the last entry is that was read, while there are more.",
                             MetricType::kGauge};

struct Counted {
    const LogPattern* pattern;
    SeriesRef series;
    std::uint64_t matches = 0;
};

class Journal final : public RememberingCollector {
  public:
    Journal(std::shared_ptr<const JournalConfig> config, const TargetContext& context)
        : config_(std::move(config)),
          state_file_(log_state_file(context.state, "journal", config_->name)),
          lock_file_(log_state_file(context.state, "lock-journal", config_->name)) {
        const TargetSeries series(*context.series, *config_);
        const Labels own{{"log", config_->name}, {"source", "journal"}};
        lines_series_ = series.get(&kLogLines, own);
        behind_series_ = series.get(&kBehind, own);
        for (const LogPattern& pattern : config_->patterns) {
            LabelsBuilder labels(pattern.labels);
            for (const Label& label : own) labels.set(label.name, label.value);
            labels.set("pattern", pattern.name);
            patterns_.push_back({&pattern, series.get(&kLogMatches, labels.build())});
        }
    }

    Result<void> collect(Timestamp now, Readings& out) override {
        Duration behind{0};
        Result<void> result = read(now, behind);
        out.push_back({lines_series_, static_cast<double>(entries_)});
        if (result) {
            out.push_back({behind_series_, std::chrono::duration<double>(behind).count()});
        }
        for (const Counted& counted : patterns_) {
            out.push_back({counted.series, static_cast<double>(counted.matches)});
        }
        return result;
    }

    void told() override { zero_told_ = true; }

    bool to_keep() const override { return position_ != saved_; }

    // A disk that is full must not stop the reading; it is told of once, and tried again.
    void keep() override {
        const Result<void> written =
            net::write_file_atomic(state_file_, print_journal_position(*position_), kStateMode);
        if (written) {
            saved_ = position_;
            unsaved_ = false;
        } else if (!std::exchange(unsaved_, true)) {
            net::log_warning("a journal's position is not saved",
                             {{"log", config_->name}, {"error", written.error().message}});
        }
    }

  private:
    Result<void> read(Timestamp now, Duration& behind) {
        TOCSIN_TRY(JournalReader journal, JournalReader::open(config_->directory));
        TOCSIN_TRY(find_position(journal));
        // A counter is told as 0 in the collection that first tells it, or increase() would not see
        // what came while no agent ran. What is there to be read waits for the next.
        if (!zero_told_) return success();
        TOCSIN_TRY(journal.match(*config_));
        TOCSIN_TRY(journal.go_behind(*position_));
        for (int read = 0; read < kMostEntries; ++read) {
            TOCSIN_TRY(const bool more, journal.next());
            if (!more) return success();
            count(journal.message());
            TOCSIN_TRY(position_, journal.cursor());
        }
        behind = std::max(Duration{0}, now - journal.written());
        return success();
    }

    // Without a position it begins at the end, as on the first start. Whoever had it before may
    // still be reading, where a reload came while its call hung.
    Result<void> find_position(JournalReader& journal) {
        if (position_) return success();
        if (!lock_) {
            TOCSIN_TRY(lock_, lock_log(lock_file_));
        }
        const Result<std::string> text = net::read_file(state_file_);
        if (text) position_ = parse_journal_position(text.value());
        if (position_) {
            saved_ = *position_;
            return success();
        }
        if (text || text.error().code != ErrorCode::kNotFound) {
            net::log_warning(
                "a journal's position is lost; it goes on at the journal's end",
                {{"log", config_->name},
                 {"error", text ? state_file_ + " does not read" : text.error().message}});
        }
        TOCSIN_TRY(position_, journal.last());
        return success();
    }

    void count(std::string_view message) {
        ++entries_;
        std::string repaired;
        if (!patterns_.empty() && !is_valid_utf8(message)) {
            repaired = valid_utf8(message);
            message = repaired;
        }
        for (Counted& counted : patterns_) {
            if (counted.pattern->regex.found_in(message)) ++counted.matches;
        }
    }

    std::shared_ptr<const JournalConfig> config_;
    std::string state_file_;
    std::string lock_file_;
    std::optional<net::FileLock> lock_;  // as long as it may read on
    SeriesRef lines_series_;
    SeriesRef behind_series_;
    std::vector<Counted> patterns_;
    std::uint64_t entries_ = 0;
    std::optional<std::string> position_;  // the cursor of the last entry read
    std::optional<std::string> saved_;
    bool unsaved_ = false;
    bool zero_told_ = false;
};

}  // namespace

std::optional<std::string> parse_journal_position(std::string_view text) {
    if (!text.starts_with(kTitle) || !text.ends_with('\n')) return std::nullopt;
    text.remove_prefix(kTitle.size());
    if (!text.starts_with(kCursor)) return std::nullopt;
    const std::string_view cursor = text.substr(kCursor.size(), text.size() - kCursor.size() - 1);
    const bool plain =
        std::all_of(cursor.begin(), cursor.end(), [](char c) { return c > ' ' && c <= '~'; });
    return plain ? std::optional<std::string>(cursor) : std::nullopt;
}

std::string print_journal_position(std::string_view cursor) {
    std::string text(kTitle);
    return text.append(kCursor).append(cursor).append("\n");
}

Result<std::unique_ptr<Target>> create_journal(const std::shared_ptr<const TargetConfig>& config,
                                               const TargetContext& context) {
    auto journal =
        std::make_unique<Journal>(std::static_pointer_cast<const JournalConfig>(config), context);
    return make_remembering(*context.loop, *context.pool, std::move(journal));
}

}  // namespace tocsin::collector
