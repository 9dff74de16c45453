#include "base/text/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "base/text/template_functions.h"
#include "base/text/template_syntax.h"
#include "base/text/template_text.h"

namespace tocsin::text {

struct Template::Impl {
    Tree tree;
};

namespace {

using MapPtr = std::shared_ptr<const ValueMap>;
using ListPtr = std::shared_ptr<const ValueList>;

constexpr int kMostSteps = 1'000'000;
constexpr int kMostDepth = 500;  // of blocks, and of templates that call templates

enum class Flow { kOn, kBreak, kContinue };

class Evaluator {
  public:
    Evaluator(const Tree& tree, const TemplateContext& context)
        : tree_(tree), context_(context), root_(context.dot) {
        for (const auto& [name, value] : context.variables) variables_.emplace_back(name, value);
    }

    Result<std::string> run() {
        TOCSIN_TRY(list(tree_.nodes, root_));
        return std::move(out_);
    }

  private:
    Result<Flow> list(const std::vector<Node>& nodes, const Value& dot) {
        if (nodes.empty()) return Flow::kOn;
        if (depth_ >= kMostDepth) return template_error(nodes[0].at, "nested too deep");
        ++depth_;
        for (const Node& node : nodes) {
            TOCSIN_TRY(const Flow flow, one(node, dot));
            if (flow == Flow::kOn) continue;
            --depth_;
            return flow;
        }
        --depth_;
        return Flow::kOn;
    }

    Result<Flow> one(const Node& node, const Value& dot) {
        if (++steps_ > kMostSteps) return template_error(node.at, "the template takes too long");
        switch (node.kind) {
            case NodeKind::kText: {
                TOCSIN_TRY(write(node.at, node.text));
                return Flow::kOn;
            }
            case NodeKind::kOutput: {
                TOCSIN_TRY(const auto value, pipeline(node.pipeline, dot));
                // A declaration prints nothing.
                if (node.pipeline.declares == Declares::kNothing) {
                    TOCSIN_TRY(write(node.at, to_text(value)));
                }
                return Flow::kOn;
            }
            case NodeKind::kIf:
            case NodeKind::kWith:
                return branch(node, dot);
            case NodeKind::kRange:
                return range(node, dot);
            case NodeKind::kBreak:
                return Flow::kBreak;
            case NodeKind::kContinue:
                return Flow::kContinue;
            case NodeKind::kTemplate:
                return defined(node, dot);
        }
        return Flow::kOn;
    }

    // {{template "x" …}}: what is given becomes its dot and its `$`; it sees no other variable.
    Result<Flow> defined(const Node& node, const Value& dot) {
        const auto at = tree_.defined.find(node.text);
        if (at == tree_.defined.end()) {
            return template_error(node.at,
                                  fmt::format("template {} not defined", quote(node.text)));
        }
        Value given;
        if (!node.pipeline.commands.empty()) {
            TOCSIN_TRY(given, pipeline(node.pipeline, dot));
        }
        auto variables = std::exchange(variables_, {});
        Value root = std::exchange(root_, given);
        TOCSIN_TRY(list(at->second, given));
        root_ = std::move(root);
        variables_ = std::move(variables);
        return Flow::kOn;
    }

    Result<void> write(Position at, std::string_view text) {
        if (out_.size() + text.size() > kMostTemplateBytes) {
            return Error(ErrorCode::kTooLarge,
                         fmt::format("at {}:{}: the output is longer than {} bytes", at.line,
                                     at.column, kMostTemplateBytes));
        }
        out_ += text;
        return success();
    }

    Result<Flow> branch(const Node& node, const Value& dot) {
        const std::size_t scope = variables_.size();
        TOCSIN_TRY(const auto value, pipeline(node.pipeline, dot));
        const bool taken = is_true(value);
        const Value& inner = taken && node.kind == NodeKind::kWith ? value : dot;
        TOCSIN_TRY(const Flow flow, list(taken ? node.body : node.otherwise, inner));
        variables_.resize(scope);
        return flow;
    }

    Result<Flow> range(const Node& node, const Value& dot) {
        const std::size_t scope = variables_.size();
        // The pipeline's own declaration is done here, once an element.
        Pipeline plain = node.pipeline;
        plain.declares = Declares::kNothing;
        TOCSIN_TRY(const auto value, pipeline(plain, dot));
        std::vector<std::pair<Value, Value>> elements;
        if (const auto* l = std::get_if<ListPtr>(&value.get())) {
            for (const Value& v : **l) {
                elements.emplace_back(Value(static_cast<std::int64_t>(elements.size())), v);
            }
        } else if (const auto* m = std::get_if<MapPtr>(&value.get())) {
            for (const auto& [key, v] : **m) elements.emplace_back(Value(key), v);
        } else if (!std::holds_alternative<std::monostate>(value.get())) {
            return template_error(node.at,
                                  fmt::format("range can't iterate over {}", type_name(value)));
        }
        if (elements.empty()) return list(node.otherwise, dot);
        for (const auto& [key, element] : elements) {
            const auto& names = node.pipeline.variables;
            if (names.size() == 2) bind(node.pipeline.declares, names[0], key);
            if (!names.empty()) bind(node.pipeline.declares, names.back(), element);
            TOCSIN_TRY(const Flow flow, list(node.body, element));
            variables_.resize(scope);
            if (flow == Flow::kBreak) break;
        }
        return Flow::kOn;
    }

    void bind(Declares how, const std::string& name, const Value& value) {
        if (how == Declares::kExisting) {
            const auto at = std::find_if(variables_.rbegin(), variables_.rend(),
                                         [&](const auto& v) { return v.first == name; });
            if (at != variables_.rend()) at->second = value;
            return;
        }
        variables_.emplace_back(name, value);
    }

    Result<Value> pipeline(const Pipeline& p, const Value& dot) {
        std::optional<Value> last;
        for (const Command& c : p.commands) {
            TOCSIN_TRY(auto value, command(c, dot, std::move(last)));
            last = std::move(value);
        }
        if (p.declares != Declares::kNothing) bind(p.declares, p.variables.front(), *last);
        return std::move(*last);
    }

    Result<Value> command(const Command& c, const Value& dot, std::optional<Value> last) {
        if (++steps_ > kMostSteps) return template_error(c.at, "the template takes too long");
        const Operand& head = c.operands.front();
        const auto* function = std::get_if<Operand::Function>(&head.head);
        const bool method = !head.fields.empty() && (c.operands.size() > 1 || last.has_value());
        if (function == nullptr && !method) return operand(head, dot);
        if (!method && (function->name == "and" || function->name == "or")) {
            return lazy(c, dot, std::move(last), function->name == "or");
        }
        std::vector<Value> arguments;
        for (std::size_t i = 1; i < c.operands.size(); ++i) {
            TOCSIN_TRY(auto value, operand(c.operands[i], dot));
            arguments.push_back(std::move(value));
        }
        if (last) arguments.push_back(std::move(*last));
        if (!method) return called(c.at, function->name, arguments);
        Operand object = head;
        object.fields.pop_back();
        TOCSIN_TRY(const auto value, operand(object, dot));
        return method_of(c.at, value, head.fields.back(), arguments);
    }

    // Of times only: nothing else that a template is given has any.
    static Result<Value> method_of(Position at, const Value& value, const std::string& name,
                                   const std::vector<Value>& arguments) {
        const auto* time = std::get_if<Timestamp>(&value.get());
        auto result = time != nullptr
                          ? time_method(*time, name, arguments)
                          : Error(ErrorCode::kInvalid,
                                  fmt::format("{} of {} has arguments but is no function", name,
                                              type_name(value)));
        if (result) return result;
        return template_error(at, result.error().message);
    }

    Result<Value> called(Position at, const std::string& name,
                         const std::vector<Value>& arguments) {
        auto result = call_template_function(name, arguments, context_);
        if (result) return result;
        const Error& e = result.error();
        return Error(e.code, template_error(at, e.message).message);
    }

    // and, or: the first argument that decides, else the last; the others are not evaluated.
    Result<Value> lazy(const Command& c, const Value& dot, std::optional<Value> last,
                       bool decides) {
        Value value;
        for (std::size_t i = 1; i < c.operands.size(); ++i) {
            TOCSIN_TRY(value, operand(c.operands[i], dot));
            if (is_true(value) == decides) return value;
        }
        if (last) return std::move(*last);
        if (c.operands.size() == 1) return template_error(c.at, "and, or: no arguments");
        return value;
    }

    Result<Value> operand(const Operand& o, const Value& dot) {
        TOCSIN_TRY(auto value, head_value(o, dot));
        for (const std::string& field : o.fields) {
            TOCSIN_TRY(value, field_of(o.at, value, field));
        }
        return value;
    }

    Result<Value> head_value(const Operand& o, const Value& dot) {
        if (std::holds_alternative<Operand::Dot>(o.head)) return dot;
        if (const auto* v = std::get_if<Value>(&o.head)) return *v;
        if (const auto* v = std::get_if<Operand::Variable>(&o.head)) return variable(o.at, v->name);
        if (const auto* f = std::get_if<Operand::Function>(&o.head))
            return called(o.at, f->name, {});
        const std::size_t scope = variables_.size();
        auto value = pipeline(*std::get<std::shared_ptr<const Pipeline>>(o.head), dot);
        variables_.resize(scope);
        return value;
    }

    Result<Value> variable(Position at, const std::string& name) const {
        if (name.empty()) return root_;
        for (auto v = variables_.rbegin(); v != variables_.rend(); ++v) {
            if (v->first == name) return v->second;
        }
        return template_error(at, fmt::format("undefined variable \"${}\"", name));
    }

    // Of a map. What is a record in Prometheus (the root, a sample) has fixed fields, so a missing
    // one is a slip of the pen; in a set of labels it is an absent label: empty.
    Result<Value> field_of(Position at, const Value& value, const std::string& field) const {
        if (const Value* found = find_key(value, field)) return *found;
        if (std::holds_alternative<Timestamp>(value.get())) return method_of(at, value, field, {});
        const auto* map = std::get_if<MapPtr>(&value.get());
        if (map == nullptr) {
            return template_error(
                at, fmt::format("can't take field {} of {}", field, type_name(value)));
        }
        const auto* root = std::get_if<MapPtr>(&context_.dot.get());
        const bool record = (root != nullptr && *root == *map) || (*map)->contains("Labels");
        if (!record) return missing_of(**map);
        std::vector<std::string_view> known;
        for (const auto& [name, unused] : **map) known.push_back(name);
        const std::string_view near = nearest(field, known);
        return template_error(
            at, fmt::format("there is no field {}{}", quote(field),
                            near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
    }

    const Tree& tree_;
    const TemplateContext& context_;
    Value root_;  // `$`
    std::string out_;
    std::vector<std::pair<std::string, Value>> variables_;
    int steps_ = 0;
    int depth_ = 0;
};

}  // namespace

Result<Template> Template::parse(std::string_view text) {
    constexpr std::array<std::string_view, 4> kPrometheus{"labels", "value", "externalLabels",
                                                          "externalURL"};
    return parse(text, kPrometheus);
}

Result<Template> Template::parse(std::string_view text,
                                 std::span<const std::string_view> variables) {
    if (text.size() > kMostTemplateBytes) {
        return Error(ErrorCode::kTooLarge,
                     fmt::format("a template is longer than {} bytes", kMostTemplateBytes));
    }
    auto impl = std::make_shared<Impl>();
    TOCSIN_TRY(impl->tree, template_tree(text, variables));
    Template out;
    out.impl_ = std::move(impl);
    return out;
}

Result<std::string> Template::render(const TemplateContext& context) const {
    return Evaluator(impl_->tree, context).run();
}

}  // namespace tocsin::text
