#include "cli/why.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <ostream>
#include <string_view>

#include "base/net/http.h"
#include "cli/answer.h"
#include "cli/label_words.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

std::string language_of(const WhyOptions& options) {
    return options.language.empty() ? std::string(terminal_language()) : options.language;
}

Tint step_tint(std::string_view step) {
    if (step == "verdict" || step == "next") return Tint::kYellow;
    if (step == "suppression" || step == "observe") return Tint::kBlue;
    return Tint::kDim;
}

void print_links(const Session& session, const json::value& answer) {
    Table table({"STEP", "AT (UTC)", "WHY"});
    for (const json::value& link : list_of(answer, "links")) {
        auto at = text_of(link, "at");
        if (at.size() > 19) at = at.substr(0, 10) + " " + at.substr(11, 8);
        const auto step = text_of(link, "step");
        table.row({{step, step_tint(step)}, {at, Tint::kDim}, {text_of(link, "text")}});
    }
    *session.out << table.text(session.colour);
}

int show(const Session& session, const Result<json::value>& answer, int status) {
    if (!answer) return fail(session, answer.error());
    if (session.format == Format::kJson) {
        print_json(*session.out, answer.value());
    } else {
        print_links(session, answer.value());
    }
    return status;
}

int why(const Session& session, const WhyOptions& options) {
    const auto answer =
        call(session, "GET",
             session.bridge + "/api/v1/incidents/" + net::percent_encode(options.key) +
                 "/why?lang=" + net::percent_encode(language_of(options)),
             "");
    return show(session, answer, kDone);
}

int why_not(const Session& session, const WhyOptions& options) {
    const auto labels = parse_label_words(options.labels);
    if (!labels) {
        *session.err << "tocsin: --labels: " << labels.error().message << "\n";
        return kUsage;
    }
    json::object body;
    body["labels"] = json::value_from(labels.value());
    const auto answer =
        call(session, "POST",
             session.bridge + "/api/v1/why-not?lang=" + net::percent_encode(language_of(options)),
             json::serialize(body));
    const bool known = answer && text_of(answer.value(), "known") == "true";
    return show(session, answer, known ? kDone : kNo);
}

}  // namespace

void add_why(CLI::App& incidents, Session& session, WhyOptions& options,
             std::function<int()>& action) {
    const auto add_language = [&](CLI::App& command) {
        command.add_option("--lang", options.language, "en or zh-CN (the terminal's)")
            ->check(CLI::IsMember({"en", "zh-CN"}));
    };
    auto* is = incidents.add_subcommand(
        "why",
        "Why it is as it is: rule, what holds it back, route, who was told, what comes next");
    is->add_option("KEY", options.key, "INC-2026-000001")->required();
    add_language(*is);
    is->callback([&] { action = [&] { return why(session, options); }; });
    auto* is_not = incidents.add_subcommand(
        "why-not", "Why an alert is no incident or tells nobody, and whom it would tell now");
    is_not
        ->add_option("--labels", options.labels,
                     "alertname=DiskFull,host=web-1 or {alertname=\"DiskFull\"} (repeat)")
        ->required();
    add_language(*is_not);
    is_not->callback([&] { action = [&] { return why_not(session, options); }; });
}

}  // namespace tocsin::cli
