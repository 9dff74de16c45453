#include "agent/config/entry_text.h"

namespace tocsin::agent {
namespace {

using text::YamlKind;
using text::YamlNode;

// With its size before it, so that no text can look like two.
void append(std::string_view scalar, std::string& out) {
    out.append(std::to_string(scalar.size())).append(":").append(scalar);
}

void append(const YamlNode& node, std::string& out) {
    switch (node.kind()) {
        case YamlKind::kNull:
            out += '~';
            return;
        case YamlKind::kScalar:
            out += node.quoted() ? 'q' : 's';
            return append(node.scalar(), out);
        case YamlKind::kSequence:
            out += '[';
            for (const YamlNode& item : node.items()) append(item, out);
            out += ']';
            return;
        case YamlKind::kMap:
            out += '{';
            for (const auto& [key, value] : node.entries()) {
                append(key, out);
                append(value, out);
            }
            out += '}';
            return;
    }
}

}  // namespace

std::string text_of(const YamlNode& node) {
    std::string out;
    append(node, out);
    return out;
}

void set_sources(const YamlNode& section, const collector::TargetConfigs& targets) {
    const std::string whole = text_of(section);
    for (const auto& target : targets) target->source = whole;
    for (const YamlNode& entry : section.items()) {
        const std::string own = text_of(entry);
        for (const auto& target : targets) {
            if (target->position == entry.position()) target->source = own;
        }
    }
}

}  // namespace tocsin::agent
