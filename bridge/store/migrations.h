// The schema's numbered steps, embedded from bridge/store/migrations/*.sql at build time. A step
// that was released is never edited; a change is the next number.
#pragma once

#include <span>
#include <string_view>

namespace tocsin::bridge {

struct Migration {
    int number;
    std::string_view name;  // "0001_first"
    std::string_view sql;
};

// In rising order, each number once.
std::span<const Migration> migrations();

}  // namespace tocsin::bridge
