// Who taps a group's link gives a name and a PIN; this counts the wrong ones. On the loop.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/core/secret.h"
#include "base/core/time.h"

namespace tocsin::bridge {

// After five wrong PINs in a row for a person no other is looked at for a minute, after each
// further one for twice as long, up to an hour. Counted by person, since whoever tries changes
// addresses more easily than names; only people with a PIN are counted, so that made-up names take
// no room.
class PinGate {
  public:
    enum class Verdict { kRight, kWrong, kWait };
    // `pin`: null when the person has none.
    Verdict judge(std::string_view person, const Secret* pin, std::string_view presented,
                  Timestamp now);

  private:
    struct Tries {
        int wrong = 0;
        Timestamp from{};  // of the wait
        Duration wait{0};
    };
    std::map<std::string, Tries, std::less<>> tries_;
};

}  // namespace tocsin::bridge
