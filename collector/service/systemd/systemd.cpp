#include "collector/service/systemd/systemd.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/core/strings.h"
#include "base/model/matcher.h"
#include "collector/api/settings.h"
#include "collector/service/systemd/unit_details.h"
#include "collector/service/systemd/unit_failures.h"

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
    std::string active_state;
    std::array<SeriesRef, kStates.size()> states;
    std::optional<UnitDetails> details;  // of a wanted one
    std::uint64_t seen = 0;              // the cycle that listed it last
};

struct Choice {
    Regex include;
    Regex exclude;
    DetailChoice details;

    bool wants(const std::string& unit) const {
        return include.matches(unit) && !exclude.matches(unit);
    }
};

class Systemd final : public Collector {
  public:
    Systemd(const Context& context, Choice choice, std::unique_ptr<SystemdManager> manager)
        : table_(context.series),
          choice_(std::move(choice)),
          manager_(std::move(manager)),
          failures_(*table_),
          running_(table_->get(&kRunning, {})) {}

    Result<void> collect(Timestamp now, Readings& out) override {
        TOCSIN_TRY(const SystemdChanges changes, manager_->changes());
        note(changes, now);
        TOCSIN_TRY(note_reload(now));
        TOCSIN_TRY(read_version());
        out.push_back({version_, version_number_});
        TOCSIN_TRY(const std::vector<SystemdUnit> units, manager_->units());
        ++cycle_;
        for (const SystemdUnit& unit : units) {
            TOCSIN_TRY(report(unit, out));
        }
        std::erase_if(units_, [&](const auto& unit) { return unit.second.seen != cycle_; });
        report_summary(units, out);
        if (unknown_) {
            TOCSIN_TRY(look_for_failed(units, now));
        }
        failures_.report(
            now, [&](const std::string& unit) { return units_.contains(unit); }, out);
        TOCSIN_TRY(const std::string state, manager_->system_state());
        out.push_back({running_, state == "running" ? 1.0 : 0.0});
        return success();
    }

  private:
    void note(const SystemdChanges& changes, Timestamp now) {
        if (changes.missed) {
            unknown_ = true;
            failures_.begin(changes.since);
            ask_again();
        }
        for (const UnitChange& change : changes.units) {
            if (choice_.wants(change.unit)) failures_.note(change, now);
            const auto kept = units_.find(change.unit);
            if (kept != units_.end() && kept->second.details) kept->second.details->changed();
        }
        for (const std::string& unit : changes.not_started) {
            if (choice_.wants(unit)) failures_.note_not_started(unit, now);
        }
    }

    void ask_again() {
        version_ = {};
        for (auto& [name, unit] : units_) {
            unit.typed = false;
            if (unit.details) unit.details->changed();
        }
    }

    // Failures that nobody told of, as the bus was lost: those of units that still are failed.
    Result<void> look_for_failed(const std::vector<SystemdUnit>& units, Timestamp now) {
        for (const SystemdUnit& unit : units) {
            if (unit.active_state != "failed" || !choice_.wants(unit.name)) continue;
            const auto result = manager_->text(unit, unit_interface(unit.name), "Result");
            const auto since = manager_->number(unit, "Unit", "InactiveEnterTimestampMonotonic");
            for (const Error* error :
                 {result ? nullptr : &result.error(), since ? nullptr : &since.error()}) {
                if (error != nullptr && error->code != ErrorCode::kNotFound) return *error;
            }
            if (!result || !since) continue;
            failures_.note({unit.name, result.value(), unit.active_state, "", since.value()}, now);
        }
        unknown_ = false;
        return success();
    }

    // What units are may have changed: their types, and systemd itself, are asked for again.
    Result<void> note_reload(Timestamp now) {
        TOCSIN_TRY(const std::uint64_t loaded, manager_->units_loaded_at());
        const bool silent = loaded == 0 && (now < checked_ || now - checked_ >= kBelieved);
        if (loaded == loaded_ && !silent) return success();
        loaded_ = loaded;
        checked_ = now;
        ask_again();
        return success();
    }

    Result<void> read_version() {
        if (version_) return success();
        TOCSIN_TRY(const std::string version, manager_->version());
        version_ = table_->get(&kVersion, {{"version", version}});
        version_number_ = systemd_version_number(version).value_or(0);
        return success();
    }

    Result<void> report(const SystemdUnit& unit, Readings& out) {
        Unit& kept = units_[unit.name];
        if (kept.seen == cycle_) return success();
        if (kept.seen == 0) {
            kept.wanted = choice_.wants(unit.name);
            if (kept.wanted) kept.details.emplace(unit.name, choice_.details);
        }
        kept.seen = cycle_;
        if (!kept.wanted || unit.load_state != "loaded") return success();
        TOCSIN_TRY(refresh_type(unit, kept));
        for (std::size_t i = 0; i < kStates.size(); ++i) {
            out.push_back({kept.states[i], unit.active_state == kStates[i] ? 1.0 : 0.0});
        }
        if (kept.active_state != unit.active_state) kept.details->changed();
        kept.active_state = unit.active_state;
        return kept.details->report(*manager_, unit, *table_, out);
    }

    Result<void> refresh_type(const SystemdUnit& unit, Unit& kept) {
        if (!kept.typed) {
            const bool has_type = unit.name.ends_with(".service") || unit.name.ends_with(".mount");
            // A unit that goes between the list and the question has no type; it is asked again.
            Result<std::string> type =
                has_type ? manager_->text(unit, unit_interface(unit.name), "Type") : std::string();
            if (!type && type.error().code != ErrorCode::kNotFound) return type.error();
            kept.typed = type.has_value();
            std::string now = type ? std::move(type).value() : std::string();
            if (now != kept.type) kept.states = {};
            kept.type = std::move(now);
        }
        if (kept.states[0]) return success();
        for (std::size_t i = 0; i < kStates.size(); ++i) {
            kept.states[i] = table_->get(
                &kUnitState, {{"name", unit.name}, {"state", kStates[i]}, {"type", kept.type}});
        }
        return success();
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
    Choice choice_;
    std::unique_ptr<SystemdManager> manager_;
    UnitFailures failures_;
    bool unknown_ = false;  // whether units failed that nobody told of
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
    DetailChoice details;
    TOCSIN_TRY(details.restarts, flag_setting(context.settings, "enable_restarts_metrics", "true"));
    TOCSIN_TRY(details.start_time,
               flag_setting(context.settings, "enable_start_time_metrics", "true"));
    TOCSIN_TRY(details.tasks, flag_setting(context.settings, "enable_task_metrics", "false"));
    return std::make_unique<Systemd>(
        context, Choice{std::move(include), std::move(exclude), details}, std::move(manager));
}

Result<std::unique_ptr<Collector>> create_systemd(const Context& context) {
    return create_systemd_with(context, make_dbus_manager(kCallTimeout));
}

}  // namespace tocsin::collector
