#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/core/strings.h"
#include "rules/promql/compile.h"

namespace tocsin::rules::promql {
namespace {

LabelFilter filter_of(const Aggregate& node, const std::vector<std::string>& labels) {
    return {node.grouping == Grouping::kBy ? LabelFilter::Mode::kOnly : LabelFilter::Mode::kWithout,
            labels};
}

// The number of each slot's group, and the groups in the order they appear in an evaluation.
class Groups {
  public:
    explicit Groups(LabelFilter filter) : filter_(std::move(filter)) {}

    bool follow(const Labeled& source) {
        if (seen_ == source.version()) return false;
        seen_ = source.version();
        index_.clear();
        of_.clear();
        for (const Labels& l : source.labels()) of_.push_back(index_.number(filter_(l)));
        return true;
    }
    const std::vector<Labels>& labels() const { return index_.labels(); }
    std::size_t size() const { return index_.labels().size(); }
    std::uint32_t of(std::uint32_t slot) const { return of_[slot]; }

  private:
    LabelFilter filter_;
    LabelIndex index_;
    std::vector<std::uint32_t> of_;
    std::uint64_t seen_ = ~std::uint64_t{0};
};

struct Accumulator {
    std::uint32_t stamp = 0;
    double count = 0;
    double mean = 0;
    double value = 0;
    std::vector<double> values;  // for the quantile
};

void start(AggregateOp op, Accumulator& a, double v) {
    a.count = 1;
    a.mean = v;
    a.value = v;
    if (op == AggregateOp::kStddev || op == AggregateOp::kStdvar) a.value = 0;
    if (op == AggregateOp::kQuantile) a.values.assign(1, v);
}

void add_to_mean(Accumulator& a, double v) {
    ++a.count;
    if (std::isinf(a.mean)) {
        // An infinite mean stays: subtracting infinities of one sign would make it NaN.
        if (std::isinf(v) && (a.mean > 0) == (v > 0)) return;
        if (!std::isinf(v) && !std::isnan(v)) return;
    }
    a.mean += v / a.count - a.mean / a.count;
}

void add(AggregateOp op, Accumulator& a, double v) {
    switch (op) {
        case AggregateOp::kSum:
            a.value += v;
            return;
        case AggregateOp::kAvg:
            add_to_mean(a, v);
            return;
        case AggregateOp::kMin:
            if (a.value > v || std::isnan(a.value)) a.value = v;
            return;
        case AggregateOp::kMax:
            if (a.value < v || std::isnan(a.value)) a.value = v;
            return;
        case AggregateOp::kStddev:
        case AggregateOp::kStdvar: {
            ++a.count;
            const double delta = v - a.mean;
            a.mean += delta / a.count;
            a.value += delta * (v - a.mean);
            return;
        }
        case AggregateOp::kQuantile:
            a.values.push_back(v);
            return;
        case AggregateOp::kGroup:
        case AggregateOp::kCount:
        case AggregateOp::kCountValues:
        case AggregateOp::kBottomk:
        case AggregateOp::kTopk:
            ++a.count;
            return;
    }
}

double result(AggregateOp op, Accumulator& a, double parameter) {
    switch (op) {
        case AggregateOp::kAvg:
            return a.mean;
        case AggregateOp::kGroup:
            return 1;
        case AggregateOp::kCount:
            return a.count;
        case AggregateOp::kStdvar:
            return a.value / a.count;
        case AggregateOp::kStddev:
            return std::sqrt(a.value / a.count);
        case AggregateOp::kQuantile:
            return quantile(parameter, a.values);
        case AggregateOp::kSum:
        case AggregateOp::kMin:
        case AggregateOp::kMax:
        case AggregateOp::kCountValues:
        case AggregateOp::kBottomk:
        case AggregateOp::kTopk:
            break;
    }
    return a.value;
}

class Reduction final : public VectorNode {
  public:
    Reduction(const Aggregate& node, VectorPlan child, ScalarPlan parameter)
        : op_(node.op),
          groups_(filter_of(node, node.labels)),
          child_(std::move(child)),
          parameter_(std::move(parameter)) {}

    Status eval(const Moment& now) override {
        rows_.clear();
        double parameter = 0;
        if (parameter_) {
            TOCSIN_TRY(parameter, parameter_->eval(now));
        }
        TOCSIN_TRY(child_->eval(now));
        if (groups_.follow(*child_)) {
            own_ = groups_.labels();
            state_.assign(own_.size(), {});
            stamp_ = 0;
            ++version_;
        }
        ++stamp_;
        for (const Row& row : child_->rows()) {
            const std::uint32_t g = groups_.of(row.slot);
            Accumulator& a = state_[g];
            if (a.stamp == stamp_) {
                add(op_, a, row.v);
            } else {
                a.stamp = stamp_;
                start(op_, a, row.v);
                rows_.push_back({g, 0});
            }
        }
        for (Row& row : rows_) row.v = result(op_, state_[row.slot], parameter);
        return success();
    }

  private:
    AggregateOp op_;
    Groups groups_;
    VectorPlan child_;
    ScalarPlan parameter_;
    std::vector<Accumulator> state_;
    std::uint32_t stamp_ = 0;
};

// topk and bottomk pass series on as they are.
class Ranking final : public VectorNode {
  public:
    Ranking(const Aggregate& node, VectorPlan child, ScalarPlan parameter)
        : top_(node.op == AggregateOp::kTopk),
          groups_(filter_of(node, node.labels)),
          child_(std::move(child)),
          parameter_(std::move(parameter)) {}

    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(const double k, parameter_->eval(now));
        TOCSIN_TRY(child_->eval(now));
        adopt(*child_);
        if (groups_.follow(*child_)) best_.assign(groups_.size(), {});
        // The largest doubles below and above what a 64-bit count can say.
        if (!(k < 9.223372036854775e18 && k > -9.223372036854775e18)) {
            return evaluation_error(
                fmt::format("Scalar value {} overflows int64", format_double(k)));
        }
        if (k < 1) return success();
        const auto limit = static_cast<std::size_t>(k);
        order_.clear();
        for (const Row& row : child_->rows()) offer(row, limit);
        for (const std::uint32_t g : order_) {
            auto& heap = best_[g];
            std::sort(heap.begin(), heap.end(),
                      [this](const Row& a, const Row& b) { return better(a, b); });
            rows_.insert(rows_.end(), heap.begin(), heap.end());
            heap.clear();
        }
        return success();
    }

  private:
    // A NaN is worse than any number.
    bool better(const Row& a, const Row& b) const {
        if (std::isnan(a.v)) return false;
        if (std::isnan(b.v)) return true;
        return top_ ? a.v > b.v : a.v < b.v;
    }
    // A heap with the worst of the kept on top.
    void offer(const Row& row, std::size_t limit) {
        auto& heap = best_[groups_.of(row.slot)];
        const auto compare = [this](const Row& a, const Row& b) { return better(a, b); };
        if (heap.empty()) order_.push_back(groups_.of(row.slot));
        if (heap.size() >= limit) {
            if (!better(row, heap.front())) return;
            std::pop_heap(heap.begin(), heap.end(), compare);
            heap.pop_back();
        }
        heap.push_back(row);
        std::push_heap(heap.begin(), heap.end(), compare);
    }

    bool top_;
    Groups groups_;
    VectorPlan child_;
    ScalarPlan parameter_;
    std::vector<Rows> best_;
    std::vector<std::uint32_t> order_;
};

// The one aggregation whose label sets depend on values.
class CountValues final : public VectorNode {
  public:
    CountValues(LabelFilter filter, const std::string& label, VectorPlan child)
        : filter_(std::move(filter)), label_(label), child_(std::move(child)) {
        labels_ = &index_.labels();
    }

    Status eval(const Moment& now) override {
        TOCSIN_TRY(child_->eval(now));
        // Values that were leave slots behind; once they outnumber those that are, start over.
        if (index_.labels().size() > 4 * rows_.size() + 256) {
            index_.clear();
            ++version_;
        }
        rows_.clear();
        row_of_.assign(index_.labels().size(), -1);
        for (const Row& row : child_->rows()) {
            LabelsBuilder builder(child_->labels()[row.slot]);
            builder.set(label_, Symbol(format_fixed(row.v)));
            const std::uint32_t slot = index_.number(filter_(builder.build()));
            if (slot == row_of_.size()) {
                row_of_.push_back(-1);
                ++version_;
            }
            if (row_of_[slot] < 0) {
                row_of_[slot] = static_cast<std::int64_t>(rows_.size());
                rows_.push_back({slot, 0});
            }
            ++rows_[static_cast<std::size_t>(row_of_[slot])].v;
        }
        return success();
    }

  private:
    LabelFilter filter_;
    Symbol label_;
    VectorPlan child_;
    LabelIndex index_;
    std::vector<std::int64_t> row_of_;
};

}  // namespace

VectorPlan make_aggregate(const Aggregate& node, VectorPlan child, ScalarPlan parameter) {
    if (node.op == AggregateOp::kTopk || node.op == AggregateOp::kBottomk) {
        return std::make_unique<Ranking>(node, std::move(child), std::move(parameter));
    }
    return std::make_unique<Reduction>(node, std::move(child), std::move(parameter));
}

Result<VectorPlan> make_count_values(const Aggregate& node, VectorPlan child,
                                     const std::string& label) {
    if (!is_label_name(label)) return evaluation_error("invalid label name " + quote(label));
    std::vector<std::string> names = node.labels;
    if (node.grouping == Grouping::kBy) names.push_back(label);
    return VectorPlan(
        std::make_unique<CountValues>(filter_of(node, names), label, std::move(child)));
}

}  // namespace tocsin::rules::promql
