// Which alerts traps have raised and what has cleared them, without a socket. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/time.h"
#include "collector/net/snmp/files/trap_map.h"

namespace tocsin::collector::snmp {

struct ActiveTrap {
    std::string alert;
    std::string instance;  // whose
    std::string severity;
    TrapLabels identity;
    TrapLabels details;
    Timestamp until{};  // when it is over by itself; none: the epoch
    // One that comes and goes between two reports is still in one of them.
    bool reported = false;
    bool cleared = false;
    bool operator==(const ActiveTrap&) const = default;
};

class ActiveTraps {
  public:
    // More than a site can look at; a device that makes up ever new ones must not fill the memory.
    static constexpr std::size_t kMost = 10'000;

    enum class Taken { kDone, kNothing, kFull };
    // kNothing: there was nothing to clear. kFull: it would be one too many, and is not kept.
    Taken take(const TrapEvent& event, std::string_view instance, Timestamp now);

    // What is active now, as it is to be told; what was cleared or has run out, and been told
    // before, goes.
    std::vector<const ActiveTrap*> report(Timestamp now);

    std::size_t size() const { return active_.size(); }
    // Whether it is another than at the last call.
    bool changed() { return std::exchange(changed_, false); }

    // Lines of text, over a restart. Parsing gives nothing when it is not wholly what print()
    // writes.
    std::string print() const;
    static std::optional<ActiveTraps> parse(std::string_view text);
    // Forgets alerts that no mapping raises any more.
    void keep_only(const TrapMappings& mappings);

  private:
    Taken fire(const TrapEvent& event, std::string_view instance, Timestamp now);
    Taken clear(const TrapEvent& event, std::string_view instance);

    std::map<std::string, ActiveTrap> active_;  // by alert, instance and identity
    bool changed_ = false;
};

}  // namespace tocsin::collector::snmp
