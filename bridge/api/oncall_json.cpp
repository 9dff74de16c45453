#include "bridge/api/oncall_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostShifts = 5000;  // of a rotation

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::string(text);
}

json::object shift_object(const Oncall& oncall, const Shift& shift) {
    const Duty& duty = shift.duty;
    const Person* person = oncall.person(duty.person);
    json::object out;
    out["person"] = text_or_null(duty.person);
    out["display"] = person == nullptr ? json::value(nullptr) : json::string(person->display);
    out["start"] = format_rfc3339(shift.start);
    out["end"] = format_rfc3339(shift.end);
    out["layer"] = duty.layer < 0 ? json::value(nullptr) : json::value(duty.layer + 1);
    out["override"] = duty.override_id == 0 ? json::value(nullptr) : json::value(duty.override_id);
    return out;
}

json::object override_object(const OverrideRow& row) {
    const Override& o = row.what;
    json::object out;
    out["id"] = o.id;
    out["kind"] = to_string(o.kind);
    out["rotation"] = o.rotation;
    out["person"] = o.person;
    out["instead_of"] = text_or_null(o.instead_of);
    out["from"] = format_rfc3339(o.from);
    out["to"] = format_rfc3339(o.to);
    out["why"] = row.why;
    out["actor"] = row.actor;
    out["created_at"] = format_rfc3339(row.created_at);
    out["cancelled_by"] = text_or_null(row.cancelled_by);
    out["cancelled_at"] = nullptr;
    if (row.cancelled_at) out["cancelled_at"] = format_rfc3339(*row.cancelled_at);
    return out;
}

Result<json::object> rotation_object(const Oncall& oncall, const Rotation& rotation,
                                     const OncallQuery& query) {
    json::object out;
    out["name"] = rotation.name;
    out["team"] = text_or_null(rotation.team);
    out["timezone"] = rotation.layers.empty() ? "UTC" : rotation.layers.front().zone.name();
    const Shift now = shift_at(rotation, oncall.overrides, query.at);
    out["now"] = shift_object(oncall, now);
    out["next"] = shift_object(oncall, shift_at(rotation, oncall.overrides, now.end));
    if (!query.from) return out;
    const auto all =
        whole_shifts(rotation, oncall.overrides, *query.from, *query.to, kMostShifts + 1);
    if (all.size() > kMostShifts) {
        return Error(ErrorCode::kInvalid,
                     "rotation " + rotation.name +
                         " has more than 5000 shifts between from and to; ask for less",
                     Retry::kNo);
    }
    json::array list;
    for (const Shift& shift : all) list.push_back(shift_object(oncall, shift));
    out["shifts"] = std::move(list);
    return out;
}

}  // namespace

Result<std::string> oncall_json(const Oncall& oncall, const OncallQuery& query,
                                const std::vector<OverrideRow>& overrides) {
    json::array rotations;
    for (const Rotation& rotation : oncall.rotations) {
        if (!query.rotation.empty() && rotation.name != query.rotation) continue;
        if (!query.team.empty() && !is_of_team(oncall, rotation, query.team)) continue;
        TOCSIN_TRY(json::object object, rotation_object(oncall, rotation, query));
        rotations.push_back(std::move(object));
    }
    json::array standing;
    for (const OverrideRow& row : overrides) {
        const Timestamp from = query.from.value_or(query.at);
        if (!row.cancelled_at && row.what.to > from) standing.push_back(override_object(row));
    }
    json::object out;
    out["at"] = format_rfc3339(query.at);
    out["rotations"] = std::move(rotations);
    out["overrides"] = std::move(standing);
    return json::serialize(out);
}

std::string override_json(const OverrideRow& row) {
    return json::serialize(override_object(row));
}

std::string overrides_json(const std::vector<OverrideRow>& rows,
                           const std::vector<OncallLogRow>& log) {
    json::array overrides;
    for (const OverrideRow& row : rows) overrides.push_back(override_object(row));
    json::array lines;
    for (const OncallLogRow& row : log) {
        json::object line;
        line["id"] = row.id;
        line["at"] = format_rfc3339(row.at);
        line["actor"] = row.actor;
        line["kind"] = row.kind;
        line["override"] = row.override_id;
        line["text"] = row.text;
        lines.push_back(std::move(line));
    }
    json::object out;
    out["overrides"] = std::move(overrides);
    out["log"] = std::move(lines);
    return json::serialize(out);
}

std::string test_json(const std::string& person, const std::vector<TestResult>& results) {
    json::array contacts;
    for (const TestResult& result : results) {
        json::object one;
        one["channel"] = result.notify.channel;
        one["address"] = shown_address(result.notify);
        one["delivered"] = result.delivered;
        one["detail"] = result.detail;
        contacts.push_back(std::move(one));
    }
    json::object out;
    out["person"] = person;
    out["contacts"] = std::move(contacts);
    return json::serialize(out);
}

}  // namespace tocsin::bridge
