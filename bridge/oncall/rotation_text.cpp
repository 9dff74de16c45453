// Hand-overs and starts as people write them.
#include <algorithm>
#include <array>

#include "base/core/strings.h"
#include "bridge/oncall/rotation.h"

namespace tocsin::bridge {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

Error invalid(std::string_view text, std::string_view what) {
    return {ErrorCode::kInvalid, "\"" + std::string(text) + "\" " + std::string(what)};
}

std::optional<Duration> parse_clock(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hours = parse_uint(text.substr(0, 2));
    const auto minutes = parse_uint(text.substr(3));
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

}  // namespace

Result<Handover> parse_daily(std::string_view text) {
    const auto clock = parse_clock(text);
    if (!clock) return invalid(text, "is no time of day like 09:00");
    return Handover{std::nullopt, *clock};
}

Result<Handover> parse_weekly(std::string_view text) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    const auto* const day = std::find_if(kDays.begin(), kDays.end(),
                                         [&](std::string_view d) { return iequals(d, word); });
    const auto clock =
        space == std::string_view::npos ? std::nullopt : parse_clock(trim(text.substr(space + 1)));
    if (day == kDays.end() || !clock) {
        return invalid(text, "is no day and time like \"mon 09:00\"");
    }
    return Handover{std::chrono::weekday{static_cast<unsigned>(day - kDays.begin())}, *clock};
}

Result<StartDay> parse_start(std::string_view text) {
    const std::size_t space = text.find(' ');
    const auto date = parse_days(text.substr(0, space));
    StartDay start;
    if (space != std::string_view::npos) start.clock = parse_clock(trim(text.substr(space + 1)));
    const bool bad_clock = space != std::string_view::npos && !start.clock;
    if (!date || bad_clock || date.value().first != date.value().last) {
        return invalid(text, "is no date like 2026-01-05, or with a time 2026-01-05 09:00");
    }
    start.day = date.value().first;
    return start;
}

void place(RotationLayer& layer, const StartDay& start, const std::optional<Handover>& handover) {
    const Duration own = handover ? handover->clock : Duration{0};
    const WallTime begin = start.day + start.clock.value_or(own);
    layer.starts = instant_of(layer.zone, begin);
    layer.first = begin;
    if (!handover) return;
    LocalDay day = start.day;
    if (handover->day) day -= std::chrono::weekday{start.day} - *handover->day;
    layer.first = day + handover->clock;
    if (layer.first > begin) layer.first -= layer.period;
}

}  // namespace tocsin::bridge
