#include "cli/incidents.h"

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <string_view>
#include <tuple>

#include "base/net/http.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

// The member as text: strings as they are, null and absent as "", the rest as JSON.
std::string text_of(const json::value& from, std::string_view key) {
    const auto* object = from.if_object();
    if (object == nullptr) return "";
    const auto* member = object->if_contains(key);
    if (member == nullptr || member->is_null()) return "";
    if (const auto* text = member->if_string()) return std::string(*text);
    return json::serialize(*member);
}

std::string label_of(const json::value& incident, std::string_view name) {
    const auto* object = incident.if_object();
    const auto* labels = object != nullptr ? object->if_contains("labels") : nullptr;
    return labels != nullptr ? text_of(*labels, name) : "";
}

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

std::string age_of(const Session& session, const json::value& from, std::string_view key) {
    const auto at = parse_rfc3339(text_of(from, key));
    return at ? since(session.now - at.value()) : "";
}

std::string local_host(const json::value& incident) {
    auto host = label_of(incident, "host");
    return host.empty() ? label_of(incident, "instance") : host;
}

const json::array& list_of(const json::value& from, std::string_view key) {
    static const json::array kNone;
    const auto* object = from.if_object();
    const auto* member = object != nullptr ? object->if_contains(key) : nullptr;
    const auto* array = member != nullptr ? member->if_array() : nullptr;
    return array != nullptr ? *array : kNone;
}

void print_head(const Session& session, const json::value& incident) {
    Table head({text_of(incident, "key"), text_of(incident, "title")});
    const auto field = [&](const char* name, std::string value, Tint tint = Tint::kNone) {
        if (!value.empty()) head.row({{name, Tint::kDim}, {std::move(value), tint}});
    };
    const auto state = text_of(incident, "state");
    const auto severity = text_of(incident, "severity");
    field("state", state, state_tint(state));
    field("priority", text_of(incident, "priority"));
    field("severity", severity, severity_tint(severity));
    field("host", local_host(incident));
    field("owner", text_of(incident, "assignee"));
    field("opened", text_of(incident, "opened_at") + "  (" +
                        age_of(session, incident, "opened_at") + " ago)");
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

void print_timeline(const Session& session, const json::value& incident) {
    Table table({"AT (UTC)", "WHO", "WHAT"});
    for (const auto& entry : list_of(incident, "timeline")) {
        auto at = text_of(entry, "at");
        if (at.size() > 19) at = at.substr(0, 10) + " " + at.substr(11, 8);
        table.row({{at, Tint::kDim}, {text_of(entry, "actor")}, {text_of(entry, "text")}});
    }
    if (!table.empty()) *session.out << "\n" << table.text(session.colour);
}

// Of one priority what nobody owns comes first, then what has waited longest.
bool more_urgent(const json::value& a, const json::value& b) {
    const auto rank = [](const json::value& incident) {
        return std::make_tuple(text_of(incident, "priority"),
                               text_of(incident, "state") != "triggered",
                               text_of(incident, "opened_at"), text_of(incident, "key"));
    };
    return rank(a) < rank(b);
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
                   {state, state_tint(state)},
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
    print_timeline(session, answer.value());
    return kDone;
}

int move_incident(const Session& session, const std::string& key, const std::string& move,
                  const std::string& text, const std::string& to) {
    json::object body;
    if (!session.actor.empty()) body["actor"] = session.actor;
    if (!text.empty()) body["text"] = text;
    if (!to.empty()) body["to"] = to;
    const auto answer =
        call(session, "POST",
             session.bridge + "/api/v1/incidents/" + net::percent_encode(key) + "/" + move,
             json::serialize(body));
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return kDone;
    }
    // In the bridge's words: a resolve says how many alerts still fire.
    *session.out << key << ": " << text_of(answer.value(), "result") << " (now "
                 << text_of(answer.value(), "state") << ")\n";
    return kDone;
}

}  // namespace tocsin::cli
