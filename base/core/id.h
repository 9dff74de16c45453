// Integers that cannot be mixed up: Id<struct IncidentTag>.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace tocsin {

template <class Tag>
struct Id {
    std::int64_t value = 0;  // 0: none yet
    bool operator==(const Id&) const = default;
    // By hand: clang-tidy 14 takes a defaulted one's 0 for a null pointer.
    std::strong_ordering operator<=>(const Id& other) const { return value <=> other.value; }
    explicit operator bool() const { return value != 0; }
};

}  // namespace tocsin

template <class Tag>
struct std::hash<tocsin::Id<Tag>> {
    std::size_t operator()(tocsin::Id<Tag> id) const noexcept {
        return std::hash<std::int64_t>{}(id.value);
    }
};
