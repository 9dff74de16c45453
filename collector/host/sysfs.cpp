#include "collector/host/sysfs.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

namespace fs = std::filesystem;

enum class Wanted { kAll, kDirectories };

std::vector<std::string> list(const std::string& directory, Wanted wanted) {
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator entry(directory, error);
    // By increment(error): a device that goes while its directory is read must not throw.
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        std::error_code unknown;
        if (wanted == Wanted::kDirectories && !entry->is_directory(unknown)) continue;
        names.push_back(entry->path().filename().string());
    }
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
