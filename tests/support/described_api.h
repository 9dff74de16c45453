// docs/openapi.yaml, for the tests that hold it against the bridge.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <string_view>

#include "base/net/file.h"
#include "base/text/yaml.h"

namespace tocsin::test {

inline text::YamlNode described_api() {
    static const std::string file = TOCSIN_SOURCE_DIR "/docs/openapi.yaml";
    const auto text = net::read_file(file);
    REQUIRE(text);
    Diagnostics diagnostics(file);
    text::YamlNode root = text::parse_yaml(text.value(), diagnostics);
    INFO(diagnostics.text());
    REQUIRE(root);
    return root;
}

// What a "$ref" of the document stands for; anything else is itself.
inline text::YamlNode referred(const text::YamlNode& root, text::YamlNode node) {
    while (const auto ref = node.find("$ref")) {
        std::string_view path = ref.scalar();
        INFO(path);
        REQUIRE(path.starts_with("#/"));
        node = root;
        for (path.remove_prefix(1); !path.empty();) {
            path.remove_prefix(1);
            node = node.find(path.substr(0, path.find('/')));
            path.remove_prefix(std::min(path.find('/'), path.size()));
        }
        REQUIRE(node);
    }
    return node;
}

// "object", "string" …: what a schema can be, of several the types of each.
inline std::set<std::string> types_of(const text::YamlNode& root, const text::YamlNode& node) {
    const text::YamlNode schema = referred(root, node);
    std::set<std::string> out;
    if (const auto type = schema.find("type")) out.emplace(type.scalar());
    for (const char* several : {"oneOf", "allOf"}) {
        for (const auto& part : schema.find(several).items()) out.merge(types_of(root, part));
    }
    return out;
}

// Null is for whoever looks at "nullable".
inline bool is_of(const boost::json::value& value, const std::set<std::string>& types) {
    if (value.is_null() || types.empty()) return true;
    if (value.is_object()) return types.contains("object");
    if (value.is_array()) return types.contains("array");
    if (value.is_string()) return types.contains("string");
    if (value.is_bool()) return types.contains("boolean");
    return types.contains("number") || (types.contains("integer") && !value.is_double());
}

}  // namespace tocsin::test
