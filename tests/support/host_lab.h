// A host collector over a fixture tree, through the registry and with all that is opt-in switched
// on.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/model/series.h"
#include "collector/api/collector.h"
#include "collector/host/btrfs.h"
#include "collector/host/filesystem.h"
#include "collector/register.h"
#include "tests/support/fixture_tree.h"

namespace tocsin::test {

inline collector::Settings everything_on(std::string_view name, const FixtureTree& tree) {
    if (name == "bcache") return {{"priority_stats", {"true"}}};
    if (name == "cpu") {
        return {{"info", {"true"}}, {"info_flags_include", {"avx"}}, {"info_bugs_include", {"."}}};
    }
    if (name == "netstat" || name == "vmstat") return {{"fields", {"."}}};
    if (name == "textfile") return {{"directory", {tree.at("root/textfile")}}};
    return {};
}

// What would leave the tree (statfs, Btrfs's ioctl) is answered at once and the same each time.
inline Result<std::unique_ptr<collector::Collector>> make_host_collector(std::string_view name,
                                                                         const FixtureTree& tree,
                                                                         SeriesTable& series) {
    collector::Context context;
    context.paths = {tree.at("proc"), tree.at("sys"), tree.at("root"), tree.at("udev")};
    context.settings = everything_on(name, tree);
    context.series = &series;
    if (name == "filesystem") {
        const auto answer = [](const std::string&, collector::FileSystemStat& out) {
            out = {4096, 1000, 500, 400, 2000, 1500};
            return 0;
        };
        return collector::create_filesystem_with(context, answer, Duration{60'000});
    }
    if (name == "btrfs") {
        return collector::create_btrfs_with(
            context, [](const std::string& point) -> Result<collector::BtrfsVolume> {
                return Error(ErrorCode::kIo, point + ": not permitted");
            });
    }
    return collector::find_registration(name)->create(context);
}

// A row's `collectors`, one by one.
inline std::vector<std::string_view> readers_of(std::string_view collectors) {
    std::vector<std::string_view> names;
    while (!collectors.empty()) {
        const std::size_t blank = collectors.find(' ');
        names.push_back(collectors.substr(0, blank));
        collectors.remove_prefix(blank == std::string_view::npos ? collectors.size() : blank + 1);
    }
    return names;
}

}  // namespace tocsin::test
