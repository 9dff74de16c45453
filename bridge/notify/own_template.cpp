#include "bridge/notify/own_template.h"

#include <utility>

#include "bridge/notify/markup.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {

using text::Value;
using text::ValueList;
using text::ValueMap;

namespace {

ValueList texts(const std::vector<std::string>& lines, const Escape& escape) {
    ValueList out;
    for (const std::string& line : lines) out.emplace_back(escape(line));
    return out;
}

Value pair_of(std::string label, std::string value) {
    return ValueMap{{"Label", std::move(label)}, {"Value", std::move(value)}};
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

std::string link_of(const Message& message, ActionKind action) {
    for (const ActionLink& link : message.actions) {
        if (link.action == action) return link.url;
    }
    return {};
}

}  // namespace

Dot::Dot(const Message& m, const Content& c, const Escape& escape) {
    const auto put = [&](std::string_view name, std::string_view text) { set(name, escape(text)); };
    put("Kind", to_string(m.kind));
    put("Headline", c.headline);
    put("Why", c.why);
    put("Priority", to_string(m.priority));
    put("Severity", word("severity", m.severity, m.language));
    put("Category", word("category", m.category, m.language));
    put("State", word("state", to_string(m.state), m.language));
    put("Key", m.key);
    put("Title", m.title);
    put("What", c.what);
    put("Summary", c.summary);
    put("Description", c.description);
    put("Host", m.host);
    put("Since", local_time(m.since, m.timezone));
    put("For", human_duration(m.resolved_at.value_or(m.at) - m.since, m.language));
    put("Resolved", m.resolved_at ? local_time(*m.resolved_at, m.timezone) : "");
    put("Assignee", m.assignee);
    put("Told", joined(m.told));
    put("Recipient", m.recipient.display);
    put("Subject", c.subject);
    put("Brief", c.brief);
    // Addresses and codes are not escaped: a link that is changed leads nowhere.
    set("Runbook", is_link(m.runbook) ? safe_url(m.runbook) : escape(m.runbook));
    set("Url", m.url);
    set("Acknowledge", link_of(m, ActionKind::kAcknowledge));
    set("Resolve", link_of(m, ActionKind::kResolve));
    set("Language", m.language);
    set("Number", m.recipient.address);
    set("Text", {});
    set("Count", std::to_string(m.digest.size()));
    ValueList rows;
    for (const Row& row : c.rows) {
        rows.push_back(pair_of(escape(row.label), escape(row.value)));
        for (const std::string& line : row.lines) rows.push_back(pair_of("", escape(line)));
    }
    fields_["Rows"] = std::move(rows);
    ValueList links;
    for (const Tap& tap : c.taps) links.push_back(pair_of(escape(tap.label), tap.url));
    fields_["Links"] = std::move(links);
    ValueList alerts;
    for (const AlertLine& alert : m.alerts) alerts.emplace_back(escape(alert.summary));
    fields_["Alerts"] = std::move(alerts);
    fields_["Timeline"] = texts(c.timeline, escape);
    fields_["Incidents"] = texts(c.incidents, escape);
    fields_["Similar"] = texts(m.similar, escape);
    fields_["Problems"] = texts(m.problems, escape);
}

void Dot::set(std::string_view field, std::string value) {
    fields_[std::string(field)] = std::move(value);
}

std::string Dot::render(std::string_view text, std::string otherwise) const {
    if (text.empty()) return otherwise;
    const auto parsed = text::Template::parse(text);
    if (!parsed) return otherwise;
    text::TemplateContext context;
    context.dot = fields_;
    auto rendered = parsed.value().render(context);
    return rendered ? std::move(rendered).value() : otherwise;
}

}  // namespace tocsin::bridge
