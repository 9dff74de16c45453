// rotations, and the hours in which people are told.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "bridge/config/reading.h"

namespace tocsin::bridge {
namespace {

using text::MapReader;
using text::YamlKind;
using text::YamlNode;

constexpr std::array<std::string_view, 7> kOfLayers = {"timezone", "weekly", "daily", "every",
                                                       "people",   "starts", "only"};

Zone read_zone(MapReader& r, const Zone& otherwise) {
    const auto name = r.string("timezone");
    if (!name) return otherwise;
    const auto zone = Zone::named(*name);
    if (!zone) {
        r.error("timezone",
                fmt::format("no time zone is named \"{}\"; write one like Asia/Shanghai or UTC",
                            *name));
    }
    return zone.value_or(otherwise);
}

// A value that a parser of the core reads; nothing when it is absent or wrong, which is said.
template <class T>
std::optional<T> parsed(MapReader& r, std::string_view key, Result<T> (*parse)(std::string_view)) {
    const YamlNode node = r.node(key);
    if (!node) return std::nullopt;
    auto value = parse(node.scalar());
    if (value) return std::move(value).value();
    r.error(key, value.error().message);
    return std::nullopt;
}

std::optional<Handover> read_handover(MapReader& r, RotationLayer& layer) {
    const auto weekly = parsed<Handover>(r, "weekly", parse_weekly);
    const auto daily = parsed<Handover>(r, "daily", parse_daily);
    const auto every = r.duration("every");
    const bool has[] = {bool(r.node("weekly")), bool(r.node("daily")), bool(r.node("every"))};
    const auto count = std::count(std::begin(has), std::end(has), true);
    if (count != 1) {
        r.error("starts", "needs one of \"weekly\", \"daily\" and \"every\" beside it");
    }
    if (every && *every < kShortestTurn) r.error("every", "must be at least 1s");
    if (every && *every >= kShortestTurn) layer.period = *every;
    if (daily) layer.period = 24h;
    return weekly ? weekly : daily;
}

void read_only(MapReader& r, Diagnostics& d, RotationLayer& layer) {
    const YamlNode node = r.node("only");
    if (!node) return;
    layer.only.always = false;
    layer.only.name = "only";
    layer.only.zone = layer.zone;
    const std::vector<YamlNode> texts =
        node.kind() == YamlKind::kScalar ? std::vector<YamlNode>{node} : items_of(r, "only");
    for (const YamlNode& item : texts) {
        const auto added = add_hours(layer.only.week, item.scalar());
        if (!added) d.error(item.position(), added.error().message);
    }
}

RotationLayer read_layer(MapReader& r, Diagnostics& d, Reading& out, const Zone& zone) {
    RotationLayer layer;
    layer.zone = read_zone(r, zone);
    r.require("people");
    for (const YamlNode& person : items_of(r, "people")) {
        out.names.refer(Names::Kind::kPerson, person.scalar(), {d.file(), person.position()});
        layer.people.emplace_back(person.scalar());
    }
    r.require("starts");
    const auto handover = read_handover(r, layer);
    const auto start = parsed<StartDay>(r, "starts", parse_start);
    if (start) place(layer, *start, handover);
    read_only(r, d, layer);
    return layer;
}

void read_layers(MapReader& r, Diagnostics& d, Reading& out, const Zone& zone, Rotation& to) {
    for (const std::string_view key : kOfLayers) {
        if (key != "timezone" && r.node(key)) {
            r.error(key, "belongs into one of the layers where there are \"layers\"");
        }
    }
    const Zone own = read_zone(r, zone);
    for (const YamlNode& item : items_of(r, "layers")) {
        MapReader layer(item, "a layer", d);
        to.layers.push_back(read_layer(layer, d, out, own));
        layer.finish();
    }
    if (to.layers.empty()) r.error("layers", "must be a list of at least one layer");
}

}  // namespace

void read_rotations(MapReader& r, Diagnostics& d, Reading& out) {
    const Zone zone = Zone::named(out.config.timezone).value_or(Zone{});
    for (const YamlNode& item : items_of(r, "rotations")) {
        MapReader rotation(item, "a rotation", d);
        Rotation read;
        read.name = name_of(rotation, Names::Kind::kRotation, d, out);
        out.config.places["rotation " + read.name] = {d.file(), item.position()};
        if (auto team = rotation.string("team")) {
            out.names.refer(Names::Kind::kTeam, *team, {d.file(), rotation.position_of("team")});
            read.team = *team;
        }
        if (rotation.node("layers")) {
            read_layers(rotation, d, out, zone, read);
        } else {
            read.layers.push_back(read_layer(rotation, d, out, zone));
        }
        rotation.finish();
        out.config.oncall.rotations.push_back(std::move(read));
    }
}

void read_telling_hours(MapReader& r, Diagnostics& d, Reading& out) {
    TellingHours& to = out.config.oncall.hours;
    // Always there (read_calendars).
    const Calendar& office = *out.config.calendar("office");
    const Hours working = office.always ? nullptr : std::make_shared<const Calendar>(office);
    to.by_priority = {nullptr, nullptr, working, working};
    // Ends are silent at night, not at the weekend.
    to.resolved = office.always ? nullptr : std::make_shared<const Calendar>(daytime(office.zone));
    MapReader oncall(r.node("oncall"), "\"oncall\"", d);
    MapReader hours(oncall.node("hours"), "\"hours\"", d);
    for (const Priority priority : kPriorities) {
        const std::string_view key = to_string(priority);
        Hours own = hours_of(hours, key, d, out);
        if (hours.node(key)) {
            to.by_priority.at(static_cast<std::size_t>(priority) - 1) = std::move(own);
        }
    }
    Hours resolved = hours_of(hours, "resolved", d, out);
    if (hours.node("resolved")) to.resolved = std::move(resolved);
    hours.finish();
    const YamlNode digest = oncall.node("digest");
    const bool none = digest && digest.kind() == YamlKind::kSequence && digest.items().empty();
    if (none) to.digest.clear();
    if (digest && !none) to.digest = priorities_of(oncall, "digest", d);
    oncall.finish();
}

}  // namespace tocsin::bridge
