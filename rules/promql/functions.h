// Inside rules/promql: the table of functions. Adding one is a row, its few lines of arithmetic and
// its cases in tests/rules/promql.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "rules/promql/engine.h"
#include "rules/promql/plan.h"

namespace tocsin::rules::promql {

class Compiler;
struct Call;

// What a function of a range sees of one series.
struct Window {
    std::span<const Sample> samples;  // never empty, no staleness marks
    std::int64_t from;                // milliseconds, both ends included
    std::int64_t to;
    std::int64_t t;  // of the evaluation; not `to` under an offset or @
};

// Each says false where there is no result. `parameters`: the scalar arguments in order.
using RangeFunction = bool (*)(const Window& w, std::span<const double> parameters, double& out);
using ValueFunction = bool (*)(double v, std::span<const double> parameters, double& out);
// Of a UTC time, for minute() and its like; without an argument they take time().
using CalendarFunction = double (*)(std::int64_t unix_seconds);
// Anything that is not one value in, one value out.
using Builder = Result<Plan> (*)(Compiler& compiler, const Call& call);

enum class MetricName { kDropped, kKept };

// In the order of a table's columns, not of their sizes.
struct Function {  // NOLINT(clang-analyzer-optin.performance.Padding)
    std::string_view name;
    ValueType returns;
    // A letter an argument: v vector, m range vector, s scalar, t string. With `variadic` > 0 the
    // last may be left out or come up to that many times, with -1 any number of times.
    std::string_view arguments;
    int variadic;
    std::variant<RangeFunction, ValueFunction, CalendarFunction, Builder> implementation;
    MetricName metric_name = MetricName::kDropped;
};

std::span<const Function> functions();
const Function* find_function(std::string_view name);  // nullptr: none
ValueType argument_type(const Function& function, std::size_t i);

// Rows' implementations, by file: functions_range.cpp, functions_value.cpp, functions_label.cpp.
std::span<const Function> range_functions();
std::span<const Function> value_functions();
std::span<const Function> shaping_functions();

// holt_winters' arithmetic; its row also checks the parameters.
bool holt_winters(const Window& w, std::span<const double> parameters, double& out);

// φ-quantile of values, which it sorts; as Prometheus interpolates.
double quantile(double q, std::vector<double>& values);

// Kahan-Neumaier summation: Prometheus's sums over time carry the lost low bits along.
struct Sum {
    double sum = 0;
    double lost = 0;
    void add(double v) {
        const double t = sum + v;
        const bool larger = (sum < 0 ? -sum : sum) >= (v < 0 ? -v : v);
        lost += larger ? (sum - t) + v : (v - t) + sum;
        sum = t;
    }
};

}  // namespace tocsin::rules::promql
