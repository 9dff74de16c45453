#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>

#include "rules/promql/functions.h"

namespace tocsin::rules::promql {
namespace {

using Parameters = std::span<const double>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <double (*f)(double)>
bool plain(double v, Parameters /*p*/, double& out) {
    out = f(v);
    return true;
}

double absolute(double v) {
    return std::fabs(v);
}
double ceiling(double v) {
    return std::ceil(v);
}
double floored(double v) {
    return std::floor(v);
}
double root(double v) {
    return std::sqrt(v);
}
double exponential(double v) {
    return std::exp(v);
}
double natural(double v) {
    return std::log(v);
}
double binary(double v) {
    return std::log2(v);
}
double decimal(double v) {
    return std::log10(v);
}
double sign(double v) {
    return v < 0 ? -1 : v > 0 ? 1 : v;
}
double degrees(double v) {
    return v * 180 / std::numbers::pi;
}
double radians(double v) {
    return v * std::numbers::pi / 180;
}
double sine(double v) {
    return std::sin(v);
}
double cosine(double v) {
    return std::cos(v);
}
double tangent(double v) {
    return std::tan(v);
}
double arc_sine(double v) {
    return std::asin(v);
}
double arc_cosine(double v) {
    return std::acos(v);
}
double arc_tangent(double v) {
    return std::atan(v);
}
double hyperbolic_sine(double v) {
    return std::sinh(v);
}
double hyperbolic_cosine(double v) {
    return std::cosh(v);
}
double hyperbolic_tangent(double v) {
    return std::tanh(v);
}
double area_sine(double v) {
    return std::asinh(v);
}
double area_cosine(double v) {
    return std::acosh(v);
}
double area_tangent(double v) {
    return std::atanh(v);
}

// Unlike fmin and fmax, NaN on either side wins, but for an infinity that decides anyway.
double lesser(double a, double b) {
    if (a == -std::numeric_limits<double>::infinity() ||
        b == -std::numeric_limits<double>::infinity()) {
        return -std::numeric_limits<double>::infinity();
    }
    return std::isnan(a) || std::isnan(b) ? kNaN : std::fmin(a, b);
}
double greater(double a, double b) {
    return -lesser(-a, -b);
}

bool clamp(double v, Parameters p, double& out) {
    if (p[1] < p[0]) return false;
    out = greater(p[0], lesser(p[1], v));
    return true;
}
bool clamp_max(double v, Parameters p, double& out) {
    out = lesser(p[0], v);
    return true;
}
bool clamp_min(double v, Parameters p, double& out) {
    out = greater(p[0], v);
    return true;
}
bool round_to(double v, Parameters p, double& out) {
    // Ties go up; multiplying by the inverse keeps the error of a tenth out of it.
    const double inverse = 1.0 / (p.empty() ? 1.0 : p[0]);
    out = std::floor(v * inverse + 0.5) / inverse;
    return true;
}

std::chrono::year_month_day date(std::int64_t seconds) {
    return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(
        std::chrono::sys_seconds(std::chrono::seconds(seconds))));
}
std::int64_t second_of_day(std::int64_t seconds) {
    return ((seconds % 86400) + 86400) % 86400;
}
double minute(std::int64_t t) {
    const std::int64_t whole = second_of_day(t) / 60 % 60;
    return static_cast<double>(whole);
}
double hour(std::int64_t t) {
    const std::int64_t whole = second_of_day(t) / 3600;
    return static_cast<double>(whole);
}
double day_of_week(std::int64_t t) {
    return std::chrono::weekday(std::chrono::sys_days(date(t))).c_encoding();
}
double day_of_month(std::int64_t t) {
    return static_cast<unsigned>(date(t).day());
}
double day_of_year(std::int64_t t) {
    const auto d = date(t);
    const auto first = std::chrono::sys_days(d.year() / std::chrono::January / 1);
    return static_cast<double>((std::chrono::sys_days(d) - first).count() + 1);
}
double days_in_month(std::int64_t t) {
    const auto d = date(t);
    return static_cast<unsigned>((d.year() / d.month() / std::chrono::last).day());
}
double month(std::int64_t t) {
    return static_cast<unsigned>(date(t).month());
}
double year(std::int64_t t) {
    return static_cast<int>(date(t).year());
}

constexpr auto kVector = ValueType::kVector;

constexpr Function kValue[] = {
    {"abs", kVector, "v", 0, plain<absolute>},
    {"acos", kVector, "v", 0, plain<arc_cosine>},
    {"acosh", kVector, "v", 0, plain<area_cosine>},
    {"asin", kVector, "v", 0, plain<arc_sine>},
    {"asinh", kVector, "v", 0, plain<area_sine>},
    {"atan", kVector, "v", 0, plain<arc_tangent>},
    {"atanh", kVector, "v", 0, plain<area_tangent>},
    {"ceil", kVector, "v", 0, plain<ceiling>},
    {"clamp", kVector, "vss", 0, clamp},
    {"clamp_max", kVector, "vs", 0, clamp_max},
    {"clamp_min", kVector, "vs", 0, clamp_min},
    {"cos", kVector, "v", 0, plain<cosine>},
    {"cosh", kVector, "v", 0, plain<hyperbolic_cosine>},
    {"day_of_month", kVector, "v", 1, day_of_month},
    {"day_of_week", kVector, "v", 1, day_of_week},
    {"day_of_year", kVector, "v", 1, day_of_year},
    {"days_in_month", kVector, "v", 1, days_in_month},
    {"deg", kVector, "v", 0, plain<degrees>},
    {"exp", kVector, "v", 0, plain<exponential>},
    {"floor", kVector, "v", 0, plain<floored>},
    {"hour", kVector, "v", 1, hour},
    {"ln", kVector, "v", 0, plain<natural>},
    {"log10", kVector, "v", 0, plain<decimal>},
    {"log2", kVector, "v", 0, plain<binary>},
    {"minute", kVector, "v", 1, minute},
    {"month", kVector, "v", 1, month},
    {"rad", kVector, "v", 0, plain<radians>},
    {"round", kVector, "vs", 1, round_to},
    {"sgn", kVector, "v", 0, plain<sign>},
    {"sin", kVector, "v", 0, plain<sine>},
    {"sinh", kVector, "v", 0, plain<hyperbolic_sine>},
    {"sqrt", kVector, "v", 0, plain<root>},
    {"tan", kVector, "v", 0, plain<tangent>},
    {"tanh", kVector, "v", 0, plain<hyperbolic_tangent>},
    {"year", kVector, "v", 1, year},
};

}  // namespace

std::span<const Function> value_functions() {
    return kValue;
}

}  // namespace tocsin::rules::promql
