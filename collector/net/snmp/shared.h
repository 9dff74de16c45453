// What all devices of the process share, because the library's own tables are the process's: its
// set-up, its users, derived keys; and modules, which are large. On the loop's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "base/core/secret.h"
#include "collector/net/snmp/files/kept_files.h"

namespace tocsin::collector::snmp {

// A user as the library's table has it: by engine and name, with keys.
struct UserKey {
    std::string engine;
    std::string name;
    // The compiler's own comparison with 0. NOLINTNEXTLINE(modernize-use-nullptr)
    auto operator<=>(const UserKey&) const = default;
};

// Holds a user of an engine in the library's table for as long as it lives; the last one takes the
// user out, so that a session with a new key makes it anew.
class UserLease {
  public:
    explicit UserLease(UserKey key) : key_(std::move(key)) {}
    ~UserLease();
    UserLease(const UserLease&) = delete;
    UserLease& operator=(const UserLease&) = delete;

  private:
    UserKey key_;
};

class Shared {
  public:
    // Sets the library up the first time: no files of its own, no MIBs, no output.
    static Shared& instance();

    // kConflict when another device with the same engine ID uses this user with other keys: the
    // library could only keep one; likewise where it is the same device. `fingerprint` stands for
    // the keys, `device` names the asker.
    Result<std::unique_ptr<UserLease>> lease(const UserKey& key, std::string_view fingerprint,
                                             std::string_view device);

    // Who this process is to senders of informs, for as long as it runs: an engine ID of 5 to 32
    // octets, and how often it has started with it.
    void be_engine(const std::string& id, std::uint32_t boots);
    bool is_engine() const { return is_engine_; }  // be_engine() has been called
    // As the library has it, be it given or made up.
    std::string local_engine() const;

    // Ku of a password (RFC 3414, A.2), which takes milliseconds the first time.
    Result<std::string> key_of(std::string_view auth_protocol, const Secret& password);

    // What is shipped and what stands in the files on top, as they are now. What is wrong with a
    // file is logged once; whatever it has is missing, or as it was when it was right.
    ModuleLayers modules(const std::vector<std::string>& patterns) {
        return modules_.load(patterns);
    }
    MappingLayers mappings(const std::vector<std::string>& patterns) {
        return mappings_.load(patterns);
    }

  private:
    friend class UserLease;
    struct User {
        std::string fingerprint;
        std::string device;
        int uses = 0;
    };
    Shared();
    void release(const UserKey& key);

    bool is_engine_ = false;
    std::map<UserKey, User> users_;
    std::map<std::string, std::string> keys_;  // by digest of protocol and password
    ModuleFiles modules_;
    MappingFiles mappings_;
};

}  // namespace tocsin::collector::snmp
