// `tocsin rules check` and `tocsin check`: what the daemons' own readers say of files, all at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/config/config.h"
#include "cli/session.h"

namespace tocsin::cli {

// Rule files; a directory gives its *.yml and *.yaml. 1 when any is wrong, or a directory has none;
// 3 when any cannot be read.
// `severities` are the names that levels may have, from the mildest.
int check_rules(const Session& session, const std::vector<std::string>& paths,
                const std::vector<std::string>& severities);
// agent.yml and bridge.yml, told apart by their keys.
int check_config(const Session& session, const std::vector<std::string>& paths);
// What `include:` names, for bridge::read_config.
Result<std::vector<bridge::SourceFile>> included_files(std::string_view pattern,
                                                       std::string_view from);

}  // namespace tocsin::cli
