#include "bridge/oncall/rotation.h"

#include <algorithm>

#include "bridge/oncall/hours.h"

namespace tocsin::bridge {
namespace {

using std::chrono::days;

constexpr Timestamp kEver{std::chrono::sys_days{std::chrono::year{9000} / 1 / 1}};
constexpr Duration kYear = days{366};
// Turns of seconds under an override of months: nobody waits for all of them to be looked at.
constexpr int kMostChanges = 100'000;

Timestamp turn_start(const RotationLayer& layer, std::int64_t turn) {
    return instant_of(layer.zone, layer.first + turn * layer.period);
}

// Where the hand-overs at an instant lie, the last one has it.
std::int64_t turn_at(const RotationLayer& layer, Timestamp t) {
    const Duration since = local_of(layer.zone, t) - layer.first;
    std::int64_t turn = since / layer.period;
    while (turn_start(layer, turn) > t) --turn;
    while (turn_start(layer, turn + 1) <= t) ++turn;
    return turn;
}

bool covers(const RotationLayer& layer, Timestamp t) {
    return !layer.people.empty() && t >= layer.starts && is_working(layer.only, t);
}

Timestamp next_coverage(const Rotation& rotation, Timestamp t) {
    Timestamp next = kEver;
    for (const RotationLayer& layer : rotation.layers) {
        if (layer.starts > t) next = std::min(next, layer.starts);
        if (!layer.only.always) next = std::min(next, next_edge(layer.only, t));
    }
    return next;
}

// The first moment after `t` at which the duty may change.
Timestamp next_change(const Rotation& rotation, const std::vector<Override>& overrides,
                      Timestamp t) {
    Timestamp next = next_coverage(rotation, t);
    for (const RotationLayer& layer : rotation.layers) {
        if (t < layer.starts || layer.people.empty()) continue;
        next = std::min(next, turn_start(layer, turn_at(layer, t) + 1));
    }
    for (const Override& o : overrides) {
        if (o.rotation != rotation.name) continue;
        for (const Timestamp edge : {o.from, o.to}) {
            if (edge > t) next = std::min(next, edge);
        }
    }
    return next;
}

Duty of_layers(const Rotation& rotation, Timestamp t) {
    for (std::size_t i = rotation.layers.size(); i > 0; --i) {
        const RotationLayer& layer = rotation.layers[i - 1];
        if (!covers(layer, t)) continue;
        Duty duty;
        duty.layer = static_cast<int>(i - 1);
        duty.turn = turn_at(layer, t);
        const auto count = static_cast<std::int64_t>(layer.people.size());
        duty.person = layer.people[static_cast<std::size_t>(duty.turn % count)];
        return duty;
    }
    return {};
}

// Who has it after this override, if it says anything.
const std::string* replaced_by(const Override& o, const std::string& person) {
    switch (o.kind) {
        case Override::Kind::kCover:
            return o.instead_of.empty() || o.instead_of == person ? &o.person : nullptr;
        case Override::Kind::kSwap:
            if (person.empty()) return nullptr;
            if (person == o.instead_of) return &o.person;
            return person == o.person ? &o.instead_of : nullptr;
    }
    return nullptr;
}

}  // namespace

Timestamp instant_of(const Zone& zone, WallTime local) {
    // No zone is further from UTC than 15 h: its stretches from there on hold all candidates.
    Zone::Stretch stretch = zone.stretch_at(Timestamp{local.time_since_epoch() - 15h});
    while (true) {
        const Timestamp candidate{local.time_since_epoch() - stretch.offset};
        if (candidate < stretch.end || stretch.end >= kEver) {
            return std::max(candidate, stretch.begin);
        }
        stretch = zone.stretch_at(stretch.end);
    }
}

WallTime local_of(const Zone& zone, Timestamp t) {
    return WallTime{t.time_since_epoch() + zone.stretch_at(t).offset};
}

std::string_view to_string(Override::Kind kind) {
    return kind == Override::Kind::kSwap ? "swap" : "cover";
}

std::optional<Override::Kind> parse_override_kind(std::string_view text) {
    if (text == "cover") return Override::Kind::kCover;
    if (text == "swap") return Override::Kind::kSwap;
    return std::nullopt;
}

Duty duty_at(const Rotation& rotation, const std::vector<Override>& overrides, Timestamp t) {
    Duty duty = of_layers(rotation, t);
    std::vector<const Override*> now;
    for (const Override& o : overrides) {
        if (o.rotation == rotation.name && o.from <= t && t < o.to) now.push_back(&o);
    }
    std::sort(now.begin(), now.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    for (const Override* o : now) {
        const std::string* person = replaced_by(*o, duty.person);
        if (person != nullptr) duty = Duty{*person, -1, 0, o->id};
    }
    return duty;
}

std::vector<Shift> shifts(const Rotation& rotation, const std::vector<Override>& overrides,
                          Timestamp from, Timestamp to, std::size_t most) {
    std::vector<Shift> out;
    int changes = 0;
    for (Timestamp at = from; at < to && changes < kMostChanges; ++changes) {
        const Timestamp next = std::min(to, next_change(rotation, overrides, at));
        Duty duty = duty_at(rotation, overrides, at);
        if (!out.empty() && out.back().duty == duty) {
            out.back().end = next;
        } else if (out.size() == most) {
            break;
        } else {
            out.push_back({at, next, std::move(duty)});
        }
        at = next;
    }
    return out;
}

Shift shift_at(const Rotation& rotation, const std::vector<Override>& overrides, Timestamp t) {
    const Duty duty = duty_at(rotation, overrides, t);
    Timestamp from = t;
    if (duty.layer >= 0) {
        const RotationLayer& layer = rotation.layers[static_cast<std::size_t>(duty.layer)];
        from = std::max(layer.starts, turn_start(layer, duty.turn));
    }
    for (const Override& o : overrides) {
        if (o.id == duty.override_id && o.rotation == rotation.name) from = o.from;
    }
    for (const Shift& before : shifts(rotation, overrides, from, t, SIZE_MAX)) {
        if (before.end == t && before.duty == duty) from = before.start;
        if (before.end == t && before.duty != duty) from = t;
    }
    Timestamp end = next_change(rotation, overrides, t);
    for (int changes = 0; changes < kMostChanges && end < t + kYear; ++changes) {
        if (duty_at(rotation, overrides, end) != duty) break;
        end = next_change(rotation, overrides, end);
    }
    return {from, std::min(end, t + kYear), duty};
}

std::vector<Shift> whole_shifts(const Rotation& rotation, const std::vector<Override>& overrides,
                                Timestamp from, Timestamp to, std::size_t most) {
    std::vector<Shift> out = shifts(rotation, overrides, from, to, most);
    if (out.empty()) return out;
    out.front().start = shift_at(rotation, overrides, out.front().start).start;
    out.back().end = shift_at(rotation, overrides, out.back().start).end;
    return out;
}

std::vector<std::pair<Timestamp, Timestamp>> gaps(const Rotation& rotation, Timestamp from,
                                                  Timestamp to) {
    std::vector<std::pair<Timestamp, Timestamp>> out;
    for (Timestamp at = from; at < to;) {
        const Timestamp next = std::min(to, next_coverage(rotation, at));
        const bool covered = std::any_of(rotation.layers.begin(), rotation.layers.end(),
                                         [at](const auto& layer) { return covers(layer, at); });
        if (!covered && !out.empty() && out.back().second == at) {
            out.back().second = next;
        } else if (!covered) {
            out.emplace_back(at, next);
        }
        at = next;
    }
    return out;
}

}  // namespace tocsin::bridge
