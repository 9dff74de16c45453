#include "bridge/incident/liveness.h"

#include <algorithm>

#include "bridge/incident/title.h"

namespace tocsin::bridge {
namespace {

Alert host_alert(const HostRecord& host, std::string_view name, std::string_view severity,
                 Timestamp starts_at) {
    LabelsBuilder labels(host.labels);
    labels.remove("instance");
    labels.set("alertname", name).set("host", host.host).set("severity", severity);
    Alert alert;
    alert.labels = labels.build();
    alert.starts_at = starts_at;
    return alert;
}

Alert unreachable_alert(const HostRecord& host, Timestamp since) {
    Alert alert = host_alert(host, "HostUnreachable", "critical", since);
    const std::string heard = format_rfc3339(host.last_heartbeat);
    alert.annotations["summary"] = host.host + " has not been heard of since " + heard;
    put_own_words(alert, {{"words", "host_unreachable"}, {"host", host.host}, {"heard", heard}});
    return alert;
}

Alert duplicate_alert(const HostRecord& host, Timestamp since) {
    Alert alert = host_alert(host, "HostDuplicate", "warning", since);
    alert.annotations["summary"] =
        "Two machines report as " + host.host + ": their boot ids alternate";
    alert.annotations["description"] =
        "The boot ids are " + host.previous_boot_id + " and " + host.boot_id +
        " (/proc/sys/kernel/random/boot_id). One is probably a clone of the other: give it a name "
        "of its own (host: in its agent.yml), or stop the agent on the one that is not wanted. "
        "Until then their alerts stand under one host.";
    put_own_words(alert, {{"words", "host_duplicate"},
                          {"host", host.host},
                          {"one", host.previous_boot_id},
                          {"other", host.boot_id}});
    return alert;
}

Alert ended(Alert alert, Timestamp now) {
    alert.ends_at = now;
    return alert;
}

void end_unreachable(HostChange& change, Timestamp now) {
    if (!change.next.unreachable_since) return;
    change.alerts.push_back(
        ended(unreachable_alert(change.next, *change.next.unreachable_since), now));
    change.next.unreachable_since.reset();
}

void end_duplicate(HostChange& change, Timestamp now) {
    if (!change.next.duplicate_seen_at) return;
    change.alerts.push_back(
        ended(duplicate_alert(change.next, *change.next.duplicate_seen_at), now));
    change.next.duplicate_seen_at.reset();
}

}  // namespace

HostChange heartbeat(const HostRecord* known, const Heartbeat& beat, Timestamp now) {
    HostChange change;
    if (known != nullptr) change.next = *known;
    end_unreachable(change, now);

    HostRecord& host = change.next;
    host.host = beat.host;
    // Two machines under one name differ in their labels too; the alert about them keeps its own.
    if (!host.duplicate_seen_at) host.labels = beat.labels;
    host.last_heartbeat = now;
    host.interval = beat.interval;
    host.goodbye_at.reset();
    if (known == nullptr || host.agent_started_at != beat.agent_started_at) {
        host.agent_started_at = beat.agent_started_at;
        host.restarted_at = now;
    }
    if (host.boot_id != beat.boot_id) {
        // A reboot brings an id never seen; coming back to the one before means two machines.
        const bool two = !beat.boot_id.empty() && beat.boot_id == host.previous_boot_id;
        host.previous_boot_id = host.boot_id;
        host.boot_id = beat.boot_id;
        if (two) {
            if (!host.duplicate_seen_at) change.alerts.push_back(duplicate_alert(host, now));
            host.duplicate_seen_at = now;
        }
    }
    return change;
}

HostChange goodbye(const HostRecord& known, Timestamp now) {
    HostChange change{known, {}};
    change.next.goodbye_at = now;
    return change;
}

Timestamp host_deadline(const HostRecord& known, Timestamp served_since,
                        const LivenessSettings& settings) {
    const Timestamp heard = std::max(known.last_heartbeat, served_since + settings.heartbeat);
    const Timestamp deadline = heard + std::max(settings.deadline, kLeastMissed * known.interval);
    if (!known.goodbye_at) return deadline;
    return std::max(deadline, *known.goodbye_at + settings.goodbye_grace);
}

HostChange check_host(const HostRecord& known, Timestamp served_since,
                      const LivenessSettings& settings, Timestamp now) {
    HostChange change{known, {}};
    if (known.duplicate_seen_at && now >= *known.duplicate_seen_at + settings.duplicate_quiet) {
        end_duplicate(change, now);
    }
    if (!known.unreachable_since && now >= host_deadline(known, served_since, settings)) {
        change.next.unreachable_since = now;
        change.alerts.push_back(unreachable_alert(change.next, now));
    }
    return change;
}

std::optional<Timestamp> alert_deadline(const AlertRecord& alert, const HostRecord* host,
                                        Timestamp served_since, const LivenessSettings& settings) {
    if (alert.status != AlertStatus::kFiring || !alert.ends_at || alert.source == kSourceBridge) {
        return std::nullopt;
    }
    const Duration promised = *alert.ends_at - alert.last_seen;
    // What was heard of before the bridge served again has the time of a resend to be heard of
    // anew.
    const bool heard = alert.last_seen >= served_since;
    Timestamp deadline =
        (heard ? alert.last_seen : std::max(alert.last_seen, served_since + kResend)) + promised;
    if (host != nullptr && alert.from_agent()) {
        // A (re)started agent first refills its windows; one that said goodbye has time to reboot.
        if (host->restarted_at) {
            deadline = std::max(deadline, *host->restarted_at + settings.restart_hold);
        }
        if (host->goodbye_at) {
            deadline = std::max(deadline, *host->goodbye_at + settings.goodbye_grace);
        }
    }
    return deadline;
}

std::optional<Event> check_alert(const AlertRecord& alert, const HostRecord* host,
                                 Timestamp served_since, const LivenessSettings& settings,
                                 Timestamp now) {
    const auto deadline = alert_deadline(alert, host, served_since, settings);
    if (!deadline || now < *deadline) return std::nullopt;
    AlertRecord record = alert;
    if (alert.labels.has("ephemeral")) {
        record.status = AlertStatus::kResolved;
        record.levels.clear();
        record.ends_at = now;
        return AlertResolved{std::move(record), "ephemeral"};
    }
    record.status = AlertStatus::kUnknown;
    record.ends_at = now;
    const bool silent = host != nullptr && host->unreachable_since;
    return AlertUnknown{
        std::move(record),
        silent ? "its host is unreachable" : "no news since " + format_rfc3339(alert.last_seen)};
}

}  // namespace tocsin::bridge
