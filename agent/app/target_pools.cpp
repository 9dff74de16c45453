#include "agent/app/target_pools.h"

#include <algorithm>

namespace tocsin::agent {
namespace {

// A target may have several names or databases to wait for.
constexpr std::size_t kFewestThreads = 4;
constexpr std::size_t kMostThreads = 32;
constexpr std::size_t kWaiting = 256;

}  // namespace

net::OffloadPool& TargetPools::of(const std::string& kind, std::size_t targets) {
    const std::size_t threads = std::clamp(targets, kFewestThreads, kMostThreads);
    auto& found = pools_[kind];
    if (!found) found = std::make_unique<net::OffloadPool>(loop_, threads, kWaiting);
    found->grow_to(threads);
    return *found;
}

bool TargetPools::idle() const {
    return std::all_of(pools_.begin(), pools_.end(),
                       [](const auto& pool) { return pool.second->busy() == 0; });
}

}  // namespace tocsin::agent
