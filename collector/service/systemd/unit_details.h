// What a unit has besides its state, by its kind: restarts and tasks of a service, connections of a
// socket, the last trigger of a timer, the start of any. Asked for once, and again when systemd
// says that the unit has changed; only what changes without a word is asked for in each cycle.
#pragma once

#include <optional>
#include <vector>

#include "base/core/result.h"
#include "base/model/series.h"
#include "collector/api/collector.h"
#include "collector/service/systemd/manager.h"

namespace tocsin::collector {

struct DetailRow;

// Which are wanted, as node_exporter's flags have it.
struct DetailChoice {
    bool restarts = true;
    bool start_time = true;
    bool tasks = false;
};

class UnitDetails {
  public:
    UnitDetails(const std::string& unit, const DetailChoice& choice);
    void changed() { fresh_ = false; }
    // What a unit or a systemd does not have is left out; another error ends the report.
    Result<void> report(SystemdManager& manager, const SystemdUnit& unit, SeriesTable& series,
                        Readings& out);

  private:
    struct Value {
        const DetailRow* row;
        SeriesRef series;
        std::optional<double> value;
    };

    Result<void> ask(SystemdManager& manager, const SystemdUnit& unit, Value& value) const;

    std::vector<Value> values_;
    bool fresh_ = false;
    bool accepting_ = false;  // a socket that counts connections
};

}  // namespace tocsin::collector
