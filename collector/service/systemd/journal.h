// tocsin_log_matches_total and tocsin_log_lines_total of systemd's journal.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collector/api/target.h"

namespace tocsin::collector {

Result<std::unique_ptr<Target>> create_journal(const std::shared_ptr<const TargetConfig>& config,
                                               const TargetContext& context);

// What the state file holds: the cursor of the last entry that was read, "" where the journal had
// none when it was first looked at. Nothing when it is no such file.
std::optional<std::string> parse_journal_position(std::string_view text);
std::string print_journal_position(std::string_view cursor);

}  // namespace tocsin::collector
