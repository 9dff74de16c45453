#include "base/text/template_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/core/strings.h"
#include "base/core/time.h"
#include "base/text/template_text.h"
#include "base/text/unicode.h"

namespace tocsin::text {

namespace {

using Arguments = std::vector<Value>;
using MapPtr = std::shared_ptr<const ValueMap>;
using ListPtr = std::shared_ptr<const ValueList>;

Error invalid(std::string message) {
    return Error(ErrorCode::kInvalid, std::move(message));
}

Result<std::string> text_of(const Value& value) {
    if (const auto* s = std::get_if<std::string>(&value.get())) return *s;
    if (std::holds_alternative<std::monostate>(value.get()))
        return std::string();  // an absent label
    return invalid(fmt::format("a text is needed, not {}", type_name(value)));
}

Result<ListPtr> list_of(const Value& value) {
    if (const auto* l = std::get_if<ListPtr>(&value.get())) return *l;
    return invalid(fmt::format("a list is needed, not {}", type_name(value)));
}

Result<Value> length(const Value& v) {
    const auto count = [](std::size_t n) { return Value(static_cast<std::int64_t>(n)); };
    if (const auto* s = std::get_if<std::string>(&v.get())) return count(s->size());
    if (const auto* m = std::get_if<MapPtr>(&v.get())) return count((*m)->size());
    if (const auto* l = std::get_if<ListPtr>(&v.get())) return count((*l)->size());
    return invalid(fmt::format("{} has no length", type_name(v)));
}

// A place in something of that size; only whole numbers are.
Result<std::size_t> place_in(const Value& v, std::size_t most) {
    const auto* n = std::get_if<std::int64_t>(&v.get());
    if (n == nullptr) return invalid(fmt::format("can't index with {}", type_name(v)));
    if (*n < 0 || static_cast<std::uint64_t>(*n) > most) {
        return invalid(fmt::format("index out of range: {}", *n));
    }
    return static_cast<std::size_t>(*n);
}

Result<Value> item_of(const Value& of, const Value& at) {
    if (const auto* l = std::get_if<ListPtr>(&of.get())) {
        TOCSIN_TRY(const std::size_t n, place_in(at, (*l)->size()));
        if (n < (*l)->size()) return (**l)[n];
        return invalid(fmt::format("index out of range: {}", n));
    }
    if (const auto* s = std::get_if<std::string>(&of.get())) {
        TOCSIN_TRY(const std::size_t n, place_in(at, s->size()));
        if (n < s->size()) return Value(std::int64_t{static_cast<unsigned char>((*s)[n])});
        return invalid(fmt::format("index out of range: {}", n));
    }
    const auto* m = std::get_if<MapPtr>(&of.get());
    if (m == nullptr) return invalid(fmt::format("can't index {}", type_name(of)));
    TOCSIN_TRY(const auto key, text_of(at));
    const Value* found = find_key(of, key);
    return found == nullptr ? missing_of(**m) : *found;
}

Result<Value> index(const Arguments& a) {
    Value at = a[0];
    for (std::size_t i = 1; i < a.size(); ++i) {
        TOCSIN_TRY(auto item, item_of(at, a[i]));
        at = std::move(item);
    }
    return at;
}

// slice x, slice x 1, slice x 1 2: Go's x[:], x[1:], x[1:2].
Result<Value> slice(const Arguments& a, const TemplateContext&) {
    const auto* s = std::get_if<std::string>(&a[0].get());
    const auto* l = std::get_if<ListPtr>(&a[0].get());
    if (s == nullptr && l == nullptr) {
        return invalid(fmt::format("can't slice {}", type_name(a[0])));
    }
    if (s != nullptr && a.size() == 4) return invalid("cannot 3-index slice a string");
    const std::size_t size = s != nullptr ? s->size() : (*l)->size();
    std::array<std::size_t, 3> at{0, size, size};
    for (std::size_t i = 1; i < a.size(); ++i) {
        TOCSIN_TRY(at[i - 1], place_in(a[i], size));
    }
    if (at[0] > at[1]) return invalid(fmt::format("invalid slice index: {} > {}", at[0], at[1]));
    if (s != nullptr) return Value(s->substr(at[0], at[1] - at[0]));
    const auto begin = (*l)->begin();
    return Value(ValueList(begin + static_cast<std::ptrdiff_t>(at[0]),
                           begin + static_cast<std::ptrdiff_t>(at[1])));
}

// Go's Sprint: blanks between neighbours of which neither is a text.
std::string print(const Arguments& a) {
    std::string out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto is_text = [](const Value& v) {
            return std::holds_alternative<std::string>(v.get());
        };
        if (i > 0 && !is_text(a[i]) && !is_text(a[i - 1])) out += ' ';
        out += to_text(a[i]);
    }
    return out;
}

std::string println(const Arguments& a) {
    std::string out;
    for (const Value& v : a) out += to_text(v) + " ";
    if (!out.empty()) out.pop_back();
    return out + "\n";
}

// A sample's field, as query returns them: {Labels: {…}, Value: number}.
Result<Value> field_of(const Value& sample, std::string_view field) {
    const Value* found = find_key(sample, field);
    if (found == nullptr) return invalid("a sample of query is needed");
    return *found;
}

Result<Value> label_of(const std::string& name, const Value& sample) {
    TOCSIN_TRY(const auto labels, field_of(sample, "Labels"));
    const Value* found = find_key(labels, name);
    return found == nullptr ? Value("") : *found;
}

Result<Value> first(const Value& v) {
    TOCSIN_TRY(const auto list, list_of(v));
    if (list->empty()) return invalid("first() called on vector with no elements");
    return list->front();
}

Result<Value> sort_by_label(const std::string& name, const Value& v) {
    TOCSIN_TRY(const auto list, list_of(v));
    std::vector<std::pair<std::string, Value>> keyed;
    for (const Value& sample : *list) {
        TOCSIN_TRY(const auto label, label_of(name, sample));
        keyed.emplace_back(to_text(label), sample);
    }
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    ValueList out;
    for (auto& [key, sample] : keyed) out.push_back(std::move(sample));
    return Value(std::move(out));
}

using Function = Result<Value> (*)(const Arguments&, const TemplateContext&);

struct Row {
    std::string_view name;
    std::size_t least;
    std::size_t most;
    Function call;
};

constexpr std::size_t kAny = 1000;

template <auto F>
Result<Value> of_number(const Arguments& a, const TemplateContext&) {
    TOCSIN_TRY(const double v, to_number(a[0]));
    if constexpr (std::is_same_v<decltype(F(v)), std::string>) {
        return Value(F(v));
    } else {
        TOCSIN_TRY(auto text, F(v));
        return Value(std::move(text));
    }
}

template <auto F>
Result<Value> of_text(const Arguments& a, const TemplateContext&) {
    TOCSIN_TRY(auto text, text_of(a[0]));
    return Value(F(std::move(text)));
}

Result<Value> run_query(const Arguments& a, const TemplateContext& context) {
    if (!context.query) return invalid("query is not possible here");
    TOCSIN_TRY(const auto expr, text_of(a[0]));
    TOCSIN_TRY(auto list, context.query(expr));
    return Value(std::move(list));
}

Result<Value> run_printf(const Arguments& a, const TemplateContext&) {
    TOCSIN_TRY(const auto format, text_of(a[0]));
    TOCSIN_TRY(auto text, template_printf(format, std::span(a).subspan(1)));
    return Value(std::move(text));
}

Result<Value> run_match(const Arguments& a, const TemplateContext&) {
    TOCSIN_TRY(const auto pattern, text_of(a[0]));
    TOCSIN_TRY(const auto text, text_of(a[1]));
    TOCSIN_TRY(const bool found, regex_found(pattern, text));
    return Value(found);
}

Result<Value> run_replace(const Arguments& a, const TemplateContext&) {
    TOCSIN_TRY(const auto pattern, text_of(a[0]));
    TOCSIN_TRY(const auto replacement, text_of(a[1]));
    TOCSIN_TRY(auto text, text_of(a[2]));
    TOCSIN_TRY(auto replaced, regex_replaced(pattern, replacement, std::move(text)));
    return Value(std::move(replaced));
}

Result<Value> run_parse_duration(const Arguments& a, const TemplateContext&) {
    TOCSIN_TRY(const auto text, text_of(a[0]));
    TOCSIN_TRY(const Duration d, parse_duration(text));
    return Value(static_cast<double>(d.count()) / 1000);
}

Result<Value> run_external_url(const Arguments&, const TemplateContext& context) {
    const auto at = context.variables.find("externalURL");
    return at == context.variables.end() ? Value("") : at->second;
}

Result<Value> run_path_prefix(const Arguments& a, const TemplateContext& context) {
    TOCSIN_TRY(const auto url, run_external_url(a, context));
    TOCSIN_TRY(const auto text, text_of(url));
    return Value(url_path(text));
}

// {arg0: …, arg1: …}, for a template that takes several.
Result<Value> run_args(const Arguments& a, const TemplateContext&) {
    ValueMap out;
    for (std::size_t i = 0; i < a.size(); ++i) out.emplace(fmt::format("arg{}", i), a[i]);
    return Value(std::move(out));
}

// Nothing that a template is given is a function.
Result<Value> run_call(const Arguments& a, const TemplateContext&) {
    return invalid(fmt::format("{} is no function", type_name(a[0])));
}

template <Order order>
Result<Value> run_ordered(const Arguments& a, const TemplateContext&) {
    return ordered(a, order);
}

template <auto F>
Result<Value> of_printed(const Arguments& a, const TemplateContext&) {
    return Value(F(print(a)));
}

Result<Value> run_label(const Arguments& a, const TemplateContext&) {
    TOCSIN_TRY(const auto name, text_of(a[0]));
    return label_of(name, a[1]);
}

Result<Value> run_sort_by_label(const Arguments& a, const TemplateContext&) {
    TOCSIN_TRY(const auto name, text_of(a[0]));
    return sort_by_label(name, a[1]);
}

// `and` and `or` stand here for their names; the evaluator never calls them.
Result<Value> lazy(const Arguments& a, const TemplateContext&) {
    return a.back();
}

constexpr std::array kRows{
    Row{"and", 1, kAny, lazy},
    Row{"or", 1, kAny, lazy},
    Row{"not", 1, 1,
        [](const Arguments& a, const TemplateContext&) -> Result<Value> {
            return Value(!is_true(a[0]));
        }},
    Row{"eq", 2, kAny, [](const Arguments& a, const TemplateContext&) { return equal_any(a); }},
    Row{"ne", 2, 2, [](const Arguments& a, const TemplateContext&) { return not_equal(a); }},
    Row{"lt", 2, 2, run_ordered<Order::kLess>},
    Row{"le", 2, 2, run_ordered<Order::kLessOrEqual>},
    Row{"gt", 2, 2, run_ordered<Order::kGreater>},
    Row{"ge", 2, 2, run_ordered<Order::kGreaterOrEqual>},
    Row{"len", 1, 1, [](const Arguments& a, const TemplateContext&) { return length(a[0]); }},
    Row{"index", 1, kAny, [](const Arguments& a, const TemplateContext&) { return index(a); }},
    Row{"print", 0, kAny,
        [](const Arguments& a, const TemplateContext&) -> Result<Value> {
            return Value(print(a));
        }},
    Row{"println", 0, kAny,
        [](const Arguments& a, const TemplateContext&) -> Result<Value> {
            return Value(println(a));
        }},
    Row{"printf", 1, kAny, run_printf},
    Row{"html", 1, kAny, of_printed<html_escaped>},
    Row{"js", 1, kAny, of_printed<js_escaped>},
    Row{"urlquery", 1, kAny, of_printed<url_query>},
    Row{"slice", 1, 4, slice},
    Row{"call", 1, kAny, run_call},
    Row{"args", 0, kAny, run_args},
    Row{"humanize", 1, 1, of_number<humanize>},
    Row{"humanize1024", 1, 1, of_number<humanize1024>},
    Row{"humanizeDuration", 1, 1, of_number<humanize_duration>},
    Row{"humanizePercentage", 1, 1, of_number<humanize_percentage>},
    Row{"humanizeTimestamp", 1, 1, of_number<humanize_timestamp>},
    Row{"title", 1, 1, of_text<title>},
    Row{"toTime", 1, 1, of_number<to_time>},
    Row{"toUpper", 1, 1, of_text<to_upper>},
    Row{"toLower", 1, 1, of_text<to_lower>},
    Row{"stripPort", 1, 1, of_text<strip_port>},
    Row{"stripDomain", 1, 1, of_text<strip_domain>},
    Row{"safeHtml", 1, 1, of_text<[](std::string s) { return s; }>},
    Row{"match", 2, 2, run_match},
    Row{"reReplaceAll", 3, 3, run_replace},
    Row{"parseDuration", 1, 1, run_parse_duration},
    Row{"graphLink", 1, 1, of_text<[](const std::string& s) {
            return "/graph?g0.expr=" + url_query(s) + "&g0.tab=0";
        }>},
    Row{"tableLink", 1, 1, of_text<[](const std::string& s) {
            return "/graph?g0.expr=" + url_query(s) + "&g0.tab=1";
        }>},
    Row{"externalURL", 0, 0, run_external_url},
    Row{"pathPrefix", 0, 0, run_path_prefix},
    Row{"query", 1, 1, run_query},
    Row{"first", 1, 1, [](const Arguments& a, const TemplateContext&) { return first(a[0]); }},
    Row{"value", 1, 1,
        [](const Arguments& a, const TemplateContext&) { return field_of(a[0], "Value"); }},
    Row{"label", 2, 2, run_label},
    Row{"strvalue", 1, 1,
        [](const Arguments& a, const TemplateContext&) { return label_of("__value__", a[0]); }},
    Row{"sortByLabel", 2, 2, run_sort_by_label},
};

constexpr auto kNames = [] {
    std::array<std::string_view, kRows.size()> names;
    for (std::size_t i = 0; i < kRows.size(); ++i) names[i] = kRows[i].name;
    return names;
}();

}  // namespace

std::span<const std::string_view> template_function_names() {
    return kNames;
}

Result<Value> call_template_function(std::string_view name, const std::vector<Value>& arguments,
                                     const TemplateContext& context) {
    const auto* const row =
        std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.name == name; });
    if (row == kRows.end()) return invalid(fmt::format("function {} not defined", quote(name)));
    if (arguments.size() < row->least || arguments.size() > row->most) {
        return invalid(fmt::format("wrong number of arguments for {}: {}", name, arguments.size()));
    }
    auto result = row->call(arguments, context);
    if (!result) return result.error().in(name);
    if (const auto* s = std::get_if<std::string>(&result.value().get())) {
        if (s->size() > kMostTemplateBytes) {
            return Error(ErrorCode::kTooLarge, fmt::format("{}: too long a text", name));
        }
    }
    return result;
}

}  // namespace tocsin::text
