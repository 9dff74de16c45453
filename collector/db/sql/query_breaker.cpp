#include "collector/db/sql/query_breaker.h"

namespace tocsin::collector {
namespace {

constexpr Duration kAskAgain{5min};
constexpr int kPatience = 3;

}  // namespace

void QueryBreaker::note(const Result<void>& result, Timestamp now) {
    error_.reset();
    const bool broken_off = !result && result.error().code == ErrorCode::kTimeout;
    broken_off_ = broken_off ? broken_off_ + 1 : 0;
    const bool forbidden = !result && result.error().code == ErrorCode::kUnauthorized;
    if (!forbidden && broken_off_ < kPatience) return;
    error_ = result.error();
    since_ = now;
}

const Error* QueryBreaker::holds(Timestamp now) const {
    const bool waits = error_ && now >= since_ && now - since_ < kAskAgain;
    return waits ? &*error_ : nullptr;
}

}  // namespace tocsin::collector
