// eq, ne, lt, le, gt, ge as Go's text/template has them: kinds don't mix, not even whole numbers
// and fractions.
#include <fmt/format.h>

#include <optional>

#include "base/text/template_functions.h"

namespace tocsin::text {

namespace {

Error incompatible(const Value& a, const Value& b) {
    return Error(ErrorCode::kInvalid, fmt::format("incompatible types for comparison: {} and {}",
                                                  type_name(a), type_name(b)));
}

bool is_nothing(const Value& v) {
    return std::holds_alternative<std::monostate>(v.get());
}

template <class T, class F>
std::optional<bool> both(const Value& a, const Value& b, F holds) {
    const auto* x = std::get_if<T>(&a.get());
    const auto* y = std::get_if<T>(&b.get());
    if (x == nullptr || y == nullptr) return std::nullopt;
    return holds(*x, *y);
}

Result<void> check_comparable(const Value& v) {
    const bool plain =
        std::holds_alternative<std::monostate>(v.get()) || std::holds_alternative<bool>(v.get()) ||
        std::holds_alternative<double>(v.get()) || std::holds_alternative<std::int64_t>(v.get()) ||
        std::holds_alternative<std::string>(v.get()) || std::holds_alternative<Timestamp>(v.get());
    if (plain) return success();
    return Error(ErrorCode::kInvalid, fmt::format("{} can't be compared", type_name(v)));
}

Result<bool> equal(const Value& a, const Value& b) {
    TOCSIN_TRY(check_comparable(a));
    if (is_nothing(a) || is_nothing(b)) return is_nothing(a) && is_nothing(b);
    const auto same = [](const auto& x, const auto& y) { return x == y; };
    if (const auto r = both<bool>(a, b, same)) return *r;
    if (const auto r = both<double>(a, b, same)) return *r;
    if (const auto r = both<std::int64_t>(a, b, same)) return *r;
    if (const auto r = both<std::string>(a, b, same)) return *r;
    if (const auto r = both<Timestamp>(a, b, same)) return *r;
    return incompatible(a, b);
}

Result<bool> less(const Value& a, const Value& b) {
    const auto below = [](const auto& x, const auto& y) { return x < y; };
    if (const auto r = both<double>(a, b, below)) return *r;
    if (const auto r = both<std::int64_t>(a, b, below)) return *r;
    if (const auto r = both<std::string>(a, b, below)) return *r;
    return incompatible(a, b);
}

}  // namespace

Result<Value> equal_any(const std::vector<Value>& a) {
    for (std::size_t i = 1; i < a.size(); ++i) {
        TOCSIN_TRY(const bool same, equal(a[0], a[i]));
        if (same) return Value(true);
    }
    return Value(false);
}

Result<Value> not_equal(const std::vector<Value>& a) {
    TOCSIN_TRY(const bool same, equal(a[0], a[1]));
    return Value(!same);
}

// NaN is neither less nor equal, so that Go's gt and ge hold for it.
Result<Value> ordered(const std::vector<Value>& a, Order order) {
    TOCSIN_TRY(const bool below, less(a[0], a[1]));
    TOCSIN_TRY(const bool same, equal(a[0], a[1]));
    switch (order) {
        case Order::kLess:
            return Value(below);
        case Order::kLessOrEqual:
            return Value(below || same);
        case Order::kGreater:
            return Value(!below && !same);
        case Order::kGreaterOrEqual:
            return Value(!below);
    }
    return Value(false);
}

}  // namespace tocsin::text
