// agent.yml: text → plain typed structs, and everything that is wrong with it at once.
//
// The empty file works. Pure: what is installed as collectors comes in as data, files that the
// configuration names are opened by whoever uses them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/log_settings.h"
#include "base/core/time.h"
#include "base/core/units.h"
#include "collector/api/collector.h"
#include "collector/api/target.h"
#include "rules/file/vary.h"

namespace tocsin::agent {

struct BridgeConfig {
    std::vector<std::string> urls;  // doors to one store, tried in order; none: nothing is sent
    std::string token_file;         // a path or "credential:NAME"; "": no token
    std::string ca_file;            // "": the system's
};

struct TlsConfig {
    std::string certificate_file;
    std::string key_file;
};

// What the file says of one collector; one that it does not name keeps its default.
struct CollectorSection {
    std::string name;
    bool enabled = true;
    collector::Settings settings;
    Duration interval{0};  // how often it is asked where that is less often than the others
};

// What the file says of one kind of targets.
struct TargetSection {
    std::string kind;
    collector::TargetConfigs targets;
};

struct CollectConfig {
    Duration interval{15s};
    std::vector<CollectorSection> collectors;
    std::vector<TargetSection> targets;

    const CollectorSection* find(std::string_view name) const;
    // Every target without a pace of its own has this one: the agent's, from its start on.
    void settle_paces(Duration interval);
};

struct RulesConfig {
    std::vector<std::string> files{"/etc/tocsin/rules.d/*.yml"};
    std::string mode = "active";  // or "observe"
    rules::Overrides overrides;   // of levels, by alert
};

struct HistoryConfig {
    Duration keep{1h};
    Bytes limit{32ULL * 1024 * 1024};
};

struct OutboxConfig {
    Bytes limit{64ULL * 1024 * 1024};
};

struct Config {
    std::string host;  // "": the host's name
    std::vector<std::pair<std::string, std::string>> labels;
    std::vector<std::string> severities{"info", "warning", "critical"};
    std::string listen = "127.0.0.1:9841";
    std::optional<TlsConfig> tls;   // of what `listen` serves
    std::string listen_token_file;  // what callers from other hosts show; "": they get health alone
    std::string state = "/var/lib/tocsin/agent";
    collector::Paths path;
    LogSettings log;
    BridgeConfig bridge;
    CollectConfig collect;
    RulesConfig rules;
    HistoryConfig history;
    OutboxConfig outbox;
};

// What can be collected: the registry's two lists, or a test's own.
struct Collectors {
    std::span<const collector::Registration> rows;
    std::span<const collector::TargetKind> kinds;
};

// What could be read; use it only when `diagnostics` has no errors.
Config read_config(std::string_view text, const Collectors& collectors, Diagnostics& diagnostics);

// One key, as docs/configuration.md lists it. The reader asks for no key that has no row.
struct KeyRow {
    std::string_view key;  // "bridge.urls"
    std::string_view type;
    std::string_view default_value;  // as it would stand in the file; "" when there is none
    std::string_view help;
};
std::span<const KeyRow> config_keys();

// The agent's part of docs/configuration.md.
std::string config_reference(const Collectors& collectors);

}  // namespace tocsin::agent
