// The host as a configuration item: what it runs on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::agent {

struct HostFacts {
    std::string boot_id;
    std::string os;      // "Debian GNU/Linux 12 (bookworm)"
    std::string kernel;  // "6.1.0-27-amd64"
    std::int64_t cpus = 0;
    std::int64_t memory_bytes = 0;
    std::vector<std::string> addresses;  // neither loopback nor link-local
};

struct HostFactPaths {
    std::string procfs = "/proc";
    std::string sysfs = "/sys";
    std::string rootfs = "/";
};

// What cannot be read stays empty: a heartbeat without its kernel's name is still a heartbeat.
HostFacts read_host_facts(const HostFactPaths& paths);

// os-release(5): PRETTY_NAME, else NAME and VERSION.
std::string parse_os_release(std::string_view text);
// A cpu list ("0-3,8"): how many; 0 when it is none.
std::int64_t parse_cpu_count(std::string_view text);
// /proc/meminfo: MemTotal in bytes; 0 when it is not there.
std::int64_t parse_memory_total(std::string_view text);

}  // namespace tocsin::agent
