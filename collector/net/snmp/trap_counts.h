// What is counted of traps, as series. On the loop's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "collector/api/target.h"
#include "collector/net/snmp/config/traps.h"
#include "collector/net/snmp/trap_refusal.h"

namespace tocsin::collector::snmp {

// Why a message was not looked at.
enum class TrapDrop {
    kRate,    // its device, or all together, sent too many in this second
    kBuffer,  // the kernel had no room for it
    kActive,  // ActiveTraps is full
    kSeries,  // it is counted, but not by its device and trap: there are kMostSeries of these
};
inline constexpr std::size_t kTrapDrops = 4;

class TrapCounts {
  public:
    static constexpr std::size_t kMostSeries = 5'000;

    TrapCounts(SeriesTable& table, const TrapsConfig& config);

    void came(const std::string& instance, const std::string& oid);
    void unmapped() { ++unmapped_.count; }
    void refused(TrapRefusal refusal) { ++refused_[static_cast<std::size_t>(refusal)].count; }
    void dropped(TrapDrop drop) { ++dropped_[static_cast<std::size_t>(drop)].count; }
    void lost(std::uint64_t total) {
        dropped_[static_cast<std::size_t>(TrapDrop::kBuffer)].count = total;
    }

    void append(Readings& out) const;

  private:
    struct Counted {
        SeriesRef series;
        std::uint64_t count = 0;
    };

    const TargetSeries series_;
    std::string job_;
    std::map<std::pair<std::string, std::string>, Counted> came_;  // by instance and OID
    Counted unmapped_;
    std::array<Counted, kTrapRefusals> refused_;
    std::array<Counted, kTrapDrops> dropped_;
};

}  // namespace tocsin::collector::snmp
