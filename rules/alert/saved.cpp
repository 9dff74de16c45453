#include "rules/alert/saved.h"

#include <boost/json.hpp>
#include <limits>

#include "base/core/strings.h"

namespace tocsin::rules {
namespace {

namespace json = boost::json;

constexpr std::int64_t kVersion = 1;

json::object labels_to_json(const Labels& labels) {
    json::object out;
    for (const Label& label : labels) out.emplace(label.name.view(), label.value.view());
    return out;
}

Labels labels_from_json(const json::value& value) {
    LabelsBuilder builder;
    for (const auto& [name, text] : value.as_object()) builder.set(name, text.as_string());
    return builder.build();
}

std::string_view phase_name(LevelPhase phase) {
    switch (phase) {
        case LevelPhase::kNone:
            return "none";
        case LevelPhase::kPending:
            return "pending";
        case LevelPhase::kHeld:
            return "held";
    }
    return "none";
}

LevelPhase phase_of(std::string_view name) {
    if (name == "held") return LevelPhase::kHeld;
    return name == "pending" ? LevelPhase::kPending : LevelPhase::kNone;
}

json::value level_to_json(const SavedLevel& level) {
    json::object out{{"level", level.name},
                     {"phase", phase_name(level.phase)},
                     {"elapsed_ms", level.elapsed.count()}};
    if (level.leaving) out.emplace("leaving_ms", level.leaving->count());
    return out;
}

std::optional<Duration> optional_span(const json::object& object, std::string_view key) {
    const json::value* const found = object.if_contains(key);
    if (found == nullptr) return std::nullopt;
    return Duration(found->to_number<std::int64_t>());
}

SavedLevel level_from_json(const json::object& object) {
    SavedLevel level;
    level.name = std::string(object.at("level").as_string());
    level.phase = phase_of(object.at("phase").as_string());
    level.elapsed = Duration(object.at("elapsed_ms").to_number<std::int64_t>());
    level.leaving = optional_span(object, "leaving_ms");
    return level;
}

json::value alert_to_json(const SavedAlert& alert) {
    json::array levels;
    for (const SavedLevel& level : alert.levels) levels.push_back(level_to_json(level));
    json::object out{{"labels", labels_to_json(alert.labels)},
                     {"source", labels_to_json(alert.source)},
                     {"level", alert.level},
                     {"value", format_double(alert.value)},
                     {"told_value", format_double(alert.told_value)},
                     {"told_reason", alert.told_reason},
                     {"active_at", to_unix_ms(alert.active_at)},
                     {"level_since", to_unix_ms(alert.level_since)},
                     {"seq", alert.seq},
                     {"unknown", alert.unknown},
                     {"levels", std::move(levels)}};
    if (alert.missing) out.emplace("missing_ms", alert.missing->count());
    return out;
}

SavedAlert alert_from_json(const json::object& object) {
    SavedAlert alert;
    alert.labels = labels_from_json(object.at("labels"));
    alert.source = labels_from_json(object.at("source"));
    alert.level = std::string(object.at("level").as_string());
    alert.value = parse_double(std::string_view(object.at("value").as_string()))
                      .value_or(std::numeric_limits<double>::quiet_NaN());
    alert.told_value = alert.value;
    // Younger than the version: absent in what an older agent has saved.
    if (const json::value* told = object.if_contains("told_value")) {
        alert.told_value = parse_double(std::string_view(told->as_string())).value_or(alert.value);
        alert.told_reason = std::string(object.at("told_reason").as_string());
    }
    alert.active_at = from_unix_ms(object.at("active_at").to_number<std::int64_t>());
    alert.level_since = from_unix_ms(object.at("level_since").to_number<std::int64_t>());
    alert.seq = object.at("seq").to_number<std::uint64_t>();
    alert.unknown = object.at("unknown").as_bool();
    alert.missing = optional_span(object, "missing_ms");
    for (const json::value& level : object.at("levels").as_array()) {
        alert.levels.push_back(level_from_json(level.as_object()));
    }
    return alert;
}

SavedGroup group_from_json(const json::object& object) {
    SavedGroup group;
    group.key = std::string(object.at("group").as_string());
    group.saved_at = from_unix_ms(object.at("saved_at").to_number<std::int64_t>());
    group.seq = object.at("seq").to_number<std::uint64_t>();
    for (const json::value& value : object.at("rules").as_array()) {
        const json::object& rule = value.as_object();
        SavedRule saved;
        saved.key = std::string(rule.at("rule").as_string());
        saved.is_threshold = rule.at("threshold").as_bool();
        for (const json::value& alert : rule.at("alerts").as_array()) {
            saved.alerts.push_back(alert_from_json(alert.as_object()));
        }
        group.rules.push_back(std::move(saved));
    }
    return group;
}

Error not_ours(std::string_view why) {
    return Error(ErrorCode::kInvalid, "saved alert state: " + std::string(why));
}

}  // namespace

std::string to_text(const SavedGroup& group) {
    json::array rules;
    for (const SavedRule& rule : group.rules) {
        json::array alerts;
        for (const SavedAlert& alert : rule.alerts) alerts.push_back(alert_to_json(alert));
        rules.push_back(json::object{
            {"rule", rule.key}, {"threshold", rule.is_threshold}, {"alerts", std::move(alerts)}});
    }
    return json::serialize(json::object{{"version", kVersion},
                                        {"group", group.key},
                                        {"saved_at", to_unix_ms(group.saved_at)},
                                        {"seq", group.seq},
                                        {"rules", std::move(rules)}});
}

Result<SavedGroup> parse_saved_group(std::string_view text) {
    json::error_code failed;
    const json::value value = json::parse(json::string_view(text.data(), text.size()), failed);
    if (failed) return not_ours(failed.message());
    try {
        const json::object& object = value.as_object();
        if (object.at("version").to_number<std::int64_t>() != kVersion) {
            return not_ours("written by another version");
        }
        return group_from_json(object);
    } catch (const std::exception& e) {
        return not_ours(e.what());
    }
}

}  // namespace tocsin::rules
