#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "base/text/template_functions.h"
#include "base/text/template_syntax.h"

namespace tocsin::text {

namespace {

constexpr std::size_t kMostLevels = 64;  // of blocks and parentheses

class Parser {
  public:
    Parser(std::vector<Token> tokens, std::span<const std::string_view> variables)
        : tokens_(std::move(tokens)) {
        for (const std::string_view v : variables) variables_.emplace_back(v);
    }

    Result<Tree> run() {
        std::vector<Node> nodes;
        TOCSIN_TRY(const Ended ended, list(nodes));
        if (ended != Ended::kText) {
            return template_error(
                ended_at_, ended == Ended::kEnd ? "unexpected {{end}}" : "unexpected {{else}}");
        }
        return Tree{std::move(nodes), std::move(defined_)};
    }

  private:
    static constexpr std::array<std::string_view, 11> kKeywords{
        "if",       "else", "end",    "with",     "range", "break",
        "continue", "nil",  "define", "template", "block"};

    // What a list of nodes ran into.
    enum class Ended { kText, kElse, kEnd };

    const Token* peek() const { return at_ < tokens_.size() ? &tokens_[at_] : nullptr; }
    bool next_is(TokenKind kind, std::string_view text = {}) const {
        return peek() != nullptr && peek()->kind == kind && (text.empty() || peek()->text == text);
    }
    bool take(TokenKind kind, std::string_view text = {}) {
        if (!next_is(kind, text)) return false;
        ++at_;
        return true;
    }
    Position here() const { return peek() ? peek()->at : Position{1, 1}; }
    Error unexpected(std::string_view where) const {
        return template_error(
            here(), fmt::format("unexpected {} in {}", quote(peek() ? peek()->text : ""), where));
    }

    // Nodes up to the end of the text or up to {{end}} or {{else}}, which it takes; after "else"
    // the cursor stands behind the word, not behind its "}}".
    Result<Ended> list(std::vector<Node>& out) {
        while (peek() != nullptr) {
            const Token& token = tokens_[at_++];
            if (token.kind == TokenKind::kText) {
                Node node;
                node.at = token.at;
                node.text = token.text;
                out.push_back(std::move(node));
                continue;
            }
            // The lexer gives text or an action; an action starts with "{{".
            ended_at_ = token.at;
            if (take(TokenKind::kWord, "end")) {
                TOCSIN_TRY(close("end"));
                return Ended::kEnd;
            }
            if (take(TokenKind::kWord, "else")) return Ended::kElse;
            TOCSIN_TRY(action(token.at, out));
        }
        return Ended::kText;
    }

    Result<void> close(std::string_view where) {
        if (take(TokenKind::kClose)) return success();
        return unexpected(where);
    }

    Result<void> action(Position at, std::vector<Node>& out) {
        Node node;
        node.at = at;
        const std::string word = next_is(TokenKind::kWord) ? peek()->text : "";
        if (word == "if" || word == "with" || word == "range") {
            ++at_;
            node.kind = word == "if"     ? NodeKind::kIf
                        : word == "with" ? NodeKind::kWith
                                         : NodeKind::kRange;
            TOCSIN_TRY(block(node, word));
        } else if (word == "break" || word == "continue") {
            ++at_;
            if (ranges_ == 0) return template_error(at, fmt::format("{} outside of range", word));
            node.kind = word == "break" ? NodeKind::kBreak : NodeKind::kContinue;
            TOCSIN_TRY(close(word));
        } else if (word == "define") {
            return define(at);
        } else if (word == "template" || word == "block") {
            TOCSIN_TRY(call(node, word));
        } else {
            node.kind = NodeKind::kOutput;
            TOCSIN_TRY(node.pipeline, pipeline("an action"));
            TOCSIN_TRY(close("an action"));
        }
        out.push_back(std::move(node));
        return success();
    }

    Result<void> define(Position at) {
        // Only on its own, as in Go.
        if (levels_ > 0) return template_error(at, "unexpected {{define}}");
        ++at_;
        TOCSIN_TRY(const auto name, template_name("define"));
        TOCSIN_TRY(close("define"));
        return definition(name, at, "define");
    }

    // {{template "x" …}}, or {{block "x" …}}…{{end}}, which defines it too.
    Result<void> call(Node& node, const std::string& word) {
        ++at_;
        node.kind = NodeKind::kTemplate;
        TOCSIN_TRY(node.text, template_name(word));
        if (word == "block" || !next_is(TokenKind::kClose)) {
            TOCSIN_TRY(node.pipeline, pipeline(word));
        }
        TOCSIN_TRY(close(word));
        return word == "block" ? definition(node.text, node.at, word) : success();
    }

    Result<std::string> template_name(std::string_view where) {
        if (!next_is(TokenKind::kString)) return unexpected(where);
        return tokens_[at_++].text;
    }

    // What follows {{define "x"}} or {{block "x" …}}, up to the {{end}}. It knows no variable from
    // outside of it.
    Result<void> definition(const std::string& name, Position at, std::string_view word) {
        if (++levels_ > kMostLevels) return template_error(at, "nested too deep");
        auto variables = std::exchange(variables_, {});
        const int ranges = std::exchange(ranges_, 0);
        std::vector<Node> body;
        TOCSIN_TRY(const Ended ended, list(body));
        if (ended == Ended::kElse) return template_error(ended_at_, "unexpected {{else}}");
        if (ended != Ended::kEnd)
            return template_error(at, fmt::format("{{{{{}}}}} without {{{{end}}}}", word));
        variables_ = std::move(variables);
        ranges_ = ranges;
        --levels_;
        std::vector<Node>& known = defined_[name];
        if (is_blank(body)) return success();
        if (!is_blank(known)) {
            return template_error(at,
                                  fmt::format("multiple definition of template {}", quote(name)));
        }
        known = std::move(body);
        return success();
    }
    static bool is_blank(const std::vector<Node>& nodes) {
        return std::all_of(nodes.begin(), nodes.end(), [](const Node& node) {
            return node.kind == NodeKind::kText && trim(node.text).empty();
        });
    }

    // What follows {{if, {{with or {{range, up to the {{end}}.
    Result<void> block(Node& node, const std::string& word) {
        if (++levels_ > kMostLevels) return template_error(node.at, "nested too deep");
        const std::size_t scope = variables_.size();
        TOCSIN_TRY(node.pipeline, pipeline(word));
        TOCSIN_TRY(close(word));
        const bool range = node.kind == NodeKind::kRange;
        ranges_ += range ? 1 : 0;
        TOCSIN_TRY(Ended ended, list(node.body));
        ranges_ -= range ? 1 : 0;
        if (ended == Ended::kElse) {
            if (word != "range" && take(TokenKind::kWord, word)) {
                // {{else if x}} is {{else}}{{if x}} with one {{end}} for both.
                Node inner;
                inner.kind = node.kind;
                inner.at = ended_at_;
                TOCSIN_TRY(block(inner, word));
                node.otherwise.push_back(std::move(inner));
                ended = Ended::kEnd;
            } else {
                TOCSIN_TRY(close("else"));
                TOCSIN_TRY(ended, list(node.otherwise));
                if (ended == Ended::kElse) return template_error(ended_at_, "a second {{else}}");
            }
        }
        if (ended != Ended::kEnd)
            return template_error(node.at, fmt::format("{{{{{}}}}} without {{{{end}}}}", word));
        variables_.resize(scope);
        --levels_;
        return success();
    }

    Result<Pipeline> pipeline(std::string_view where) {
        Pipeline out;
        out.at = here();
        TOCSIN_TRY(declaration(out, where));
        while (true) {
            TOCSIN_TRY(auto c, command(where));
            if (!out.commands.empty() && !can_take_arguments(c.operands[0])) {
                return template_error(c.at, "only a function can follow \"|\"");
            }
            out.commands.push_back(std::move(c));
            if (!take(TokenKind::kPunctuation, "|")) break;
        }
        // Only now: a variable is not known in its own definition.
        if (out.declares == Declares::kNew) {
            variables_.insert(variables_.end(), out.variables.begin(), out.variables.end());
        }
        return out;
    }

    // `$x :=`, `$x =`, and in a range `$i, $x :=`.
    Result<void> declaration(Pipeline& out, std::string_view where) {
        const std::size_t begin = at_;
        if (!next_is(TokenKind::kVariable)) return success();
        out.variables.push_back(tokens_[at_++].text);
        if (where == "range" && take(TokenKind::kPunctuation, ",")) {
            if (!next_is(TokenKind::kVariable)) return unexpected("range");
            out.variables.push_back(tokens_[at_++].text);
        }
        if (take(TokenKind::kPunctuation, ":=")) {
            out.declares = Declares::kNew;
        } else if (take(TokenKind::kPunctuation, "=")) {
            out.declares = Declares::kExisting;
            for (const std::string& v : out.variables) {
                TOCSIN_TRY(known(v, out.at));
            }
        } else if (out.variables.size() > 1) {
            return unexpected("range");
        } else {
            out.variables.clear();
            at_ = begin;
        }
        return success();
    }

    Result<void> known(const std::string& variable, Position at) const {
        const auto found = std::find(variables_.begin(), variables_.end(), variable);
        if (variable.empty() || found != variables_.end()) return success();
        const std::vector<std::string_view> names(variables_.begin(), variables_.end());
        const std::string_view near = nearest(variable, names);
        return template_error(
            at, fmt::format("undefined variable \"${}\"{}", variable,
                            near.empty() ? "" : fmt::format("; did you mean \"${}\"?", near)));
    }

    Result<Command> command(std::string_view where) {
        Command out;
        out.at = here();
        while (peek() != nullptr && peek()->kind != TokenKind::kClose &&
               !next_is(TokenKind::kPunctuation, "|") && !next_is(TokenKind::kPunctuation, ")")) {
            if (!out.operands.empty() && !peek()->spaced &&
                !next_is(TokenKind::kPunctuation, "(")) {
                return unexpected(where);
            }
            TOCSIN_TRY(auto o, operand(where));
            out.operands.push_back(std::move(o));
        }
        if (out.operands.empty()) {
            return template_error(out.at, fmt::format("missing value in {}", where));
        }
        if (out.operands.size() > 1 && !can_take_arguments(out.operands[0])) {
            return template_error(out.at, "only a function takes arguments");
        }
        return out;
    }

    // A function, or what may turn out to be a method of what it is a field of.
    static bool can_take_arguments(const Operand& o) {
        return std::holds_alternative<Operand::Function>(o.head) || !o.fields.empty();
    }

    Result<Operand> operand(std::string_view where) {
        Operand out;
        const Token& token = tokens_[at_];
        out.at = token.at;
        ++at_;
        switch (token.kind) {
            case TokenKind::kDot:
                out.head = Operand::Dot{};
                break;
            case TokenKind::kField:
                out.head = Operand::Dot{};
                out.fields.push_back(token.text);
                break;
            case TokenKind::kVariable: {
                TOCSIN_TRY(known(token.text, token.at));
                out.head = Operand::Variable{token.text};
                break;
            }
            case TokenKind::kNumber:
            case TokenKind::kCharacter: {
                TOCSIN_TRY(auto number, constant(token));
                out.head = std::move(number);
                break;
            }
            case TokenKind::kString:
                out.head = Value(token.text);
                break;
            case TokenKind::kWord: {
                TOCSIN_TRY(out.head, word(token));
                break;
            }
            case TokenKind::kPunctuation:
            case TokenKind::kText:
            case TokenKind::kOpen:
            case TokenKind::kClose: {
                --at_;
                if (!take(TokenKind::kPunctuation, "(")) return unexpected(where);
                TOCSIN_TRY(out.head, parenthesis(token.at));
            }
        }
        while (next_is(TokenKind::kField) && !peek()->spaced)
            out.fields.push_back(tokens_[at_++].text);
        return out;
    }

    using Head = decltype(Operand::head);

    Result<Head> parenthesis(Position at) {
        if (++levels_ > kMostLevels) return template_error(at, "nested too deep");
        TOCSIN_TRY(auto inner, pipeline("parentheses"));
        if (!take(TokenKind::kPunctuation, ")")) return template_error(at, "unclosed \"(\"");
        --levels_;
        return Head(std::make_shared<const Pipeline>(std::move(inner)));
    }

    Result<Head> word(const Token& token) {
        if (token.text == "true" || token.text == "false") return Head(Value(token.text == "true"));
        if (token.text == "nil") return Head(Value());
        if (std::find(kKeywords.begin(), kKeywords.end(), token.text) != kKeywords.end()) {
            return template_error(token.at, fmt::format("unexpected {{{{{}}}}}", token.text));
        }
        const auto names = template_function_names();
        if (std::find(names.begin(), names.end(), token.text) == names.end()) {
            const std::string_view near = nearest(token.text, names);
            return template_error(
                token.at,
                fmt::format("function {} not defined{}", quote(token.text),
                            near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
        }
        return Head(Operand::Function{token.text});
    }

    // A whole number with a base of its own: 0x1F, 0b11, 0o17, 017.
    static std::optional<std::int64_t> based(std::string_view digits) {
        const bool minus = digits.starts_with('-');
        if (minus || digits.starts_with('+')) digits.remove_prefix(1);
        if (digits.size() < 2 || digits[0] != '0') return std::nullopt;
        const char mark = digits[1];
        const bool named = mark < '0' || mark > '9';
        const int base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
        if (named && base == 8 && mark != 'o' && mark != 'O') return std::nullopt;
        digits.remove_prefix(named ? 2 : 1);
        std::int64_t value = 0;
        const char* const end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, value, base);
        if (digits.empty() || read.ec != std::errc() || read.ptr != end || value < 0) {
            return std::nullopt;
        }
        return minus ? -value : value;
    }

    static Result<Value> constant(const Token& token) {
        std::string digits = token.text;
        std::erase(digits, '_');
        if (const auto whole = based(digits)) return Value(*whole);
        if (const auto whole = parse_int(digits)) return Value(*whole);
        if (const auto number = parse_double(digits)) return Value(*number);
        return template_error(token.at, fmt::format("bad number {}", quote(token.text)));
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    Position ended_at_{1, 1};
    std::size_t levels_ = 0;
    int ranges_ = 0;
    std::vector<std::string> variables_;
    decltype(Tree::defined) defined_;
};

}  // namespace

Result<Tree> template_tree(std::string_view text, std::span<const std::string_view> variables) {
    TOCSIN_TRY(auto tokens, template_tokens(text));
    return Parser(std::move(tokens), variables).run();
}

}  // namespace tocsin::text
