#include "collector/service/process_groups/config.h"

#include <set>
#include <utility>

namespace tocsin::collector {
namespace {

// TASK_COMM_LEN of the kernel, without the NUL at its end.
constexpr std::size_t kLongestComm = 15;

void read_pattern(text::MapReader& reader, std::string_view key, std::string& text,
                  Pattern& pattern) {
    text = reader.string(key).value_or("");
    Result<Pattern> compiled = Pattern::compile(text);
    if (compiled) {
        pattern = std::move(compiled).value();
    } else {
        reader.error(key, compiled.error().message);
    }
}

void read_match(const text::YamlNode& node, ProcessGroup& group, Diagnostics& diagnostics) {
    text::MapReader reader(node, "match", diagnostics);
    group.comm = read_words(reader, "comm");
    group.exe = read_words(reader, "exe");
    group.user = read_words(reader, "user");
    read_pattern(reader, "cmdline", group.cmdline, group.cmdline_pattern);
    read_pattern(reader, "cgroup", group.cgroup, group.cgroup_pattern);
    reader.finish();
    for (const std::string& comm : group.comm) {
        if (comm.size() <= kLongestComm) continue;
        reader.error("comm", "the kernel keeps " + std::to_string(kLongestComm) +
                                 " bytes of a name: \"" + comm.substr(0, kLongestComm) + "\"");
    }
}

ProcessGroup read_group(const text::YamlNode& node, Diagnostics& diagnostics) {
    text::MapReader reader(node, "a process group", diagnostics);
    ProcessGroup group;
    reader.require("name");
    group.name = reader.string("name").value_or("");
    if (const text::YamlNode match = reader.node("match")) read_match(match, group, diagnostics);
    group.smaps = reader.boolean("smaps").value_or(false);
    group.context_switches = reader.boolean("context_switches").value_or(false);
    if (group.comm.empty() && group.exe.empty() && group.user.empty() && group.cmdline.empty() &&
        group.cgroup.empty()) {
        diagnostics.error(
            node.position(),
            "a process group needs \"match\" with comm, exe, cmdline, cgroup or user, "
            "or it would take every process");
    }
    reader.finish();
    return group;
}

}  // namespace

TargetConfigs read_process_groups(const text::YamlNode& section, Diagnostics& diagnostics) {
    if (section.kind() != text::YamlKind::kSequence) {
        diagnostics.error(section.position(), "\"groups\" is a list of {name, match}");
        return {};
    }
    auto config = std::make_shared<ProcessGroupsConfig>();
    config->name = "of /proc";
    std::set<std::string> names;
    for (const text::YamlNode& node : section.items()) {
        ProcessGroup group = read_group(node, diagnostics);
        if (!group.name.empty() && !names.insert(group.name).second) {
            diagnostics.error(node.position(),
                              "there are two process groups \"" + group.name + "\"");
        }
        config->groups.push_back(std::move(group));
    }
    if (config->groups.empty()) return {};
    return {std::move(config)};
}

}  // namespace tocsin::collector
