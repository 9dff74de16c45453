#include "bridge/notify/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/core/strings.h"
#include "bridge/incident/title.h"
#include "bridge/notify/markup.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostAlerts = 10;
constexpr std::size_t kTimelineTail = 6;
constexpr std::size_t kMostTextBytes = 4096;
constexpr std::size_t kMostWorkaround = 1024;
constexpr std::size_t kMostArticleBytes = 1200;
constexpr std::size_t kMostArticleLines = 25;

std::string display_of(const Oncall& oncall, std::string_view name) {
    const Person* person = oncall.person(name);
    if (person == nullptr) person = oncall.vendor(name);
    if (person == nullptr || person->display.empty()) return std::string(name);
    return person->display;
}

std::string language_of(const Oncall& oncall, std::string_view name,
                        const MessageSettings& settings) {
    const Person* person = oncall.person(name);
    if (person == nullptr) person = oncall.vendor(name);
    if (person == nullptr || person->language.empty()) return settings.language;
    return person->language;
}

// Valid UTF-8 of a bounded length, cut at a whole character.
std::string bounded(std::string_view text, std::size_t most) {
    constexpr std::size_t kLongestCharacter = 4;
    return cut_bytes(valid_utf8(text.substr(0, most + kLongestCharacter)), most);
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

// Without names: the bridge's own alerts speak of hosts.
EntryReader reader_of(const Message& message) {
    return {message.language, message.timezone, {}};
}

AlertLine line_of(const AlertRecord& alert, const EntryReader& reader) {
    AlertLine line;
    line.name = one_line(alert.labels.get("alertname"));
    line.host = one_line(alert.host);
    line.severity = one_line(alert.severity);
    line.status = alert.status;
    line.since = alert.starts_at;
    const EntryData own = own_words(alert);
    const std::string summary = own_text(own, reader);
    const std::string more = own_text(own, reader, "own_more");
    line.summary = one_line(summary.empty() ? annotation(alert, "summary") : summary);
    line.description =
        bounded(more.empty() ? annotation(alert, "description") : more, kMostTextBytes);
    return line;
}

// Prometheus's mixins say runbook_url; many older rule files say runbook.
std::string runbook_of(const AlertRecord& alert, std::string_view base) {
    const std::string url = link_in(alert, "runbook_url", base);
    return one_line(url.empty() ? link_in(alert, "runbook", base) : url);
}

// Told to those outside, who read what is meant for them.
bool is_outside(MessageKind kind) {
    return kind == MessageKind::kReceived || kind == MessageKind::kPublicNote ||
           kind == MessageKind::kAskConfirm || kind == MessageKind::kVendor;
}

// A vendor is outside whatever it is told, by a step of a policy or when the incident ends.
bool is_vendor(const Oncall& oncall, const Notify& notify) {
    return notify.kind == MessageKind::kVendor ||
           (oncall.person(notify.person) == nullptr && oncall.vendor(notify.person) != nullptr);
}

bool may_read(const Oncall& oncall, const Notify& notify, const TimelineEntry& entry) {
    if (is_vendor(oncall, notify)) {
        const auto asked = entry.data.find("vendor");
        return entry.kind == "vendor_asked" && asked != entry.data.end() &&
               asked->second == notify.person;
    }
    return !is_outside(notify.kind) || entry.kind == "public_note";
}

void add_alerts(const Incident& incident, std::string_view base, Message& message) {
    std::vector<const AlertRecord*> alerts;
    for (const AlertRecord& alert : incident.alerts) alerts.push_back(&alert);
    std::stable_sort(alerts.begin(), alerts.end(),
                     [](const auto* a, const auto* b) { return rank(*a) < rank(*b); });
    for (const AlertRecord* alert : alerts) {
        if (message.runbook.empty()) message.runbook = runbook_of(*alert, base);
        if (message.host.empty()) message.host = one_line(alert->host);
        if (message.alerts.size() < kMostAlerts)
            message.alerts.push_back(line_of(*alert, reader_of(message)));
    }
    message.firing = incident.count(AlertStatus::kFiring);
    message.unknown = incident.count(AlertStatus::kUnknown);
    message.resolved = incident.count(AlertStatus::kResolved);
}

// The first lines of a text, without empty ones.
std::vector<std::string> lines_of(std::string_view text) {
    const std::string cut = bounded(text, kMostArticleBytes);
    std::vector<std::string> out;
    std::string_view rest = cut;
    while (!rest.empty() && out.size() < kMostArticleLines) {
        const std::size_t end = rest.find('\n');
        std::string line = one_line(rest.substr(0, end));
        if (!line.empty()) out.push_back(std::move(line));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    if (text.size() > cut.size() || !rest.empty()) out.emplace_back("…");
    return out;
}

// "ended by itself", or what somebody did about it; the cause when that is all there is.
std::string ending_of(const Incident& past, const std::string& language) {
    const Findings& findings = past.facts.findings;
    if (!findings.solution.empty()) return one_line(findings.solution);
    if (!findings.cause.empty()) return one_line(findings.cause);
    return say(past.resolved_by_hand ? "similar.by_hand" : "similar.by_itself", language,
               text::Value(past.resolved_by));
}

}  // namespace

void add_background(Message& message, const Background& background, std::string_view base) {
    using text::ValueMap;
    if (message.outside) return;
    for (const Incident& past : background.similar) {
        message.similar.push_back(
            say("value.similar", message.language,
                ValueMap{{"Key", past.key},
                         {"Title", one_line(past.title)},
                         {"Day", format_rfc3339(past.opened_at).substr(0, 10)},
                         {"Ending", ending_of(past, message.language)}}));
    }
    for (const Record& record : background.problems) {
        const auto* problem = std::get_if<Problem>(&record.part);
        if (problem == nullptr) continue;
        message.problems.push_back(say(
            "value.problem", message.language,
            ValueMap{{"Key", record.key},
                     {"Title", one_line(record.title)},
                     {"State", word("problem_state", to_string(record.state), message.language)},
                     {"Workaround", bounded(problem->workaround, kMostWorkaround)}}));
    }
    if (message.runbook.empty() && !background.articles.empty()) {
        const ArticleTitle& article = background.articles.front();
        message.runbook = fmt::format("{} {} {}/articles/{}", article.key, one_line(article.title),
                                      base, article.key);
        message.article = lines_of(article.text);
    }
}

namespace {

std::string title_of(const Incident& incident, const EntryReader& reader) {
    const std::string own = own_text(title_words(incident), reader);
    return one_line(own.empty() ? incident.title : own);
}

// When the fault began, as its alerts or its reporter say: an incident opens later where it was
// held back, or waited for a count.
Timestamp since_of(const Incident& incident) {
    Timestamp since =
        std::min(incident.opened_at, incident.facts.since.value_or(incident.opened_at));
    for (const AlertRecord& alert : incident.alerts) {
        if (alert.starts_at != Timestamp{}) since = std::min(since, alert.starts_at);
    }
    return since;
}

// The line that says what held the incident back, where this message tells of its end: itself, or
// by the opening that it had put off.
const TimelineEntry* release_in(const std::vector<TimelineEntry>& timeline,
                                const Incident& incident, MessageKind kind) {
    for (auto line = timeline.rbegin(); line != timeline.rend(); ++line) {
        if (!line->data.contains("firing_since") || !line->data.contains("by")) continue;
        const bool opens = kind == MessageKind::kOpened && line->at == incident.opened_at;
        return kind == MessageKind::kUnsuppressed || opens ? &*line : nullptr;
    }
    return nullptr;
}

// As a line of a message: one line each, with the names of whom it speaks of.
TimelineEntry told_line(TimelineEntry entry, const Oncall& oncall, Names& names) {
    for (const std::string& name : people_in(entry)) {
        names.emplace(name, one_line(display_of(oncall, name)));
    }
    entry.actor = one_line(entry.actor);
    entry.text = one_line(entry.text);
    for (auto& [key, value] : entry.data) value = one_line(value);
    return entry;
}

}  // namespace

Message make_message(const Incident& incident, const Notify& notify,
                     const std::vector<TimelineEntry>& timeline, const Oncall& oncall,
                     const MessageSettings& settings, std::string idempotency_key, Timestamp now) {
    Message message;
    message.kind = notify.kind;
    message.step = notify.step;
    if (const Policy* policy = oncall.policy(incident.policy)) {
        message.steps = static_cast<int>(policy->response.size());
    }
    message.language = language_of(oncall, notify.person, settings);
    message.timezone = settings.timezone;
    message.at = now;
    message.recipient = {notify.person, one_line(display_of(oncall, notify.person)),
                         notify.address};
    message.outside = is_outside(notify.kind) || is_vendor(oncall, notify);
    message.idempotency_key = std::move(idempotency_key);
    message.key = incident.key;
    message.title = title_of(incident, reader_of(message));
    message.state = incident.state;
    message.priority = incident.priority;
    message.severity = one_line(incident.severity);
    message.category = one_line(incident.facts.category);
    message.host = one_line(incident.labels.get("host"));
    message.opened_at = incident.opened_at;
    message.since = since_of(incident);
    message.resolved_at = incident.resolved_at;
    message.flapping_since = incident.flapping_since;
    if (incident.resolved_by_hand) {
        message.resolved_by = one_line(display_of(oncall, incident.resolved_by));
    }
    message.assignee = one_line(display_of(oncall, incident.assignee));
    for (const std::string& name : incident.told) {
        if (name != notify.person && !message.outside)
            message.told.push_back(one_line(display_of(oncall, name)));
    }
    if (!is_outside(notify.kind)) add_alerts(incident, settings.url, message);
    std::vector<const TimelineEntry*> lines;
    for (const TimelineEntry& entry : timeline) {
        if (may_read(oncall, notify, entry)) lines.push_back(&entry);
    }
    const auto skipped = lines.size() > kTimelineTail ? lines.size() - kTimelineTail : 0;
    for (std::size_t i = skipped; i < lines.size(); ++i) {
        message.timeline.push_back(told_line(*lines[i], oncall, message.names));
    }
    if (const TimelineEntry* line = release_in(timeline, incident, notify.kind)) {
        message.released = told_line(*line, oncall, message.names).data;
    }
    message.url = settings.url + "/incidents/" + incident.key;
    if (incident.key.empty()) message.url = settings.url + "/silences";  // silence_letter.h
    if (notify.kind == MessageKind::kTest) message.url = settings.url;   // there is no incident
    return message;
}

Message make_digest(const std::vector<std::pair<const Incident*, const Notify*>>& parts,
                    const Oncall& oncall, const MessageSettings& settings,
                    std::string idempotency_key, Timestamp now) {
    Message message;
    const Notify& first = *parts.front().second;
    message.kind = first.kind;
    message.language = language_of(oncall, first.person, settings);
    message.timezone = settings.timezone;
    message.at = now;
    message.recipient = {first.person, one_line(display_of(oncall, first.person)), first.address};
    message.idempotency_key = std::move(idempotency_key);
    for (const auto& [incident, notify] : parts) {
        if (language_of(oncall, notify->person, settings) != message.language) {
            message.language = settings.language;
        }
        // An incident of several messages is told once, by the first of them.
        const bool told = std::any_of(message.digest.begin(), message.digest.end(),
                                      [key = incident->key](const DigestItem& item) {
                                          return !key.empty() && item.key == key;
                                      });
        if (told) continue;
        message.digest.push_back({notify->kind, incident->priority, incident->key,
                                  title_of(*incident, reader_of(message)), incident->state});
    }
    // What is still asked first, the worst of it at the top: a line for SMS shows no more than
    // that.
    std::stable_sort(message.digest.begin(), message.digest.end(),
                     [](const DigestItem& a, const DigestItem& b) {
                         const auto is_end = [](const DigestItem& item) {
                             return item.kind == MessageKind::kResolved;
                         };
                         return std::pair(is_end(a), a.priority) < std::pair(is_end(b), b.priority);
                     });
    message.priority = message.digest.front().priority;
    message.opened_at = now;
    message.since = now;
    message.url = settings.url + "/?state=open";
    return message;
}

}  // namespace tocsin::bridge
