#include "bridge/api/pin_gate.h"

#include <algorithm>

namespace tocsin::bridge {
namespace {

constexpr int kFree = 5;
constexpr Duration kFirstWait = 1min;
constexpr Duration kMostWait = 1h;

}  // namespace

PinGate::Verdict PinGate::judge(std::string_view person, const Secret* pin,
                                std::string_view presented, Timestamp now) {
    if (pin == nullptr || pin->empty()) return Verdict::kWrong;
    Tries& tries = tries_[std::string(person)];
    // A clock that was set back lets nobody wait longer than was said.
    tries.from = std::min(tries.from, now);
    if (now < tries.from + tries.wait) return Verdict::kWait;
    if (pin->equals(presented)) {
        tries = {};
        return Verdict::kRight;
    }
    if (++tries.wrong >= kFree) {
        tries.wait = std::clamp(tries.wait * 2, kFirstWait, kMostWait);
        tries.from = now;
    }
    return Verdict::kWrong;
}

}  // namespace tocsin::bridge
