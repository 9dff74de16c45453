#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "rules/promql/compile.h"

namespace tocsin::rules::promql {
namespace {

// A comparison's value is its left side; `keep` is whether it holds.
struct Outcome {
    double v;
    bool keep;
};

Outcome apply(BinaryOp op, double l, double r) {
    switch (op) {
        case BinaryOp::kAdd:
            return {l + r, true};
        case BinaryOp::kSub:
            return {l - r, true};
        case BinaryOp::kMul:
            return {l * r, true};
        case BinaryOp::kDiv:
            return {l / r, true};
        case BinaryOp::kMod:
            return {std::fmod(l, r), true};
        case BinaryOp::kPow:
            return {std::pow(l, r), true};
        case BinaryOp::kAtan2:
            return {std::atan2(l, r), true};
        case BinaryOp::kEql:
            return {l, l == r};
        case BinaryOp::kNeq:
            return {l, l != r};
        case BinaryOp::kGtr:
            return {l, l > r};
        case BinaryOp::kLss:
            return {l, l < r};
        case BinaryOp::kGte:
            return {l, l >= r};
        case BinaryOp::kLte:
            return {l, l <= r};
        case BinaryOp::kAnd:
        case BinaryOp::kOr:
        case BinaryOp::kUnless:
            break;  // between vectors only, in SetOperation
    }
    return {l, true};
}

// Prometheus 2.42 forgot atan2 among what drops the name (promql/engine.go, shouldDropMetricName).
bool drops_name(const Binary& node) {
    if (is_comparison(node.op)) return node.comparison == Comparison::kBool;
    return node.op != BinaryOp::kAtan2;
}

class ScalarScalar final : public ScalarNode {
  public:
    ScalarScalar(BinaryOp op, ScalarPlan lhs, ScalarPlan rhs)
        : op_(op), lhs_(std::move(lhs)), rhs_(std::move(rhs)) {}
    Result<double> eval(const Moment& now) override {
        TOCSIN_TRY(const double l, lhs_->eval(now));
        TOCSIN_TRY(const double r, rhs_->eval(now));
        const Outcome o = apply(op_, l, r);
        return is_comparison(op_) ? (o.keep ? 1.0 : 0.0) : o.v;
    }

  private:
    BinaryOp op_;
    ScalarPlan lhs_;
    ScalarPlan rhs_;
};

enum class Side { kLeft, kRight };

class VectorScalar final : public VectorNode {
  public:
    VectorScalar(const Binary& node, VectorPlan vector, ScalarPlan scalar, Side scalar_side)
        : op_(node.op),
          as_bool_(node.comparison == Comparison::kBool),
          drops_name_(drops_name(node)),
          scalar_left_(scalar_side == Side::kLeft),
          vector_(std::move(vector)),
          scalar_(std::move(scalar)) {}

    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(vector_->eval(now));
        TOCSIN_TRY(const double s, scalar_->eval(now));
        if (!drops_name_) {
            adopt(*vector_);
            for (const Row& row : vector_->rows()) {
                const Outcome o = scalar_left_ ? apply(op_, s, row.v) : apply(op_, row.v, s);
                // A filter passes the vector's value, whichever side it stands on.
                if (o.keep) rows_.push_back({row.slot, is_comparison(op_) ? row.v : o.v});
            }
            return success();
        }
        if (slots_.follow(*vector_, without_name)) {
            own_ = slots_.take_labels();
            ++version_;
        }
        for (const Row& row : vector_->rows()) {
            const Outcome o = scalar_left_ ? apply(op_, s, row.v) : apply(op_, row.v, s);
            rows_.push_back({slots_[row.slot], as_bool_ ? (o.keep ? 1.0 : 0.0) : o.v});
        }
        return slots_.check(rows_);
    }

  private:
    BinaryOp op_;
    bool as_bool_;
    bool drops_name_;
    bool scalar_left_;
    VectorPlan vector_;
    ScalarPlan scalar_;
    Relabeling slots_;
};

LabelFilter signature_of(const Matching& m) {
    return {m.on ? LabelFilter::Mode::kOnly : LabelFilter::Mode::kWithout, m.labels};
}

constexpr std::uint32_t kNone = ~std::uint32_t{0};

// Gives the slots of two vectors the number of their match group.
class MatchGroups {
  public:
    explicit MatchGroups(const Matching& m) : signature_(signature_of(m)) {}

    bool follow(const Labeled& a, const Labeled& b) {
        if (a_seen_ == a.version() && b_seen_ == b.version()) return false;
        a_seen_ = a.version();
        b_seen_ = b.version();
        LabelIndex index;
        number(a.labels(), index, a_);
        number(b.labels(), index, b_);
        size_ = index.labels().size();
        return true;
    }
    std::uint32_t a(std::uint32_t slot) const { return a_[slot]; }
    std::uint32_t b(std::uint32_t slot) const { return b_[slot]; }
    std::size_t size() const { return size_; }
    Labels signature(const Labels& labels) const { return signature_(labels); }

  private:
    void number(const std::vector<Labels>& labels, LabelIndex& index,
                std::vector<std::uint32_t>& out) {
        out.clear();
        for (const Labels& l : labels) out.push_back(index.number(signature_(l)));
    }

    LabelFilter signature_;
    std::vector<std::uint32_t> a_;
    std::vector<std::uint32_t> b_;
    std::size_t size_ = 0;
    std::uint64_t a_seen_ = ~std::uint64_t{0};
    std::uint64_t b_seen_ = ~std::uint64_t{0};
};

class SetOperation final : public VectorNode {
  public:
    SetOperation(const Binary& node, VectorPlan lhs, VectorPlan rhs)
        : op_(node.op), groups_(node.matching), lhs_(std::move(lhs)), rhs_(std::move(rhs)) {}

    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(lhs_->eval(now));
        TOCSIN_TRY(rhs_->eval(now));
        const bool changed = groups_.follow(*lhs_, *rhs_);
        if (changed) {
            stamps_.assign(groups_.size(), 0);
            stamp_ = 0;
        }
        ++stamp_;
        if (op_ == BinaryOp::kOr) {
            if (changed) follow_both();
            unite();
            return success();
        }
        adopt(*lhs_);
        for (const Row& row : rhs_->rows()) stamps_[groups_.b(row.slot)] = stamp_;
        const bool wanted = op_ == BinaryOp::kAnd;
        for (const Row& row : lhs_->rows()) {
            if ((stamps_[groups_.a(row.slot)] == stamp_) == wanted) rows_.push_back(row);
        }
        return success();
    }

  private:
    void follow_both() {
        own_ = lhs_->labels();
        own_.insert(own_.end(), rhs_->labels().begin(), rhs_->labels().end());
        ++version_;
    }
    void unite() {
        for (const Row& row : lhs_->rows()) {
            stamps_[groups_.a(row.slot)] = stamp_;
            rows_.push_back(row);
        }
        const auto base = static_cast<std::uint32_t>(lhs_->labels().size());
        for (const Row& row : rhs_->rows()) {
            if (stamps_[groups_.b(row.slot)] == stamp_) continue;
            rows_.push_back({base + row.slot, row.v});
        }
    }

    BinaryOp op_;
    MatchGroups groups_;
    VectorPlan lhs_;
    VectorPlan rhs_;
    std::vector<std::uint32_t> stamps_;  // by group: when the other side had it
    std::uint32_t stamp_ = 0;
};

// Arithmetic and comparisons between vectors. "many" is the side whose series are kept apart, the
// left one unless group_right; "one" is where a match group may have a single series.
class VectorVector final : public VectorNode {
  public:
    VectorVector(const Binary& node, VectorPlan lhs, VectorPlan rhs)
        : op_(node.op),
          as_bool_(node.comparison == Comparison::kBool),
          drops_name_(drops_name(node)),
          card_(node.matching.card),
          on_(node.matching.on),
          groups_(node.matching),
          matching_(node.matching.labels.begin(), node.matching.labels.end()),
          include_(node.matching.include.begin(), node.matching.include.end()),
          many_(card_ == Cardinality::kOneToMany ? std::move(rhs) : std::move(lhs)),
          one_(card_ == Cardinality::kOneToMany ? std::move(lhs) : std::move(rhs)) {
        labels_ = &index_.labels();
    }

    Status eval(const Moment& now) override {
        rows_.clear();
        VectorNode& first = card_ == Cardinality::kOneToMany ? *one_ : *many_;
        VectorNode& second = card_ == Cardinality::kOneToMany ? *many_ : *one_;
        TOCSIN_TRY(first.eval(now));
        TOCSIN_TRY(second.eval(now));
        if (groups_.follow(*many_, *one_)) follow();
        if (many_->rows().empty() || one_->rows().empty()) return success();
        ++stamp_;
        TOCSIN_TRY(enter_one_side());
        for (const Row& row : many_->rows()) {
            Group& group = state_[groups_.a(row.slot)];
            if (group.stamp != stamp_) continue;
            const bool swapped = card_ == Cardinality::kOneToMany;
            Outcome o = swapped ? apply(op_, group.one.v, row.v) : apply(op_, row.v, group.one.v);
            if (as_bool_) {
                o = {o.keep ? 1.0 : 0.0, true};
            } else if (!o.keep) {
                continue;
            }
            TOCSIN_TRY(emit(row.slot, group, o.v));
        }
        return success();
    }

  private:
    struct Group {
        Row one{};
        std::uint32_t stamp = 0;    // of `one`
        std::uint32_t matched = 0;  // a row of the many side was there
    };
    // What a series of the many side becomes, as worked out for one series of the other.
    struct Output {
        std::uint32_t one = kNone;
        std::uint32_t slot = kNone;
    };

    void follow() {
        index_.clear();
        ++version_;
        stamp_ = 0;
        state_.assign(groups_.size(), {});
        outputs_.assign(many_->labels().size(), {});
        used_.clear();
        used_by_.clear();
    }

    Status enter_one_side() {
        for (const Row& row : one_->rows()) {
            Group& group = state_[groups_.b(row.slot)];
            if (group.stamp == stamp_) return duplicate(row.slot, group.one.slot);
            group.stamp = stamp_;
            group.one = row;
        }
        return success();
    }

    Status duplicate(std::uint32_t slot, std::uint32_t earlier) const {
        const Labels& labels = one_->labels()[slot];
        return evaluation_error(fmt::format(
            "found duplicate series for the match group {} on the {} hand-side of the operation: "
            "[{}, {}];many-to-many matching not allowed: matching labels must be unique on one "
            "side",
            braced(groups_.signature(labels)), card_ == Cardinality::kOneToMany ? "left" : "right",
            braced(labels), braced(one_->labels()[earlier])));
    }

    Status emit(std::uint32_t many, Group& group, double v) {
        if (card_ == Cardinality::kOneToOne) {
            if (group.matched == stamp_) {
                return evaluation_error(
                    "multiple matches for labels: many-to-one matching must be explicit "
                    "(group_left/group_right)");
            }
            group.matched = stamp_;
        }
        const std::uint32_t slot = output_slot(many, group.one.slot);
        const std::uint32_t group_number = groups_.a(many);
        if (used_[slot] == stamp_) {
            return evaluation_error(used_by_[slot] == group_number
                                        ? "multiple matches for labels: grouping labels must "
                                          "ensure unique matches"
                                        : "vector cannot contain metrics with the same labelset");
        }
        used_[slot] = stamp_;
        used_by_[slot] = group_number;
        rows_.push_back({slot, v});
        return success();
    }

    std::uint32_t output_slot(std::uint32_t many, std::uint32_t one) {
        Output& output = outputs_[many];
        if (output.slot != kNone && (include_.empty() || output.one == one)) return output.slot;
        const std::size_t before = index_.labels().size();
        output = {one, index_.number(result_labels(many, one))};
        if (index_.labels().size() != before) {
            ++version_;
            used_.push_back(0);
            used_by_.push_back(kNone);
        }
        return output.slot;
    }

    Labels result_labels(std::uint32_t many, std::uint32_t one) const {
        LabelsBuilder builder(many_->labels()[many]);
        if (drops_name_) builder.remove(kMetricName);
        if (card_ == Cardinality::kOneToOne) {
            // Only what was matched on stays.
            if (on_) {
                builder.keep_only(matching_);
            } else {
                for (const Symbol& name : matching_) builder.remove(name);
            }
        }
        for (const Symbol& name : include_) builder.set(name, one_->labels()[one].get(name));
        return builder.build();
    }

    BinaryOp op_;
    bool as_bool_;
    bool drops_name_;
    Cardinality card_;
    bool on_;
    MatchGroups groups_;
    std::vector<Symbol> matching_;
    std::vector<Symbol> include_;
    VectorPlan many_;
    VectorPlan one_;
    LabelIndex index_;
    std::vector<Group> state_;
    std::vector<Output> outputs_;         // by the many side's slot
    std::vector<std::uint32_t> used_;     // by own slot: the last stamp it had a row
    std::vector<std::uint32_t> used_by_;  // and of which group
    std::uint32_t stamp_ = 0;
};

}  // namespace

Result<Plan> make_binary(const Binary& node, Plan lhs, Plan rhs) {
    auto* left_scalar = std::get_if<ScalarPlan>(&lhs);
    auto* right_scalar = std::get_if<ScalarPlan>(&rhs);
    if (left_scalar != nullptr && right_scalar != nullptr) {
        return Plan(std::make_unique<ScalarScalar>(node.op, std::move(*left_scalar),
                                                   std::move(*right_scalar)));
    }
    if (left_scalar != nullptr) {
        return Plan(std::make_unique<VectorScalar>(node, std::get<VectorPlan>(std::move(rhs)),
                                                   std::move(*left_scalar), Side::kLeft));
    }
    if (right_scalar != nullptr) {
        return Plan(std::make_unique<VectorScalar>(node, std::get<VectorPlan>(std::move(lhs)),
                                                   std::move(*right_scalar), Side::kRight));
    }
    auto left = std::get<VectorPlan>(std::move(lhs));
    auto right = std::get<VectorPlan>(std::move(rhs));
    if (is_set_operator(node.op)) {
        return Plan(std::make_unique<SetOperation>(node, std::move(left), std::move(right)));
    }
    return Plan(std::make_unique<VectorVector>(node, std::move(left), std::move(right)));
}

}  // namespace tocsin::rules::promql
