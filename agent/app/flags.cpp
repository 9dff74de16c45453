#include "agent/app/flags.h"

#include <CLI/CLI.hpp>
#include <string_view>

#include "base/core/version.h"
#include "base/net/http.h"

namespace tocsin::agent {

namespace {

// What is wrong with a value, for CLI11; "" when nothing is.
std::string url_mistake(const std::string& text) {
    const auto url = net::parse_url(text);
    return url ? "" : url.error().message;
}

std::string listen_mistake(const std::string& text) {
    const auto address = net::parse_host_port(text);
    return address ? "" : address.error().message;
}

std::string interval_mistake(const std::string& text) {
    const auto interval = parse_duration(text);
    if (!interval) return interval.error().message;
    return interval.value() < 100ms ? "at least 100ms" : "";
}

}  // namespace

std::variant<Flags, int> parse_flags(int argc, char** argv, std::ostream& out, std::ostream& err) {
    Flags flags;
    CLI::App app("Tocsin's agent: collects, evaluates rules on this host, delivers alerts",
                 "tocsin-agent");
    const std::string version = "tocsin-agent " + std::string(kVersion);
    app.set_version_flag("--version", version);
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 done, 1 a check failed, 2 used wrongly, 3 could not reach or read.\n"
        "Every flag has its key in the configuration file: docs/configuration.md.");

    const auto add_common = [&](CLI::App* command) {
        command->set_version_flag("--version", version);
        command->add_option("--config", flags.config, "The configuration file (YAML)");
        command->add_option("--path.procfs", flags.procfs, "Where /proc is [/proc]");
        command->add_option("--path.sysfs", flags.sysfs, "Where /sys is [/sys]");
        command->add_option("--path.rootfs", flags.rootfs, "Where the root is [/]");
        command->add_option("--path.udev.data", flags.udev_data,
                            "Where udev's data are [/run/udev/data]");
    };
    auto* serve = app.add_subcommand("serve", "Run until stopped");
    add_common(serve);
    serve->add_option("--listen", flags.listen, "Address of the local API [127.0.0.1:9841]")
        ->check(listen_mistake);
    serve->add_option("--bridge", flags.bridges, "A bridge's URL (repeat: tried in order)")
        ->check(url_mistake);
    serve->add_option("--rules", flags.rules, "A rule file or a folder of them (repeat)");
    serve
        ->add_option_function<std::string>(
            "--interval",
            [&](const std::string& text) { flags.interval = parse_duration(text).value(); },
            "Collect and evaluate every [15s]")
        ->check(interval_mistake);
    serve->add_option("--state", flags.state, "Folder of the outbox [/var/lib/tocsin/agent]");
    serve->add_option("--log.level", flags.log_level, "debug, info, warning or error [info]")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
    serve->add_option("--log.format", flags.log_format, "logfmt, json or journald [logfmt]")
        ->check(CLI::IsMember({"logfmt", "json", "journald"}));
    auto* collect =
        app.add_subcommand("collect", "Collect once and print it in Prometheus's text format");
    add_common(collect);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e, out, err) == 0 ? 0 : 2;
    }
    flags.command = collect->parsed() ? Flags::Command::kCollect : Flags::Command::kServe;
    return flags;
}

}  // namespace tocsin::agent
