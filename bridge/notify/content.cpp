#include "bridge/notify/content.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/core/strings.h"
#include "bridge/notify/catalogue.h"
#include "bridge/notify/entry_text.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {

using text::Value;
using text::ValueMap;

std::string say(std::string_view id, std::string_view language, Value dot) {
    const Result<text::Template> parsed = text::Template::parse(phrase(id, language));
    if (!parsed) return std::string(id);
    text::TemplateContext context;
    context.dot = std::move(dot);
    Result<std::string> rendered = parsed.value().render(context);
    // A test renders every phrase with everything it names; this is the answer to a bug.
    return rendered ? std::move(rendered).value() : std::string(id);
}

std::string word(std::string_view group, std::string_view name, std::string_view language) {
    const std::string_view known = phrase(fmt::format("{}.{}", group, name), language);
    return std::string(known.empty() ? name : known);
}

std::string word_list(std::string_view group, std::string_view list, std::string_view language) {
    std::string out;
    while (!list.empty()) {
        const std::size_t end = list.find(", ");
        if (!out.empty()) out += phrase("value.list", language);
        out += word(group, list.substr(0, end), language);
        list = end == std::string_view::npos ? std::string_view() : list.substr(end + 2);
    }
    return out;
}

bool is_link(std::string_view text) {
    return text.starts_with("https://") || text.starts_with("http://");
}

namespace {

// What asks somebody to take the incident; the others inform, or ask for something else.
constexpr std::array kAsks = {
    MessageKind::kOpened,   MessageKind::kEscalated,    MessageKind::kReminder,
    MessageKind::kReopened, MessageKind::kStillFiring,  MessageKind::kRaised,
    MessageKind::kJoined,   MessageKind::kAssigned,     MessageKind::kLapsed,
    MessageKind::kNobody,   MessageKind::kSnoozeEnded,  MessageKind::kHandedOver,
    MessageKind::kFlapping, MessageKind::kUnsuppressed, MessageKind::kStorm,
    MessageKind::kOverflow};

// Which words tell it. Worse than acknowledged is only what somebody has acknowledged.
std::string words_of(MessageKind kind, State state) {
    std::string words(to_string(kind));
    if (kind == MessageKind::kRaised && state == State::kTriggered) words += "_unowned";
    return words;
}

// Watchers hear of an opening outside of the ladder, and are not asked to take it.
bool to_watchers(const Message& message) {
    return message.kind == MessageKind::kOpened && message.step == 0;
}

class Writer {
  public:
    explicit Writer(const Message& message) : m_(message), lang_(message.language) {}

    Content content() const {
        Content page;
        const std::string kind = words_of(m_.kind, m_.state);
        // A policy that was changed since may have fewer steps.
        const bool of_these = m_.step <= m_.steps;
        const ValueMap dot = {{"Step", m_.step == 0 ? std::string() : std::to_string(m_.step)},
                              {"Steps", of_these ? std::to_string(m_.steps) : std::string()},
                              {"Priority", std::string(to_string(m_.priority))},
                              {"ResolvedBy", m_.resolved_by}};
        page.headline = say("headline." + kind, lang_, dot);
        page.why = say(to_watchers(m_) ? "why.opened_watched" : "why." + kind, lang_, dot);
        if (!m_.released.empty()) add_release(page, kind);
        if (!m_.alerts.empty()) {
            page.summary = m_.alerts.front().summary;
            page.description = m_.alerts.front().description;
        }
        page.what = page.summary.empty() ? m_.title : page.summary;
        page.rows = rows();
        for (const TimelineEntry& entry : m_.timeline) page.timeline.push_back(line(entry));
        const ValueMap about = {{"Priority", std::string(to_string(m_.priority))},
                                {"Headline", page.headline},
                                {"Title", m_.title},
                                {"What", page.what},
                                {"Key", m_.key}};
        page.subject = say("subject", lang_, about);
        page.brief = brief(about, acknowledge_link(), m_.url);
        if (!acknowledge_link().empty()) {
            page.shorter_briefs = {brief(about, acknowledge_link(), ""), brief(about, "", m_.url)};
        }
        add_taps(page);
        return page;
    }

    // Several incidents in one message.
    Content digest() const {
        Content page;
        const bool ends = std::all_of(m_.digest.begin(), m_.digest.end(), [](const auto& item) {
            return item.kind == MessageKind::kResolved;
        });
        const ValueMap dot = {{"Count", std::to_string(m_.digest.size())}, {"Url", m_.url}};
        const std::string which = ends ? "resolved" : "mixed";
        page.headline = say("digest.headline_" + which, lang_, dot);
        page.why = say("digest.why_" + which, lang_, dot);
        std::string first;
        for (const DigestItem& item : m_.digest) {
            page.incidents.push_back(
                say("digest.line", lang_,
                    ValueMap{{"Priority", std::string(to_string(item.priority))},
                             {"Headline", short_headline(item)},
                             {"Title", item.title},
                             {"Key", item.key}}));
            if (first.empty()) first = item.title;
        }
        page.what = first;
        const ValueMap about = {{"Priority", std::string(to_string(m_.priority))},
                                {"Headline", page.headline},
                                {"What", first},
                                {"Url", m_.url}};
        page.subject = say("digest.subject", lang_, about);
        page.brief = say("digest.brief", lang_, about);
        add_taps(page);
        return page;
    }

  private:
    // What held it back is over, in the words for such a thing.
    void add_release(Content& page, const std::string& kind) const {
        const EntryReader reader{lang_, m_.timezone, m_.names};
        EntryData words = m_.released;
        words["words"] = words["by"];
        const std::string over = own_text(words, reader, "over_why");
        if (over.empty()) return;
        if (m_.kind == MessageKind::kUnsuppressed) page.headline = own_text(words, reader, "over");
        page.why = say("over_says." + kind, lang_, ValueMap{{"Why", page.why}, {"Over", over}});
    }

    // Of a message's headline what needs no step.
    std::string short_headline(const DigestItem& item) const {
        return say("headline." + words_of(item.kind, item.state), lang_,
                   ValueMap{{"Step", ""},
                            {"Priority", std::string(to_string(item.priority))},
                            {"ResolvedBy", ""}});
    }

    std::string brief(ValueMap about, const std::string& tap, const std::string& url) const {
        about["Acknowledge"] = tap;
        about["Url"] = url;
        return say("brief", lang_, std::move(about));
    }

    // For a line with room for one thing to do: only where somebody is asked to take it.
    std::string acknowledge_link() const {
        const bool asks = std::find(kAsks.begin(), kAsks.end(), m_.kind) != kAsks.end();
        if (!asks || to_watchers(m_)) return {};
        for (const ActionLink& link : m_.actions) {
            if (link.action == ActionKind::kAcknowledge) return link.url;
        }
        return {};
    }

    void add_taps(Content& page) const {
        for (const ActionLink& link : m_.actions) {
            page.taps.push_back({word("action", to_string(link.action), lang_), link.url});
        }
        page.taps.push_back({word("action", "open", lang_), m_.url});
    }

    std::vector<Row> rows() const {
        std::vector<Row> rows;
        const auto add = [&](std::string_view label, std::string value) {
            if (!value.empty()) {
                rows.push_back({word("label", label, lang_), std::move(value), {}});
            }
        };
        const bool of_incident = !m_.key.empty();
        add("incident", of_incident ? m_.key + " " + m_.title : "");
        add("host", m_.host);
        add("since", timed("value.since", m_.since, m_.resolved_at.value_or(m_.at)));
        if (m_.resolved_at) add("resolved_at", resolved_at());
        add("severity", word("severity", m_.severity, lang_));
        add("priority", std::string(to_string(m_.priority)));
        add("category", word("category", m_.category, lang_));
        if (of_incident) {
            add("state", word("state", to_string(m_.state), lang_));
            add("assignee", m_.assignee.empty() ? say("value.nobody", lang_) : m_.assignee);
        }
        if (m_.firing + m_.unknown + m_.resolved > 1) rows.push_back(alerts());
        if (m_.flapping_since) add("flapping", timed("value.since", *m_.flapping_since, m_.at));
        add("told", joined(m_.told));
        if (!m_.similar.empty()) {
            rows.push_back({word("label", "similar", lang_), "", m_.similar});
        }
        if (!m_.problems.empty()) {
            rows.push_back({word("label", "problem", lang_), "", m_.problems});
        }
        if (!m_.runbook.empty()) {
            rows.push_back({word("label", "runbook", lang_), m_.runbook, m_.article});
        }
        for (const ActionLink& link : m_.actions) {
            rows.push_back({word("action", to_string(link.action), lang_), link.url, {}});
        }
        add("link", m_.url);
        return rows;
    }

    std::string timed(std::string_view id, Timestamp from, Timestamp to) const {
        return say(id, lang_,
                   ValueMap{{"Time", local_time(from, m_.timezone)},
                            {"Duration", human_duration(to - from, lang_)}});
    }

    std::string resolved_at() const {
        return say("value.resolved_at", lang_,
                   ValueMap{{"Time", local_time(*m_.resolved_at, m_.timezone)},
                            {"Duration", human_duration(*m_.resolved_at - m_.since, lang_)}});
    }

    Row alerts() const {
        const auto count = [](int n) { return n == 0 ? std::string() : std::to_string(n); };
        Row row;
        row.label = word("label", "alerts", lang_);
        row.value = say("value.counts", lang_,
                        ValueMap{{"Firing", std::to_string(m_.firing)},
                                 {"Unknown", count(m_.unknown)},
                                 {"Resolved", count(m_.resolved)}});
        for (const AlertLine& alert : m_.alerts) {
            std::string text = alert.name;
            if (!alert.host.empty()) text += " " + alert.host;
            text += " (" + word("severity", alert.severity, lang_);
            text += ", " + word("status", to_string(alert.status), lang_) + ")";
            if (!alert.summary.empty()) text += " " + alert.summary;
            row.lines.push_back(std::move(text));
        }
        const int more = m_.firing + m_.unknown + m_.resolved - static_cast<int>(m_.alerts.size());
        if (more > 0) {
            row.lines.push_back(
                say("value.more", lang_, ValueMap{{"Count", std::to_string(more)}}));
        }
        return row;
    }

    std::string joined(const std::vector<std::string>& names) const {
        std::string out;
        for (const std::string& name : names) {
            if (!out.empty()) out += phrase("value.list", lang_);
            out += name;
        }
        return out;
    }

    std::string line(const TimelineEntry& entry) const {
        return local_time(entry.at, m_.timezone) + "  " +
               entry_text(entry, {lang_, m_.timezone, m_.names});
    }

    const Message& m_;
    const std::string lang_;
};

}  // namespace

std::string local_time(Timestamp at, const std::string& timezone) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    if (timezone.empty() || timezone == "UTC") return date::format("%F %T UTC", seconds);
    try {
        const date::zoned_time<std::chrono::seconds> local(date::locate_zone(timezone), seconds);
        return date::format("%F %T", local) + " (" + timezone + ")";
    } catch (const std::exception&) {
        // tz.h throws for a zone that this host's zoneinfo does not have.
        return date::format("%F %T UTC", seconds);
    }
}

std::string human_duration(Duration d, std::string_view language) {
    const auto part = [&](std::string_view unit, std::int64_t n) {
        return say(fmt::format("duration.{}", unit), language, Value(n));
    };
    const std::int64_t seconds = std::max<std::int64_t>(d.count() / 1000, 0);
    if (seconds < 60) return part("s", seconds);
    const std::int64_t minutes = seconds / 60;
    if (minutes < 60) return part("min", minutes);
    const std::int64_t hours = minutes / 60;
    if (hours < 24) {
        return part("h", hours) + (minutes % 60 == 0 ? "" : " " + part("min", minutes % 60));
    }
    return part("d", hours / 24) + (hours % 24 == 0 ? "" : " " + part("h", hours % 24));
}

Content content_of(const Message& message) {
    const Writer writer(message);
    return message.digest.empty() ? writer.content() : writer.digest();
}

}  // namespace tocsin::bridge
