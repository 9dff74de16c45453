#include <algorithm>
#include <utility>

#include "rules/promql/compile.h"

namespace tocsin::rules::promql {
namespace {

// Unpacking so many samples of a chunk costs about as much as moving one through the plan.
constexpr std::uint64_t kOpenedForOne = 16;

class InstantSelector final : public VectorNode {
  public:
    InstantSelector(std::shared_ptr<Selection> selection, TimeShift shift, Duration lookback,
                    Read read)
        : selection_(std::move(selection)),
          shift_(shift),
          lookback_(lookback.count()),
          read_(read) {}

    Status eval(const Moment& now) override {
        rows_.clear();
        const auto series = selection_->series();
        // Looking costs also where nothing is found: a subquery does it at each of its steps.
        TOCSIN_TRY(now.budget->spend(series.size()));
        if (epoch_ != selection_->epoch()) follow(series);
        const std::int64_t t = shift_.apply(now);
        // A sample exactly as old as the lookback still counts.
        const Timestamp from = from_unix_ms(t - lookback_ - 1);
        const Timestamp to = from_unix_ms(t);
        const std::uint64_t opened = selection_->opened();
        for (std::uint32_t i = 0; i < series.size(); ++i) {
            Sample sample;
            if (!selection_->last(i, from, to, sample) || is_stale(sample.v)) continue;
            rows_.push_back({i, read_ == Read::kValues ? sample.v : to_unix_seconds(sample.t)});
        }
        return now.budget->spend((selection_->opened() - opened) / kOpenedForOne);
    }

  private:
    void follow(std::span<const SeriesRef> series) {
        epoch_ = selection_->epoch();
        own_.clear();
        for (const SeriesRef& ref : series) own_.push_back(ref.labels());
        ++version_;
    }

    std::shared_ptr<Selection> selection_;
    TimeShift shift_;
    std::int64_t lookback_;
    Read read_;
    std::uint64_t epoch_ = 0;
};

class RangeSelector final : public RangeNode {
  public:
    RangeSelector(std::shared_ptr<Selection> selection, TimeShift shift, Duration range)
        : selection_(std::move(selection)), shift_(shift), range_(range.count()) {}

    Status begin(const Moment& now) override {
        const auto series = selection_->series();
        TOCSIN_TRY(now.budget->spend(series.size() + opened_ / kOpenedForOne));
        opened_ = 0;
        if (epoch_ != selection_->epoch()) {
            epoch_ = selection_->epoch();
            own_.clear();
            for (const SeriesRef& ref : series) own_.push_back(ref.labels());
            ++version_;
        }
        to_ = shift_.apply(now);
        from_ = to_ - range_;
        return success();
    }

    std::span<const Sample> window(std::size_t slot) override {
        const std::uint64_t opened = selection_->opened();
        const auto samples = selection_->samples(slot, from_unix_ms(from_ - 1), from_unix_ms(to_));
        opened_ += selection_->opened() - opened;
        return samples;
    }

  private:
    std::shared_ptr<Selection> selection_;
    TimeShift shift_;
    std::int64_t range_;
    std::uint64_t epoch_ = 0;
    std::uint64_t opened_ = 0;  // by the window before, which the next one pays for
};

// Evaluates its child at every multiple of the step inside the window.
class SubqueryNode final : public RangeNode {
  public:
    SubqueryNode(VectorPlan child, TimeShift shift, Duration range, Duration step)
        : child_(std::move(child)), shift_(shift), range_(range.count()), step_(step.count()) {
        labels_ = &index_.labels();
    }

    Status begin(const Moment& now) override {
        to_ = shift_.apply(now);
        from_ = to_ - range_;
        forget_if_many();
        for (auto& s : samples_) s.clear();
        std::int64_t t = step_ * (from_ / step_);
        if (t < from_) t += step_;
        for (; t <= to_; t += step_) {
            TOCSIN_TRY(child_->eval({t, now.start, now.end, now.budget}));
            TOCSIN_TRY(now.budget->spend(child_->rows().size() + 1));
            if (seen_ != child_->version()) follow();
            for (const Row& row : child_->rows()) {
                samples_[slots_[row.slot]].push_back({from_unix_ms(t), row.v});
            }
        }
        return success();
    }

    std::span<const Sample> window(std::size_t slot) override { return samples_[slot]; }

  private:
    void follow() {
        seen_ = child_->version();
        const std::size_t before = index_.labels().size();
        slots_.clear();
        for (const Labels& l : child_->labels()) slots_.push_back(index_.number(l));
        if (index_.labels().size() != before) ++version_;
        samples_.resize(index_.labels().size());
    }

    // Series that come and go leave slots behind; once they outnumber the live ones, start over.
    void forget_if_many() {
        if (samples_.size() <= 4 * slots_.size() + 256) return;
        index_.clear();
        samples_.clear();
        seen_ = ~std::uint64_t{0};
        ++version_;
    }

    VectorPlan child_;
    TimeShift shift_;
    std::int64_t range_;
    std::int64_t step_;
    LabelIndex index_;
    std::vector<std::uint32_t> slots_;  // by the child's
    std::vector<std::vector<Sample>> samples_;
    std::uint64_t seen_ = ~std::uint64_t{0};
};

}  // namespace

VectorPlan make_instant_selector(std::shared_ptr<Selection> selection, TimeShift shift,
                                 Duration lookback, Read read) {
    return std::make_unique<InstantSelector>(std::move(selection), shift, lookback, read);
}

RangePlan make_range_selector(std::shared_ptr<Selection> selection, TimeShift shift,
                              Duration range) {
    return std::make_unique<RangeSelector>(std::move(selection), shift, range);
}

RangePlan make_subquery(VectorPlan child, TimeShift shift, Duration range, Duration step) {
    return std::make_unique<SubqueryNode>(std::move(child), shift, range, step);
}

}  // namespace tocsin::rules::promql
