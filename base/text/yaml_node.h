// What a YamlNode points to. Private to this folder.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/text/yaml.h"

namespace tocsin::text {

struct YamlNode::Impl {
    YamlKind kind = YamlKind::kNull;
    Position position;
    std::string scalar;
    bool quoted = false;
    std::vector<YamlNode> items;
    std::vector<std::pair<std::string, YamlNode>> entries;
    std::vector<YamlNode> keys;  // beside entries
    std::size_t expansions = 0;  // aliases inside, those of aliased nodes included
};

}  // namespace tocsin::text
