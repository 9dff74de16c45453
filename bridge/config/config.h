// bridge.yml, read and compiled: what the bridge's other modules are given. Pure: the files' texts
// come in, and whatever is wrong with any of them goes to the Diagnostics, all of it at once.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/log_settings.h"
#include "base/core/result.h"
#include "base/core/secret.h"
#include "bridge/config/channel.h"
#include "bridge/incident/decide.h"
#include "bridge/incident/expect.h"
#include "bridge/incident/liveness.h"
#include "bridge/incident/observe.h"
#include "bridge/incident/open_when.h"
#include "bridge/incident/priority_rules.h"
#include "bridge/incident/route.h"
#include "bridge/knowledge/record.h"
#include "bridge/oncall/calendar.h"
#include "bridge/oncall/people.h"
#include "bridge/silence/inhibit.h"
#include "bridge/silence/window.h"

namespace tocsin::bridge {

struct TlsFiles {
    std::string certificate_file;
    std::string key_file;
    bool operator==(const TlsFiles&) const = default;
};

enum class Role { kAgent, kViewer, kResponder, kAdmin, kReporter };
std::string_view to_string(Role role);  // "agent" …

enum class LoopbackWithoutToken { kRefuse, kAdmit };

struct AccessToken {
    std::string name;        // who it is: an agent's or a system's name, or a person of `people`
    std::string token_file;  // holds the token; read by the shell, refused when others can read it
    Role role = Role::kViewer;
};

struct Place {
    std::string file;
    Position at;
};

// One-tap links in messages.
struct LinkSettings {
    Duration expire = 24h;
    std::string key_file;  // "" for link.key beside the store
};

struct BridgeConfig {
    std::string listen = "127.0.0.1:9840";
    std::optional<TlsFiles> tls;
    std::string store = "sqlite:/var/lib/tocsin/bridge.db";
    std::string
        url;  // what links start with, without a slash at the end; from `listen` if not given
    std::string language = "en";
    std::string timezone = "UTC";
    LogSettings log;
    std::vector<AccessToken> tokens;
    LoopbackWithoutToken loopback = LoopbackWithoutToken::kRefuse;
    IncidentSettings incidents;
    LivenessSettings hosts;
    PriorityRules priorities;
    std::vector<Calendar> calendars{Calendar{}};  // 7x24 first
    Oncall oncall;
    std::vector<Channel> channels;
    LinkSettings links;
    KnowledgeSettings knowledge;
    std::vector<Expectation> expects;
    std::vector<OpenWhen> open_when;
    std::vector<Matchers> observe;
    std::vector<Route> routes;  // in order; the last one matches everything
    std::vector<InhibitRule> inhibit = default_inhibition();
    std::vector<Window> maintenance;
    std::vector<std::string> files;  // all that were read, the main one first
    // Where "rotation web" and "policy web" stand, for what is said of them later (oncall_check.h).
    std::map<std::string, Place, std::less<>> places;

    // By its name; the last one when the name is no longer there (an incident outlives a reload).
    [[nodiscard]] const Route& route_named(std::string_view name) const;
    [[nodiscard]] const Channel* channel(std::string_view name) const;
    [[nodiscard]] const Calendar* calendar(std::string_view name) const;
};

// `url` where none is set: `listen`, by the machine's name where that is every address it has.
std::string url_by_listen(const BridgeConfig& config, std::string_view host_name);

// What keeps an address that somebody gives from being used with a channel; "" for nothing. Only a
// person's own will do (mail, a telephone): where programs and groups are is the file's business.
std::string contact_problem(const Channel& channel, std::string_view address);

// What is wrong with what a `pin_file` holds; "" for nothing.
std::string pin_problem(const Secret& pin);

// What keeps it from being a store that this build serves; "" for nothing.
std::string store_problem(std::string_view url);

struct SourceFile {
    std::string path;
    std::string text;
};

// The files that an `include:` pattern of `from` names, in order; none is fine for a pattern with a
// wildcard, an error without one. The shell resolves relative paths and globs.
using IncludeLoader =
    std::function<Result<std::vector<SourceFile>>(std::string_view pattern, std::string_view from)>;

// Nothing when there were errors. Warnings (what can't happen, what nobody uses) do not hinder.
std::optional<BridgeConfig> read_config(const SourceFile& main, const IncludeLoader& include,
                                        Diagnostics& diagnostics);

// The empty file's: what the bridge runs with when it is given none.
BridgeConfig default_config();

}  // namespace tocsin::bridge
