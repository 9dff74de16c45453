// Where a probe goes: a numeric address, found in the pool when the target has a name.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/net/probe_config/config.h"

namespace tocsin::collector::probe {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;  // 0: none

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    int family() const { return storage.ss_family; }
    std::string text() const;  // "127.0.0.1", "::1"
    Address with_port(std::uint16_t port) const;
    double protocol() const;  // 4, 6; 0 for none
    double hash() const;      // probe_ip_addr_hash: FNV-1a over its bytes, 32 bits
};

using Addresses = std::vector<Address>;

std::optional<Address> numeric_address(const std::string& host);
// The first of the preferred protocol, or of the other one where that is allowed.
std::optional<Address> choose_address(const Addresses& found, IpProtocol preferred,
                                      Switch fallback);
// Asks the system's resolver, which blocks until it gives up. kNotFound: there is no such name.
Result<Addresses> resolve(const std::string& host);

class Names;

// One lookup at a time; destroying it, or cancel(), forgets the answer. A name is looked up by
// Names (names.h).
class Lookup {
  public:
    using Found = std::function<void(const Result<Address>&)>;

    Lookup(net::Loop& loop, net::OffloadPool& pool);
    // `found` is never called inside start().
    void start(const std::string& host, const ProbeConfig& config, Found found);
    void cancel();

  private:
    net::Loop& loop_;
    net::OffloadPool& pool_;
    std::shared_ptr<Names> names_;
    std::shared_ptr<std::function<void(const Result<Addresses>&)>> waiter_;
    net::Timer soon_;
};

}  // namespace tocsin::collector::probe
