// What a collector is: reads one source, reports readings. The runner does timing, deadlines and
// accounting; a collector only collects.
//
// A collector is used by one thread at a time. It keeps open files and the SeriesRefs of what it
// reports between cycles, and drops the refs of what has gone. It reports each series at most once
// a cycle (where its source says something twice, the runner keeps the first); what it does not
// report has gone (the runner writes its staleness).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/model/series.h"

namespace tocsin::collector {

// Where a collector looks (design: --path.*). Values, so that tests point them at fixture trees.
struct Paths {
    std::string procfs = "/proc";
    std::string sysfs = "/sys";
    std::string rootfs = "/";
    std::string udev_data = "/run/udev/data";
};

// One `key: value` of a collector's own section in agent.yml, as text; lists have several values.
// The registry row names the keys it takes, so that the configuration can reject others.
struct Setting {
    std::string key;
    std::vector<std::string> values;
};
using Settings = std::vector<Setting>;
const std::vector<std::string>* find_setting(const Settings& settings, std::string_view key);

// What a collector gets once, when it is made.
struct Context {
    Paths paths;
    Settings settings;              // its own section
    SeriesTable* series = nullptr;  // where its series come from; outlives it
};

// The readings of one cycle. Cleared, not freed, between cycles.
using Readings = std::vector<Reading>;

class Collector {
  public:
    virtual ~Collector() = default;
    // Appends this cycle's readings. An error means that (some of) it failed: what was appended
    // still counts, and tocsin_collector_success says 0.
    virtual Result<void> collect(Timestamp now, Readings& out) = 0;
};

// Where a collector's code runs: kInline on the daemon's loop (never blocks: /proc, /sys files),
// kBlocking in the bounded pool with a deadline (statfs, D-Bus, anything another party can hang).
enum class Threading { kInline, kBlocking };

struct SettingSpec {
    std::string_view key;
    std::string_view type;  // "regex", "duration", "string", "list", "bool", …
    std::string_view default_value;
    std::string_view help;  // one sentence for docs/configuration.md
};

// A row of the registry: collector/register.cpp holds all of them, in one list.
struct Registration {
    std::string_view name;  // "filesystem"; its page is docs/collectors/<name>.md
    Threading threading;
    bool on_by_default;
    std::string_view module;  // "" built in; else the shared object that holds it ("systemd")
    Result<std::unique_ptr<Collector>> (*create)(const Context&);  // nullptr for a module's
    std::vector<SettingSpec> settings;
};

}  // namespace tocsin::collector
