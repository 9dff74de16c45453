#include <cstdlib>
#include <exception>
#include <iostream>
#include <sstream>
#include <variant>

#include "agent/app/app.h"
#include "agent/app/collect.h"
#include "agent/app/flags.h"
#include "agent/app/options.h"
#include "base/core/standard_output.h"
#include "base/net/log.h"

namespace {

using namespace tocsin;

int run(int argc, char** argv) {
    auto parsed = agent::parse_flags(argc, argv, std::cout, std::cerr);
    if (const auto* status = std::get_if<int>(&parsed)) {
        return written(std::cout, std::cerr, "tocsin-agent", *status);
    }
    const auto& flags = std::get<agent::Flags>(parsed);
    auto config = agent::load_options(flags, std::cerr);
    if (!config) {
        std::cerr << "tocsin-agent: " << config.error().message << "\n";
        return agent::exit_status(config.error());
    }
    if (flags.command == agent::Flags::Command::kCollect) {
        const int status = agent::collect(config.value(), std::cout, std::cerr);
        return written(std::cout, std::cerr, "tocsin-agent", status);
    }
    const auto reread = [flags]() -> Result<agent::Config> {
        std::ostringstream said;
        auto now = agent::load_options(flags, said);
        if (!now && !said.str().empty()) return Error(now.error().code, said.str());
        return now;
    };
    auto app = agent::App::create(std::move(config).value(), reread);
    if (!app) {
        std::cerr << "tocsin-agent: " << app.error().message << "\n";
        return agent::exit_status(app.error());
    }
    app.value()->run();
    if (app.value()->idle()) return 0;
    // A collector still hangs inside the kernel and holds what the App owns: nothing may be torn
    // down under it. What had to be kept is committed, and the process takes the thread with it.
    net::log_warning("a collector still hangs; ending without waiting for it");
    std::_Exit(0);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        net::log_error("stopped by a bug", {{"what", e.what()}});
        return 3;
    }
}
