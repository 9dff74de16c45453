// What has a pace of its own: a switch, a database, a URL, a plugin. A target is not part of the
// host's cycle; the TargetRunner starts it on its interval, spread over that interval, and its
// readings carry the moment they were taken. What it needs to wait for it waits for on the loop (or
// in the pool: collector/api/pooled.h), so that a silent one costs only itself.
//
// Everything here belongs to the loop's thread.
#pragma once

#include <any>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/result.h"
#include "base/core/time.h"
#include "base/model/labels.h"
#include "base/model/series.h"
#include "base/net/loop.h"
#include "base/net/offload.h"
#include "base/text/yaml.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// What one collection gave. After an error the readings that were had still count, and `up` is 0.
using TargetDone = std::function<void(const Result<void>& result, Readings readings)>;

class Target {
  public:
    virtual ~Target() = default;  // `done` of a collection under way is not called any more
    // Starts one collection. `done` is called exactly once, never inside start(), unless cancel()
    // comes first. Not called again before either.
    virtual void start(Timestamp now, TargetDone done) = 0;
    // The deadline has passed: lets the collection go without calling `done`, and gives what it had
    // by then. A call that cannot be broken off may still run; the next start() then fails at once
    // until it has come back.
    virtual Readings cancel() = 0;
    // Whether the last collection reached the target though a part of it may have failed: `up` is 0
    // then, so that alerts on what is missing are held, and it is asked at its pace as before.
    virtual bool was_reached() const { return false; }
    // A reload that changes nothing in its configuration: reads what it has made something of when
    // it was made. False: that is another now, and the target is to be made anew. What a target
    // reads at each collection needs none of this.
    virtual bool reread() { return true; }
    // Over a reload: what the target of the same kind, name and job that comes in its place should
    // know, such as what the log has already; and that one's side of it, before its first start().
    virtual std::any handed_on() const { return {}; }
    virtual void take_over(const std::any& /*from*/) {}
};

// One target as agent.yml has it; each kind derives what it needs besides.
struct TargetConfig {
    virtual ~TargetConfig() = default;
    Position position;     // of its entry; none: of none of its own
    std::string source;    // what its entry says, whatever its layout; set by who reads agent.yml
    std::string name;      // what logs call it; "": its instance
    std::string job;       // label of all its series, as is `instance`
    std::string instance;  // "": the host itself; its series carry the host's labels and no `up`
    Labels labels;         // of all its series besides those
    Duration every{0};     // 0: the agent's interval
    Duration timeout{10s};

    // Once the agent's interval is known, and before what has limits of its own is made: a
    // collection has no longer than until the next.
    void settle_pace(Duration interval);
};
using TargetConfigs = std::vector<std::shared_ptr<TargetConfig>>;

struct TargetContext {
    Paths paths;
    SeriesTable* series;  // make series through TargetSeries below
    net::Loop* loop;
    net::OffloadPool* pool;  // for clients that block
    std::string state;       // the agent's state directory
};

// Series of one target: the labels given, with its own, job and instance where they do not say.
class TargetSeries {
  public:
    TargetSeries(SeriesTable& table, const TargetConfig& config);
    SeriesRef get(const MetricDesc* desc, const Labels& labels = {}) const;

  private:
    SeriesTable* table_;
    Labels own_;
};

// How a target is asked that fails several times in a row: what is far away and may be overloaded
// less often, what is this host's own, or what Prometheus asks so, always at its interval.
enum class AfterFailures { kLessOften, kAtInterval };

// A row of the list of kinds (collector/register_targets.cpp): a section of its name in `collect`,
// or a key of a collector's section.
struct TargetKind {
    std::string_view name;    // its page is docs/collectors/<name>.md
    std::string_view module;  // "" built in; else the shared object that makes its targets
    // Reads the section (never absent) whole, whatever is wrong goes to the diagnostics. Pure, and
    // built in for modules too: `tocsin check` says what is wrong without loading them.
    TargetConfigs (*read)(const text::YamlNode& section, Diagnostics& diagnostics);
    Result<std::unique_ptr<Target>> (*create)(const std::shared_ptr<const TargetConfig>& config,
                                              const TargetContext& context);  // null: the module's
    std::vector<SettingSpec> settings;  // keys of one entry, for the documents
    AfterFailures after_failures = AfterFailures::kLessOften;
    std::string_view within{};  // the collector in whose section it stands, and as what
    std::string_view key{};
};

// The keys `every` and `timeout`, where `into` holds their defaults. A timeout longer than `every`
// is an error.
void read_pace(text::MapReader& reader, TargetConfig& into);
// Those and `job`, which every entry has that names a target of its own.
void read_target(text::MapReader& reader, TargetConfig& into, std::string_view job);
// The value of a key that takes one word or a list of them.
std::vector<std::string> read_words(text::MapReader& reader, std::string_view key);

}  // namespace tocsin::collector
