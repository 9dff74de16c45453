// Whose traps of version 3 are believed. A trap comes from an engine that nobody has asked before
// (RFC 3414: the sender is the authority), so its user is made for it when it first sends, and goes
// again when its message proves nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/net/snmp/config/config.h"
#include "collector/net/snmp/discovery.h"
#include "collector/net/snmp/shared.h"
#include "collector/net/snmp/user_keys.h"

namespace tocsin::collector::snmp {

class TrapUsers {
  public:
    // Engines that are remembered; beyond it the one that was silent the longest is forgotten.
    static constexpr std::size_t kMostEngines = 4096;

    // Makes each a user of our own engine, to which informs are sent. `device`: as messages call
    // who receives.
    static Result<TrapUsers> create(const std::vector<SnmpCredential>& users,
                                    std::string_view device);

    const SnmpCredential* find(std::string_view name) const;
    // Makes the user of the sender's engine known to the library. The user is one that find()
    // finds.
    Result<void> admit(const MessageHead& head, std::string_view ip);
    // The message of that head was what its user says, or was not.
    void proven(const MessageHead& head);
    void refuted(const MessageHead& head);

    std::size_t engines() const { return engines_.size(); }

  private:
    struct User {
        SnmpCredential who;
        Secrets secrets;
        std::string fingerprint;
        std::unique_ptr<UserLease> own;  // of our engine
    };
    struct Sender {
        std::unique_ptr<UserLease> lease;
        std::uint64_t used = 0;  // when, in messages
        bool proven = false;
    };
    static Result<std::unique_ptr<UserLease>> make(const UserKey& key, const User& user,
                                                   std::string_view device);
    void forget_oldest();

    std::vector<User> users_;
    std::map<UserKey, Sender> engines_;
    std::uint64_t messages_ = 0;
};

}  // namespace tocsin::collector::snmp
