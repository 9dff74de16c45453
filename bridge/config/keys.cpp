#include "bridge/config/keys.h"

#include <array>

namespace tocsin::bridge {
namespace {

constexpr ConfigKey kKeys[] = {
    {"listen", "host:port", "`127.0.0.1:9840`", "Where the API and the page are served."},
    {"tls.certificate_file", "file", "", "PEM, with the chain. `tls` needs both files."},
    {"tls.key_file", "file", "", "PEM; refused when others can read it."},
    {"store", "`sqlite:FILE`", "`sqlite:/var/lib/tocsin/bridge.db`", "Where everything is kept."},
    {"url", "URL", "from `listen`", "What links in messages start with."},
    {"language", "`en`, `zh-CN`", "`en`", "Of messages to people who name none."},
    {"timezone", "zone's name", "`UTC`", "Of times in messages."},
    {"include", "list of files, patterns", "",
     "More files with `services`, `people`, `teams`, `policies`, `channels`, `routes`; relative to "
     "this one. Their routes come before this file's."},

    {"access.tokens[].name", "text", "required",
     "Who it is: an agent, another system, or one of `people`; stands in the timeline."},
    {"access.tokens[].token_file", "file", "required",
     "Holds the token; refused when others can read it."},
    {"access.tokens[].role", "`agent`, `viewer`, `responder`, `admin`", "required",
     "Agents post alerts and heartbeats; viewers read; responders work incidents."},
    {"access.tokens[].expire_unknown", "duration", "never",
     "Alerts of this sender that are unknown for so long end as expired. Not for our agents, whose "
     "silence is `HostUnreachable`."},

    {"incidents.stable", "duration", "`1m`",
     "Nothing fires for so long: resolved, as of the moment of clearing."},
    {"incidents.reopen", "duration", "`30m`", "Fires again within: the same incident."},
    {"incidents.resolve_grace", "duration", "`10m`",
     "Resolved by hand and still firing after it: reopened."},
    {"incidents.close_after", "duration", "`1d`", "Resolved for so long: closed."},
    {"incidents.lapse.P1", "duration", "`5m`",
     "The owner was told of worse and does not acknowledge again: triggered."},
    {"incidents.lapse.P2", "duration", "`15m`", "The same for P2."},

    {"hosts.heartbeat", "duration", "`30s`", "How often agents are expected to beat."},
    {"hosts.deadline", "duration", "`2m`", "Silent for so long: `HostUnreachable`."},
    {"hosts.goodbye_grace", "duration", "`10m`", "The same after a clean stop: time to reboot."},
    {"hosts.restart_hold", "duration", "`5m`",
     "After an agent's start its alerts are left as they are for so long."},

    {"severities", "list of texts", "`[info, warning, critical]`", "From mild to bad."},
    {"priority.urgency.<severity>", "`low`, `medium`, `high`",
     "critical `high`, warning `medium`, info `low`", "Others are medium."},
    {"priority.impact.tier.<tier>", "`low`, `medium`, `high`",
     "\"1\" `high`, \"2\" `medium`, \"3\" `low`",
     "By the service's tier, else the label `tier`; others are medium."},
    {"priority.matrix.high", "list of 3 priorities", "`[P1, P2, P3]`",
     "Impact high, across urgency high, medium, low."},
    {"priority.matrix.medium", "list of 3 priorities", "`[P2, P3, P4]`", "Impact medium."},
    {"priority.matrix.low", "list of 3 priorities", "`[P3, P4, P4]`", "Impact low."},

    {"services[].name", "text", "required", "A service; the first that matches an alert is its."},
    {"services[].tier", "text", "", "A key of `priority.impact.tier`."},
    {"services[].owner", "team", "", "Owns its incidents where the route names no team."},
    {"services[].match", "list of matchers", "required", "All of them must match."},

    {"people[].name", "text", "required", "As in tokens, teams and targets."},
    {"people[].display", "text", "the name", "What others see."},
    {"people[].language", "`en`, `zh-CN`", "the bridge's", "Of messages to this person."},
    {"people[].contacts[].channel", "channel", "required", "By what."},
    {"people[].contacts[].address", "e-mail address", "", "For a channel of type `email`."},
    {"people[].contacts[].url", "URL", "the channel's", "For a channel of type `webhook`."},
    {"people[].contacts[].for", "`all`, list of priorities", "`all`", "For which it is used."},
    {"people[].contacts[].after", "duration", "`0s`",
     "Waits so long, and is dropped when somebody acknowledges meanwhile."},

    {"teams[].name", "text", "required", ""},
    {"teams[].members", "list of people", "", "Who `team:NAME` tells."},
    {"teams[].manager", "person", "", "Who `manager:NAME` tells."},
    {"teams[].lead", "person", "",
     "Who `lead:NAME` tells; alone lowers P1 and P2 and lets a P1 wait."},
    {"teams[].policy", "policy", "the one with its name",
     "Followed when a route names the team only, and after a hand-over to it."},

    {"policies[].name", "text", "required", "A policy of escalation."},
    {"policies[].response[].after", "duration", "`0s`",
     "When, counted from the start of the ladder; later than the step before."},
    {"policies[].response[].tell", "list of targets", "required",
     "`person:NAME`, `team:NAME`, `lead:TEAM`, `manager:TEAM`. The last step repeats: P1 and P2 "
     "every 30 minutes, others once a day."},
    {"catch_all", "list of targets", "",
     "Told when a step reaches nobody, and when a ladder is at its end."},

    {"channels[].name", "text", "required", ""},
    {"channels[].type", "`email`, `webhook`", "required", ""},
    {"channels[].server", "host:port", "required for `email`", "The mail server."},
    {"channels[].security", "`starttls`, `tls`, `none`", "`starttls`",
     "`email`: required, not "
     "tried."},
    {"channels[].from", "e-mail address", "required for `email`", "The sender."},
    {"channels[].user", "text", "", "`email`: for AUTH, with `password_file`."},
    {"channels[].password_file", "file", "", "`email`: refused when others can read it."},
    {"channels[].url", "URL", "required for `webhook`", "Gets a POST of JSON."},
    {"channels[].secret_file", "file", "", "`webhook`: signs the body with HMAC-SHA256."},
    {"channels[].ca_file", "file", "the system's", "Whom the other end's certificate must be of."},

    {"routes[].name", "text", "its matchers", "Stands in the dedup key; unique."},
    {"routes[].match", "list of matchers", "everything",
     "All must match; the first route that does owns the alert."},
    {"routes[].also", "true, false", "`false`", "Owns nothing: only adds whom to tell."},
    {"routes[].tell", "list of targets", "",
     "With `also`: told when an incident opens and when it is resolved."},
    {"routes[].team", "team", "the service's owner", "Whose incident it is."},
    {"routes[].policy", "policy", "the team's", "Who is told, and when."},
    {"routes[].group_by", "list of labels", "`[alertname, host, instance]`",
     "Alerts that agree on them share an incident; never `severity`."},
    {"routes[].reopen", "duration", "`incidents.reopen`", ""},
    {"routes[].stable", "duration", "`incidents.stable`", ""},
    {"routes[].priority_at_most", "priority", "`P1`", "Alerts raise it no further; people can."},
};

// A pipe would end the cell.
void append_cell(std::string& out, std::string_view text) {
    out += ' ';
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    out += text.empty() ? "|" : " |";
}

}  // namespace

std::span<const ConfigKey> config_keys() {
    return kKeys;
}

std::string config_reference() {
    std::string out =
        "<!-- bridge:begin -->\n| key | type | default | what it does |\n|---|---|---|---|\n";
    for (const ConfigKey& key : kKeys) {
        out += '|';
        append_cell(out, "`" + std::string(key.key) + "`");
        append_cell(out, key.type);
        append_cell(out, key.default_value);
        append_cell(out, key.help);
        out += '\n';
    }
    return out + "<!-- bridge:end -->\n";
}

}  // namespace tocsin::bridge
