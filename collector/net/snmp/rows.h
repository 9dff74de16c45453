// From what a device said to its series. What a series is called is worked out when the device's
// tables change and kept until they do; a cycle in which only numbers moved builds no label.
#pragma once

#include <cstddef>
#include <vector>

#include "collector/api/target.h"
#include "collector/net/snmp/files/mib.h"
#include "collector/net/snmp/files/value.h"

namespace tocsin::collector::snmp {

// Whether labels that a module drops in favour of names (ifIndex) are dropped.
enum class Dropped { kDropped, kKept };

class Rows {
  public:
    // Modules and series outlive it.
    Rows(const std::vector<const Module*>& modules, const TargetSeries& series,
         Dropped dropped = Dropped::kDropped);

    // `found`: sorted by OID, each once. Appends to `out`, each series once.
    void report(const std::vector<VarBind>& found, Readings& out);

  private:
    enum class Source { kNumber, kDateAndTime, kFixed };
    // A series and where its value comes from.
    struct Row {
        std::size_t at;  // in `found`
        const Metric* metric;
        SeriesRef series;
        Source source;
        double fixed;
    };
    struct Known {
        Oid oid;
        Value value;  // where names depend on it; else empty
    };

    const Metric* metric_of(OidView oid, OidView& instance) const;
    bool same_names(const std::vector<VarBind>& found) const;
    void rebuild(const std::vector<VarBind>& found);
    bool names(const VarBind& varbind) const;

    std::vector<const Metric*> metrics_;  // sorted by OID
    std::vector<Oid> named_by_;           // objects whose values are labels; sorted
    const TargetSeries* series_;
    Dropped dropped_;
    std::vector<Known> known_;
    std::vector<Row> rows_;
};

}  // namespace tocsin::collector::snmp
