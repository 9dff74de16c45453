// What collectors that walk a tree of small files in /sys (or /proc/sys) share: the names in a
// directory, and files that hold one number each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"
#include "collector/api/procfile.h"

namespace tocsin::collector {

// Sorted; empty where there is no such directory or it may not be listed.
std::vector<std::string> names_in(const std::string& directory);
// Those of its subdirectories, whether they are links or not.
std::vector<std::string> directories_in(const std::string& directory);

// What follows `prefix` when that is a number: "12" of "cpu12" for "cpu"; else "".
std::string_view number_after(std::string_view name, std::string_view prefix);

// A file that holds one number without a sign, and the series that it feeds.
struct NumberFile {
    ProcFile file;
    SeriesRef series;
    double factor = 1;
};

// What to make of a file that is there and cannot be read. One that is not there is never an error.
enum class Unreadable { kSkip, kFail };

// Appends the number × factor. Content that is no number is an error, but for "<unknown>", which
// drivers without an answer give.
Result<void> report_number(NumberFile& source, Unreadable unreadable, ReadBuffer& buffer,
                           Readings& out);

// Of several things that failed the first is told.
void keep_first(Result<void>& kept, Result<void> next);

}  // namespace tocsin::collector
