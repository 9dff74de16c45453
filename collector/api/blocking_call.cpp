#include "collector/api/blocking_call.h"

#include <exception>

#include "base/net/log.h"

namespace tocsin::collector {

void BlockingCall::run_if_offered() {
    if (!move_on(State::kRunning)) return;
    const auto start = std::chrono::steady_clock::now();
    readings.clear();
    // A door of its own: what escapes is a bug, is said, and costs none of those behind it.
    try {
        const Result<void> result = collector_->collect(now_, readings);
        failure = result ? std::string() : result.error().message;
    } catch (const std::exception& e) {
        failure = "stopped by an exception";
        net::log_error("a collector threw", {{"error", e.what()}});
    }
    took = std::chrono::steady_clock::now() - start;
    state_ = State::kEnded;
}

}  // namespace tocsin::collector
