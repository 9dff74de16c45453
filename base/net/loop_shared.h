// What the users of one loop have in common: a set of descriptors, a library's handle.
#pragma once

#include <memory>
#include <typeindex>

#include "base/net/loop.h"

namespace tocsin::net {

// Where the loop remembers the one of a type; empty while nobody has one.
std::weak_ptr<void>& shared_place(Loop& loop, std::type_index type);

// The one T(Loop&) that all who ask for it use: made for the first, gone with the last. On the
// loop.
template <class T>
std::shared_ptr<T> shared_by(Loop& loop) {
    std::weak_ptr<void>& place = shared_place(loop, typeid(T));
    if (auto known = std::static_pointer_cast<T>(place.lock())) return known;
    auto made = std::make_shared<T>(loop);
    place = made;
    return made;
}

}  // namespace tocsin::net
