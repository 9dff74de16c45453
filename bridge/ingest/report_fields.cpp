#include "bridge/ingest/report_fields.h"

#include <optional>
#include <string>

#include "base/core/strings.h"
#include "bridge/incident/decide.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostNote = 64 * 1024;

template <class E>
std::optional<E> of_three(JsonObject& fields, std::string_view field) {
    const auto word = fields.string(field, kMostText);
    if (!word) return std::nullopt;
    for (const E one : {E::kLow, E::kMedium, E::kHigh}) {
        if (to_string(one) == *word) return one;
    }
    fields.fail(field, "must be one of low, medium, high");
    return std::nullopt;
}

Labels read_labels(JsonObject& fields) {
    LabelsBuilder labels;
    for (const auto& [name, value] : fields.string_map("labels")) {
        if (!is_label_name(name)) fields.fail("labels", "\"" + name + "\" is no label name");
        labels.set(name, value);
    }
    return labels.build();
}

void read_contact(JsonObject& fields, Reporter& out) {
    if (fields.is_text("contact")) {
        out.address = std::string(trim(fields.string("contact", kMostText).value_or("")));
        return;
    }
    JsonObject contact = fields.object("contact");
    const std::vector<std::string> names = contact.names();
    if (names.size() == 1 && names.front() != "channel" && names.front() != "address") {
        out.channel = names.front();
        out.address = contact.string(names.front(), kMostText).value_or("");
    } else {
        contact.allow({"channel", "address"});
        out.channel = contact.string("channel", kMostText).value_or("");
        out.address = contact.string("address", kMostText).value_or("");
    }
    if (out.channel.empty() != out.address.empty()) {
        fields.fail("contact", "needs both \"channel\" and \"address\"");
    }
    if (out.channel.size() > kMostText) fields.fail("contact", "has a channel that is too long");
}

void read_reporter(JsonObject& fields, std::string_view caller, Report& out) {
    const std::string actor = fields.string("actor", kMostText).value_or("");
    out.actor = !caller.empty() ? std::string(caller) : actor.empty() ? "local" : actor;
    if (out.actor == kSystem || out.actor == kSourceBridge) {
        fields.fail("actor", "is the bridge's own name in the timeline");
    }
    out.reporter.name = fields.string("reporter", kMostText).value_or(out.actor);
    read_contact(fields, out.reporter);
}

std::optional<Timestamp> read_since(JsonObject& fields) {
    const auto since = fields.time("since");
    const auto when = fields.time("when");
    if (since && when && *since != *when) fields.fail("when", "says something else than \"since\"");
    return since ? since : when;
}

}  // namespace

Report read_report(JsonObject& fields, std::string_view caller) {
    Report out;
    fields.allow({"symptom", "text", "reporter", "contact", "since", "when", "service", "impact",
                  "urgency", "category", "type", "labels", "actor"});
    fields.require("symptom");
    out.symptom = std::string(trim(fields.string("symptom", kMostText).value_or("")));
    if (out.symptom.empty() || out.symptom.find_first_of("\r\n") != std::string::npos) {
        fields.fail("symptom", "must be one line that says what is wrong");
    }
    out.text = fields.string("text", kMostNote).value_or("");
    read_reporter(fields, caller, out);
    out.since = read_since(fields);
    out.service = fields.string("service", kMostText).value_or("");
    out.impact = of_three<Impact>(fields, "impact");
    out.urgency = of_three<Urgency>(fields, "urgency");
    out.category = fields.string("category", kMostText).value_or("");
    const std::string kind = fields.string("type", kMostText).value_or("incident");
    if (kind != "incident" && kind != "request") {
        fields.fail("type", "must be incident or request");
    }
    out.request = kind == "request";
    out.labels = read_labels(fields);
    return out;
}

}  // namespace tocsin::bridge
