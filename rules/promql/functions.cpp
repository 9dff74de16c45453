#include "rules/promql/functions.h"

#include <algorithm>
#include <array>
#include <vector>

namespace tocsin::rules::promql {
namespace {

std::vector<Function> all_functions() {
    std::vector<Function> out;
    for (const auto rows : {range_functions(), value_functions(), shaping_functions()}) {
        out.insert(out.end(), rows.begin(), rows.end());
    }
    std::sort(out.begin(), out.end(),
              [](const Function& a, const Function& b) { return a.name < b.name; });
    return out;
}

}  // namespace

std::span<const Function> functions() {
    static const std::vector<Function> all = all_functions();
    return all;
}

const Function* find_function(std::string_view name) {
    const auto all = functions();
    const auto at = std::lower_bound(
        all.begin(), all.end(), name,
        [](const Function& f, std::string_view wanted) { return f.name < wanted; });
    return at != all.end() && at->name == name ? &*at : nullptr;
}

ValueType argument_type(const Function& function, std::size_t i) {
    switch (function.arguments[std::min(i, function.arguments.size() - 1)]) {
        case 'v':
            return ValueType::kVector;
        case 'm':
            return ValueType::kMatrix;
        case 's':
            return ValueType::kScalar;
        default:
            return ValueType::kString;
    }
}

}  // namespace tocsin::rules::promql
