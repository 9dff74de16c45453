#include "collector/register.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

using namespace tocsin;
using namespace tocsin::collector;

TEST_CASE("the rows of the registry are sorted, named once and found by name") {
    std::set<std::string_view> names;
    for (const Registration& row : registrations()) {
        REQUIRE(names.insert(row.name).second);
        REQUIRE(find_registration(row.name) == &row);
    }
    REQUIRE(std::is_sorted(registrations().begin(), registrations().end(),
                           [](const auto& a, const auto& b) { return a.name < b.name; }));
    REQUIRE(find_registration("nothing") == nullptr);
}

TEST_CASE("every row is either built in or names its module, which is off until configured") {
    for (const Registration& row : registrations()) {
        INFO(row.name);
        REQUIRE((row.create != nullptr) == row.module.empty());
        if (!row.module.empty()) REQUIRE_FALSE(row.on_by_default);
    }
}

TEST_CASE("every built-in collector is made with its defaults, written out or not") {
    SeriesTable series;
    for (const Registration& row : registrations()) {
        if (row.create == nullptr) continue;
        INFO(row.name);
        REQUIRE(create_collector(row, {{}, {}, &series}));
        Settings settings;
        for (const SettingSpec& spec : row.settings) {
            REQUIRE_FALSE(spec.help.empty());
            if (spec.default_value.empty()) continue;
            settings.push_back({std::string(spec.key), {std::string(spec.default_value)}});
        }
        REQUIRE(create_collector(row, {{}, settings, &series}));
    }
}

// The defaults as Debian's prometheus-node-exporter 1.5.0 prints them in --help.
TEST_CASE("the defaults are node_exporter's") {
    const auto default_of = [](std::string_view collector, std::string_view key) {
        for (const SettingSpec& spec : find_registration(collector)->settings) {
            if (spec.key == key) return spec.default_value;
        }
        return std::string_view("no such setting");
    };
    REQUIRE(default_of("arp", "device_exclude").empty());
    REQUIRE(default_of("bcache", "priority_stats") == "false");
    REQUIRE(default_of("cpu", "guest") == "true");
    REQUIRE(default_of("cpu", "info") == "false");
    REQUIRE(default_of("filesystem", "mount_points_exclude") ==
            "^/(dev|proc|run|sys|mnt|media|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)");
    REQUIRE(default_of("filesystem", "timeout") == "5s");
    REQUIRE(default_of("diskstats", "device_exclude") ==
            R"(^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$)");
    REQUIRE(default_of("netdev", "device_exclude") == "^lo$");
    REQUIRE(default_of("ipvs", "backend_labels") ==
            "local_address,local_port,remote_address,remote_port,proto,local_mark");
    REQUIRE(default_of("netclass", "ignored_devices") == "^$");
    REQUIRE(default_of("powersupplyclass", "ignored_supplies") == "^$");
    REQUIRE(default_of("textfile", "directory") == "/var/lib/prometheus/node-exporter");
    REQUIRE(default_of("vmstat", "fields") == "^(oom_kill|pgpg|pswp|pg.*fault).*");
    REQUIRE(default_of("systemd", "unit_include") == ".+");
    REQUIRE(default_of("systemd", "unit_exclude") ==
            R"(.+\.(automount|device|mount|scope|slice|target))");
}

// A bar in a table's cell is written \|.
TEST_CASE("the pages tell each setting with the registry's default and words") {
    const auto check = [](std::string_view name, const std::vector<SettingSpec>& settings) {
        std::ifstream file(TOCSIN_SOURCE_DIR "/docs/collectors/" + std::string(name) + ".md");
        const std::string page{std::istreambuf_iterator<char>(file), {}};
        INFO(name);
        for (const SettingSpec& spec : settings) {
            std::string line = "| `" + std::string(spec.key) + "` | ";
            if (!spec.default_value.empty()) line += '`';
            for (const char c : spec.default_value) {
                if (c == '|') line += '\\';
                line += c;
            }
            line += spec.default_value.empty() ? "| " : "` | ";
            line.append(spec.help).append(" |\n");
            REQUIRE_THAT(page, Catch::Contains(line));
        }
        if (settings.empty()) REQUIRE_THAT(page, Catch::Contains("No settings."));
    };
    for (const Registration& row : registrations()) check(row.name, row.settings);
    for (const TargetKind& kind : target_kinds()) check(kind.name, kind.settings);
}

TEST_CASE(
    "only what a question burdens and has its own client is asked less often after failures") {
    std::vector<std::string_view> less_often;
    for (const TargetKind& kind : target_kinds()) {
        if (kind.after_failures == AfterFailures::kLessOften) less_often.push_back(kind.name);
    }
    CHECK(less_often == std::vector<std::string_view>{"mysql", "postgres", "probe", "redis", "snmp",
                                                      "snmp_traps"});
}

TEST_CASE("the kinds of targets are sorted, found by name, and no collector's name") {
    REQUIRE_FALSE(target_kinds().empty());
    REQUIRE(std::is_sorted(target_kinds().begin(), target_kinds().end(),
                           [](const auto& a, const auto& b) { return a.name < b.name; }));
    for (const TargetKind& kind : target_kinds()) {
        INFO(kind.name);
        REQUIRE(find_target_kind(kind.name) == &kind);
        REQUIRE(find_registration(kind.name) == nullptr);
        REQUIRE((kind.create != nullptr) == kind.module.empty());
    }
    REQUIRE(find_target_kind("nothing") == nullptr);
}
