#include "collector/service/systemd/systemd.h"

#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/core/strings.h"
#include "base/model/matcher.h"
#include "collector/api/settings.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kUnitState{"node_systemd_unit_state", "Systemd unit", MetricType::kGauge};
constexpr MetricDesc kUnits{"node_systemd_units", "Summary of systemd unit states",
                            MetricType::kGauge};
constexpr MetricDesc kRunning{
    "node_systemd_system_running",
    "Whether the system is operational (see 'systemctl is-system-running')", MetricType::kGauge};
constexpr MetricDesc kVersion{"node_systemd_version", "Detected systemd version",
                              MetricType::kGauge};

constexpr std::array<std::string_view, 5> kStates{"active", "activating", "deactivating",
                                                  "inactive", "failed"};

// How long a unit's type is believed where systemd does not tell when it read the units again.
constexpr Duration kBelieved = 5min;
constexpr Duration kCallTimeout = 5s;

struct Unit {
    bool wanted = false;
    bool typed = false;  // its type is known, or it has none
    std::string type;
    std::array<SeriesRef, kStates.size()> states;
    std::uint64_t seen = 0;  // the cycle that listed it last
};

struct Wanted {
    Regex include;
    Regex exclude;
};

class Systemd final : public Collector {
  public:
    Systemd(const Context& context, Wanted wanted, std::unique_ptr<SystemdManager> manager)
        : table_(context.series),
          wanted_(std::move(wanted)),
          manager_(std::move(manager)),
          running_(table_->get(&kRunning, {})) {}

    Result<void> collect(Timestamp now, Readings& out) override {
        TOCSIN_TRY(note_reload(now));
        TOCSIN_TRY(read_version());
        out.push_back({version_, version_number_});
        TOCSIN_TRY(const std::vector<SystemdUnit> units, manager_->units());
        ++cycle_;
        for (const SystemdUnit& unit : units) report(unit, out);
        std::erase_if(units_, [&](const auto& unit) { return unit.second.seen != cycle_; });
        report_summary(units, out);
        TOCSIN_TRY(const std::string state, manager_->system_state());
        out.push_back({running_, state == "running" ? 1.0 : 0.0});
        return success();
    }

  private:
    // What units are may have changed: their types, and systemd itself, are asked for again.
    Result<void> note_reload(Timestamp now) {
        TOCSIN_TRY(const std::uint64_t loaded, manager_->units_loaded_at());
        const bool silent = loaded == 0 && (now < checked_ || now - checked_ >= kBelieved);
        if (loaded == loaded_ && !silent) return success();
        loaded_ = loaded;
        checked_ = now;
        version_ = {};
        for (auto& [name, unit] : units_) unit.typed = false;
        return success();
    }

    Result<void> read_version() {
        if (version_) return success();
        TOCSIN_TRY(const std::string version, manager_->version());
        version_ = table_->get(&kVersion, {{"version", version}});
        version_number_ = systemd_version_number(version).value_or(0);
        return success();
    }

    void report(const SystemdUnit& unit, Readings& out) {
        Unit& kept = units_[unit.name];
        if (kept.seen == cycle_) return;
        if (kept.seen == 0) {
            kept.wanted = wanted_.include.matches(unit.name) && !wanted_.exclude.matches(unit.name);
        }
        kept.seen = cycle_;
        if (!kept.wanted || unit.load_state != "loaded") return;
        refresh_type(unit, kept);
        for (std::size_t i = 0; i < kStates.size(); ++i) {
            out.push_back({kept.states[i], unit.active_state == kStates[i] ? 1.0 : 0.0});
        }
    }

    void refresh_type(const SystemdUnit& unit, Unit& kept) {
        if (!kept.typed) {
            const bool has_type = unit.name.ends_with(".service") || unit.name.ends_with(".mount");
            // A unit that goes between the list and the question has no type; it is asked again.
            Result<std::string> type = has_type ? manager_->unit_type(unit) : std::string();
            kept.typed = type.has_value();
            std::string now = type ? std::move(type).value() : std::string();
            if (now != kept.type) kept.states = {};
            kept.type = std::move(now);
        }
        if (kept.states[0]) return;
        for (std::size_t i = 0; i < kStates.size(); ++i) {
            kept.states[i] = table_->get(
                &kUnitState, {{"name", unit.name}, {"state", kStates[i]}, {"type", kept.type}});
        }
    }

    // Over all units, whatever is included; further states ("reloading") as they appear.
    void report_summary(const std::vector<SystemdUnit>& units, Readings& out) {
        for (auto& [state, count] : counts_) count.second = 0;
        for (const std::string_view state : kStates) counts_.try_emplace(std::string(state));
        for (const SystemdUnit& unit : units) counts_[unit.active_state].second += 1;
        for (auto& [state, count] : counts_) {
            if (!count.first) count.first = table_->get(&kUnits, {{"state", state}});
            out.push_back({count.first, count.second});
        }
    }

    SeriesTable* table_;
    Wanted wanted_;
    std::unique_ptr<SystemdManager> manager_;
    SeriesRef running_;
    SeriesRef version_;
    double version_number_ = 0;
    std::uint64_t loaded_ = 0;
    Timestamp checked_{};
    std::uint64_t cycle_ = 0;
    std::unordered_map<std::string, Unit> units_;
    std::map<std::string, std::pair<SeriesRef, double>> counts_;
};

Result<Regex> regex_setting(const Settings& settings, std::string_view key) {
    TOCSIN_TRY(const std::string text, text_setting(settings, key, ""));
    Result<Regex> regex = Regex::compile(text);
    if (!regex) return regex.error().in(key);
    return regex;
}

}  // namespace

std::optional<double> systemd_version_number(std::string_view version) {
    const auto digit = [&](std::size_t i) {
        return i < version.size() && version[i] >= '0' && version[i] <= '9';
    };
    for (std::size_t begin = 0; begin < version.size();) {
        std::size_t end = begin;
        while (digit(end)) ++end;
        if (end - begin < 3) {
            begin = end + 1;
            continue;
        }
        if (end < version.size() && version[end] == '.' && digit(end + 1)) {
            ++end;
            while (digit(end)) ++end;
        }
        return parse_double(version.substr(begin, end - begin));
    }
    return std::nullopt;
}

Result<std::unique_ptr<Collector>> create_systemd_with(const Context& context,
                                                       std::unique_ptr<SystemdManager> manager) {
    TOCSIN_TRY(Regex include, regex_setting(context.settings, "unit_include"));
    TOCSIN_TRY(Regex exclude, regex_setting(context.settings, "unit_exclude"));
    return std::make_unique<Systemd>(context, Wanted{std::move(include), std::move(exclude)},
                                     std::move(manager));
}

Result<std::unique_ptr<Collector>> create_systemd(const Context& context) {
    return create_systemd_with(context, make_dbus_manager(kCallTimeout));
}

}  // namespace tocsin::collector
