#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/core/strings.h"
#include "rules/promql/compile.h"
#include "rules/promql/engine.h"

namespace tocsin::rules::promql {

struct Query::Impl {
    std::shared_ptr<const Expr> expr;
    Plan plan;
    Duration reach{0};
    std::uint64_t max_samples = 0;
};

namespace {

Moment moment(Timestamp t, Budget& budget) {
    const std::int64_t ms = to_unix_ms(t);
    return {ms, ms, ms, &budget};
}

Result<Value> value_of(const ScalarPlan& plan, const Moment& now) {
    TOCSIN_TRY(const double v, plan->eval(now));
    return Value(Scalar{from_unix_ms(now.t), v});
}

Result<Value> value_of(const VectorPlan& plan, const Moment& now) {
    TOCSIN_TRY(plan->eval(now));
    Vector out;
    out.reserve(plan->rows().size());
    for (const Row& row : plan->rows()) {
        out.push_back({plan->labels()[row.slot], from_unix_ms(now.t), row.v});
    }
    return Value(std::move(out));
}

Result<Value> value_of(const RangePlan& plan, const Moment& now) {
    TOCSIN_TRY(plan->begin(now));
    Matrix out;
    for (std::size_t i = 0; i < plan->labels().size(); ++i) {
        const auto samples = plan->window(i);
        if (!samples.empty()) out.push_back({plan->labels()[i], {samples.begin(), samples.end()}});
    }
    std::sort(out.begin(), out.end(),
              [](const MatrixSeries& a, const MatrixSeries& b) { return a.labels < b.labels; });
    return Value(std::move(out));
}

Result<Value> value_of(const std::string& text, const Moment& now) {
    return Value(String{from_unix_ms(now.t), text});
}

// Puts an instant vector a step into series.
class MatrixBuilder {
  public:
    void add(const VectorNode& vector, Timestamp t) {
        if (seen_ != vector.version()) {
            seen_ = vector.version();
            series_of_.assign(vector.labels().size(), kNone);
        }
        for (const Row& row : vector.rows()) {
            std::size_t& place = series_of_[row.slot];
            if (place == kNone) {
                const Labels& labels = vector.labels()[row.slot];
                place = numbers_.try_emplace(labels, matrix_.size()).first->second;
                if (place == matrix_.size()) matrix_.push_back({labels, {}});
            }
            matrix_[place].samples.push_back({t, row.v});
        }
    }
    Matrix take() {
        std::sort(matrix_.begin(), matrix_.end(),
                  [](const MatrixSeries& a, const MatrixSeries& b) { return a.labels < b.labels; });
        return std::move(matrix_);
    }

  private:
    static constexpr std::size_t kNone = ~std::size_t{0};
    Matrix matrix_;
    std::unordered_map<Labels, std::size_t> numbers_;
    std::vector<std::size_t> series_of_;
    std::uint64_t seen_ = ~std::uint64_t{0};
};

}  // namespace

Query::Query(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Query::Query(Query&&) noexcept = default;
Query& Query::operator=(Query&&) noexcept = default;
Query::~Query() = default;

Result<Query> Query::prepare(std::string_view text, History& history,
                             const EngineOptions& options) {
    auto parsed = parse(text);
    if (const auto* error = std::get_if<ParseError>(&parsed)) {
        return Error(ErrorCode::kInvalid, error->text(text));
    }
    auto impl = std::make_unique<Impl>();
    impl->expr = std::get<std::shared_ptr<const Expr>>(std::move(parsed));
    Compiler compiler(history, options);
    TOCSIN_TRY(impl->plan, compiler.compile(*impl->expr));
    impl->reach = compiler.reach();
    impl->max_samples = options.max_samples;
    return Query(std::move(impl));
}

ValueType Query::type() const {
    return impl_->expr->type;
}

const Expr& Query::expr() const {
    return *impl_->expr;
}

Duration Query::reach() const {
    return impl_->reach;
}

Result<Value> Query::at(Timestamp t) {
    Budget budget{impl_->max_samples};
    const Moment now = moment(t, budget);
    return std::visit([&](const auto& plan) { return value_of(plan, now); }, impl_->plan);
}

Result<Matrix> Query::range(Timestamp start, Timestamp end, Duration step) {
    if (step <= Duration{0}) return evaluation_error("zero or negative query resolution step");
    const std::int64_t from = to_unix_ms(start);
    const std::int64_t to = to_unix_ms(end);
    Budget budget{impl_->max_samples};
    if (const auto* scalar = std::get_if<ScalarPlan>(&impl_->plan)) {
        MatrixSeries series;
        for (std::int64_t t = from; t <= to; t += step.count()) {
            TOCSIN_TRY(const double v, (*scalar)->eval({t, from, to, &budget}));
            TOCSIN_TRY(budget.spend(1));
            series.samples.push_back({from_unix_ms(t), v});
        }
        return Matrix{std::move(series)};
    }
    const auto* vector = std::get_if<VectorPlan>(&impl_->plan);
    if (vector == nullptr) {
        return evaluation_error("invalid expression type " + quote(to_string(type())) +
                                " for range query, must be Scalar or instant Vector");
    }
    MatrixBuilder builder;
    for (std::int64_t t = from; t <= to; t += step.count()) {
        TOCSIN_TRY((*vector)->eval({t, from, to, &budget}));
        TOCSIN_TRY(budget.spend((*vector)->rows().size() + 1));
        builder.add(**vector, from_unix_ms(t));
    }
    return builder.take();
}

}  // namespace tocsin::rules::promql
