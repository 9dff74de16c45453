// What stands in a directory, at the cost of the kernel's answer alone: std::filesystem makes and
// takes apart a path for each entry.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace tocsin::collector {

enum class EntryType { kFile, kDirectory, kLink, kOther };  // a link itself, not what it points to

// Calls `each` for every entry but . and .., in the kernel's order. 0, or an errno value: ENOENT
// where there is no such directory.
int for_each_entry(const std::string& directory,
                   const std::function<void(std::string_view name, EntryType type)>& each);

}  // namespace tocsin::collector
