// A log under test: its files, the agent that counts their lines, and what it keeps.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "collector/service/log_config/log_config.h"
#include "collector/service/logs/logs.h"
#include "collector/service/logs/positions.h"
#include "tests/support/target_bench.h"

namespace tocsin::test {

inline constexpr const char* kLines = "tocsin_log_lines_total{log=\"web\"}";
inline constexpr const char* kErrors = "tocsin_log_matches_total{log=\"web\", pattern=\"error\"}";
inline constexpr const char* kBacklog = "tocsin_log_backlog_bytes{log=\"web\"}";
inline constexpr const char* kFiles = "tocsin_log_files{log=\"web\"}";
inline constexpr const char* kUnreadable = "tocsin_log_unreadable_files{log=\"web\"}";

struct LogBench {
    FixtureTree tree;
    std::shared_ptr<collector::LogsConfig> config = std::make_shared<collector::LogsConfig>();
    std::unique_ptr<TargetBench> target;

    explicit LogBench(const std::string& files = "log/*.log") {
        tree.make_directory("log");
        config->name = "web";
        config->files = {tree.at(files)};
        config->patterns.push_back({"error", collector::Pattern::compile("error|ERR").value(), {}});
        target = std::make_unique<TargetBench>(collector::create_log, tree, config);
    }
    void append(const std::string& path, std::string_view text) const {
        std::ofstream file(tree.at(path), std::ios::binary | std::ios::app);
        file << text;
        REQUIRE(file.flush());
    }
    void rename(const std::string& from, const std::string& to) const {
        std::filesystem::rename(tree.at(from), tree.at(to));
    }
    void copy(const std::string& from, const std::string& to) const {
        std::filesystem::copy_file(tree.at(from), tree.at(to),
                                   std::filesystem::copy_options::overwrite_existing);
    }
    Values collect() { return target->collect(); }
    double lines() { return collect().at(kLines); }
    collector::LogPositions kept() const {
        std::ifstream in(tree.at("state/log-web"));
        const std::string text((std::istreambuf_iterator<char>(in)), {});
        const auto positions = collector::parse_positions(text);
        REQUIRE(positions);
        return *positions;
    }
    std::uint64_t inode(const std::string& path) const {
        struct stat status {};
        REQUIRE(::stat(tree.at(path).c_str(), &status) == 0);
        return status.st_ino;
    }
    // Another agent, as after a crash: what is not in the state directory is gone. It has told that
    // it begins at 0.
    void restart() {
        target->restart();
        CHECK(lines() == 0);
    }
};

}  // namespace tocsin::test
