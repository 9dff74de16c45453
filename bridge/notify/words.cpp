#include "bridge/notify/words.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "base/text/template.h"
#include "bridge/notify/catalogue.h"

namespace tocsin::bridge {

using text::Value;
using text::ValueMap;

namespace {

std::string say(std::string_view id, std::string_view language, Value dot = {}) {
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

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

bool is_link(std::string_view text) {
    return text.starts_with("https://") || text.starts_with("http://");
}

std::string linked(std::string_view text) {
    const std::string safe = escaped(text);
    return is_link(text) ? fmt::format("<a href=\"{0}\">{0}</a>", safe) : safe;
}

// "label: value"; several values are lines under the label.
struct Row {
    std::string label;
    std::string value;
    std::vector<std::string> lines;
};

struct Page {
    std::string headline;
    std::string why;
    std::string summary;  // the first alert's sentence with the numbers
    std::string description;
    std::vector<Row> rows;
    std::vector<std::string> timeline;
};

class Writer {
  public:
    explicit Writer(const Message& message) : m_(message), lang_(message.language) {}

    Page page() const {
        Page page;
        const std::string kind(to_string(m_.kind));
        const ValueMap dot = {{"Step", m_.step == 0 ? std::string() : std::to_string(m_.step)},
                              {"Priority", std::string(to_string(m_.priority))},
                              {"ResolvedBy", m_.resolved_by}};
        page.headline = say("headline." + kind, lang_, dot);
        page.why = say("why." + kind, lang_, dot);
        if (!m_.alerts.empty()) {
            page.summary = m_.alerts.front().summary;
            page.description = m_.alerts.front().description;
        }
        page.rows = rows();
        for (const TimelineEntry& entry : m_.timeline) page.timeline.push_back(line(entry));
        return page;
    }

  private:
    std::vector<Row> rows() const {
        std::vector<Row> rows;
        const auto add = [&](std::string_view label, std::string value) {
            if (!value.empty()) {
                rows.push_back({word("label", label, lang_), std::move(value), {}});
            }
        };
        add("incident", m_.key + " " + m_.title);
        add("host", m_.host);
        add("since", timed("value.since", m_.opened_at, m_.resolved_at.value_or(m_.at)));
        if (m_.resolved_at) add("resolved_at", resolved_at());
        add("severity", word("severity", m_.severity, lang_));
        add("priority", std::string(to_string(m_.priority)));
        add("state", word("state", to_string(m_.state), lang_));
        add("assignee", m_.assignee.empty() ? say("value.nobody", lang_) : m_.assignee);
        if (m_.firing + m_.unknown + m_.resolved > 1) rows.push_back(alerts());
        add("told", joined(m_.told));
        add("runbook", m_.runbook);
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
                            {"Duration", human_duration(*m_.resolved_at - m_.opened_at, lang_)}});
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
        ValueMap data;
        for (const auto& [key, value] : entry.data) {
            const bool severity = key == "severity" || key == "from" || key == "to";
            data[key] = severity ? word("severity", value, lang_) : value;
        }
        const bool by_system = entry.actor == kSystem;
        const std::string id = "timeline." + entry.kind;
        const std::string known = phrase(id, lang_).empty() ? "timeline.other" : id;
        const ValueMap dot = {{"Text", entry.text},
                              {"Actor", by_system ? say("actor.system", lang_) : entry.actor},
                              {"BySystem", by_system},
                              {"Data", data}};
        return local_time(entry.at, m_.timezone) + "  " + say(known, lang_, dot);
    }

    const Message& m_;
    const std::string lang_;
};

std::string plain(const Page& page, std::string_view language) {
    const std::string_view separator = phrase("label.separator", language);
    std::string out = page.headline + "\n" + page.why + "\n";
    if (!page.summary.empty()) out += "\n" + page.summary + "\n";
    if (!page.description.empty()) out += "\n" + page.description + "\n";
    out += "\n";
    for (const Row& row : page.rows) {
        out += fmt::format("{}{}{}\n", row.label, separator, row.value);
        for (const std::string& line : row.lines) out += "  - " + line + "\n";
    }
    if (!page.timeline.empty()) {
        out += fmt::format("\n{}\n", phrase("label.timeline", language));
        for (const std::string& line : page.timeline) out += "  " + line + "\n";
    }
    return out;
}

// Mail programs know only inline styles; the severity is said in words, colour only underlines it.
std::string html(const Page& page, const Message& message) {
    const std::string_view lang = message.language.starts_with("zh") ? "zh-CN" : "en";
    const std::string_view accent = message.kind == MessageKind::kResolved ? "#1a7f37"
                                    : message.severity == "critical"       ? "#b3261e"
                                                                           : "#9a6700";
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta "
        "charset=\"utf-8\"><title>{}</title></head>\n"
        "<body style=\"font:16px/1.5 system-ui,sans-serif;color:#1f2328\">\n"
        "<div style=\"border-left:4px solid {};padding-left:12px\">\n"
        "<h1 style=\"font-size:20px;margin:0\">{}</h1>\n<p style=\"margin:4px 0\">{}</p>\n</div>\n",
        lang, escaped(message.title), accent, escaped(page.headline), escaped(page.why));
    if (!page.summary.empty()) out += fmt::format("<p><b>{}</b></p>\n", escaped(page.summary));
    if (!page.description.empty()) {
        out += fmt::format("<p style=\"white-space:pre-wrap\">{}</p>\n", escaped(page.description));
    }
    out += "<table style=\"border-collapse:collapse\">\n";
    for (const Row& row : page.rows) {
        out += fmt::format(
            "<tr><th scope=\"row\" style=\"text-align:left;vertical-align:top;font-weight:normal;"
            "color:#59636e;padding:2px 16px 2px 0\">{}</th><td>{}",
            escaped(row.label), linked(row.value));
        for (const std::string& line : row.lines) out += "<br>" + escaped(line);
        out += "</td></tr>\n";
    }
    out += "</table>\n";
    if (!page.timeline.empty()) {
        out += fmt::format("<h2 style=\"font-size:16px\">{}</h2>\n<ul>\n",
                           phrase("label.timeline", message.language));
        for (const std::string& line : page.timeline) {
            out += "<li>" + escaped(line) + "</li>\n";
        }
        out += "</ul>\n";
    }
    return out + "</body></html>\n";
}

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

Words words_for(const Message& message) {
    const Page page = Writer(message).page();
    const std::string what = page.summary.empty() ? message.title : page.summary;
    const ValueMap dot = {{"Priority", std::string(to_string(message.priority))},
                          {"Headline", page.headline},
                          {"Title", message.title},
                          {"What", what},
                          {"Key", message.key},
                          {"Url", message.url}};
    Words words;
    words.subject = valid_utf8(say("subject", message.language, dot));
    words.brief = valid_utf8(say("brief", message.language, dot));
    words.text = valid_utf8(plain(page, message.language));
    words.html = valid_utf8(html(page, message));
    return words;
}

}  // namespace tocsin::bridge
