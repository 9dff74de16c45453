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
    auto operator<=>(const Id&) const = default;
    explicit operator bool() const { return value != 0; }
};

}  // namespace tocsin

template <class Tag>
struct std::hash<tocsin::Id<Tag>> {
    std::size_t operator()(tocsin::Id<Tag> id) const noexcept {
        return std::hash<std::int64_t>{}(id.value);
    }
};
