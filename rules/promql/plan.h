// Inside rules/promql: an expression made ready to run. Each node of the tree keeps the label sets
// of the series it can produce in numbered slots, so that an evaluation moves (slot, value) rows
// and touches no label. A node's slots change only with those of what it reads; `version` tells
// whoever reads it to work its own out anew.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/core/result.h"
#include "base/model/labels.h"
#include "base/model/sample.h"

namespace tocsin::rules::promql {

using Status = Result<void>;

// What an evaluation may still read or make of samples; shared by all its nodes.
struct Budget {
    std::uint64_t samples;
    Status spend(std::uint64_t n);
};

// The instant of an evaluation, and the ends of the query it belongs to (for @), in milliseconds.
struct Moment {
    std::int64_t t;
    std::int64_t start;
    std::int64_t end;
    Budget* budget;
};

struct Row {
    std::uint32_t slot;
    double v;
};
using Rows = std::vector<Row>;

class ScalarNode {
  public:
    virtual ~ScalarNode() = default;
    virtual Result<double> eval(const Moment& now) = 0;
};

// What has slots with label sets. Two slots may have equal label sets; rows of both never appear
// in one evaluation.
class Labeled {
  public:
    virtual ~Labeled() = default;
    const std::vector<Labels>& labels() const { return *labels_; }
    std::uint64_t version() const { return version_; }

  protected:
    // The slots are those of `source`, not a copy.
    void adopt(const Labeled& source) {
        labels_ = source.labels_;
        version_ = source.version_;
    }

    std::vector<Labels> own_;
    const std::vector<Labels>* labels_ = &own_;
    std::uint64_t version_ = 0;
};

class VectorNode : public Labeled {
  public:
    // Leaves its result in rows() until the next call.
    virtual Status eval(const Moment& now) = 0;
    std::span<const Row> rows() const { return rows_; }

  protected:
    Rows rows_;
};

// Series of samples: a range selector's or a subquery's.
class RangeNode : public Labeled {
  public:
    // Moves the window; what window() returned before is gone.
    virtual Status begin(const Moment& now) = 0;
    // The samples of a slot in the window, without staleness marks; valid until the next call.
    virtual std::span<const Sample> window(std::size_t slot) = 0;

    std::int64_t from() const { return from_; }  // both ends belong to the window
    std::int64_t to() const { return to_; }

  protected:
    std::int64_t from_ = 0;
    std::int64_t to_ = 0;
};

using ScalarPlan = std::unique_ptr<ScalarNode>;
using VectorPlan = std::unique_ptr<VectorNode>;
using RangePlan = std::unique_ptr<RangeNode>;
using Plan = std::variant<ScalarPlan, VectorPlan, RangePlan, std::string>;

// Gives equal label sets one number.
class LabelIndex {
  public:
    std::uint32_t number(const Labels& labels);
    const std::vector<Labels>& labels() const { return labels_; }
    std::vector<Labels> take_labels();  // and forgets all
    void clear();

  private:
    std::unordered_map<Labels, std::uint32_t> numbers_;
    std::vector<Labels> labels_;
};

// Which labels of a set decide: those listed, or all but those listed and the metric's name.
class LabelFilter {
  public:
    enum class Mode { kOnly, kWithout };
    LabelFilter(Mode mode, const std::vector<std::string>& names);
    Labels operator()(const Labels& labels) const;

  private:
    Mode mode_;
    std::vector<Symbol> names_;
};

Labels without_name(const Labels& labels);

// `{__name__="up", job="x"}`: how Prometheus's evaluation errors name a series.
std::string braced(const Labels& labels);

// Slots made by changing those of a source, each on its own. When two become the same, a check per
// evaluation finds out whether both appear.
class Relabeling {
  public:
    template <class Source, class F>
    bool follow(const Source& source, F&& change) {
        if (seen_ == source.version()) return false;
        seen_ = source.version();
        index_.clear();
        to_.clear();
        for (const Labels& l : source.labels()) to_.push_back(index_.number(change(l)));
        unique_ = index_.labels().size() == to_.size();
        return true;
    }
    // Takes the label sets over; call once after follow() said true.
    std::vector<Labels> take_labels();
    std::uint32_t operator[](std::uint32_t slot) const { return to_[slot]; }
    // kInvalid when two rows share a slot.
    Status check(std::span<const Row> rows);

  private:
    LabelIndex index_;
    std::vector<std::uint32_t> to_;
    std::vector<std::uint32_t> stamps_;
    std::uint32_t stamp_ = 0;
    std::uint64_t seen_ = ~std::uint64_t{0};
    bool unique_ = true;
};

inline Error evaluation_error(std::string text) {
    return Error(ErrorCode::kInvalid, std::move(text));
}

}  // namespace tocsin::rules::promql
