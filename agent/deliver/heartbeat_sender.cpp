#include "agent/deliver/heartbeat_sender.h"

#include <algorithm>
#include <utility>

#include "agent/deliver/delivery.h"
#include "base/net/log.h"

namespace tocsin::agent {

HeartbeatSender::HeartbeatSender(HeartbeatParts parts, BridgeOptions bridge, Duration interval,
                                 std::function<Heartbeat()> report, std::function<void()> answered)
    : parts_(parts),
      bridge_(std::move(bridge)),
      own_interval_(interval),
      interval_(interval),
      report_(std::move(report)),
      answered_(std::move(answered)),
      doors_(bridge_.urls.size()) {}

HeartbeatSender::~HeartbeatSender() {
    *alive_ = false;
}

void HeartbeatSender::start() {
    if (!bridge_.urls.empty()) beat();
}

// A beat is due an interval after the last one began, whatever became of it.
void HeartbeatSender::beat() {
    schedule();
    // Every door within one interval, so that beats never overtake one another.
    const auto doors = static_cast<Duration::rep>(bridge_.urls.size());
    const Duration timeout = std::min<Duration>(10s, interval_ / doors);
    send(false, std::max(timeout, Duration{100}), [](bool) {});
}

void HeartbeatSender::schedule() {
    timer_ = parts_.loop.after(interval_, [this] { beat(); });
}

// The bridge knows how long it waits for a beat.
void HeartbeatSender::keep_pace(std::string_view answer) {
    const Duration asked = asked_interval(answer, own_interval_);
    if (asked == interval_ || leaving_) return;
    interval_ = asked;
    schedule();
    net::log_info("heartbeats go at the pace that the bridge asks for",
                  {{"interval", format_duration(asked)}});
}

void HeartbeatSender::send(bool goodbye, Duration timeout, std::function<void(bool)> done) {
    Heartbeat heartbeat = report_();
    heartbeat.interval = interval_;
    heartbeat.goodbye = goodbye;
    auto request = bridge_request(bridge_, doors_.current(), "/api/v1/heartbeat",
                                  to_json(heartbeat), parts_.clock.now());
    request.timeout = timeout;
    parts_.client.send(std::move(request), [this, alive = alive_, goodbye, timeout,
                                            done = std::move(done)](
                                               const Result<net::Response>& answer) {
        if (!*alive) return;
        const Outcome outcome = outcome_of(answer);
        if (outcome.verdict == Verdict::kAccepted) {
            doors_.answered();
            if (failing_) net::log_info("heartbeats reach the bridge again");
            failing_ = false;
            keep_pace(answer.value().body);
            answered_();
            return done(true);
        }
        if (leaving_ && !goodbye) return done(false);
        if (doors_.failed()) return send(goodbye, timeout, done);
        if (!failing_) {
            net::log_warning("heartbeats do not reach the bridge", {{"reason", outcome.reason}});
        }
        failing_ = true;
        done(false);
    });
}

void HeartbeatSender::goodbye(Duration patience, std::function<void()> done) {
    timer_.cancel();
    leaving_ = true;
    if (bridge_.urls.empty()) return done();
    const auto doors = static_cast<Duration::rep>(bridge_.urls.size());
    send(true, std::max(patience / doors, Duration{100}),
         [done = std::move(done)](bool) { done(); });
}

}  // namespace tocsin::agent
