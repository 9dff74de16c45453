// The rule pack that ships: clean, documented, and firing on what it is there for.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/support/rule_world.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::testing;

namespace {

const std::string kPack = std::string(TOCSIN_SOURCE_DIR) + "/agent/rules.d/host.yml";

std::vector<AlertRule> pack_rules() {
    std::vector<AlertRule> out;
    for (const RuleGroup& group : file_of(read_text(kPack)).groups) {
        for (const Rule& rule : group.rules) out.push_back(std::get<AlertRule>(rule));
    }
    return out;
}

std::string annotation(const AlertRule& rule, const std::string& name) {
    for (const auto& [key, value] : rule.annotations) {
        if (key == name) return value;
    }
    return "";
}

Labels mount(std::string_view metric, std::string_view mountpoint, std::string_view fstype,
             std::string_view device = "dev") {
    return Labels{{"__name__", metric}, {"mountpoint", mountpoint}, {"fstype", fstype},
                  {"device", device},   {"instance", "web-1:9100"}, {"job", "node"}};
}

void put_disk(World& world, int minute, std::string_view mountpoint, double percent_used,
              std::string_view fstype = "tmpfs", std::string_view device = "dev") {
    world.put(mount("node_filesystem_size_bytes", mountpoint, fstype, device), minute, 8388608);
    world.put(mount("node_filesystem_avail_bytes", mountpoint, fstype, device), minute,
              8388608 * (100 - percent_used) / 100);
}

std::vector<std::string> told(const std::vector<Transition>& transitions) {
    std::vector<std::string> out;
    for (const Transition& t : transitions) {
        out.push_back(std::string(t.labels.get("alertname")) + " " +
                      std::string(t.labels.get("mountpoint")) + " " + t.to);
    }
    return out;
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("the shipped pack passes the check without a warning") {
    Diagnostics diagnostics("host.yml");
    parse_rule_file(read_text(kPack), RuleFileOptions{}, diagnostics);
    INFO(diagnostics.text());
    CHECK(diagnostics.all().empty());
}

TEST_CASE("every rule of the pack has levels, a summary with numbers and a runbook") {
    const auto rules = pack_rules();
    CHECK(rules.size() >= 14);
    std::set<std::string> runbooks;
    for (const AlertRule& rule : rules) {
        INFO(rule.alert);
        CHECK(rule.is_threshold());
        CHECK(annotation(rule, "summary").find("$externalLabels.host") != std::string::npos);
        CHECK_FALSE(annotation(rule, "description").empty());
        const std::string runbook = annotation(rule, "runbook_url");
        CHECK(runbook == "/runbooks/" + rule.alert);  // served by the bridge
        CHECK(std::filesystem::exists(std::string(TOCSIN_SOURCE_DIR) + "/docs" + runbook + ".md"));
        runbooks.insert(rule.alert + ".md");
    }
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(TOCSIN_SOURCE_DIR) + "/docs/runbooks")) {
        INFO(entry.path());
        if (entry.path().filename().string().starts_with("SnmpTrap")) continue;  // traps.yml's
        CHECK(runbooks.contains(entry.path().filename()));
    }
}

TEST_CASE("a tmpfs that somebody mounted fires at once, system mounts never") {
    World world;
    RuleSet rules = world.make({file_of(read_text(kPack))});
    put_disk(world, 1, "/mnt/scratch", 85);
    put_disk(world, 1, "/run/lock", 99);
    put_disk(world, 1, "/dev/shm", 99);
    put_disk(world, 1, "/snap/core/1", 100, "squashfs");
    const auto fired = world.evaluate(rules, 1);
    CHECK(told(fired) == Told{"FilesystemFilling /mnt/scratch warning"});
    CHECK(fired.at(0).annotations.at("summary") == "/mnt/scratch on web-1 is 85 % full");
    CHECK(fired.at(0).annotations.at("description") == "/mnt/scratch is 85.0 % full, 1.2MiB left.");
    put_disk(world, 2, "/mnt/scratch", 95);
    CHECK(told(world.evaluate(rules, 2)) == Told{"FilesystemFilling /mnt/scratch critical"});
    put_disk(world, 3, "/mnt/scratch", 5);
    CHECK(told(world.evaluate(rules, 3)) == Told{"FilesystemFilling /mnt/scratch "});
    CHECK(world.failures == 0);
}

TEST_CASE("a file system keeps its identity when its device is another one") {
    World world;
    RuleSet rules = world.make({file_of(read_text(kPack))});
    put_disk(world, 1, "/data", 85, "ext4", "/dev/sda1");
    const auto fired = world.evaluate(rules, 1);
    REQUIRE(fired.size() == 1);
    world.put(mount("node_filesystem_size_bytes", "/data", "ext4", "/dev/sda1"), 2, kStaleNaN);
    world.put(mount("node_filesystem_avail_bytes", "/data", "ext4", "/dev/sda1"), 2, kStaleNaN);
    put_disk(world, 2, "/data", 95, "ext4", "/dev/sdb1");
    const auto risen = world.evaluate(rules, 2);
    REQUIRE(risen.size() == 1);
    CHECK(risen[0].change == Change::kRise);
    CHECK(risen[0].identity == fired[0].identity);
}

TEST_CASE("the pack's rules evaluate over a host's metrics and say what is wrong") {
    World world;
    RuleSet rules = world.make({file_of(read_text(kPack))});
    const auto put = [&](const char* name, int minute, double v) {
        world.put(Labels{{"__name__", name}, {"instance", "i"}, {"job", "node"}}, minute, v);
    };
    const auto put_of = [&](const char* name, const char* label, const char* value, int minute,
                            double v) {
        world.put(Labels{{"__name__", name}, {label, value}, {"instance", "i"}, {"job", "node"}},
                  minute, v);
    };
    std::set<std::string> fired;
    for (int m = 0; m <= 50; ++m) {
        const double s = m * 60.0;
        for (const char* cpu : {"0", "1"}) {
            for (const char* mode : {"idle", "user", "iowait"}) {
                world.put(Labels{{"__name__", "node_cpu_seconds_total"},
                                 {"cpu", cpu},
                                 {"mode", mode},
                                 {"instance", "i"},
                                 {"job", "node"}},
                          m, std::string(mode) == "user" ? s * 0.99 : s * 0.005);
            }
        }
        put("node_load5", m, 30);
        put("node_memory_MemAvailable_bytes", m, 1e8);
        put("node_memory_MemTotal_bytes", m, 4e9);
        put("node_memory_SwapFree_bytes", m, 1e8);
        put("node_memory_SwapTotal_bytes", m, 4e9);
        put("node_pressure_memory_stalled_seconds_total", m, s * 0.5);
        put("node_pressure_io_stalled_seconds_total", m, s * 0.9);
        put("node_vmstat_oom_kill", m, m > 2 ? 1 : 0);
        put("node_filefd_allocated", m, 9.5e5);
        put("node_filefd_maximum", m, 1e6);
        put("node_netstat_Tcp_RetransSegs", m, s * 30);
        put("node_netstat_Tcp_OutSegs", m, s * 100);
        put_of("node_disk_io_time_weighted_seconds_total", "device", "sda", m, s * 60);
        put_of("node_network_receive_errs_total", "device", "eth0", m, s * 50);
        put_of("node_network_transmit_errs_total", "device", "eth0", m, 0);
        put_of("node_network_receive_packets_total", "device", "eth0", m, s * 100);
        put_of("node_network_transmit_packets_total", "device", "eth0", m, s * 100);
        put_of("tocsin_collector_success", "collector", "diskstats", m, 0);
        world.put(Labels{{"__name__", "node_systemd_unit_state"},
                         {"name", "nginx.service"},
                         {"state", "failed"},
                         {"type", "notify"}},
                  m, 1);
        put_disk(world, m, "/data", 50 + m * 0.9, "ext4");
        world.put(mount("node_filesystem_readonly", "/data", "ext4"), m, 1);
        world.put(mount("node_filesystem_device_error", "/nfs", "nfs4"), m, 1);
        world.put(mount("node_filesystem_files", "/data", "ext4"), m, 1000);
        world.put(mount("node_filesystem_files_free", "/data", "ext4"), m, 10);
        for (const Transition& t : world.evaluate(rules, m)) {
            fired.insert(std::string(t.labels.get("alertname")) + " " + t.to);
            for (const auto& [name, text] : t.annotations) {
                INFO(name << ": " << text);
                CHECK(text.find("error expanding") == std::string::npos);
                CHECK(text.find("  ") == std::string::npos);
            }
        }
    }
    CHECK(world.failures == 0);
    for (const AlertRule& rule : pack_rules()) {
        INFO(rule.alert);
        const bool once = rule.alert == "HostOomKill";  // one kill is a warning
        CHECK(fired.contains(rule.alert + " " + (once ? "warning" : rule.levels.back().name)));
    }
}

TEST_CASE("a healthy host fires nothing") {
    World world;
    RuleSet rules = world.make({file_of(read_text(kPack))});
    for (int m = 0; m <= 40; ++m) {
        const double s = m * 60.0;
        for (const char* mode : {"idle", "user", "iowait"}) {
            world.put(Labels{{"__name__", "node_cpu_seconds_total"}, {"cpu", "0"}, {"mode", mode}},
                      m, std::string(mode) == "idle" ? s * 0.9 : s * 0.05);
        }
        const auto put = [&](const char* name, double v) {
            world.put(Labels{{"__name__", name}}, m, v);
        };
        put("node_load5", 0.7);
        put("node_memory_MemAvailable_bytes", 2e9);
        put("node_memory_MemTotal_bytes", 4e9);
        put("node_memory_SwapFree_bytes", 0);
        put("node_memory_SwapTotal_bytes", 0);  // no swap at all
        put("node_vmstat_oom_kill", 3);         // long ago
        put("node_netstat_Tcp_RetransSegs", s * 0.5);
        put("node_netstat_Tcp_OutSegs", s);  // too little traffic to judge
        put("tocsin_collector_success", 1);
        put_disk(world, m, "/", 79, "ext4");
        world.put(mount("node_filesystem_readonly", "/", "ext4"), m, 0);
        world.put(mount("node_filesystem_device_error", "/", "ext4"), m, 0);
        CHECK(told(world.evaluate(rules, m)).empty());
    }
    CHECK(world.failures == 0);
}

TEST_CASE("a rule that speaks of a part of the host makes an incident of each part") {
    for (const AlertRule& rule : pack_rules()) {
        INFO(rule.alert);
        for (const std::string label : {"mountpoint", "device", "name", "collector"}) {
            const bool speaks =
                annotation(rule, "summary").find("$labels." + label) != std::string::npos;
            if (speaks) CHECK(annotation(rule, "tocsin_group_by") == label);
        }
    }
}
