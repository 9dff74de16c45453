// The syntax tree of a template. Private to this folder.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/result.h"
#include "base/text/template.h"

namespace tocsin::text {

struct Pipeline;

// A thing that has a value: `.`, `.Labels.x`, `$x.y`, 1.5, "text", (pipeline).field, humanize.
struct Operand {
    struct Dot {};
    struct Variable {
        std::string name;  // without '$'; "" is the root
    };
    struct Function {
        std::string name;
    };
    Position at;
    std::variant<Dot, Variable, Function, Value, std::shared_ptr<const Pipeline>> head;
    std::vector<std::string> fields;
};

// A function and its arguments, or one operand.
struct Command {
    Position at;
    std::vector<Operand> operands;  // one at least
};

enum class Declares { kNothing, kNew, kExisting };

struct Pipeline {
    Position at;
    Declares declares = Declares::kNothing;
    std::vector<std::string> variables;  // one, or two in a range
    std::vector<Command> commands;       // one at least
};

enum class NodeKind { kText, kOutput, kIf, kWith, kRange, kBreak, kContinue, kTemplate };

struct Node {
    NodeKind kind = NodeKind::kText;
    Position at;
    std::string text;   // of kTemplate its name
    Pipeline pipeline;  // of kTemplate its dot; without commands: nothing
    std::vector<Node> body;
    std::vector<Node> otherwise;
};

// A template and those that it defines, by name.
struct Tree {
    std::vector<Node> nodes;
    std::map<std::string, std::vector<Node>, std::less<>> defined;
};

enum class TokenKind {
    kText,         // outside of {{ }}
    kOpen,         // {{
    kClose,        // }}
    kWord,         // an identifier or a keyword
    kField,        // .name
    kDot,          // .
    kVariable,     // $name
    kNumber,       // as written
    kString,       // its value
    kCharacter,    // its value as a decimal number
    kPunctuation,  // | ( ) , := =
};

struct Token {
    TokenKind kind;
    std::string text;  // names without '.' and '$'
    Position at;
    bool spaced = false;  // blanks stand before it
};

// "at <line>:<column>: <message>"
Error template_error(Position at, std::string_view message);

Result<std::vector<Token>> template_tokens(std::string_view text);
// `variables`: the names known from outside.
Result<Tree> template_tree(std::string_view text, std::span<const std::string_view> variables);

}  // namespace tocsin::text
