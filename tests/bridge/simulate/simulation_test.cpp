// The simulation itself: what is lost on the way, restarts, hours away.
#include "bridge/simulate/simulation.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "base/net/log.h"
#include "tests/support/simulate_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

constexpr Timestamp kStart = from_unix_ms(1'795'701'600'000);  // 2026-11-26T14:00:00Z

std::unique_ptr<Simulation> started() {
    net::configure_log(net::LogFormat::kLogfmt, net::LogLevel::kError);
    return Simulation::create(test::config_of(test::kTwoPeople), kStart).value();
}

void fires(Simulation& simulation) {
    Alert alert;
    alert.labels = Labels{{"alertname", "DiskFull"}, {"host", "db-1"}, {"severity", "critical"}};
    alert.ends_at = simulation.now() + 1000h;
    REQUIRE(simulation.put(AlertsIn{{alert}, "prometheus", {}}));
}

// "0 sms opened": minutes since the start.
std::vector<std::string> sent(const Simulation& simulation) {
    std::vector<std::string> out;
    for (const SentMessage& message : simulation.sent()) {
        out.push_back(std::to_string((message.at - kStart) / 1min) + " " + message.channel + " " +
                      std::string(to_string(message.parts.front().notify.kind)));
    }
    std::sort(out.begin(), out.end());
    return out;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a message without an answer is sent again when its lease has run out") {
    const auto simulation = started();
    bool first = true;
    simulation->reply_with([&](const Mailing& mailing) -> std::optional<Delivery> {
        const bool lost = mailing.letters.front().effect.notify.channel == "mail" && first;
        if (lost) first = false;
        return lost ? std::nullopt : std::optional(Delivery::kDelivered);
    });
    fires(*simulation);
    REQUIRE(simulation->pass_until(kStart + 9min));
    CHECK(sent(*simulation) == Texts{"0 mail opened", "0 sms opened", "2 mail opened"});
}

TEST_CASE("kill -9 repeats no message and skips no step") {
    const auto simulation = started();
    fires(*simulation);
    REQUIRE(simulation->pass_until(kStart + 5min));
    REQUIRE(simulation->restart());
    REQUIRE(simulation->pass_until(kStart + 12min));
    CHECK(sent(*simulation) == Texts{"0 mail opened", "0 sms opened", "10 sms escalated"});
}

TEST_CASE("a bridge that was away finds nobody dead, and hears who is") {
    const auto simulation = started();
    HostReport report;
    report.host = "web-1";
    REQUIRE(simulation->put(HeartbeatIn{report}));
    REQUIRE(simulation->away_until(kStart + 1h));
    // One heartbeat (30 s) and the deadline (2 m) from then on.
    REQUIRE(simulation->pass_until(kStart + 1h + 149s));
    CHECK(simulation->sent().empty());
    REQUIRE(simulation->pass_until(kStart + 1h + 150s));
    CHECK(sent(*simulation) == Texts{"62 mail opened", "62 sms opened"});
}

TEST_CASE("a simulation that was killed leaves nothing behind for long") {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    REQUIRE(child > 0);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    namespace fs = std::filesystem;
    const fs::path where =
        ::access("/dev/shm", W_OK | X_OK) == 0 ? fs::path("/dev/shm") : fs::temp_directory_path();
    const fs::path left = where / ("tocsin-simulate-" + std::to_string(child) + "-left");
    const fs::path lives = where / ("tocsin-simulate-" + std::to_string(::getpid()) + "-lives");
    for (const fs::path& path : {left, lives}) {
        fs::create_directory(path);
        std::ofstream(path / "bridge.db") << "x";
    }
    started();
    CHECK_FALSE(fs::exists(left));
    CHECK(fs::exists(lives));
    fs::remove_all(lives);
}
