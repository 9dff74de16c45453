// The subset of Go's text/template that rule annotations and messages use, with Prometheus's
// functions: {{ .Labels.x }}, {{ $labels.x }}, {{ $value }}, pipelines, if/else/with/range/end,
// variables, comparison and logic functions, printf, humanize, humanize1024, humanizeDuration,
// humanizePercentage, humanizeTimestamp, title, toUpper, toLower, stripPort, match,
// reReplaceAll, first, value, label, query (through a callback), safe text only. Pure.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/result.h"

namespace tocsin::text {

// A template's data: what a dot or a variable can be.
class Value;
using ValueMap = std::map<std::string, Value, std::less<>>;
using ValueList = std::vector<Value>;

class Value {
  public:
    using Variant = std::variant<std::monostate, bool, double, std::string,
                                 std::shared_ptr<const ValueMap>, std::shared_ptr<const ValueList>>;
    Value() = default;
    Value(bool v) : v_(v) {}                      // NOLINT(google-explicit-constructor)
    Value(double v) : v_(v) {}                    // NOLINT(google-explicit-constructor)
    Value(std::string v) : v_(std::move(v)) {}    // NOLINT(google-explicit-constructor)
    Value(const char* v) : v_(std::string(v)) {}  // NOLINT(google-explicit-constructor)
    Value(ValueMap v);                            // NOLINT(google-explicit-constructor)
    Value(ValueList v);                           // NOLINT(google-explicit-constructor)
    const Variant& get() const { return v_; }

  private:
    Variant v_;
};

struct TemplateContext {
    Value dot;                               // "."
    std::map<std::string, Value> variables;  // "labels" for $labels …
    // `query "expr"`: a list of maps {Labels, Value}; absent: query is an error.
    std::function<Result<ValueList>(std::string_view)> query;
};

class Template {
  public:
    // kInvalid with "at <line>:<column>: …" inside the text.
    static Result<Template> parse(std::string_view text);
    // Output is bounded (256 KiB); an execution error says where.
    Result<std::string> render(const TemplateContext& context) const;

    struct Impl;

  private:
    std::shared_ptr<const Impl> impl_;
};

}  // namespace tocsin::text
