// bridge.yml, read and compiled: what the bridge's other modules are given. Pure: the files' texts
// come in, and whatever is wrong with any of them goes to the Diagnostics, all of it at once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/result.h"
#include "bridge/incident/decide.h"
#include "bridge/incident/liveness.h"
#include "bridge/incident/priority_rules.h"
#include "bridge/incident/route.h"
#include "bridge/oncall/people.h"

namespace tocsin::bridge {

struct TlsFiles {
    std::string certificate_file;
    std::string key_file;
    bool operator==(const TlsFiles&) const = default;
};

enum class MailSecurity { kStartTls, kTls, kNone };

struct EmailChannel {
    std::string server;  // host:port
    MailSecurity security = MailSecurity::kStartTls;
    std::string ca_file;  // "" for the system's
    std::string from;
    std::string user;           // "" for no AUTH
    std::string password_file;  // "" without a user
};

// A POST of JSON, signed with HMAC-SHA256 when there is a secret.
struct WebhookChannel {
    std::string url;
    std::string secret_file;
    std::string ca_file;
};

struct Channel {
    std::string name;
    std::variant<EmailChannel, WebhookChannel> settings;
};

enum class Role { kAgent, kViewer, kResponder, kAdmin };
std::string_view to_string(Role role);  // "agent" …

struct AccessToken {
    std::string name;        // who it is: an agent's or a system's name, or a person of `people`
    std::string token_file;  // holds the token; read by the shell, refused when others can read it
    Role role = Role::kViewer;
};

struct BridgeConfig {
    std::string listen = "127.0.0.1:9840";
    std::optional<TlsFiles> tls;
    std::string store = "sqlite:/var/lib/tocsin/bridge.db";
    std::string
        url;  // what links start with, without a slash at the end; from `listen` if not given
    std::string language = "en";
    std::string timezone = "UTC";
    std::vector<AccessToken> tokens;
    IncidentSettings incidents;
    LivenessSettings hosts;
    PriorityRules priorities;
    Oncall oncall;
    std::vector<Channel> channels;
    std::vector<Route> routes;       // in order; the last one matches everything
    std::vector<std::string> files;  // all that were read, the main one first

    // By its name; the last one when the name is no longer there (an incident outlives a reload).
    [[nodiscard]] const Route& route_named(std::string_view name) const;
    [[nodiscard]] const Channel* channel(std::string_view name) const;
};

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
