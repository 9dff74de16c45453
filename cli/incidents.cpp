#include "cli/incidents.h"

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <string_view>
#include <tuple>

#include "base/net/http.h"
#include "bridge/notify/catalogue.h"
#include "cli/answer.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

Tint severity_tint(std::string_view severity) {
    if (severity == "critical") return Tint::kRed;
    if (severity == "warning") return Tint::kYellow;
    return Tint::kNone;
}

Tint state_tint(std::string_view state) {
    if (state == "triggered") return Tint::kRed;
    if (state == "acknowledged" || state == "pending") return Tint::kBlue;
    return Tint::kGreen;
}

std::string local_host(const json::value& incident) {
    auto host = label_of(incident, "host");
    return host.empty() ? label_of(incident, "instance") : host;
}

// "2026-11-26T02:03:04.000Z  (2h ago)"; "" for a time that is none.
std::string since_when(const std::string& at, const std::string& age) {
    return at.empty() ? "" : at + "  (" + age + " ago)";
}

// "due 2026-11-22 21:22:41, in 12 min", "met", "missed: not_acknowledged".
std::string target_of(const Session& session, const json::value& clock) {
    auto state = text_of(clock, "state");
    if (state == "breached") {
        return "missed, due " + text_of(clock, "due") + " (" + text_of(clock, "cause") + ")";
    }
    if (state != "running" && state != "paused") return state == "met" ? "met" : "not needed";
    const auto due = parse_rfc3339(text_of(clock, "due"));
    if (!due) return state;
    return "due " + text_of(clock, "due") + ", in " + since(due.value() - session.now) +
           (state == "paused" ? " (paused)" : "");
}

// Left out where nothing is promised.
void print_targets(const Session& session, const json::value& incident, Table& head) {
    const auto* sla = incident.as_object().if_contains("sla");
    if (sla == nullptr || !sla->is_object()) return;
    for (const char* name : {"response", "resolution"}) {
        const auto* clock = sla->as_object().if_contains(name);
        if (clock == nullptr || !clock->is_object()) continue;
        const bool missed = text_of(*clock, "state") == "breached";
        head.row({{std::string(name) + " target", Tint::kDim},
                  {target_of(session, *clock), missed ? Tint::kRed : Tint::kNone}});
    }
}

// What there is to open, in the words of the terminal's language; a title of its own stands first.
void print_links(const json::value& incident, Table& head) {
    const std::string_view language = terminal_language();
    for (const auto& link : list_of(incident, "links")) {
        const std::string title = text_of(link, "title");
        const std::string url = text_of(link, "url");
        const std::string_view known = bridge::phrase("named_link." + title, language);
        const std::string_view word =
            known.empty() ? bridge::phrase("named_link.", language) : known;
        const std::string own = known.empty() && title != url ? title + "  " : "";
        head.row({{std::string(word), Tint::kDim}, {own + url}});
    }
}

void print_head(const Session& session, const json::value& incident) {
    Table head({text_of(incident, "key"), text_of(incident, "title")});
    const auto field = [&](const char* name, std::string value, Tint tint = Tint::kNone) {
        if (!value.empty()) head.row({{name, Tint::kDim}, {std::move(value), tint}});
    };
    const auto state = text_of(incident, "state");
    const auto severity = text_of(incident, "severity");
    field("state", shown_state(incident), state_tint(state));
    field("flapping",
          since_when(text_of(incident, "flapping_since"),
                     age_of(session, incident, "flapping_since")),
          Tint::kYellow);
    field("priority", text_of(incident, "priority"));
    field("severity", severity, severity_tint(severity));
    field("host", local_host(incident));
    field("category", text_of(incident, "category"));
    const auto& all = incident.as_object();
    if (const auto* reporter = all.if_contains("reporter"); reporter != nullptr) {
        const std::string contact = text_of(*reporter, "contact");
        field("reporter",
              text_of(*reporter, "name") + (contact.empty() ? "" : " (" + contact + ")"));
    }
    field("all clear since", text_of(incident, "all_clear_since"));
    if (text_of(incident, "major") == "true") field("major", "yes", Tint::kRed);
    field("cause", text_of(incident, "cause"));
    field("solution", text_of(incident, "solution"));
    field("proof", text_of(incident, "proof"));
    for (const char* fact : {"verified", "confirmed"}) {
        const std::string by = text_of(incident, fact + std::string("_by"));
        const std::string how = text_of(incident, fact + std::string("_how"));
        if (by.empty()) continue;
        field(fact, text_of(incident, fact + std::string("_at")) + " by " + by +
                        (how.empty() ? "" : ": " + how));
    }
    if (const std::string stars = text_of(incident, "satisfaction"); !stars.empty()) {
        const std::string comment = text_of(incident, "satisfaction_comment");
        field("satisfaction", stars + " of 5" + (comment.empty() ? "" : ": " + comment));
    }
    field("owner", text_of(incident, "assignee"));
    field("part of", text_of(incident, "parent"));
    field("opened",
          since_when(text_of(incident, "opened_at"), age_of(session, incident, "opened_at")));
    print_targets(session, incident, head);
    print_links(incident, head);
    field("page", text_of(incident, "url"));
    *session.out << head.text(session.colour);
}

void print_alerts(const Session& session, const json::value& incident) {
    const auto& alerts = list_of(incident, "alerts");
    if (alerts.empty()) return;
    Table table({"ALERT", "STATUS", "SEVERITY", "SINCE", "SUMMARY"});
    for (const auto& alert : alerts) {
        const auto severity = label_of(alert, "severity");
        const auto* annotations = alert.as_object().if_contains("annotations");
        const auto summary = annotations != nullptr ? text_of(*annotations, "summary") : "";
        table.row({{label_of(alert, "alertname")},
                   {text_of(alert, "status")},
                   {severity, severity_tint(severity)},
                   {age_of(session, alert, "starts_at")},
                   {summary}});
    }
    *session.out << "\n" << table.text(session.colour);
}

void print_children(const Session& session, const json::value& incident) {
    const auto& children = list_of(incident, "children");
    if (children.empty()) return;
    Table table({"INCIDENT", "STATE", "PRI", "HOST", "TITLE"});
    for (const auto& child : children) {
        const auto state = text_of(child, "state");
        table.row({{text_of(child, "key")},
                   {state, state_tint(state)},
                   {text_of(child, "priority")},
                   {local_host(child)},
                   {text_of(child, "title")}});
    }
    *session.out << "\n" << table.text(session.colour);
}

// How a past one ended: what was done, else why it was, else by whom it was resolved.
std::string ending_of(const json::value& past) {
    for (const char* found : {"solution", "cause"}) {
        if (std::string text = text_of(past, found); !text.empty()) return text;
    }
    const std::string by = text_of(past, "resolved_by");
    return by.empty() ? "" : by == "system" ? "by itself" : "resolved by " + by;
}

// Past ones that are like it, and how they ended.
void print_similar(const Session& session, const json::value& incident) {
    Table table({"SIMILAR", "OPENED", "STATE", "HOW IT ENDED", "TITLE"});
    for (const auto& past : list_of(incident, "similar")) {
        table.row({{text_of(past, "key")},
                   {text_of(past, "opened_at").substr(0, 10)},
                   {text_of(past, "state")},
                   {ending_of(past)},
                   {text_of(past, "title")}});
    }
    if (!table.empty()) *session.out << "\n" << table.text(session.colour);
}

// Problems with their workarounds, reviews and articles: what there is to read.
void print_knowledge(const Session& session, const json::value& incident) {
    Table table({"SEE ALSO", "STATE", "TITLE", "WORKAROUND"});
    for (const char* kind : {"problems", "articles", "reviews"}) {
        for (const auto& one : list_of(incident, kind)) {
            table.row({{text_of(one, "key")},
                       {text_of(one, "state")},
                       {text_of(one, "title")},
                       {text_of(one, "workaround")}});
        }
    }
    if (!table.empty()) *session.out << "\n" << table.text(session.colour);
}

void print_timeline(const Session& session, const json::value& incident) {
    Table table({"AT (UTC)", "WHO", "WHAT"});
    for (const auto& entry : list_of(incident, "timeline")) {
        auto at = text_of(entry, "at");
        if (at.size() > 19) at = at.substr(0, 10) + " " + at.substr(11, 8);
        table.row({{at, Tint::kDim}, {text_of(entry, "actor")}, {text_of(entry, "text")}});
    }
    if (!table.empty()) *session.out << "\n" << table.text(session.colour);
}

struct Found {
    json::array incidents;
    bool more = false;  // than the limit
};

// The bridge gives the newest first. What is open is few enough to be read whole, so that the most
// urgent come first whatever their age.
Result<Found> matching(const Session& session, const IncidentFilter& filter) {
    const bool whole = filter.state == "open";
    constexpr int kPage = 500;
    auto url = session.bridge + "/api/v1/incidents?state=" + net::percent_encode(filter.state) +
               "&limit=" + std::to_string(whole ? kPage : filter.limit);
    for (const auto& label : filter.labels) url += "&label=" + net::percent_encode(label);
    if (!filter.children) url += "&children=hide";
    if (!filter.search.empty()) url += "&q=" + net::percent_encode(filter.search);
    Found found;
    std::string next;
    do {
        const auto page = next.empty() ? url : url + "&after=" + net::percent_encode(next);
        TOCSIN_TRY(const auto answer, call(session, "GET", page, ""));
        const auto& rows = list_of(answer, "incidents");
        found.incidents.insert(found.incidents.end(), rows.begin(), rows.end());
        next = text_of(answer, "next");
    } while (whole && !next.empty());
    found.more = !next.empty();
    if (whole) std::sort(found.incidents.begin(), found.incidents.end(), more_urgent);
    const auto limit = static_cast<std::size_t>(filter.limit);
    if (found.incidents.size() > limit) {
        found.incidents.resize(limit);
        found.more = true;
    }
    return found;
}

}  // namespace

bool more_urgent(const json::value& a, const json::value& b) {
    const auto rank = [](const json::value& incident) {
        return std::make_tuple(text_of(incident, "priority"),
                               text_of(incident, "state") != "triggered",
                               text_of(incident, "opened_at"), text_of(incident, "key"));
    };
    return rank(a) < rank(b);
}

std::string shown_state(const json::value& incident) {
    auto state = text_of(incident, "state");
    const auto& suppressed = member_of(incident, "suppressed");
    if (suppressed.is_object()) state += ", " + text_of(suppressed, "kind");
    if (text_of(incident, "flapping") == "true") state += ", flapping";
    if (text_of(incident, "observed") == "true") state += ", observed";
    return state;
}

int list_incidents(const Session& session, const IncidentFilter& filter) {
    auto found = matching(session, filter);
    if (!found) return fail(session, found.error());
    const auto& incidents = found.value().incidents;
    const int status = incidents.empty() ? kNo : kDone;
    if (session.format == Format::kJson) {
        print_json(*session.out, {{"incidents", incidents}, {"more", found.value().more}});
        return status;
    }
    if (incidents.empty()) {
        *session.err << "No incident matches.\n";
        return status;
    }
    Table table({"KEY", "PRI", "STATE", "SEVERITY", "HOST", "SINCE", "OWNER", "TITLE"});
    for (const auto& incident : incidents) {
        const auto state = text_of(incident, "state");
        const auto severity = text_of(incident, "severity");
        table.row({{text_of(incident, "key")},
                   {text_of(incident, "priority")},
                   {shown_state(incident), state_tint(state)},
                   {severity, severity_tint(severity)},
                   {local_host(incident)},
                   {age_of(session, incident, "opened_at")},
                   {text_of(incident, "assignee")},
                   {text_of(incident, "title")}});
    }
    *session.out << table.text(session.colour);
    if (found.value().more) {
        *session.err << "There are more; ask with a larger --limit.\n";
    }
    return status;
}

int show_incident(const Session& session, const std::string& key) {
    const auto answer =
        call(session, "GET", session.bridge + "/api/v1/incidents/" + net::percent_encode(key), "");
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return kDone;
    }
    print_head(session, answer.value());
    print_alerts(session, answer.value());
    print_children(session, answer.value());
    print_knowledge(session, answer.value());
    print_similar(session, answer.value());
    print_timeline(session, answer.value());
    return kDone;
}

}  // namespace tocsin::cli
