#include "collector/api/failure_log.h"

namespace tocsin::collector {
namespace {

// A reason that holds a number may be another one each time.
constexpr std::chrono::minutes kBetweenReasons{1};

}  // namespace

FailureNews FailureLog::take(const std::string& reason, std::chrono::steady_clock::time_point now) {
    if (reason == said_) return FailureNews::kNone;
    const bool began = said_.empty();
    const bool ended = reason.empty();
    if (!began && !ended && now - said_at_ < kBetweenReasons) return FailureNews::kNone;
    said_ = reason;
    said_at_ = now;
    return ended ? FailureNews::kWorksAgain : FailureNews::kFails;
}

}  // namespace tocsin::collector
