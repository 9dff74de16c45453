#include "bridge/config/keys.h"

#include <array>

namespace tocsin::bridge {
namespace {

constexpr ConfigKey kKeys[] = {
    {"listen", "host:port", "`127.0.0.1:9840`", "Where the API and the page are served."},
    {"tls.certificate_file", "file", "", "PEM, with the chain. `tls` needs both files."},
    {"tls.key_file", "file", "", "PEM; refused when others can read it."},
    {"store", "`sqlite:FILE`", "`sqlite:/var/lib/tocsin/bridge.db`", "Where everything is kept."},
    {"url", "URL", "from `listen`",
     "What links in messages start with. Where `listen` is every address (`0.0.0.0`, `[::]`), the "
     "machine's own name stands in it."},
    {"language", "`en`, `zh-CN`", "`en`", "Of messages to people who name none."},
    {"timezone", "zone's name", "`UTC`",
     "Of times in messages and, unless they name one, of calendars."},
    {"log.level", "`debug`, `info`, `warning`, `error`", "`info`",
     "The least that is logged, to standard error."},
    {"log.format", "`logfmt`, `json`, `journald`", "`logfmt`",
     "How a line of the log looks; `journald` puts the priority in front, and is taken by itself "
     "where standard error is the journal."},
    {"include", "list of files, patterns", "",
     "More files with `services`, `people`, `teams`, `policies`, `rotations`, `channels`, "
     "`routes`, "
     "`inhibit`, `maintenance`; relative to this one. Their routes come before this file's."},

    {"access.insecure_loopback", "bool", "`false`",
     "Callers on loopback need no token, and may do everything; for a machine of your own. The "
     "flag `--insecure-loopback` says the same."},
    {"access.tokens[].name", "text", "required",
     "Who it is: an agent, another system, or one of `people`; stands in the timeline."},
    {"access.tokens[].token_file", "file", "required",
     "Holds the token; refused when others can read it."},
    {"access.tokens[].role", "`agent`, `viewer`, `responder`, `admin`, `reporter`", "required",
     "Agents post alerts and heartbeats; viewers read; responders work incidents; reporters "
     "report, and read, confirm and rate that."},
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
    {"incidents.acknowledge_for.<priority>", "duration", "for ever",
     "Acknowledged and nothing heard of the owner for so long: the owner is asked, then the ladder "
     "goes on."},
    {"incidents.pending_reminder", "duration", "`1d`",
     "How often whoever lets an incident wait is asked whether it still has to; `0s` never."},
    {"incidents.causes", "list of texts",
     "`[hardware, software, capacity, configuration, change, network, security, external, human, "
     "unknown]`",
     "What may be named as the cause."},
    {"incidents.close_needs.<priority>", "list of `cause`, `solution`, `proof`",
     "P1 and P2 `[cause, solution, proof]`",
     "What is owed before an incident closes that a person has resolved."},
    {"incidents.major.after.<priority>", "duration", "never",
     "Open for so long: a major incident."},
    {"incidents.major.update_every", "duration", "`30m`",
     "How often the commander or the communication lead of a major incident is reminded to tell "
     "the "
     "others; `0s` never."},

    {"flapping.openings", "number", "`6`", "An incident that opens so often …"},
    {"flapping.within", "duration", "`30m`",
     "… in so long flaps: it stays open, and is told hourly."},
    {"flapping.quiet", "duration", "`30m`",
     "No alert of it fires or clears for so long: it flaps no more."},

    {"storms.more_than", "number of hosts", "`20 hosts`",
     "On more hosts than these within `storms.within`: one incident stands for them. `0`: never."},
    {"storms.within", "duration", "`1m`", ""},
    {"storms.by", "label, list of labels", "`alertname`",
     "Incidents that agree on them are one storm: `alertname`, `[site]`, `[alertname, rack]`."},
    {"storms.fuse", "number", "`200`",
     "New incidents a minute of which people are told; one stands for the rest. `0`: all."},

    {"problems.after", "number", "`3`",
     "A dedup key that opens so many incidents … `0`: no problem is suggested."},
    {"problems.within", "duration", "`30d`",
     "… in so long: a problem that links them is suggested, once a key."},
    {"reviews.due", "duration", "`7d`", "When a review is due, unless it says itself."},

    {"open_when[].match", "list of matchers", "required",
     "Alerts that match open an incident only under a condition; the first that matches counts."},
    {"open_when[].count", "number", "", "So many firings of the dedup key, at least 2 …"},
    {"open_when[].in", "duration", "", "… in so long. Or:"},
    {"open_when[].held", "duration", "", "Firing for so long without a break."},

    {"observe[].match", "list of matchers", "required",
     "Alerts that match are recorded and told to nobody; `tocsin incidents observed` says whom "
     "they "
     "would have told."},

    {"expects[].name", "text", "its matchers", "What should come; unique."},
    {"expects[].match", "list of matchers", "required",
     "An alert that matches is a sign of life: it opens no incident, and its absence does."},
    {"expects[].every", "duration", "required",
     "Not seen for so long: `ExpectedMissing`, until it comes."},
    {"expects[].by", "label, list of labels", "",
     "Expected for each of their values that came once, such as `host`."},
    {"expects[].severity", "severity", "the worst", "Of `ExpectedMissing`."},

    {"hosts.heartbeat", "duration", "`30s`",
     "How often agents beat: the answer to each heartbeat tells them. `1s` to `10m`."},
    {"hosts.deadline", "duration", "`2m`",
     "Silent for so long: `HostUnreachable`. At least twice `hosts.heartbeat`."},
    {"hosts.goodbye_grace", "duration", "`10m`", "The same after a clean stop: time to reboot."},
    {"hosts.restart_hold", "duration", "`5m`",
     "After an agent's start its alerts are left as they are for so long."},

    {"hosts.join", "duration", "`10m`",
     "What fires so soon after a host's first heartbeat is one incident, a list. `0s`: each its "
     "own."},

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

    {"calendars.<name>", "`7x24`, map", "",
     "The hours in which targets of service run. `7x24` itself needs no entry, and `office` is "
     "`mon-fri 09:00-18:00` in `timezone` unless it has one (`office: 7x24`: all are told at "
     "once)."},
    {"calendars.<name>.weekdays", "list of hours", "required",
     "`mon-fri 09:00-12:00,13:00-18:00`; one text, or a list of them."},
    {"calendars.<name>.holidays", "list of dates", "",
     "`2026-10-01`, or a range `2026-10-01..2026-10-07`: no working time."},
    {"calendars.<name>.workdays", "list of dates", "",
     "Make-up working days; they win over holidays. A day without hours works as the week's first "
     "working day does."},
    {"calendars.<name>.timezone", "zone's name", "`timezone`", "Whose clock the hours are of."},

    {"sla.<priority>.respond", "duration", "",
     "The response target: working time from the opening to the first acknowledge."},
    {"sla.<priority>.resolve", "duration", "",
     "The resolution target: working time from the opening to the moment of clearing."},
    {"sla.<priority>.calendar", "calendar", "`7x24`", "Whose working time both count."},
    {"pending.reasons.<name>", "map", "", "What an incident may be pending for."},
    {"pending.reasons.<name>.pauses_at_most", "duration", "`0s`",
     "The resolution clock pauses for it, for so long in all."},

    {"services[].name", "text", "required", "A service; the first that matches an alert is its."},
    {"services[].tier", "text", "", "A key of `priority.impact.tier`."},
    {"services[].owner", "team", "", "Owns its incidents where the route names no team."},
    {"services[].match", "list of matchers", "required", "All of them must match."},
    {"services[].sla", "as `sla`", "",
     "Its own targets; priorities that it leaves out are `sla`'s."},

    {"people[].name", "text", "required", "As in tokens, teams and targets."},
    {"people[].display", "text", "the name", "What others see."},
    {"people[].language", "`en`, `zh-CN`", "the bridge's", "Of messages to this person."},
    {"people[].pin_file", "file", "none",
     "Holds a PIN of at least 6 characters, which a group's one-tap links take with the name; "
     "refused "
     "when others can read it."},
    {"people[].contacts[].channel", "channel", "required", "By what."},
    {"people[].contacts[].address", "e-mail address", "", "For a channel of type `email`."},
    {"people[].contacts[].url", "URL", "the channel's", "For a channel of type `webhook`."},
    {"people[].contacts[].at", "mobile number, user id", "",
     "For group robots: whom to mention there, as the vendor knows them."},
    {"people[].contacts[].number", "telephone number", "", "For types `http` and `command`."},
    {"people[].contacts[].for", "`all`, list of priorities", "`all`", "For which it is used."},
    {"people[].contacts[].after", "duration", "`0s`",
     "Waits so long to ask, and is dropped when somebody acknowledges meanwhile; the end is told "
     "at "
     "once."},
    {"people[].contacts[].hours", "calendar", "`7x24`", "Outside of them it is not used."},

    {"vendors[].name", "text", "required", "As in targets, `vendor:NAME`; who is asked for help."},
    {"vendors[].display", "text", "the name", "What others see."},
    {"vendors[].language", "`en`, `zh-CN`", "the bridge's", "Of messages to it."},
    {"vendors[].contacts", "as `people[].contacts`", "", "By what it is reached."},

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
     "`person:NAME`, `team:NAME`, `lead:TEAM`, `manager:TEAM`, `vendor:NAME`, "
     "`rotation:NAME`, `manager-of:PERSON`, `manager-of:rotation:NAME`. The last step repeats: P1 "
     "and P2 every 30 minutes, others once a day."},
    {"policies[].response[].repeat", "duration", "",
     "Told again so often, until the next step is due; of the last step, without end."},
    {"policies[].response[].for", "`all`, list of priorities", "`all`",
     "For others there is no such step."},
    {"policies[].response[].hours", "calendar", "`7x24`", "Outside of them there is no such step."},
    {"policies[].resolution.<percent>", "list of targets", "",
     "`50%: [lead:web]`: told when so much of the resolution target has passed, whoever owns the "
     "incident."},
    {"rotations[].name", "text", "required", "Who `rotation:NAME` tells is on call in it."},
    {"rotations[].team", "team", "", "Whose; for `tocsin oncall --team`."},
    {"rotations[].timezone", "zone's name", "`timezone`", "Whose clock hand-overs are of."},
    {"rotations[].weekly", "day and time", "", "`mon 09:00`: a turn is a week."},
    {"rotations[].daily", "time", "", "`09:00`: a turn is a day."},
    {"rotations[].every", "duration", "",
     "A turn is so long on the clock, from `starts`. One of `weekly`, `daily`, `every`."},
    {"rotations[].people", "list of people", "required", "In turn."},
    {"rotations[].starts", "date", "required",
     "`2026-01-05`, or with its time `2026-01-05 09:00`: the first of `people` begins, and before "
     "it "
     "nobody is on call."},
    {"rotations[].only", "list of hours", "all",
     "Covers these alone: `mon-fri 09:00-18:00`; one text, or a list of them."},
    {"rotations[].layers", "list of maps", "",
     "Instead of all these but `name` and `team`: several of them over each other. The last that "
     "covers a moment has it."},
    {"oncall.hours.<priority>", "calendar", "`7x24` for P1, P2; else `office`",
     "When people are told of incidents of this priority; until then the ladder waits."},
    {"oncall.hours.resolved", "calendar", "every day 08:00-22:00; `7x24` where `office` is",
     "When people are told of ends; programs are at once."},
    {"oncall.digest", "list of priorities", "`[P4]`",
     "Not told at once within these hours either, but when they next begin."},
    {"catch_all", "list of targets", "people with an admin's token",
     "Told when a step reaches nobody, and when a ladder is at its end. Without it and without "
     "admins: the team's lead and manager, else everybody with a contact. `[]`: nobody."},

    {"channels[].name", "text", "required", ""},
    {"channels[].type",
     "`email`, `webhook`, `dingtalk`, `wecom`, `feishu`, `slack`, `teams`, `pagerduty`, `http`, "
     "`command`",
     "required", "See docs/notifications.md."},
    {"channels[].rate", "count/duration, list of them, `unlimited`", "by type",
     "At most so many messages in any such time; what is urgent goes first, the rest in one. "
     "`unlimited` lifts a number's caps too, another rate does not."},
    {"channels[].templates.subject", "template", "", "In place of the title."},
    {"channels[].templates.brief", "template", "", "In place of the one line for SMS."},
    {"channels[].templates.text", "template", "", "In place of the body."},
    {"channels[].server", "host:port", "required for `email`", "The mail server."},
    {"channels[].security", "`starttls`, `tls`, `none`", "`starttls`",
     "`email`: required, not "
     "tried."},
    {"channels[].from", "e-mail address", "required for `email`", "The sender."},
    {"channels[].user", "text", "", "`email`: for AUTH, with `password_file`."},
    {"channels[].password_file", "file", "", "`email`: refused when others can read it."},
    {"channels[].url", "URL", "required for `webhook`, `http`; else the vendor's",
     "What is POSTed to."},
    {"channels[].url_file", "file", "", "`slack`, `teams`: holds the address, which is a secret."},
    {"channels[].token_file", "file", "required for `dingtalk`, `wecom`, `feishu`",
     "The robot's access_token, key or the end of its address."},
    {"channels[].secret_file", "file", "",
     "`webhook`: signs the body with HMAC-SHA256; `dingtalk`, `feishu`: signs as the robot wants "
     "it."},
    {"channels[].routing_key_file", "file", "required for `pagerduty`",
     "The integration key of Events API v2."},
    {"channels[].severities.<severity>", "`critical`, `error`, `warning`, `info`",
     "their namesakes, else by priority", "`pagerduty`: what it is told."},
    {"channels[].headers_file", "file", "", "`http`: `Name: value` a line, for credentials."},
    {"channels[].format", "`json`, `form`", "`json`", "`http`: how the body is written."},
    {"channels[].body", "map of templates", "required for `http`", "What the gateway is sent."},
    {"channels[].expect", "text", "", "`http`: what a good answer contains, like `\"code\":0`."},
    {"channels[].command", "list of templates", "required for `command`",
     "The program's whole path and its arguments; no shell."},
    {"channels[].timeout", "duration", "`20s`", "`command`: then it is killed."},
    {"channels[].max_length", "number", "`300`", "`http`, `command`: characters of a text."},
    {"channels[].ca_file", "file", "the system's", "Whom the other end's certificate must be of."},

    {"tickets[].name", "text", "required", "A system that keeps copies of incidents; unique."},
    {"tickets[].type", "`webhook`", "required", "See docs/webhook.md."},
    {"tickets[].url", "URL", "required", "What is POSTed to at each change."},
    {"tickets[].secret_file", "file", "", "Signs the body with HMAC-SHA256."},
    {"tickets[].ca_file", "file", "the system's", "Whom the other end's certificate must be of."},

    {"links.expire", "duration", "`1d`", "How long the one-tap links of a message work."},
    {"links.key_file", "file", "`link.key` beside the store",
     "Signs them; made at the first start. A new key ends all links."},

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
    {"routes[].priority", "priority", "by the matrix",
     "What its incidents have, whatever their level."},
    {"routes[].priority_at_most", "priority", "`P1`", "Alerts raise it no further; people can."},
    {"routes[].calendar", "calendar", "each target's own",
     "On which the response and resolution targets of its incidents run, whosever they are."},
    {"routes[].tickets", "list of ticket systems", "",
     "Those that keep a copy of its incidents; `[]` for none of the route above."},
    {"routes[].sla", "as `sla`", "", "Its own targets, before the service's."},
    {"routes[].routes", "list of routes", "",
     "Asked before it, for what it matches; each has what it has but what it says itself."},

    {"inhibit[].source", "list of matchers", "`alertname=\"HostUnreachable\"`",
     "An alert that all of them match holds others back while it fires, and 2 m longer. A list of "
     "one's own replaces the default, which is one rule."},
    {"inhibit[].target", "list of matchers", "everything",
     "Which alerts it holds back; those that are sources of the rule as well are not."},
    {"inhibit[].equal", "list of labels", "`[host]`",
     "Labels that both must have alike; one that both lack is alike."},

    {"maintenance[].name", "text", "required", "A window that recurs; unique."},
    {"maintenance[].match", "list of matchers", "required",
     "Which alerts it holds back: recorded, and opened 5 m after its end if they still fire."},
    {"maintenance[].every", "text", "",
     "`daily 01:00`, `weekly sat 01:00`, `monthly 15 01:00`, `monthly last 01:00`, `monthly sat#2 "
     "01:00`. One of `every`, `rrule`, `cron`."},
    {"maintenance[].rrule", "RFC 5545 rule", "",
     "`FREQ=MONTHLY;BYDAY=2SA;BYHOUR=1;BYMINUTE=0`, counted from `starts`."},
    {"maintenance[].starts", "local time", "`2000-01-01`",
     "`2026-01-05` or `2026-01-05 01:00`: what `rrule` counts from."},
    {"maintenance[].cron", "five fields", "", "`0 1 * * 6`, as in crontab."},
    {"maintenance[].for", "duration", "required", "How long it lasts, at most 7 d."},
    {"maintenance[].timezone", "zone's name", "`timezone`",
     "Whose wall clock it follows. A time that the clocks leave out is the moment of their change; "
     "of one that comes twice it is the first."},
    {"maintenance[].by", "person", "required", "Who planned it."},
    {"maintenance[].change", "text", "", "The number of the change that it is for."},
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
