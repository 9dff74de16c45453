#include "collector/host/sysfs.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "collector/api/directory.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

enum class Wanted { kAll, kDirectories };

bool is_directory(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

// What was listed before a device went while its directory was read is kept.
std::vector<std::string> list(const std::string& directory, Wanted wanted) {
    std::vector<std::string> names;
    for_each_entry(directory, [&](std::string_view name, EntryType type) {
        const bool kept =
            wanted == Wanted::kAll || type == EntryType::kDirectory ||
            (type == EntryType::kLink && is_directory(directory + "/" + std::string(name)));
        if (kept) names.emplace_back(name);
    });
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

std::vector<std::string> names_in(const std::string& directory) {
    return list(directory, Wanted::kAll);
}

std::vector<std::string> directories_in(const std::string& directory) {
    return list(directory, Wanted::kDirectories);
}

std::string_view number_after(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return {};
    name.remove_prefix(prefix.size());
    return to_uint(name) ? name : std::string_view();
}

Result<void> report_number(NumberFile& source, Unreadable unreadable, ReadBuffer& buffer,
                           Readings& out) {
    const Result<std::string_view> text = source.file.read(buffer);
    if (!text) {
        const bool skip =
            unreadable == Unreadable::kSkip || text.error().code == ErrorCode::kNotFound;
        return skip ? Result<void>(success()) : Result<void>(text.error());
    }
    const std::string_view word = trim(text.value());
    if (word == "<unknown>") return success();
    const auto number = to_uint(word);
    if (!number) {
        return Error(ErrorCode::kInvalid, source.file.path() + ": \"" + valid_utf8(word) + "\"");
    }
    out.push_back({source.series, static_cast<double>(*number) * source.factor});
    return success();
}

void keep_first(Result<void>& kept, Result<void> next) {
    if (kept && !next) kept = std::move(next);
}

}  // namespace tocsin::collector
