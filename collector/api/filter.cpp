#include "collector/api/filter.h"

#include <string>

namespace tocsin::collector {

Result<Pattern> Pattern::compile(std::string_view expression) {
    Pattern pattern;
    if (expression.empty()) return pattern;
    // Alone first: an unbalanced parenthesis could find its other half in what is put around it.
    TOCSIN_TRY(const Regex alone, Regex::compile(expression));
    std::string anywhere = "(?s:.*)(?:";
    anywhere.append(alone.pattern()).append(")(?s:.*)");
    TOCSIN_TRY(pattern.regex_, Regex::compile(anywhere));
    return pattern;
}

}  // namespace tocsin::collector
