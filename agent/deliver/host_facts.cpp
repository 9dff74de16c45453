#include "agent/deliver/host_facts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "base/net/file.h"

namespace tocsin::agent {

namespace {

// What stands before and after the first `separator`; all and nothing without one.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) return {text, {}};
    return {text.substr(0, at), text.substr(at + 1)};
}

// Calls back with each line, without its end.
template <class Each>
void each_line(std::string_view text, Each each) {
    while (!text.empty()) {
        const auto [line, rest] = cut(text, '\n');
        each(trim(line));
        text = rest;
    }
}

// A shell-like value: quotes around it, backslashes before what is special inside.
std::string unquoted(std::string_view value) {
    const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                        value.back() == value.front();
    if (!quoted) return std::string(value);
    std::string out;
    for (std::size_t i = 1; i + 1 < value.size(); ++i) {
        if (value[i] == '\\' && i + 2 < value.size()) ++i;
        out += value[i];
    }
    return out;
}

std::string read(const std::string& path) {
    auto text = net::read_file(path);
    return text ? std::move(text).value() : std::string();
}

std::optional<std::string> address_text(const ifaddrs& entry) {
    constexpr unsigned kWanted = IFF_UP;
    if (entry.ifa_addr == nullptr || (entry.ifa_flags & kWanted) == 0 ||
        (entry.ifa_flags & IFF_LOOPBACK) != 0) {
        return std::nullopt;
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    const auto* any = reinterpret_cast<const void*>(entry.ifa_addr);
    if (entry.ifa_addr->sa_family == AF_INET) {
        const auto& a = static_cast<const sockaddr_in*>(any)->sin_addr;
        if ((ntohl(a.s_addr) >> 16U) == 0xA9FE) return std::nullopt;  // 169.254.0.0/16
        inet_ntop(AF_INET, &a, text.data(), text.size());
        return std::string(text.data());
    }
    if (entry.ifa_addr->sa_family == AF_INET6) {
        const auto& a = static_cast<const sockaddr_in6*>(any)->sin6_addr;
        if (IN6_IS_ADDR_LINKLOCAL(&a)) return std::nullopt;
        inet_ntop(AF_INET6, &a, text.data(), text.size());
        return std::string(text.data());
    }
    return std::nullopt;
}

std::vector<std::string> addresses() {
    constexpr std::size_t kMost = 64;
    ifaddrs* list = nullptr;
    std::vector<std::string> out;
    if (getifaddrs(&list) != 0) return out;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
    for (const ifaddrs* entry = list; entry != nullptr && out.size() < kMost;
         entry = entry->ifa_next) {
        if (auto text = address_text(*entry)) out.push_back(std::move(*text));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace

std::string parse_os_release(std::string_view text) {
    std::string pretty;
    std::string name;
    std::string version;
    each_line(text, [&](std::string_view line) {
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || line.starts_with('#')) return;
        const std::string_view key = line.substr(0, equals);
        const std::string_view value = line.substr(equals + 1);
        if (key == "PRETTY_NAME") pretty = unquoted(value);
        if (key == "NAME") name = unquoted(value);
        if (key == "VERSION") version = unquoted(value);
    });
    if (!pretty.empty()) return pretty;
    return version.empty() ? name : name + " " + version;
}

std::int64_t parse_cpu_count(std::string_view text) {
    text = trim(text);
    std::int64_t count = 0;
    while (!text.empty()) {
        const auto [part, rest] = cut(text, ',');
        const auto [from, to] = cut(part, '-');
        const auto first = parse_int(from);
        const auto last = from.size() == part.size() ? first : parse_int(to);
        if (!first || !last || *first < 0 || *last < *first || *last > 1'000'000) return 0;
        count += *last - *first + 1;
        text = rest;
    }
    return count;
}

std::int64_t parse_memory_total(std::string_view text) {
    std::int64_t bytes = 0;
    each_line(text, [&](std::string_view line) {
        constexpr std::string_view kKey = "MemTotal:";
        if (!line.starts_with(kKey) || !line.ends_with(" kB")) return;
        line.remove_prefix(kKey.size());
        line.remove_suffix(3);
        bytes = parse_int(trim(line)).value_or(0) * 1024;
    });
    return bytes;
}

HostFacts read_host_facts(const HostFactPaths& paths) {
    HostFacts out;
    out.boot_id = trim(read(paths.procfs + "/sys/kernel/random/boot_id"));
    std::string root = paths.rootfs;
    while (root.ends_with('/')) root.pop_back();
    std::string release = read(root + "/etc/os-release");
    if (release.empty()) release = read(root + "/usr/lib/os-release");
    out.os = parse_os_release(release);
    out.kernel = trim(read(paths.procfs + "/sys/kernel/osrelease"));
    out.cpus = parse_cpu_count(read(paths.sysfs + "/devices/system/cpu/online"));
    out.memory_bytes = parse_memory_total(read(paths.procfs + "/meminfo"));
    out.addresses = addresses();
    return out;
}

}  // namespace tocsin::agent
