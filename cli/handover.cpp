// The shift's report: what is open, what happened since the shift began, what is due.
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <ostream>
#include <utility>

#include "base/core/time.h"
#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/incidents.h"
#include "cli/oncall.h"
#include "cli/oncall_times.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostDetails = 100;
// What was opened longer before the shift and has been closed in it is not found.
constexpr Duration kLongestOpen = std::chrono::hours(24 * 30);

struct Report {
    json::value rotation;
    json::array open;
    json::array happened;
    json::array due;
    json::array overdue;  // reviews, or actions of theirs
};

// The rotation that the options name, or the only one there is.
Result<json::value> the_rotation(const Session& session, const OncallOptions& options) {
    std::string url = session.bridge + "/api/v1/oncall";
    std::string mark = "?";
    for (const auto& [name, value] :
         {std::pair{"team", options.team}, {"rotation", options.rotation}}) {
        if (value.empty()) continue;
        url += mark + name + "=" + net::percent_encode(value);
        mark = "&";
    }
    TOCSIN_TRY(const auto answer, call(session, "GET", url, ""));
    const json::array& rotations = list_of(answer, "rotations");
    if (rotations.size() == 1) return rotations.front();
    if (rotations.empty()) return Error(ErrorCode::kNotFound, "no rotation matches", Retry::kNo);
    std::string names;
    for (const json::value& rotation : rotations) {
        names += (names.empty() ? "" : ", ") + text_of(rotation, "name");
    }
    return Error(ErrorCode::kInvalid, "which rotation? --rotation one of " + names, Retry::kNo);
}

bool concerns(const json::value& incident, const std::string& team) {
    return team.empty() || text_of(incident, "team") == team;
}

// All of a state, or from the newest back to those opened before `since`. What a storm stands for
// is in the storm's line.
Result<json::array> incidents(const Session& session, const std::string& state,
                              const std::string& team, const std::string& since) {
    json::array out;
    std::string after;
    while (true) {
        const std::string url = session.bridge +
                                "/api/v1/incidents?limit=500&children=hide&state=" + state +
                                (after.empty() ? "" : "&after=" + net::percent_encode(after));
        TOCSIN_TRY(const auto page, call(session, "GET", url, ""));
        for (const json::value& incident : list_of(page, "incidents")) {
            if (!since.empty() && text_of(incident, "opened_at") < since) return out;
            if (concerns(incident, team)) out.push_back(incident);
        }
        after = text_of(page, "next");
        if (after.empty()) return out;
    }
}

// Opened in the shift, or resolved in it.
Result<json::array> happened(const Session& session, const std::string& team,
                             const std::string& since) {
    TOCSIN_TRY(json::array out, incidents(session, "all", team, since));
    const auto begin = parse_rfc3339(since);
    for (const char* state : {"resolved", "closed"}) {
        const bool bounded = begin && state == std::string_view("closed");
        const std::string back = bounded ? format_rfc3339(begin.value() - kLongestOpen) : "";
        TOCSIN_TRY(const json::array ended, incidents(session, state, team, back));
        for (const json::value& incident : ended) {
            const bool there = std::any_of(out.begin(), out.end(), [&](const json::value& known) {
                return text_of(known, "key") == text_of(incident, "key");
            });
            if (!there && text_of(incident, "resolved_at") >= since) out.push_back(incident);
        }
    }
    return out;
}

// The timers of what is open: the next step, the end of a snooze, of a wait.
Result<json::array> due(const Session& session, const json::array& open) {
    json::array out;
    for (std::size_t i = 0; i < open.size() && i < kMostDetails; ++i) {
        const std::string key = text_of(open[i], "key");
        TOCSIN_TRY(const auto detail,
                   call(session, "GET",
                        session.bridge + "/api/v1/incidents/" + net::percent_encode(key), ""));
        for (const json::value& timer : list_of(member_of(detail, "escalation"), "timers")) {
            out.push_back({{"at", text_of(timer, "due_at")},
                           {"what", text_of(timer, "kind")},
                           {"key", key},
                           {"title", text_of(open[i], "title")},
                           {"observed", text_of(open[i], "observed") == "true"}});
        }
    }
    std::sort(out.begin(), out.end(), [](const json::value& a, const json::value& b) {
        return text_of(a, "at") < text_of(b, "at");
    });
    return out;
}

// Of every team: a review belongs to a person. Actions outlive their review.
Result<json::array> overdue(const Session& session) {
    TOCSIN_TRY(const auto answer,
               call(session, "GET", session.bridge + "/api/v1/reviews?state=all&limit=1000", ""));
    json::array out;
    for (const json::value& review : list_of(answer, "reviews")) {
        if (text_of(review, "overdue") != "true") continue;
        const auto late = [&](const json::value& of, const std::string& what) {
            out.push_back({{"key", text_of(review, "key")},
                           {"due_at", text_of(of, "due_at")},
                           {"owner", text_of(of, "owner")},
                           {"what", what}});
        };
        bool actions = false;
        for (const json::value& action : list_of(review, "actions")) {
            if (text_of(action, "overdue") != "true") continue;
            late(action, text_of(action, "text"));
            actions = true;
        }
        if (!actions) late(review, text_of(review, "title"));
    }
    return out;
}

Result<Report> report(const Session& session, const OncallOptions& options) {
    Report out;
    TOCSIN_TRY(out.rotation, the_rotation(session, options));
    const std::string team = options.team.empty() ? text_of(out.rotation, "team") : options.team;
    TOCSIN_TRY(out.open, incidents(session, "open", team, ""));
    std::sort(out.open.begin(), out.open.end(), more_urgent);
    TOCSIN_TRY(out.happened,
               happened(session, team, text_of(member_of(out.rotation, "now"), "start")));
    TOCSIN_TRY(out.due, due(session, out.open));
    TOCSIN_TRY(out.overdue, overdue(session));
    return out;
}

void print_incidents(const Session& session, const std::string& head, const json::array& rows,
                     const std::string& zone) {
    *session.out << "\n" << head << ": " << rows.size() << "\n";
    if (rows.empty()) return;
    Table table({"KEY", "PRI", "STATE", "OWNER", "OPENED", "RESOLVED", "TITLE"});
    for (const json::value& row : rows) {
        const std::string resolved = text_of(row, "resolved_at");
        table.row({{text_of(row, "key")},
                   {text_of(row, "priority")},
                   {shown_state(row)},
                   {text_of(row, "assignee")},
                   {zone_time(text_of(row, "opened_at"), zone)},
                   {resolved.empty() ? "" : zone_time(resolved, zone)},
                   {text_of(row, "title")}});
    }
    *session.out << table.text(session.colour);
}

void print_due(const Session& session, const json::array& due, const std::string& zone) {
    *session.out << "\nDue: " << due.size() << "\n";
    if (due.empty()) return;
    Table table({"AT", "WHAT", "KEY", "TITLE"});
    for (const json::value& row : due) {
        table.row(
            {{zone_time(text_of(row, "at"), zone)},
             {text_of(row, "what") + (text_of(row, "observed") == "true" ? ", observed" : "")},
             {text_of(row, "key")},
             {text_of(row, "title")}});
    }
    *session.out << table.text(session.colour);
}

// Left out where nothing is late.
void print_overdue(const Session& session, const json::array& overdue, const std::string& zone) {
    if (overdue.empty()) return;
    *session.out << "\nReviews and actions overdue: " << overdue.size() << "\n";
    Table table({"WAS DUE", "REVIEW", "OWNER", "WHAT"});
    for (const json::value& row : overdue) {
        table.row({{zone_time(text_of(row, "due_at"), zone), Tint::kRed},
                   {text_of(row, "key")},
                   {text_of(row, "owner")},
                   {text_of(row, "what")}});
    }
    *session.out << table.text(session.colour);
}

void print_report(const Session& session, const Report& report) {
    const json::value& now = member_of(report.rotation, "now");
    const json::value& next = member_of(report.rotation, "next");
    const std::string zone = text_of(report.rotation, "timezone");
    const auto name = [](const json::value& shift) {
        const std::string person = text_of(shift, "person");
        return person.empty() ? std::string("nobody") : person;
    };
    *session.out << "Handover of " << text_of(report.rotation, "name") << ": " << name(now)
                 << " (since " << zone_time(text_of(now, "start"), zone) << ") to " << name(next)
                 << " at " << zone_time(text_of(now, "end"), zone) << " (" << zone << ")\n";
    print_incidents(session, "Open", report.open, zone);
    print_incidents(session, "Opened or resolved in this shift", report.happened, zone);
    print_due(session, report.due, zone);
    print_overdue(session, report.overdue, zone);
}

}  // namespace

int handover(const Session& session, const OncallOptions& options) {
    const auto made = report(session, options);
    if (!made) return fail(session, made.error());
    const Report& all = made.value();
    if (session.format == Format::kJson) {
        print_json(*session.out, {{"rotation", all.rotation},
                                  {"open", all.open},
                                  {"happened", all.happened},
                                  {"due", all.due},
                                  {"overdue", all.overdue}});
    } else {
        print_report(session, all);
    }
    return kDone;
}

}  // namespace tocsin::cli
