#include "collector/service/plugins/config.h"

#include <set>

namespace tocsin::collector {
namespace {

constexpr Duration kEvery{1min};
constexpr Duration kTimeout{30s};

std::shared_ptr<PluginConfig> read_plugin(const text::YamlNode& node, Diagnostics& diagnostics) {
    text::MapReader reader(node, "a plugin", diagnostics);
    auto plugin = std::make_shared<PluginConfig>();
    plugin->every = kEvery;
    plugin->timeout = kTimeout;
    read_pace(reader, *plugin);
    reader.require("name");
    reader.require("command");
    plugin->name = reader.string("name").value_or("");
    if (reader.node("command").kind() == text::YamlKind::kScalar) {
        reader.error("command",
                     "is a list, the program and its arguments one by one; no shell "
                     "takes a line apart");
    } else {
        plugin->command = reader.strings("command");
        if (plugin->command.empty() || !plugin->command.front().starts_with('/')) {
            if (reader.node("command")) {
                reader.error("command", "must begin with the program's absolute path");
            }
        }
    }
    reader.finish();
    return plugin;
}

}  // namespace

TargetConfigs read_plugins(const text::YamlNode& section, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != text::YamlKind::kSequence) {
        diagnostics.error(section.position(), "\"plugins\" is a list of {name, command}");
        return out;
    }
    std::set<std::string> names;
    for (const text::YamlNode& node : section.items()) {
        auto plugin = read_plugin(node, diagnostics);
        if (!plugin->name.empty() && !names.insert(plugin->name).second) {
            diagnostics.error(node.position(), "there are two plugins \"" + plugin->name + "\"");
        }
        out.push_back(std::move(plugin));
    }
    return out;
}

}  // namespace tocsin::collector
