// Takes messages of trap senders apart, believes who proves who they are, acknowledges informs.
// Without a socket: datagrams come in and go out as bytes. On the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "collector/net/snmp/config/traps.h"
#include "collector/net/snmp/discovery.h"
#include "collector/net/snmp/files/trap_map.h"
#include "collector/net/snmp/trap_refusal.h"

namespace tocsin::collector::snmp {

// What the receiver tells, within take().
class TrapListener {
  public:
    virtual ~TrapListener() = default;
    // False: there is no room for it; an inform is then not acknowledged, and will come again.
    virtual bool notified(const std::string& ip, const Notification& notification) = 0;
    // `why` is for people.
    virtual void refused(TrapRefusal refusal, const std::string& ip, std::string why) = 0;
    virtual void reply(std::string_view datagram, const Address& to) = 0;
};

class TrapReceiver {
  public:
    virtual ~TrapReceiver() = default;
    virtual void take(std::string_view datagram, const Address& from) = 0;
};

// Reads the secrets' files; an error names the one that is wrong. `listener` outlives it.
Result<std::unique_ptr<TrapReceiver>> open_trap_receiver(const TrapsConfig& config,
                                                         TrapListener& listener);

// "10.0.0.1", "fe80::1": without a port.
std::string ip_text(const Address& address);

}  // namespace tocsin::collector::snmp
