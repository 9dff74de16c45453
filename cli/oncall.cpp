#include "cli/oncall.h"

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <utility>

#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/oncall_times.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

constexpr Duration kMonth = 24h * 31;

std::string filters(const OncallOptions& options) {
    std::string out;
    if (!options.team.empty()) out += "&team=" + net::percent_encode(options.team);
    if (!options.rotation.empty()) out += "&rotation=" + net::percent_encode(options.rotation);
    return out;
}

Cell who(const json::value& shift) {
    const std::string person = text_of(shift, "person");
    if (person.empty()) return {"nobody", Tint::kRed};
    const std::string display = text_of(shift, "display");
    std::string text =
        display.empty() || display == person ? person : display + " (" + person + ")";
    if (!text_of(shift, "override").empty()) text += " *";
    return {std::move(text)};
}

void print_now(const Session& session, const json::array& rotations) {
    Table table({"ROTATION", "TEAM", "ON CALL", "UNTIL", "THEN", "ZONE"});
    for (const json::value& rotation : rotations) {
        const std::string zone = text_of(rotation, "timezone");
        const json::value& now = member_of(rotation, "now");
        table.row({{text_of(rotation, "name")},
                   {text_of(rotation, "team")},
                   who(now),
                   {zone_time(text_of(now, "end"), zone)},
                   who(member_of(rotation, "next")),
                   {zone, Tint::kDim}});
    }
    *session.out << table.text(session.colour);
}

void print_next(const Session& session, const json::array& rotations) {
    Table table({"ROTATION", "NEXT", "FROM", "UNTIL", "ZONE"});
    for (const json::value& rotation : rotations) {
        const std::string zone = text_of(rotation, "timezone");
        const json::value& next = member_of(rotation, "next");
        table.row({{text_of(rotation, "name")},
                   who(next),
                   {zone_time(text_of(next, "start"), zone)},
                   {zone_time(text_of(next, "end"), zone)},
                   {zone, Tint::kDim}});
    }
    *session.out << table.text(session.colour);
}

void print_month(const Session& session, const json::array& rotations) {
    Table table({"ROTATION", "FROM", "UNTIL", "ON CALL", "ZONE"});
    for (const json::value& rotation : rotations) {
        const std::string zone = text_of(rotation, "timezone");
        std::string name = text_of(rotation, "name");
        for (const json::value& shift : list_of(rotation, "shifts")) {
            table.row({{std::exchange(name, "")},
                       {zone_time(text_of(shift, "start"), zone)},
                       {zone_time(text_of(shift, "end"), zone)},
                       who(shift),
                       {zone, Tint::kDim}});
        }
    }
    *session.out << table.text(session.colour);
}

std::string_view events_of(std::string_view calendar) {
    const std::size_t begin = calendar.find("BEGIN:VEVENT");
    const std::size_t end = calendar.rfind("END:VCALENDAR");
    return begin < end ? calendar.substr(begin, end - begin) : std::string_view();
}

// Of several rotations one calendar: a program that imports a file takes the first that it finds.
int print_calendars(const Session& session, const json::array& rotations) {
    std::string events;
    for (const json::value& rotation : rotations) {
        const auto text =
            call_text(session, session.bridge + "/api/v1/oncall/" +
                                   net::percent_encode(text_of(rotation, "name")) + ".ics");
        if (!text) return fail(session, text.error());
        if (rotations.size() == 1) {
            *session.out << text.value();
            return kDone;
        }
        events += events_of(text.value());
    }
    *session.out << "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tocsin//on call//EN\r\n"
                 << events << "END:VCALENDAR\r\n";
    return kDone;
}

int print_own_calendar(const Session& session, const OncallOptions& options) {
    if (options.form != MonthForm::kCalendar) {
        *session.err << "tocsin: --person goes with --ical\n";
        return kUsage;
    }
    const auto text = call_text(session, session.bridge + "/api/v1/oncall/people/" +
                                             net::percent_encode(options.person) + ".ics");
    if (!text) return fail(session, text.error());
    *session.out << text.value();
    return kDone;
}

bool is_somebody(const json::value& shift) {
    return !text_of(shift, "person").empty();
}

// Whether the view shows anybody.
bool anybody(OncallView view, const json::array& rotations) {
    return std::any_of(rotations.begin(), rotations.end(), [&](const json::value& rotation) {
        switch (view) {
            case OncallView::kNow:
                return is_somebody(member_of(rotation, "now"));
            case OncallView::kNext:
                return is_somebody(member_of(rotation, "next"));
            case OncallView::kMonth:
                break;
        }
        const json::array& shifts = list_of(rotation, "shifts");
        return std::any_of(shifts.begin(), shifts.end(), is_somebody);
    });
}

void print_view(const Session& session, OncallView view, const json::array& rotations) {
    switch (view) {
        case OncallView::kNow:
            return print_now(session, rotations);
        case OncallView::kNext:
            return print_next(session, rotations);
        case OncallView::kMonth:
            return print_month(session, rotations);
    }
}

}  // namespace

int show_oncall(const Session& session, OncallView view, const OncallOptions& options) {
    if (!options.person.empty()) return print_own_calendar(session, options);
    Timestamp at = session.now;
    if (!options.at.empty()) {
        const auto zone = zone_of(session, options.rotation);
        if (!zone) return fail(session, zone.error());
        const auto given = parse_zone_time(options.at, zone.value());
        if (!given) {
            *session.err << "tocsin: --at: " << given.error().message << "\n";
            return kUsage;
        }
        at = given.value();
    }
    std::string url = session.bridge +
                      "/api/v1/oncall?at=" + net::percent_encode(format_rfc3339(at)) +
                      filters(options);
    if (view == OncallView::kMonth && options.form == MonthForm::kTable) {
        url += "&from=" + net::percent_encode(format_rfc3339(at)) +
               "&to=" + net::percent_encode(format_rfc3339(at + kMonth));
    }
    const auto answer = call(session, "GET", url, "");
    if (!answer) return fail(session, answer.error());
    const json::array& rotations = list_of(answer.value(), "rotations");
    const int status = anybody(view, rotations) ? kDone : kNo;
    if (options.form == MonthForm::kCalendar && !rotations.empty()) {
        return print_calendars(session, rotations);
    }
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return status;
    }
    if (rotations.empty()) {
        *session.err << "No rotation matches; they stand in bridge.yml under \"rotations\".\n";
        return kNo;
    }
    print_view(session, view, rotations);
    return status;
}

int calendar_url(const Session& session, const OncallOptions& options) {
    const std::string person = net::percent_encode(options.person);
    if (options.rotation.empty() && options.person.empty()) {
        *session.err << "tocsin: name a rotation, or --person NAME for all of one's shifts\n";
        return kUsage;
    }
    std::string url = session.bridge + "/api/v1/oncall/";
    if (options.rotation.empty()) {
        url += "people/" + person + "/calendar-url";
    } else {
        url += net::percent_encode(options.rotation) + "/calendar-url";
        if (!person.empty()) url += "?person=" + person;
    }
    const auto answer = call(session, "GET", url, "");
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else {
        *session.out << text_of(answer.value(), "url") << "\n";
    }
    return kDone;
}

int list_overrides(const Session& session) {
    const auto answer = call(session, "GET", session.bridge + "/api/v1/oncall/overrides", "");
    if (!answer) return fail(session, answer.error());
    const json::array& rows = list_of(answer.value(), "overrides");
    const int status = rows.empty() ? kNo : kDone;
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
        return status;
    }
    if (rows.empty()) {
        *session.err << "No override or swap in the last 30 days or ahead.\n";
        return status;
    }
    Table table({"ID", "ROTATION", "WHO", "INSTEAD OF", "FROM (UTC)", "UNTIL (UTC)", "BY", "WHY"});
    for (const json::value& row : rows) {
        const std::string cancelled = text_of(row, "cancelled_by");
        std::string with = text_of(row, "instead_of");
        if (text_of(row, "kind") == "swap") with.insert(0, "swaps with ");
        table.row({{text_of(row, "id")},
                   {text_of(row, "rotation")},
                   {text_of(row, "person")},
                   {with.empty() ? "whoever it is" : with},
                   {zone_time(text_of(row, "from"), "UTC")},
                   {zone_time(text_of(row, "to"), "UTC")},
                   {text_of(row, "actor")},
                   {cancelled.empty() ? text_of(row, "why") : "cancelled by " + cancelled}});
    }
    *session.out << table.text(session.colour);
    return status;
}

}  // namespace tocsin::cli
