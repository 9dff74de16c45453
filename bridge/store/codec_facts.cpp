#include "bridge/store/codec_facts.h"

#include <boost/json/array.hpp>
#include <string>

namespace json = boost::json;

namespace tocsin::bridge::codec {
namespace {

void put(json::object& object, std::string_view key, const std::string& text) {
    if (!text.empty()) object[key] = text;
}
void put(json::object& object, std::string_view key, const std::optional<Timestamp>& time) {
    if (time) object[key] = to_unix_ms(*time);
}
void put(json::object& object, std::string_view key, std::int64_t number) {
    if (number != 0) object[key] = number;
}

std::int64_t number(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}
std::optional<Timestamp> time_of(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_int64()) return std::nullopt;
    return from_unix_ms(found->get_int64());
}
std::string text(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_string()) return {};
    return std::string(std::string_view(found->get_string()));
}
const json::object* object_of(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    return found != nullptr && found->is_object() ? &found->get_object() : nullptr;
}

json::object reporter_object(const Reporter& reporter) {
    json::object out;
    put(out, "name", reporter.name);
    put(out, "channel", reporter.channel);
    put(out, "address", reporter.address);
    return out;
}

Reporter reporter_from(const json::object& in) {
    return {text(in, "name"), text(in, "channel"), text(in, "address")};
}

json::object major_object(const Major& major) {
    json::object out;
    out["declared_at"] = to_unix_ms(major.declared_at);
    put(out, "by", major.by);
    put(out, "commander", major.commander);
    put(out, "communication", major.communication);
    put(out, "update_every", major.update_every.count());
    put(out, "review_owed", major.review_owed ? 1 : 0);
    return out;
}

Major major_from(const json::object& in) {
    Major major;
    major.declared_at = time_of(in, "declared_at").value_or(Timestamp{});
    major.by = text(in, "by");
    major.commander = text(in, "commander");
    major.communication = text(in, "communication");
    major.update_every = Duration{number(in, "update_every")};
    major.review_owed = number(in, "review_owed") != 0;
    return major;
}

void put_lists(json::object& out, const Facts& facts) {
    if (!facts.links.empty()) {
        json::array links;
        for (const IncidentLink& link : facts.links) {
            json::object item;
            item["title"] = link.title;
            item["target"] = link.target;
            links.push_back(std::move(item));
        }
        out["links"] = std::move(links);
    }
    if (!facts.more_reporters.empty()) {
        json::array reporters;
        for (const Reporter& one : facts.more_reporters) reporters.push_back(reporter_object(one));
        out["more_reporters"] = std::move(reporters);
    }
    if (!facts.more_keys.empty()) {
        out["more_keys"] = json::array(facts.more_keys.begin(), facts.more_keys.end());
    }
    if (!facts.merged.empty()) {
        json::array ids;
        for (const IncidentId id : facts.merged) ids.emplace_back(id.value);
        out["merged"] = std::move(ids);
    }
}

void put_title(json::object& out, const Facts& facts) {
    if (facts.title.empty()) return;
    json::object words;
    for (const auto& [name, value] : facts.title) words[name] = value;
    out["title"] = std::move(words);
}

void read_title(const json::object& in, Facts& facts) {
    const json::object* words = object_of(in, "title");
    if (words == nullptr) return;
    for (const auto& [name, value] : *words) facts.title[std::string(name)] = text(*words, name);
}

void read_lists(const json::object& in, Facts& facts) {
    if (const json::value* links = in.if_contains("links"); links != nullptr && links->is_array()) {
        for (const json::value& item : links->get_array()) {
            if (!item.is_object()) continue;
            facts.links.push_back(
                {text(item.get_object(), "title"), text(item.get_object(), "target")});
        }
    }
    if (const json::value* all = in.if_contains("more_reporters");
        all != nullptr && all->is_array()) {
        for (const json::value& one : all->get_array()) {
            if (one.is_object()) facts.more_reporters.push_back(reporter_from(one.get_object()));
        }
    }
    if (const json::value* keys = in.if_contains("more_keys");
        keys != nullptr && keys->is_array()) {
        for (const json::value& key : keys->get_array()) {
            if (key.is_string()) {
                facts.more_keys.emplace_back(std::string_view(key.get_string()));
            }
        }
    }
    if (const json::value* ids = in.if_contains("merged"); ids != nullptr && ids->is_array()) {
        for (const json::value& id : ids->get_array()) {
            if (id.is_int64()) facts.merged.push_back(IncidentId{id.get_int64()});
        }
    }
}

}  // namespace

json::object facts_object(const Facts& facts) {
    json::object out;
    put(out, "request", facts.request ? 1 : 0);
    put(out, "category", facts.category);
    if (facts.reporter) out["reporter"] = reporter_object(*facts.reporter);
    put(out, "since", facts.since);
    put(out, "cause", facts.findings.cause);
    put(out, "solution", facts.findings.solution);
    put(out, "proof", facts.findings.proof);
    put(out, "verified_at", facts.verified_at);
    put(out, "verified_by", facts.verified_by);
    put(out, "verified_how", facts.verified_how);
    put(out, "lowered_from", facts.lowered_from ? static_cast<int>(*facts.lowered_from) : 0);
    put(out, "satisfaction", facts.satisfaction);
    put(out, "satisfaction_comment", facts.satisfaction_comment);
    put(out, "all_clear_since", facts.all_clear_since);
    put(out, "known_severity", facts.known_severity);
    if (facts.major) out["major"] = major_object(*facts.major);
    put_title(out, facts);
    put_lists(out, facts);
    return out;
}

Facts facts_from(const json::value& value) {
    Facts facts;
    if (!value.is_object()) return facts;
    const json::object& in = value.get_object();
    facts.request = number(in, "request") != 0;
    facts.category = text(in, "category");
    if (const json::object* reporter = object_of(in, "reporter")) {
        facts.reporter = reporter_from(*reporter);
    }
    facts.since = time_of(in, "since");
    facts.findings = {text(in, "cause"), text(in, "solution"), text(in, "proof")};
    facts.verified_at = time_of(in, "verified_at");
    facts.verified_by = text(in, "verified_by");
    facts.verified_how = text(in, "verified_how");
    if (const auto lowered = number(in, "lowered_from"); lowered >= 1 && lowered <= 4) {
        facts.lowered_from = static_cast<Priority>(lowered);
    }
    facts.satisfaction = static_cast<int>(number(in, "satisfaction"));
    facts.satisfaction_comment = text(in, "satisfaction_comment");
    facts.all_clear_since = time_of(in, "all_clear_since");
    facts.known_severity = text(in, "known_severity");
    // What it was called before.
    if (facts.known_severity.empty()) facts.known_severity = text(in, "worst_severity");
    if (const json::object* major = object_of(in, "major")) facts.major = major_from(*major);
    read_title(in, facts);
    read_lists(in, facts);
    return facts;
}

}  // namespace tocsin::bridge::codec
