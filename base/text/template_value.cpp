#include <fmt/format.h>

#include <algorithm>

#include "base/core/overloaded.h"
#include "base/core/strings.h"
#include "base/text/template_functions.h"
#include "base/text/template_text.h"

namespace tocsin::text {

namespace {

using MapPtr = std::shared_ptr<const ValueMap>;
using ListPtr = std::shared_ptr<const ValueList>;

}  // namespace

Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;
Value::Value(ValueMap v) : v_(std::make_shared<const ValueMap>(std::move(v))) {}
Value::Value(ValueList v) : v_(std::make_shared<const ValueList>(std::move(v))) {}

bool is_true(const Value& value) {
    return std::visit(
        Overloaded{[](std::monostate) { return false; }, [](bool v) { return v; },
                   [](double v) { return v != 0; }, [](std::int64_t v) { return v != 0; },
                   [](Timestamp) { return true; }, [](const std::string& v) { return !v.empty(); },
                   [](const MapPtr& v) { return !v->empty(); },
                   [](const ListPtr& v) { return !v->empty(); }},
        value.get());
}

namespace {

// Stops once the result is longer than any template may print.
void append_text(std::string& out, const Value& value) {
    if (out.size() > kMostTemplateBytes) return;
    std::visit(Overloaded{[](std::monostate) {}, [&](bool v) { out += v ? "true" : "false"; },
                          [&](double v) { out += format_double(v); },
                          [&](std::int64_t v) { out += std::to_string(v); },
                          [&](Timestamp v) { out += time_text(v); },
                          [&](const std::string& v) { out += v; },
                          [&](const MapPtr& v) {
                              out += "map[";
                              for (const auto& [name, item] : *v) {
                                  if (out.back() != '[') out += ' ';
                                  out += name + ":";
                                  append_text(out, item);
                              }
                              out += "]";
                          },
                          [&](const ListPtr& v) {
                              out += "[";
                              for (std::size_t i = 0; i < v->size(); ++i) {
                                  if (i > 0) out += ' ';
                                  append_text(out, (*v)[i]);
                              }
                              out += "]";
                          }},
               value.get());
}

}  // namespace

std::string to_text(const Value& value) {
    std::string out;
    append_text(out, value);
    return out;
}

std::string_view type_name(const Value& value) {
    return std::visit(Overloaded{[](std::monostate) -> std::string_view { return "nothing"; },
                                 [](bool) -> std::string_view { return "true or false"; },
                                 [](double) -> std::string_view { return "a number"; },
                                 [](std::int64_t) -> std::string_view { return "a whole number"; },
                                 [](Timestamp) -> std::string_view { return "a time"; },
                                 [](const std::string&) -> std::string_view { return "a text"; },
                                 [](const MapPtr&) -> std::string_view { return "a map"; },
                                 [](const ListPtr&) -> std::string_view { return "a list"; }},
                      value.get());
}

Result<double> to_number(const Value& value) {
    if (const auto* v = std::get_if<double>(&value.get())) return *v;
    if (const auto* v = std::get_if<std::int64_t>(&value.get())) return static_cast<double>(*v);
    if (const auto* v = std::get_if<std::string>(&value.get())) {
        if (const auto number = parse_double(*v)) return *number;
        return Error(ErrorCode::kInvalid, fmt::format("{} is not a number", quote(*v)));
    }
    return Error(ErrorCode::kInvalid, fmt::format("a number is needed, not {}", type_name(value)));
}

Value missing_of(const ValueMap& map) {
    const bool texts = std::all_of(map.begin(), map.end(), [](const auto& entry) {
        return std::holds_alternative<std::string>(entry.second.get());
    });
    return texts ? Value("") : Value();
}

const Value* find_key(const Value& map, std::string_view key) {
    const auto* entries = std::get_if<MapPtr>(&map.get());
    if (entries == nullptr) return nullptr;
    const auto at = (*entries)->find(key);
    return at == (*entries)->end() ? nullptr : &at->second;
}

}  // namespace tocsin::text
