// The pools that targets' blocking calls run in: one a kind, apart from the host's, so that
// databases that hang take no thread from its file systems, nor from the lookup of a probe's name.
// On the loop.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "base/net/loop.h"
#include "base/net/offload.h"

namespace tocsin::agent {

class TargetPools {
  public:
    explicit TargetPools(net::Loop& loop) : loop_(loop) {}

    // With a thread for each of so many targets up to a bound: those that hang take none from the
    // others. Threads start when first needed.
    net::OffloadPool& of(const std::string& kind, std::size_t targets);
    bool idle() const;  // no call runs

  private:
    net::Loop& loop_;
    std::map<std::string, std::unique_ptr<net::OffloadPool>> pools_;
};

}  // namespace tocsin::agent
