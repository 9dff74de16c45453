// PromQL: text → typed syntax tree → evaluation at one instant (or over steps) on a History.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/model/labels.h"
#include "base/model/sample.h"
#include "rules/history/history.h"

namespace tocsin::rules::promql {

enum class ValueType { kScalar, kVector, kMatrix, kString };
std::string_view to_string(ValueType type);  // "instant vector", as Prometheus's errors say

struct VectorSample {
    Labels labels;
    Timestamp t;
    double v = 0;
};
using Vector = std::vector<VectorSample>;

struct MatrixSeries {
    Labels labels;
    std::vector<Sample> samples;
};
using Matrix = std::vector<MatrixSeries>;

struct Scalar {
    Timestamp t;
    double v = 0;
};
struct String {
    Timestamp t;
    std::string v;
};
using Value = std::variant<Scalar, Vector, Matrix, String>;

// A place in the expression's text, in bytes from its start.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct ParseError {
    Span at;
    std::string message;  // Prometheus's words where it has them
    // "1:12: parse error: …", as Prometheus prints it.
    std::string text(std::string_view expr) const;
};

struct Expr;  // rules/promql/ast.h

struct EngineOptions {
    Duration lookback{300'000};      // how old the sample of an instant vector may be
    Duration subquery_step{60'000};  // of a subquery that names none
    // What one evaluation may read or make of samples, beyond which it fails: a subquery's steps
    // multiply, and the agent's memory and time are its host's.
    std::uint64_t max_samples = 5'000'000;
};

// A prepared expression. Keeps what it worked out about the series it saw (label sets, match
// groups), so that the next evaluation only moves numbers. Single-threaded, as its History.
class Query {
  public:
    // Parses, type-checks and binds selectors to `history`, which must outlive the query.
    static Result<Query> prepare(std::string_view expr, History& history,
                                 const EngineOptions& options = {});

    Query(Query&&) noexcept;
    Query& operator=(Query&&) noexcept;
    ~Query();

    ValueType type() const;
    const Expr& expr() const;
    Duration reach() const;  // how far back it looks at most
    Result<Value> at(Timestamp t);
    // An instant query a step, as Prometheus's query_range; scalar and vector expressions only.
    Result<Matrix> range(Timestamp start, Timestamp end, Duration step);

    struct Impl;

  private:
    explicit Query(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// Syntax and types only.
std::variant<std::shared_ptr<const Expr>, ParseError> parse(std::string_view expr);
std::string format(const Expr& expr);  // canonical text, parses back to the same

}  // namespace tocsin::rules::promql
