#include "bridge/api/facts_json.h"

#include <string>

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::string(text);
}

json::value time_or_null(const std::optional<Timestamp>& time) {
    if (!time) return nullptr;
    return json::string(format_rfc3339(*time));
}

json::value major_json(const std::optional<Major>& major) {
    if (!major) return nullptr;
    json::object out;
    out["declared_at"] = format_rfc3339(major->declared_at);
    out["by"] = major->by;
    out["commander"] = text_or_null(major->commander);
    out["communication"] = text_or_null(major->communication);
    out["update_every"] = format_duration(major->update_every);
    out["review_owed"] = major->review_owed;
    return out;
}

}  // namespace

void put_brief_facts(json::object& out, const Facts& facts) {
    out["type"] = facts.request ? "request" : "incident";
    out["category"] = text_or_null(facts.category);
    out["major"] = facts.major.has_value();
    out["all_clear_since"] = time_or_null(facts.all_clear_since);
}

void put_facts(json::object& out, const Facts& facts) {
    if (facts.reporter) {
        json::object reporter;
        reporter["name"] = facts.reporter->name;
        const std::string& channel = facts.reporter->channel;
        reporter["channel"] = text_or_null(channel);
        // What no channel serves is there to be used by hand.
        reporter["contact"] = text_or_null(channel.empty() ? facts.reporter->address : "");
        out["reporter"] = std::move(reporter);
    } else {
        out["reporter"] = nullptr;
    }
    json::array more;
    for (const Reporter& reporter : facts.more_reporters) {
        more.push_back(json::string(reporter.name));
    }
    out["more_reporters"] = std::move(more);
    out["since"] = time_or_null(facts.since);
    out["cause"] = text_or_null(facts.findings.cause);
    out["solution"] = text_or_null(facts.findings.solution);
    out["proof"] = text_or_null(facts.findings.proof);
    out["verified_at"] = time_or_null(facts.verified_at);
    out["verified_by"] = text_or_null(facts.verified_by);
    out["verified_how"] = text_or_null(facts.verified_how);
    out["satisfaction"] =
        facts.satisfaction == 0 ? json::value(nullptr) : json::value(facts.satisfaction);
    out["satisfaction_comment"] = text_or_null(facts.satisfaction_comment);
    out["major_incident"] = major_json(facts.major);
}

void add_links(json::array& out, const Facts& facts, std::string_view base) {
    for (const IncidentLink& link : facts.links) {
        json::object item;
        item["title"] = link.title;
        item["url"] = link.target.starts_with("INC-")
                          ? std::string(base) + "/incidents/" + link.target
                          : link.target;
        out.push_back(std::move(item));
    }
}

}  // namespace tocsin::bridge
