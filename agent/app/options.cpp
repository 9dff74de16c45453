#include "agent/app/options.h"

#include <ostream>
#include <utility>

#include "base/net/file.h"
#include "base/net/host_name.h"
#include "collector/register.h"

namespace tocsin::agent {

namespace {

Result<Config> read(const std::string& path, std::ostream& err) {
    if (path.empty()) return Config{};
    TOCSIN_TRY(const auto text, net::read_file(path));
    Diagnostics diagnostics(path);
    auto config =
        read_config(text, {collector::registrations(), collector::target_kinds()}, diagnostics);
    err << diagnostics.text();
    if (diagnostics.has_errors()) {
        return Error(ErrorCode::kInvalid, path + " is not right; nothing was started");
    }
    return config;
}

void apply(const Flags& flags, Config& config) {
    if (flags.procfs) config.path.procfs = *flags.procfs;
    if (flags.sysfs) config.path.sysfs = *flags.sysfs;
    if (flags.rootfs) config.path.rootfs = *flags.rootfs;
    if (flags.udev_data) config.path.udev_data = *flags.udev_data;
    if (flags.listen) config.listen = *flags.listen;
    if (flags.state) config.state = *flags.state;
    if (flags.log_level) config.log.level = *flags.log_level;
    if (flags.log_format) config.log.format = *flags.log_format;
    if (!flags.bridges.empty()) config.bridge.urls = flags.bridges;
    if (!flags.rules.empty()) config.rules.files = flags.rules;
    if (flags.interval) config.collect.interval = *flags.interval;
    for (auto& url : config.bridge.urls) {
        while (url.ends_with('/')) url.pop_back();
    }
}

}  // namespace

Result<Config> load_options(const Flags& flags, std::ostream& err) {
    TOCSIN_TRY(auto config, read(flags.config, err));
    apply(flags, config);
    if (config.host.empty()) config.host = net::host_name();
    return config;
}

int exit_status(const Error& error) {
    return error.code == ErrorCode::kInvalid ? 1 : 3;
}

}  // namespace tocsin::agent
