// tocsin-bridge: flags, signals, exit status. Everything else is App.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/log_settings.h"
#include "base/core/standard_output.h"
#include "base/net/http.h"
#include "base/net/log.h"
#include "base/net/sd_notify.h"
#include "bridge/api/api.h"
#include "bridge/app/app.h"

namespace {

using namespace tocsin;
using namespace tocsin::bridge;

constexpr int kRefused = 1;      // what was asked for is not possible: the configuration is wrong
constexpr int kUsedWrongly = 2;  // the command line
constexpr int kUnreachable = 3;  // a file, the store or the address

int exit_status(const Error& error) {
    return error.code == ErrorCode::kInvalid ? kRefused : kUnreachable;
}

int fail(const Error& error) {
    std::cerr << "tocsin-bridge: " << error.message << "\n";
    return exit_status(error);
}

void reload(App& app) {
    net::sd_notify("RELOADING=1");
    if (const Result<void> done = app.reload(); !done) {
        net::log_error("the configuration is refused; the old one stays",
                       {{"reason", done.error().message}});
    } else {
        net::log_info("the configuration was read again");
    }
    net::sd_notify("READY=1");
}

template <std::size_t N>
std::vector<std::string> words_of(const std::array<std::string_view, N>& words) {
    return {words.begin(), words.end()};
}

int serve(const Flags& flags) {
    net::Loop loop;
    const SystemClock clock;
    auto app = App::create(loop, clock, flags);
    if (!app) return fail(app.error());
    if (const Result<void> started = app.value()->start(); !started) {
        return fail(started.error());
    }
    bool stopping = false;
    loop.on_signals({SIGTERM, SIGINT, SIGHUP}, [&](int signal) {
        if (signal == SIGHUP) {
            reload(*app.value());
            return;
        }
        if (stopping) {  // the second time means it
            loop.stop();
            return;
        }
        stopping = true;
        net::sd_notify("STOPPING=1");
        net::log_info("stopping");
        app.value()->stop([&loop] { loop.stop(); });
    });
    net::sd_notify("READY=1");
    loop.run();
    app.value().reset();
    return 0;
}

// What is wrong with a value, for CLI11; "" when nothing is.
std::string listen_mistake(const std::string& text) {
    const auto address = net::parse_host_port(text);
    return address ? "" : address.error().message;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    ::umask(027);  // the store tells who was called, when and why
    CLI::App cli{"Takes alerts, opens incidents, tells people.", "tocsin-bridge"};
    cli.set_version_flag("--version", "tocsin-bridge " + std::string(kVersion));
    cli.require_subcommand(1);
    cli.footer(
        "Exit status: 0 done, 1 the configuration is wrong, 2 used wrongly, 3 could not reach or "
        "read.\nEvery flag has its key in the configuration file: docs/configuration.md.");
    CLI::App* command = cli.add_subcommand("serve", "Serve until told to stop.");
    command->set_version_flag("--version", "tocsin-bridge " + std::string(kVersion));
    Flags flags;
    bool insecure = false;
    command->add_option("--config", flags.config_file, "The configuration file (bridge.yml)")
        ->type_name("FILE");
    command->add_option("--listen", flags.listen, "The address to serve (127.0.0.1:9840)")
        ->type_name("HOST:PORT")
        ->check(listen_mistake);
    command
        ->add_option("--store", flags.store, "The ticket store (sqlite:/var/lib/tocsin/bridge.db)")
        ->type_name("URL")
        ->check(store_problem);
    command->add_option("--log.level", flags.log_level, "debug, info, warning or error (info)")
        ->check(CLI::IsMember(words_of(kLogLevels)));
    command->add_option("--log.format", flags.log_format, "logfmt, json or journald (logfmt)")
        ->check(CLI::IsMember(words_of(kLogFormats)));
    command->add_flag("--insecure-loopback", insecure,
                      "Let callers on loopback in without a token");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        const int status = cli.exit(e);
        return written(std::cout, std::cerr, "tocsin-bridge", status == 0 ? 0 : kUsedWrongly);
    }
    if (insecure) flags.loopback = LoopbackWithoutToken::kAdmit;
    try {
        return serve(flags);
    } catch (const std::exception& e) {
        std::cerr << "tocsin-bridge: a bug: " << e.what() << "\n";
        return 70;
    }
}
