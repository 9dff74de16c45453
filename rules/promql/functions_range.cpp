#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "rules/promql/functions.h"

namespace tocsin::rules::promql {
namespace {

using Parameters = std::span<const double>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

std::int64_t ms(const Sample& s) {
    return to_unix_ms(s.t);
}

enum class Kind { kGauge, kCounter };
enum class Unit { kTotal, kPerSecond };

// rate, increase and delta: the change between the first and the last sample, stretched to the
// window's ends where the samples reach near them; as Prometheus's documentation of rate() says.
template <Kind kind, Unit unit>
bool extrapolated(const Window& w, Parameters /*p*/, double& out) {
    const auto s = w.samples;
    if (s.size() < 2) return false;
    double change = s.back().v - s.front().v;
    if constexpr (kind == Kind::kCounter) {
        double last = 0;
        for (const Sample& p : s) {
            if (p.v < last) change += last;  // a reset: what it had counted is not lost
            last = p.v;
        }
    }
    double to_start = static_cast<double>(ms(s.front()) - w.from) / 1000;
    const double to_end = static_cast<double>(w.to - ms(s.back())) / 1000;
    const double sampled = static_cast<double>(ms(s.back()) - ms(s.front())) / 1000;
    const double average_gap = sampled / static_cast<double>(s.size() - 1);
    if (kind == Kind::kCounter && change > 0 && s.front().v >= 0) {
        // A counter is never below zero, so it cannot have started before it was.
        to_start = std::min(to_start, sampled * (s.front().v / change));
    }
    const double threshold = average_gap * 1.1;
    double interval = sampled;
    interval += to_start < threshold ? to_start : average_gap / 2;
    interval += to_end < threshold ? to_end : average_gap / 2;
    double factor = interval / sampled;
    if constexpr (unit == Unit::kPerSecond) factor /= static_cast<double>(w.to - w.from) / 1000;
    out = change * factor;
    return true;
}

template <Kind kind, Unit unit>
bool instant(const Window& w, Parameters /*p*/, double& out) {
    if (w.samples.size() < 2) return false;
    const Sample& last = w.samples.back();
    const Sample& previous = w.samples[w.samples.size() - 2];
    const std::int64_t gap = ms(last) - ms(previous);
    if (gap == 0) return false;
    out = kind == Kind::kCounter && last.v < previous.v ? last.v : last.v - previous.v;
    if constexpr (unit == Unit::kPerSecond) out /= static_cast<double>(gap) / 1000;
    return true;
}

struct Line {
    double slope;
    double intercept;  // at the given time
};

Line regression(std::span<const Sample> samples, std::int64_t at) {
    Sum x_sum;
    Sum y_sum;
    Sum xy_sum;
    Sum xx_sum;
    bool constant = true;
    for (const Sample& s : samples) {
        constant = constant && s.v == samples.front().v;
        const double x = static_cast<double>(ms(s) - at) / 1e3;
        x_sum.add(x);
        y_sum.add(s.v);
        xy_sum.add(x * s.v);
        xx_sum.add(x * x);
    }
    if (constant) {
        const double v = samples.front().v;
        return std::isinf(v) ? Line{kNaN, kNaN} : Line{0, v};
    }
    const auto n = static_cast<double>(samples.size());
    const double x = x_sum.sum + x_sum.lost;
    const double y = y_sum.sum + y_sum.lost;
    const double covariance = xy_sum.sum + xy_sum.lost - x * y / n;
    const double variance = xx_sum.sum + xx_sum.lost - x * x / n;
    const double slope = covariance / variance;
    return {slope, y / n - slope * x / n};
}

bool deriv(const Window& w, Parameters /*p*/, double& out) {
    if (w.samples.size() < 2) return false;
    out = regression(w.samples, ms(w.samples.front())).slope;
    return true;
}

bool predict_linear(const Window& w, Parameters p, double& out) {
    if (w.samples.size() < 2) return false;
    const Line line = regression(w.samples, w.t);
    out = line.slope * p[0] + line.intercept;
    return true;
}

bool avg_over_time(const Window& w, Parameters /*p*/, double& out) {
    Sum mean;
    double n = 0;
    for (const Sample& s : w.samples) {
        ++n;
        // An infinite mean stays: subtracting infinities would make it NaN.
        if (std::isinf(mean.sum)) {
            if (std::isinf(s.v) && (mean.sum > 0) == (s.v > 0)) continue;
            if (!std::isinf(s.v) && !std::isnan(s.v)) continue;
        }
        mean.add(s.v / n - mean.sum / n);
    }
    out = std::isinf(mean.sum) ? mean.sum : mean.sum + mean.lost;
    return true;
}

bool sum_over_time(const Window& w, Parameters /*p*/, double& out) {
    Sum sum;
    for (const Sample& s : w.samples) sum.add(s.v);
    out = std::isinf(sum.sum) ? sum.sum : sum.sum + sum.lost;
    return true;
}

bool min_over_time(const Window& w, Parameters /*p*/, double& out) {
    out = w.samples.front().v;
    for (const Sample& s : w.samples) {
        if (s.v < out || std::isnan(out)) out = s.v;
    }
    return true;
}

bool max_over_time(const Window& w, Parameters /*p*/, double& out) {
    out = w.samples.front().v;
    for (const Sample& s : w.samples) {
        if (s.v > out || std::isnan(out)) out = s.v;
    }
    return true;
}

bool count_over_time(const Window& w, Parameters /*p*/, double& out) {
    out = static_cast<double>(w.samples.size());
    return true;
}

bool last_over_time(const Window& w, Parameters /*p*/, double& out) {
    out = w.samples.back().v;
    return true;
}

bool present_over_time(const Window& /*w*/, Parameters /*p*/, double& out) {
    out = 1;
    return true;
}

double variance(const Window& w) {
    Sum mean;
    Sum aux;
    double n = 0;
    for (const Sample& s : w.samples) {
        ++n;
        const double d = s.v - (mean.sum + mean.lost);
        mean.add(d / n);
        aux.add(d * (s.v - (mean.sum + mean.lost)));
    }
    return (aux.sum + aux.lost) / n;
}

bool stdvar_over_time(const Window& w, Parameters /*p*/, double& out) {
    out = variance(w);
    return true;
}

bool stddev_over_time(const Window& w, Parameters /*p*/, double& out) {
    out = std::sqrt(variance(w));
    return true;
}

bool quantile_over_time(const Window& w, Parameters p, double& out) {
    std::vector<double> values;
    values.reserve(w.samples.size());
    for (const Sample& s : w.samples) values.push_back(s.v);
    out = quantile(p[0], values);
    return true;
}

bool changes(const Window& w, Parameters /*p*/, double& out) {
    out = 0;
    double last = w.samples.front().v;
    for (const Sample& s : w.samples) {
        if (s.v != last && !(std::isnan(s.v) && std::isnan(last))) ++out;
        last = s.v;
    }
    return true;
}

bool resets(const Window& w, Parameters /*p*/, double& out) {
    out = 0;
    double last = w.samples.front().v;
    for (const Sample& s : w.samples) {
        if (s.v < last) ++out;
        last = s.v;
    }
    return true;
}

constexpr auto kVector = ValueType::kVector;

constexpr Function kRange[] = {
    {"avg_over_time", kVector, "m", 0, avg_over_time},
    {"changes", kVector, "m", 0, changes},
    {"count_over_time", kVector, "m", 0, count_over_time},
    {"delta", kVector, "m", 0, extrapolated<Kind::kGauge, Unit::kTotal>},
    {"deriv", kVector, "m", 0, deriv},
    {"idelta", kVector, "m", 0, instant<Kind::kGauge, Unit::kTotal>},
    {"increase", kVector, "m", 0, extrapolated<Kind::kCounter, Unit::kTotal>},
    {"irate", kVector, "m", 0, instant<Kind::kCounter, Unit::kPerSecond>},
    {"last_over_time", kVector, "m", 0, last_over_time, MetricName::kKept},
    {"max_over_time", kVector, "m", 0, max_over_time},
    {"min_over_time", kVector, "m", 0, min_over_time},
    {"predict_linear", kVector, "ms", 0, predict_linear},
    {"present_over_time", kVector, "m", 0, present_over_time},
    {"quantile_over_time", kVector, "sm", 0, quantile_over_time},
    {"rate", kVector, "m", 0, extrapolated<Kind::kCounter, Unit::kPerSecond>},
    {"resets", kVector, "m", 0, resets},
    {"stddev_over_time", kVector, "m", 0, stddev_over_time},
    {"stdvar_over_time", kVector, "m", 0, stdvar_over_time},
    {"sum_over_time", kVector, "m", 0, sum_over_time},
};

}  // namespace

std::span<const Function> range_functions() {
    return kRange;
}

// Double exponential smoothing; the parameters have been checked.
bool holt_winters(const Window& w, std::span<const double> p, double& out) {
    const auto s = w.samples;
    if (s.size() < 2) return false;
    const double smoothing = p[0];
    const double trending = p[1];
    double before = 0;
    double level = s[0].v;
    double trend = s[1].v - s[0].v;
    for (std::size_t i = 1; i < s.size(); ++i) {
        const double x = smoothing * s[i].v;
        if (i > 1) trend = trending * (level - before) + (1 - trending) * trend;
        const double y = (1 - smoothing) * (level + trend);
        before = level;
        level = x + y;
    }
    out = level;
    return true;
}

double quantile(double q, std::vector<double>& values) {
    if (values.empty() || std::isnan(q)) return kNaN;
    if (q < 0) return -kInf;
    if (q > 1) return kInf;
    // NaN sorts as the smallest.
    std::sort(values.begin(), values.end(),
              [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; });
    const auto n = static_cast<double>(values.size());
    const double rank = q * (n - 1);
    const double lower = std::max(0.0, std::floor(rank));
    const double upper = std::min(n - 1, lower + 1);
    const double weight = rank - std::floor(rank);
    return values[static_cast<std::size_t>(lower)] * (1 - weight) +
           values[static_cast<std::size_t>(upper)] * weight;
}

}  // namespace tocsin::rules::promql
