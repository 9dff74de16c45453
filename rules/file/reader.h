// The parts of reading a rule file, private to rules/file.
#pragma once

#include <string_view>
#include <variant>

#include "base/text/yaml.h"
#include "rules/file/place.h"
#include "rules/file/rule_file.h"
#include "rules/promql/engine.h"

namespace tocsin::rules {

// What every part of one read needs.
struct ReadContext {
    const RuleFileOptions& options;
    const SourceText& source;
    Diagnostics& diagnostics;
};

// The expression under `key`, checked for syntax and type; what is wrong is reported at its place.
// Absent when the key is, or when it is no text.
std::optional<Expression> read_expression(const text::YamlNode& node, const ReadContext& context);

// Reads `levels`, `clear` and `no_data` of a threshold rule into `rule`, whose `hold` is known.
void read_levels(text::MapReader& reader, AlertRule& rule, const ReadContext& context);

// What a threshold rule may not be as a whole: a filtering expression, a worse level that is no
// subset, a clear line across the next level.
void check_threshold(const AlertRule& rule, const ReadContext& context);

// A comparison without `bool` that drops samples from what the expression returns; its place.
std::optional<promql::Span> find_filter(std::string_view expr);

// A problem at a byte of an expression, at its exact place where that is known.
void report_in_expression(const ReadContext& context, const Expression& expr, promql::Span at,
                          std::string_view message);

}  // namespace tocsin::rules
