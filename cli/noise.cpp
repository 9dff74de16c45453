#include "cli/noise.h"

#include <boost/json.hpp>
#include <ostream>

#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

int list_expected(const Session& session) {
    return show_list(
        session, {.path = "/api/v1/expected",
                  .list = "expected",
                  .head = {"EXPECTED", "OF", "EVERY", "LAST SEEN", "STATE"},
                  .add =
                      [&](Table& table, const auto& row) {
                          const auto seen = age_of(session, row, "last_seen");
                          const auto missing = age_of(session, row, "missing_since");
                          table.row({{text_of(row, "name")},
                                     {labels_text(row)},
                                     {text_of(row, "every")},
                                     {seen.empty() ? "never" : seen + " ago"},
                                     missing.empty() ? Cell{"comes", Tint::kGreen}
                                                     : Cell{"missing for " + missing, Tint::kRed}});
                      },
                  .none = "Nothing is expected; see expects in bridge.yml."});
}

int list_blips(const Session& session, std::int64_t limit) {
    return show_list(
        session,
        {.path = "/api/v1/blips?limit=" + std::to_string(limit),
         .list = "blips",
         .head = {"ENDED", "LASTED", "SEVERITY", "ALERT", "HOST", "SUMMARY"},
         .add =
             [&](Table& table, const auto& row) {
                 const auto started = parse_rfc3339(text_of(row, "started_at"));
                 const auto ended = parse_rfc3339(text_of(row, "ended_at"));
                 table.row({{age_of(session, row, "ended_at") + " ago"},
                            {started && ended ? since(ended.value() - started.value()) : ""},
                            {text_of(row, "severity")},
                            {label_of(row, "alertname")},
                            {label_of(row, "host")},
                            {text_of(row, "summary")}});
             },
         .none = "Nothing cleared before it could open an incident."});
}

int report_observed(const Session& session, const std::string& from) {
    const auto row = [&](Table& table, const auto& alert, const auto& one) {
        const auto person = text_of(one, "person");
        table.row({{text_of(alert, "alertname")},
                   {text_of(one, "incidents")},
                   person.empty() ? Cell{"nobody", Tint::kDim} : Cell{person},
                   {text_of(one, "channel")},
                   {person.empty() ? "0" : text_of(one, "messages")},
                   {age_of(session, one, "last_at") + " ago"}});
    };
    return show_list(session,
                     {.path = "/api/v1/reports/observe" +
                              (from.empty() ? "" : "?since=" + net::percent_encode(from)),
                      .list = "alerts",
                      .head = {"ALERT", "INCIDENTS", "WOULD HAVE TOLD", "BY", "MESSAGES", "LAST"},
                      .add =
                          [&](Table& table, const auto& alert) {
                              const auto& told = list_of(alert, "would_have_told");
                              if (told.empty()) row(table, alert, alert);
                              for (const auto& one : told) row(table, alert, one);
                          },
                      .none = "Nothing was observed since then."});
}

}  // namespace tocsin::cli
