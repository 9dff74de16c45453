#include "collector/service/process_groups/proc_reader.h"

#include <dirent.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <utility>

#include "collector/api/scan.h"
#include "collector/service/process_groups/procfs.h"

namespace tocsin::collector {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// The numbers among a directory's names.
bool list_numbers(const std::string& path, std::vector<Pid>& numbers) {
    numbers.clear();
    const Directory directory(::opendir(path.c_str()));
    if (!directory) return false;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string_view name(entry->d_name);
        Pid number = 0;
        const auto [at, error] = std::from_chars(name.data(), name.data() + name.size(), number);
        if (error == std::errc{} && at == name.data() + name.size()) numbers.push_back(number);
    }
    return true;
}

}  // namespace

ProcReader::ProcReader(std::string procfs) : root_(std::move(procfs)) {
    struct statfs status {};
    counts_descriptors_ =
        ::statfs(root_.c_str(), &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

std::string ProcReader::path(Pid pid, std::string_view file) const {
    std::array<char, 16> digits{};
    const auto [end, error] = std::to_chars(digits.begin(), digits.end(), pid);
    std::string text;
    text.reserve(root_.size() + digits.size() + file.size() + 2);
    return text.append(root_).append("/").append(digits.data(), end).append("/").append(file);
}

Result<void> ProcReader::list(std::vector<Pid>& pids) {
    errno = 0;
    if (!list_numbers(root_, pids)) return errno_error(root_, errno);
    return success();
}

std::optional<std::string_view> ProcReader::read_path(std::string path) {
    ProcFile file(std::move(path));
    const Result<std::string_view> text = file.read(buffer_);
    if (!text) return std::nullopt;
    return text.value();
}

std::optional<std::string_view> ProcReader::read(Pid pid, std::string_view file) {
    return read_path(path(pid, file));
}

std::string ProcReader::program(Pid pid) const {
    constexpr std::string_view kDeleted = " (deleted)";
    std::array<char, 4096> target{};
    const ssize_t size = ::readlink(path(pid, "exe").c_str(), target.data(), target.size());
    if (size <= 0) return {};
    std::string_view text(target.data(), static_cast<std::size_t>(size));
    if (text.ends_with(kDeleted)) text.remove_suffix(kDeleted.size());
    return std::string(text);
}

std::optional<std::uint64_t> ProcReader::open_files(Pid pid) {
    const std::string directory = path(pid, "fd");
    // Since Linux 6.2, of other users' processes too; before, it is 0 and the names are counted.
    struct stat status {};
    if (counts_descriptors_ && ::stat(directory.c_str(), &status) == 0 && status.st_size > 0) {
        return static_cast<std::uint64_t>(status.st_size);
    }
    if (!list_numbers(directory, threads_)) return std::nullopt;
    return threads_.size();
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> ProcReader::context_switches(Pid pid) {
    const std::string directory = path(pid, "task");
    if (!list_numbers(directory, threads_)) return std::nullopt;
    std::pair<std::uint64_t, std::uint64_t> sum{0, 0};
    for (const Pid thread : threads_) {
        const auto text = read_path(directory + "/" + std::to_string(thread) + "/status");
        if (!text) continue;
        const ProcStatus status = parse_proc_status(*text);
        sum.first += status.voluntary;
        sum.second += status.nonvoluntary;
    }
    return sum;
}

std::optional<double> ProcReader::boot_time() {
    constexpr std::string_view kName = "btime ";
    auto text = read_path(root_ + "/stat");
    if (!text) return std::nullopt;
    std::string_view line;
    while (next_line(*text, line)) {
        if (line.starts_with(kName)) return to_number(line.substr(kName.size()));
    }
    return std::nullopt;
}

}  // namespace tocsin::collector
