// Go's text/template as rule annotations and messages use it, with Prometheus's functions:
// {{ .Labels.x }}, {{ $labels.x }}, {{ $value }}, pipelines, if/else/with/range/end,
// break/continue, define/template/block, variables, trim markers, comments; all of Prometheus's
// functions but those of its consoles, `query` through a callback. Whole numbers and fractions do
// not compare, as Go's int and float64 don't. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/result.h"
#include "base/core/time.h"

namespace tocsin::text {

// A template's data: what a dot or a variable can be.
class Value;
using ValueMap = std::map<std::string, Value, std::less<>>;
using ValueList = std::vector<Value>;

class Value {
  public:
    using Variant =
        std::variant<std::monostate, bool, double, std::string, std::shared_ptr<const ValueMap>,
                     std::shared_ptr<const ValueList>, std::int64_t, Timestamp>;
    // Implicit, so that a map of values can be written down.
    Value() = default;
    Value(bool v) : v_(v) {}
    Value(double v) : v_(v) {}
    // Whole numbers print without an exponent, as Go's int does beside its float64.
    Value(std::int64_t v) : v_(v) {}
    Value(Timestamp v) : v_(v) {}
    Value(std::string v) : v_(std::move(v)) {}
    Value(const char* v) : v_(std::string(v)) {}
    Value(ValueMap v);
    Value(ValueList v);
    // Out of line: smaller code, and g++ 12 takes inlined copies for uninitialised.
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other);
    Value& operator=(Value&& other) noexcept;
    ~Value();
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
    // Variables that nobody defined are errors; known are Prometheus's $labels, $value,
    // $externalLabels and $externalURL, or those named.
    static Result<Template> parse(std::string_view text);
    static Result<Template> parse(std::string_view text,
                                  std::span<const std::string_view> variables);
    // Output is bounded (256 KiB); an execution error says where. A missing key of a map is empty
    // (an absent label), one of the root or of a sample is an error.
    Result<std::string> render(const TemplateContext& context) const;

    struct Impl;

  private:
    std::shared_ptr<const Impl> impl_;
};

}  // namespace tocsin::text
