// The table of keys and the reference made from it.
#include <array>
#include <string>

#include "agent/config/config.h"

namespace tocsin::agent {
namespace {

constexpr std::array kKeys{
    KeyRow{"host", "text", "",
           "Who this host is: the label `host` of every alert. Left out, the host's name."},
    KeyRow{"labels", "map of texts", "{}",
           "Labels that every alert of this agent carries where its rule does not set them."},
    KeyRow{"severities", "list", "[info, warning, critical]",
           "Names of levels, from the mildest to the worst; every level of a rule is one of them."},
    KeyRow{"listen", "host:port", "127.0.0.1:9841",
           "Where /metrics and the query API are served. Loopback unless said otherwise."},
    KeyRow{"listen_token_file", "file", "",
           "Holds what callers from other hosts must show as a bearer token. Left out, they get "
           "nothing but health. Callers on this host need none when they ask for `localhost`, a "
           "loopback address or the host of `listen`, and no proxy stands between."},
    KeyRow{"tls.certificate_file", "file", "",
           "PEM, with the chain: `listen` speaks TLS. `tls` needs both files."},
    KeyRow{"tls.key_file", "file", "", "PEM; refused when others can read it."},
    KeyRow{"state", "directory", "/var/lib/tocsin/agent",
           "Where the outbox and the states of alerts are kept."},
    KeyRow{"path.procfs", "directory", "/proc", "Where collectors find procfs."},
    KeyRow{"path.sysfs", "directory", "/sys", "Where collectors find sysfs."},
    KeyRow{"path.rootfs", "directory", "/", "Where collectors find the host's root."},
    KeyRow{"path.udev_data", "directory", "/run/udev/data", "Where collectors find udev's data."},
    KeyRow{"log.level", "debug, info, warning or error", "info", "The least that is logged."},
    KeyRow{"log.format", "logfmt, json or journald", "logfmt",
           "How a line of the log looks; journald puts the priority in front."},
    KeyRow{"bridge.urls", "list of URLs", "[]",
           "Doors to one bridge, tried in order until one answers. None: nothing is sent."},
    KeyRow{"bridge.token_file", "file", "",
           "Holds the agent's token; readable by its owner alone, or `credential:NAME`."},
    KeyRow{"bridge.ca_file", "file", "",
           "Certificates that the bridge's must lead to. Left out, the system's."},
    KeyRow{"collect.interval", "duration", "15s",
           "How often the host is looked at, and rules are evaluated whose group does not say."},
    KeyRow{"rules.files", "list of paths", "[/etc/tocsin/rules.d/*.yml]",
           "Rule files, patterns or directories of them."},
    KeyRow{"rules.mode", "active or observe", "active",
           "observe: the bridge records what the rules of this agent fire and tells nobody."},
    KeyRow{
        "rules.overrides", "map of lists", "{}",
        "By alert, levels that are otherwise on this host: `{where, levels}`, as a rule's `vary` "
        "(docs/rules.md), which they beat."},
    KeyRow{"history.keep", "duration", "1h",
           "How long samples are remembered; what a rule's range needs is kept longer."},
    KeyRow{"history.limit", "size", "32MiB",
           "The most memory that samples may take, and labels beyond 128 bytes."},
    KeyRow{"outbox.limit", "size", "64MiB",
           "The most that may wait for a bridge that is away; what must be dropped is counted."},
};

std::string cell(std::string_view text) {
    if (text.empty()) return "";
    return "`" + std::string(text) + "`";
}

// A pipe inside a cell would end it.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

std::string row(std::string_view key, std::string_view type, std::string_view default_value,
                std::string_view help) {
    return "| `" + std::string(key) + "` | " + std::string(type) + " | " +
           escaped(cell(default_value)) + " | " + std::string(help) + " |\n";
}

constexpr std::string_view kHead = "| key | type | default | what it does |\n|---|---|---|---|\n";

}  // namespace

std::span<const KeyRow> config_keys() {
    return kKeys;
}

std::string config_reference(const Collectors& collectors) {
    std::string out(kHead);
    for (const KeyRow& key : kKeys) out += row(key.key, key.type, key.default_value, key.help);
    out +=
        "\nEach collector has a section of its name in `collect`: `false` turns it off, `true` or "
        "a map of its settings turns it on. Each such map also takes `interval` (a duration, "
        "rounded "
        "to whole `collect.interval`s): a costly collector is asked less often than the others, "
        "and what it told is told again meanwhile. One that failed is asked in the "
        "next cycle.\n\n";
    out += kHead;
    for (const collector::Registration& collector : collectors.rows) {
        const std::string key = "collect." + std::string(collector.name);
        out += row(key, "true, false or a map", collector.on_by_default ? "true" : "false",
                   "The collector `" + std::string(collector.name) + "`.");
        for (const collector::SettingSpec& setting : collector.settings) {
            out += row(key + "." + std::string(setting.key), setting.type, setting.default_value,
                       setting.help);
        }
    }
    for (const collector::TargetKind& kind : collectors.kinds) {
        const std::string section = kind.within.empty()
                                        ? std::string(kind.name)
                                        : std::string(kind.within) + "." + std::string(kind.key);
        out += "\n[`collect." + section + "`](collectors/" + std::string(kind.name) + ".md)\n\n";
        out += kHead;
        for (const collector::SettingSpec& setting : kind.settings) {
            out += row(setting.key, setting.type, setting.default_value, setting.help);
        }
    }
    return out;
}

}  // namespace tocsin::agent
