// Several addresses of one bridge, tried in turn. Pure.
#pragma once

#include <cstddef>

namespace tocsin::agent {

// Stays with the door that answered last; starts at the first.
class Doors {
  public:
    explicit Doors(std::size_t count) : count_(count) {}
    std::size_t current() const { return current_; }
    void answered() { tried_ = 0; }
    // Goes to the next door. False when every door has failed since one answered, or since the
    // last time that this said so.
    bool failed() {
        current_ = current_ + 1 < count_ ? current_ + 1 : 0;
        if (++tried_ < count_) return true;
        tried_ = 0;
        return false;
    }

  private:
    std::size_t count_;
    std::size_t current_ = 0;
    std::size_t tried_ = 0;
};

}  // namespace tocsin::agent
