#include "collector/service/systemd/unit_details.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace tocsin::collector {
namespace {

// When systemd says nothing of a change, it is looked for in each cycle: counts of a socket that
// accepts connections itself (others have none), and of tasks.
enum class Pace { kOnChange, kIfAccepting, kAlways };
enum class Part { kPlain, kRestarts, kStartTime, kTasks };

constexpr MetricDesc kStartTime{"node_systemd_unit_start_time_seconds",
                                "Start time of the unit since unix epoch in seconds.",
                                MetricType::kGauge};
constexpr MetricDesc kTasksCurrent{"node_systemd_unit_tasks_current",
                                   "Current number of tasks per Systemd unit", MetricType::kGauge};
constexpr MetricDesc kTasksMax{"node_systemd_unit_tasks_max",
                               "Maximum number of tasks per Systemd unit", MetricType::kGauge};
constexpr MetricDesc kRestarts{"node_systemd_service_restart_total",
                               "Service unit count of Restart triggers", MetricType::kCounter};
constexpr MetricDesc kLastTrigger{"node_systemd_timer_last_trigger_seconds",
                                  "Seconds since epoch of last trigger.", MetricType::kGauge};
constexpr MetricDesc kAccepted{"node_systemd_socket_accepted_connections_total",
                               "Total number of accepted socket connections", MetricType::kCounter};
constexpr MetricDesc kConnections{"node_systemd_socket_current_connections",
                                  "Current number of socket connections", MetricType::kGauge};
// The exporter has it as a gauge.
constexpr MetricDesc kRefused{"node_systemd_socket_refused_connections_total",
                              "Total number of refused socket connections", MetricType::kGauge};

constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
constexpr double kMicro = 1e6;

}  // namespace

struct DetailRow {
    std::string_view suffix;  // of the unit's name
    std::string_view interface;
    std::string_view property;
    const MetricDesc* desc;
    double divisor;
    Pace pace;
    Part part;
};

namespace {

// Names and units of org.freedesktop.systemd1(5).
constexpr DetailRow kRows[] = {
    {"", "Unit", "ActiveEnterTimestamp", &kStartTime, kMicro, Pace::kOnChange, Part::kStartTime},
    {".service", "Service", "NRestarts", &kRestarts, 1, Pace::kOnChange, Part::kRestarts},
    {".service", "Service", "TasksCurrent", &kTasksCurrent, 1, Pace::kAlways, Part::kTasks},
    {".service", "Service", "TasksMax", &kTasksMax, 1, Pace::kOnChange, Part::kTasks},
    {".socket", "Socket", "NAccepted", &kAccepted, 1, Pace::kIfAccepting, Part::kPlain},
    {".socket", "Socket", "NConnections", &kConnections, 1, Pace::kIfAccepting, Part::kPlain},
    {".socket", "Socket", "NRefused", &kRefused, 1, Pace::kIfAccepting, Part::kPlain},
    {".timer", "Timer", "LastTriggerUSec", &kLastTrigger, kMicro, Pace::kOnChange, Part::kPlain},
};

bool is_wanted(const DetailRow& row, const DetailChoice& choice) {
    switch (row.part) {
        case Part::kPlain:
            return true;
        case Part::kRestarts:
            return choice.restarts;
        case Part::kStartTime:
            return choice.start_time;
        case Part::kTasks:
            return choice.tasks;
    }
    return false;
}

bool is_missing(const Error& error) {
    return error.code == ErrorCode::kNotFound;
}

}  // namespace

UnitDetails::UnitDetails(const std::string& unit, const DetailChoice& choice) {
    for (const DetailRow& row : kRows) {
        if (unit.ends_with(row.suffix) && is_wanted(row, choice)) values_.push_back({&row, {}, {}});
    }
}

Result<void> UnitDetails::ask(SystemdManager& manager, const SystemdUnit& unit,
                              Value& value) const {
    const DetailRow& row = *value.row;
    value.value.reset();
    // A unit that is not active has no start; the exporter says 0.
    if (row.part == Part::kStartTime && unit.active_state != "active") {
        value.value = 0;
        return success();
    }
    const Result<std::uint64_t> number = manager.number(unit, row.interface, row.property);
    if (!number) return is_missing(number.error()) ? success() : Result<void>(number.error());
    if (row.part == Part::kTasks && number.value() == kNone) return success();
    value.value = static_cast<double>(number.value()) / row.divisor;
    return success();
}

Result<void> UnitDetails::report(SystemdManager& manager, const SystemdUnit& unit,
                                 SeriesTable& series, Readings& out) {
    if (!fresh_ && unit.name.ends_with(".socket")) {
        const Result<std::uint64_t> accept = manager.number(unit, "Socket", "Accept");
        if (!accept && !is_missing(accept.error())) return accept.error();
        accepting_ = accept && accept.value() != 0;
    }
    for (Value& value : values_) {
        const Pace pace = value.row->pace;
        if (!fresh_ || pace == Pace::kAlways || (pace == Pace::kIfAccepting && accepting_)) {
            TOCSIN_TRY(ask(manager, unit, value));
        }
        if (!value.value) continue;
        if (!value.series) value.series = series.get(value.row->desc, {{"name", unit.name}});
        out.push_back({value.series, *value.value});
    }
    fresh_ = true;
    return success();
}

}  // namespace tocsin::collector
