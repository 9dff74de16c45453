// The functions templates can call: Go's built-in ones and Prometheus's. Private to this folder.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/text/template.h"

namespace tocsin::text {

// No text that a template makes on its way may be longer.
inline constexpr std::size_t kMostTemplateBytes = std::size_t{256} * 1024;

// All names; `and` and `or` among them, which the evaluator runs itself (they are lazy).
std::span<const std::string_view> template_function_names();

// kInvalid without a place: the caller knows it.
Result<Value> call_template_function(std::string_view name, const std::vector<Value>& arguments,
                                     const TemplateContext& context);

bool is_true(const Value& value);
std::string to_text(const Value& value);         // as Go's fmt prints it
std::string_view type_name(const Value& value);  // "text", "number" …
Result<double> to_number(const Value& value);    // of numbers and of texts that hold one
const Value* find_key(const Value& map, std::string_view key);  // nullptr: no map or no such key

Value missing_of(const ValueMap& map);  // what a map has under a key that it has not

Result<Value> equal_any(const std::vector<Value>& a);  // eq: is the first any of the others?
Result<Value> not_equal(const std::vector<Value>& a);
enum class Order { kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
Result<Value> ordered(const std::vector<Value>& a, Order order);

// Go's Printf for what a Value can be.
Result<std::string> template_printf(std::string_view format, std::span<const Value> arguments);

}  // namespace tocsin::text
