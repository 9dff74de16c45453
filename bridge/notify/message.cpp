#include "bridge/notify/message.h"

#include <algorithm>
#include <array>

#include "base/core/strings.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostAlerts = 10;
constexpr std::size_t kTimelineTail = 6;
constexpr std::size_t kMostTextBytes = 4096;

std::string display_of(const Oncall& oncall, std::string_view name) {
    const Person* person = oncall.person(name);
    if (person == nullptr || person->display.empty()) return std::string(name);
    return person->display;
}

// Valid UTF-8 of a bounded length, cut at a whole character.
std::string bounded(std::string_view text, std::size_t most) {
    std::string out = valid_utf8(text.substr(0, most));
    if (text.size() > most) out += "…";
    return out;
}

// The same without line breaks and other control characters: for subjects, headers and rows.
std::string one_line(std::string_view text) {
    std::string out = bounded(trim(text), kMostTextBytes);
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = ' ';
    }
    return out;
}

std::string annotation(const AlertRecord& alert, std::string_view name) {
    const auto it = alert.annotations.find(name);
    return it == alert.annotations.end() ? std::string() : it->second;
}

int rank(const AlertRecord& alert) {
    constexpr std::array<std::string_view, 3> kWorstFirst = {"critical", "warning", "info"};
    const auto* const at = std::find(kWorstFirst.begin(), kWorstFirst.end(), alert.severity);
    const int status = alert.status == AlertStatus::kFiring    ? 0
                       : alert.status == AlertStatus::kUnknown ? 1
                                                               : 2;
    return status * 10 + static_cast<int>(at - kWorstFirst.begin());
}

AlertLine line_of(const AlertRecord& alert) {
    AlertLine line;
    line.name = one_line(alert.labels.get("alertname"));
    line.host = one_line(alert.host);
    line.severity = one_line(alert.severity);
    line.status = alert.status;
    line.since = alert.starts_at;
    line.summary = one_line(annotation(alert, "summary"));
    line.description = bounded(annotation(alert, "description"), kMostTextBytes);
    return line;
}

// Prometheus's mixins say runbook_url; many older rule files say runbook.
std::string runbook_of(const AlertRecord& alert, std::string_view base) {
    const std::string url = link_in(alert, "runbook_url", base);
    return one_line(url.empty() ? link_in(alert, "runbook", base) : url);
}

void add_alerts(const Incident& incident, std::string_view base, Message& message) {
    std::vector<const AlertRecord*> alerts;
    for (const AlertRecord& alert : incident.alerts) alerts.push_back(&alert);
    std::stable_sort(alerts.begin(), alerts.end(),
                     [](const auto* a, const auto* b) { return rank(*a) < rank(*b); });
    for (const AlertRecord* alert : alerts) {
        if (message.runbook.empty()) message.runbook = runbook_of(*alert, base);
        if (message.host.empty()) message.host = one_line(alert->host);
        if (message.alerts.size() < kMostAlerts) message.alerts.push_back(line_of(*alert));
    }
    message.firing = incident.count(AlertStatus::kFiring);
    message.unknown = incident.count(AlertStatus::kUnknown);
    message.resolved = incident.count(AlertStatus::kResolved);
}

}  // namespace

Message make_message(const Incident& incident, const Notify& notify,
                     const std::vector<TimelineEntry>& timeline, const Oncall& oncall,
                     const MessageSettings& settings, std::string idempotency_key, Timestamp now) {
    Message message;
    message.kind = notify.kind;
    message.step = notify.step;
    const Person* person = oncall.person(notify.person);
    message.language =
        person != nullptr && !person->language.empty() ? person->language : settings.language;
    message.timezone = settings.timezone;
    message.at = now;
    message.recipient = {notify.person, one_line(display_of(oncall, notify.person)),
                         notify.address};
    message.idempotency_key = std::move(idempotency_key);
    message.key = incident.key;
    message.title = one_line(incident.title);
    message.state = incident.state;
    message.priority = incident.priority;
    message.severity = one_line(incident.severity);
    message.host = one_line(incident.labels.get("host"));
    message.opened_at = incident.opened_at;
    message.resolved_at = incident.resolved_at;
    if (incident.resolved_by_hand) {
        message.resolved_by = one_line(display_of(oncall, incident.resolved_by));
    }
    message.assignee = one_line(display_of(oncall, incident.assignee));
    for (const std::string& name : incident.told) {
        if (name != notify.person) message.told.push_back(one_line(display_of(oncall, name)));
    }
    add_alerts(incident, settings.url, message);
    const auto skipped = timeline.size() > kTimelineTail ? timeline.size() - kTimelineTail : 0;
    for (std::size_t i = skipped; i < timeline.size(); ++i) {
        message.timeline.push_back(timeline[i]);
        TimelineEntry& entry = message.timeline.back();
        entry.actor = one_line(entry.actor);
        entry.text = one_line(entry.text);
        for (auto& [key, value] : entry.data) value = one_line(value);
    }
    message.url = settings.url + "/incidents/" + incident.key;
    return message;
}

}  // namespace tocsin::bridge
