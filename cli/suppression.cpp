#include "cli/suppression.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/model/matcher.h"
#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/forms.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

struct Asked {
    std::vector<std::string> matchers;
    std::vector<std::string> ids;
    std::string incident;
    std::string host;
    std::string lasts;
    std::string until;
    std::string from;
    std::string comment;
    std::string name;
    std::string change;
    std::string replaces;
    bool all = false;
    bool unused = false;
};

std::string joined(const json::array& texts) {
    std::string out;
    for (const auto& text : texts) {
        if (!out.empty()) out += ' ';
        if (const auto* one = text.if_string()) out += std::string(*one);
    }
    return out;
}

int wrong(const Session& session, std::string_view what) {
    *session.err << "tocsin: " << what << "\n";
    return kUsage;
}

Result<Matchers> matchers_of(const Asked& asked) {
    Matchers out;
    for (const auto& text : asked.matchers) {
        TOCSIN_TRY(auto matcher, parse_matcher(text));
        out.push_back(std::move(matcher));
    }
    return out;
}

struct Span {
    Timestamp from;
    Timestamp to;
};

Result<Span> span_of(const Session& session, const Asked& asked) {
    Span span{session.now, session.now};
    if (!asked.from.empty()) {
        auto from = parse_rfc3339(asked.from);
        if (!from) return from.error().in("--from");
        span.from = from.value();
    }
    if (!asked.until.empty()) {
        auto to = parse_rfc3339(asked.until);
        if (!to) return to.error().in("--until");
        span.to = to.value();
        return span;
    }
    auto lasts = parse_duration(asked.lasts);
    if (!lasts) return lasts.error().in("--for");
    span.to = span.from + lasts.value();
    return span;
}

int silence_incident(const Session& session, const Asked& asked) {
    json::object body;
    if (!session.actor.empty()) body["actor"] = session.actor;
    if (!asked.comment.empty()) body["text"] = asked.comment;
    if (!asked.lasts.empty()) body["for"] = asked.lasts;
    const auto answer = call(
        session, "POST",
        session.bridge + "/api/v1/incidents/" + net::percent_encode(asked.incident) + "/silence",
        json::serialize(body));
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else {
        *session.out << text_of(answer.value(), "silence_id") << "\n";
    }
    return kDone;
}

int add_silence(const Session& session, const Asked& asked) {
    if (!asked.incident.empty()) {
        if (!asked.matchers.empty()) return wrong(session, "matchers or --incident, not both");
        return silence_incident(session, asked);
    }
    if (asked.matchers.empty()) return wrong(session, "name matchers, or --incident KEY");
    if (asked.lasts.empty() == asked.until.empty()) return wrong(session, "name --for or --until");
    const auto matchers = matchers_of(asked);
    if (!matchers) return wrong(session, matchers.error().message);
    const auto span = span_of(session, asked);
    if (!span) return wrong(session, span.error().message);
    json::array list;
    for (const Matcher& matcher : matchers.value()) {
        const auto op = matcher.op();
        json::object item;
        item["name"] = matcher.name().view();
        item["value"] = matcher.value();
        item["isRegex"] = op == MatchOp::kRegex || op == MatchOp::kNotRegex;
        item["isEqual"] = op == MatchOp::kEqual || op == MatchOp::kRegex;
        list.push_back(std::move(item));
    }
    json::object body;
    if (!asked.replaces.empty()) body["id"] = asked.replaces;
    body["matchers"] = std::move(list);
    body["startsAt"] = format_rfc3339(span.value().from);
    body["endsAt"] = format_rfc3339(span.value().to);
    body["createdBy"] = session.actor.empty() ? "tocsin" : session.actor;
    body["comment"] = asked.comment;
    const auto answer =
        call(session, "POST", session.bridge + "/api/v2/silences", json::serialize(body));
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else {
        *session.out << text_of(answer.value(), "silenceID") << "\n";
    }
    return kDone;
}

// Whether one of our lists shows it.
bool shows(const json::value& one, const Asked& asked) {
    if (!asked.all && text_of(one, "state") == "expired") return false;
    return !asked.unused || text_of(one, "unused") == "true";
}

Tint state_tint(const std::string& state) {
    if (state == "active") return Tint::kBlue;
    return state == "expired" ? Tint::kDim : Tint::kNone;
}

int list_silences(const Session& session, const Asked& asked) {
    return show_list(session,
                     {.path = "/api/v1/silences",
                      .list = "silences",
                      .head = {"ID", "STATE", "ENDS (UTC)", "BY", "HIDES", "MATCHERS", "COMMENT"},
                      .add =
                          [](Table& table, const auto& one) {
                              const auto state = text_of(one, "state");
                              const bool until_clear = text_of(one, "until_clear") == "true";
                              table.row({{text_of(one, "id")},
                                         {text_of(one, "unused") == "true" ? "unused" : state,
                                          state_tint(state)},
                                         {until_clear ? "when clear" : minute_of(one, "ends_at")},
                                         {text_of(one, "by")},
                                         {text_of(one, "alerts")},
                                         {joined(list_of(one, "matchers"))},
                                         {text_of(one, "comment")}});
                          },
                      .none = "No silence matches.",
                      .shows = [&](const auto& one) { return shows(one, asked); }});
}

int expire_silences(const Session& session, const Asked& asked) {
    int status = kDone;
    for (const auto& id : asked.ids) {
        const auto answer = call(session, "DELETE",
                                 session.bridge + "/api/v2/silence/" + net::percent_encode(id), "");
        if (answer) continue;
        // In Alertmanager's API one that is not known is a 500.
        const bool unknown = answer.error().message == "silence not found";
        const auto error =
            unknown ? Error(ErrorCode::kNotFound, "there is no silence " + id) : answer.error();
        status = fail(session, error);
    }
    return status;
}

int list_hidden(const Session& session) {
    return show_list(
        session, {.path = "/api/v1/suppressed",
                  .list = "alerts",
                  .head = {"ALERT", "HOST", "SEVERITY", "INCIDENT", "BY", "WHAT", "UNTIL (UTC)"},
                  .add =
                      [](Table& table, const auto& alert) {
                          const auto& by = member_of(alert, "suppressed_by");
                          const auto until = minute_of(by, "until");
                          table.row({{label_of(alert, "alertname")},
                                     {label_of(alert, "host")},
                                     {text_of(alert, "severity")},
                                     {text_of(alert, "incident")},
                                     {text_of(by, "kind")},
                                     {text_of(by, "name")},
                                     {until.empty() ? "it clears" : until}});
                      },
                  .none = "Nothing is held back."});
}

int start_maintenance(const Session& session, const Asked& asked) {
    if (asked.matchers.empty() && asked.host.empty()) {
        return wrong(session, "name what is worked on: --host NAME, or matchers");
    }
    if (asked.lasts.empty() == asked.until.empty()) return wrong(session, "name --for or --until");
    const auto matchers = matchers_of(asked);
    if (!matchers) return wrong(session, matchers.error().message);
    const auto span = span_of(session, asked);
    if (!span) return wrong(session, span.error().message);
    json::object body;
    json::array match;
    for (const Matcher& matcher : matchers.value()) match.push_back(json::string(matcher.text()));
    body["match"] = std::move(match);
    if (!asked.host.empty()) body["host"] = asked.host;
    if (!asked.from.empty()) body["starts_at"] = format_rfc3339(span.value().from);
    if (asked.until.empty()) {
        body["for"] = asked.lasts;
    } else {
        body["ends_at"] = format_rfc3339(span.value().to);
    }
    if (!session.actor.empty()) body["by"] = session.actor;
    if (!asked.name.empty()) body["name"] = asked.name;
    if (!asked.change.empty()) body["change"] = asked.change;
    if (!asked.comment.empty()) body["comment"] = asked.comment;
    const auto answer =
        call(session, "POST", session.bridge + "/api/v1/maintenance", json::serialize(body));
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else {
        *session.out << text_of(answer.value(), "id") << "\n";
    }
    return kDone;
}

int list_maintenance(const Session& session, const Asked& asked) {
    return show_list(session, {.path = "/api/v1/maintenance",
                               .list = "maintenance",
                               .head = {"ID", "STATE", "NAME", "STARTS (UTC)", "ENDS (UTC)", "BY",
                                        "CHANGE", "HIDES", "MATCHERS"},
                               .add =
                                   [](Table& table, const auto& one) {
                                       const auto state = text_of(one, "state");
                                       table.row({{text_of(one, "id")},
                                                  {state, state_tint(state)},
                                                  {text_of(one, "name")},
                                                  {minute_of(one, "starts_at")},
                                                  {minute_of(one, "ends_at")},
                                                  {text_of(one, "by")},
                                                  {text_of(one, "change")},
                                                  {text_of(one, "alerts")},
                                                  {joined(list_of(one, "matchers"))}});
                                   },
                               .none = "No maintenance window matches.",
                               .shows = [&](const auto& one) { return shows(one, asked); }});
}

int end_maintenance(const Session& session, const Asked& asked) {
    const auto answer = call(
        session, "POST",
        session.bridge + "/api/v1/maintenance/" + net::percent_encode(asked.ids.front()) + "/end",
        "{}");
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else {
        *session.out << text_of(answer.value(), "name") << " has ended; what still fires at "
                     << minute_of(answer.value(), "settled_at") << " UTC opens then\n";
    }
    return kDone;
}

void add_times(CLI::App& command, Asked& asked) {
    command.add_option("--for", asked.lasts, "For so long: 2h")->check(wrong_duration);
    command.add_option("--until", asked.until, "Until then, RFC 3339")->check(wrong_time);
    command.add_option("--from", asked.from, "From then on, RFC 3339 (now)")->check(wrong_time);
    command.add_option("--comment", asked.comment, "Why");
}

void add_silences(CLI::App& app, Session& session, const std::shared_ptr<Asked>& asked,
                  std::function<int()>& action) {
    auto* silences = app.add_subcommand("silences", "Silences, and what is held back");
    silences->require_subcommand(1);
    auto* add = silences->add_subcommand("add", "Silence alerts; prints the silence's id");
    add->add_option("MATCHER", asked->matchers, "host=\"web-17\", alertname=~\"Disk.*\"");
    add->add_option("--incident", asked->incident,
                    "What this incident is about, until it has cleared");
    add->add_option("--replace", asked->replaces,
                    "The silence ID that this one takes the place of: other matchers, other times");
    add_times(*add, *asked);
    add->callback([&, asked] { action = [&, asked] { return add_silence(session, *asked); }; });
    auto* list = silences->add_subcommand("list", "Silences that are active or pending");
    list->add_flag("--expired", asked->all, "Those that have expired as well");
    list->add_flag("--unused", asked->unused, "Only those that have matched nothing for 7 days");
    list->callback([&, asked] { action = [&, asked] { return list_silences(session, *asked); }; });
    auto* show = silences->add_subcommand("show", "One silence");
    show->add_option("ID", asked->ids, "As `silences list` shows it")->required()->expected(1);
    show->callback(
        [&, asked] { action = [&, asked] { return show_silence(session, asked->ids.front()); }; });
    auto* expire = silences->add_subcommand("expire", "End silences now");
    expire->add_option("ID", asked->ids, "As `silences list` shows it")->required();
    expire->callback(
        [&, asked] { action = [&, asked] { return expire_silences(session, *asked); }; });
    auto* hidden = silences->add_subcommand("hidden", "Alerts that are held back, and by what");
    hidden->callback([&] { action = [&] { return list_hidden(session); }; });
}

void add_maintenance(CLI::App& app, Session& session, const std::shared_ptr<Asked>& asked,
                     std::function<int()>& action) {
    auto* maintenance = app.add_subcommand("maintenance", "Maintenance windows");
    maintenance->require_subcommand(1);
    auto* start = maintenance->add_subcommand("start", "Plan or begin a window; prints its id");
    start->add_option("MATCHER", asked->matchers, "env=\"prod\"");
    start->add_option("--host", asked->host, "The host that is worked on");
    add_times(*start, *asked);
    start->add_option("--name", asked->name, "What people read");
    start->add_option("--change", asked->change, "The number of the change");
    start->callback(
        [&, asked] { action = [&, asked] { return start_maintenance(session, *asked); }; });
    auto* list = maintenance->add_subcommand("list", "Windows that are active or to come");
    list->add_flag("--ended", asked->all, "Those that have ended as well");
    list->callback(
        [&, asked] { action = [&, asked] { return list_maintenance(session, *asked); }; });
    auto* end = maintenance->add_subcommand("end", "End a window now");
    end->add_option("ID", asked->ids, "As `maintenance list` shows it")->required()->expected(1);
    end->callback([&, asked] { action = [&, asked] { return end_maintenance(session, *asked); }; });
}

}  // namespace

void add_suppression(CLI::App& app, Session& session, std::function<int()>& action) {
    const auto asked = std::make_shared<Asked>();
    add_silences(app, session, asked, action);
    add_maintenance(app, session, asked, action);
}

}  // namespace tocsin::cli
