// The key `processes.groups` of agent.yml: which processes count as one, by what they are.
#pragma once

#include <string>
#include <vector>

#include "collector/api/filter.h"
#include "collector/api/target.h"

namespace tocsin::collector {

// Processes for which every key that is given holds; of several words any may be the one.
struct ProcessGroup {
    std::string name;               // the label `groupname`
    std::vector<std::string> comm;  // the kernel's name of the process, 15 bytes at most
    std::vector<std::string> exe;   // the program's path, or its last part where there is no '/'
    std::vector<std::string> user;  // of the effective user id: a name or a number
    std::string cmdline;            // RE2, found anywhere in the arguments with blanks between
    std::string cgroup;             // RE2, found anywhere in one of its control groups' paths
    Pattern cmdline_pattern;
    Pattern cgroup_pattern;
    bool smaps = false;
    bool context_switches = false;
};

// The whole section is one target, so that /proc is read once a cycle for all groups.
struct ProcessGroupsConfig final : TargetConfig {
    std::vector<ProcessGroup> groups;  // a process belongs to the first that takes it
};

TargetConfigs read_process_groups(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
