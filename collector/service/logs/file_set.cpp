#include "collector/service/logs/file_set.h"

#include <dirent.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <utility>

#include "collector/service/logs/lines.h"

namespace tocsin::collector {
namespace {

constexpr Duration kQuiet = 1min;
// A copy that does not grow for so long is not being made; a slow disk holds it up for seconds.
constexpr Duration kStalled = 15s;
// Longer a file is not taken for a copy in the making: it may be what a program writes to two logs.
constexpr Duration kLongestCopy = 10min;
constexpr std::size_t kPiece = std::size_t{256} * 1024;

std::vector<std::string> matching(const std::string& pattern) {
    std::vector<std::string> paths;
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    return paths;
}

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

// The path of the inode in that directory, or "".
std::string path_of(const std::string& directory, std::uint64_t inode) {
    const std::unique_ptr<DIR, CloseDirectory> open(::opendir(directory.c_str()));
    if (!open) return {};
    while (const dirent* entry = ::readdir(open.get())) {
        if (entry->d_ino == inode) return directory + "/" + entry->d_name;
    }
    return {};
}

}  // namespace

FileSet::FileSet(std::vector<std::string> patterns, std::optional<LogPositions> kept)
    : patterns_(std::move(patterns)), known_(patterns_.size(), false), buffer_(kPiece) {
    if (!kept) return;
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
        known_[i] = std::find(kept->patterns.begin(), kept->patterns.end(), patterns_[i]) !=
                    kept->patterns.end();
    }
    kept_ = std::move(kept->files);
}

void FileSet::refresh(Timestamp now) {
    failures_.clear();
    cut_.next();
    std::vector<Found> found = look();
    look_into_known(now);
    take(std::move(found), now);
    known_.assign(patterns_.size(), true);  // what appears from now on is read from its start
    if (std::exchange(first_, false)) find_renamed(now);
    leave_compressed();
    choose_leaving(now);
}

// Says which files still have a name, and gives those that are new.
std::vector<FileSet::Found> FileSet::look() {
    std::vector<Found> found;
    const std::map<FileId, FileStamp> compressed = std::exchange(compressed_, {});
    for (auto& [id, followed] : files_) followed.named = false;
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
        for (std::string& path : matching(patterns_[i])) {
            struct stat status {};
            if (::stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) continue;
            const FileId id = FileId::of(status);
            const auto skipped = compressed.find(id);
            if (skipped != compressed.end() && skipped->second == FileStamp::of(status)) {
                compressed_.insert(*skipped);
            } else if (const auto at = files_.find(id); at != files_.end()) {
                at->second.named = true;
                at->second.file.rename(path);
            } else {
                found.push_back({i, std::move(path), id});
            }
        }
    }
    return found;
}

// One that was empty when it was found, or has been written over.
void FileSet::leave_compressed() {
    for (auto at = files_.begin(); at != files_.end();) {
        const bool goes = at->second.file.is_compressed();
        if (goes) compressed_.emplace(at->first, at->second.file.stamp());
        at = goes ? files_.erase(at) : std::next(at);
    }
}

void FileSet::look_into(TailedFile& file, Timestamp now) {
    const auto result = file.refresh(now);
    if (!result) failures_.try_emplace(file.position().path, result.error().message);
}

// A file that was cut was copied first (copytruncate), to a new file or over one that is known.
void FileSet::look_into_known(Timestamp now) {
    std::vector<Followed*> begin_anew;
    for (auto& [id, followed] : files_) {
        FilePosition before = followed.file.position();
        const FileHead tail = followed.file.tail();
        look_into(followed.file, now);
        const bool was_cut = followed.file.position().offset < before.offset;
        if (was_cut) cut_.add(std::move(before), tail);
        if (was_cut || followed.start != Start::kKnown) begin_anew.push_back(&followed);
    }
    for (Followed* followed : begin_anew) choose_start(*followed, now);
}

// A copy goes on where its source had been read to. As long as the source is not cut nothing tells
// it from another program's log that has the same first lines: then the cut must come until the
// next time, or the file is read from its start. While it is still being copied it waits on.
void FileSet::choose_start(Followed& followed, Timestamp now) const {
    const bool waited = followed.start == Start::kWaits;
    followed.start = Start::kKnown;
    if (cut_.resume_copy(followed.file)) return;
    if (followed.file.size() == 0) {
        followed.start = Start::kOpen;
    } else if (!waited) {
        followed.waits_since = now;
        wait_if_copy(followed);
    } else if (is_being_copied(followed, now)) {
        wait_if_copy(followed);
    }
}

bool FileSet::is_being_copied(const Followed& followed, Timestamp now) {
    return followed.is_part && now - followed.file.quiet_since() < kStalled &&
           now - followed.waits_since < kLongestCopy;
}

void FileSet::wait_if_copy(Followed& followed) const {
    followed.is_part = false;
    const Result<std::string> first = followed.file.first_bytes();
    if (!first) return;
    for (const auto& [id, known] : files_) {
        if (!begins_as_copy(followed.file, first.value(), known.file.position())) continue;
        followed.start = Start::kWaits;
        const std::uint64_t size = followed.file.size();
        followed.is_part =
            followed.is_part ||
            (size < known.file.size() && followed.file.before(size) == known.file.before(size));
    }
}

void FileSet::take(std::vector<Found> found, Timestamp now) {
    // First those that a former agent has read of, of which others may be copies.
    std::stable_partition(found.begin(), found.end(), [&](const Found& file) {
        return std::any_of(kept_.begin(), kept_.end(), [&](const FilePosition& kept) {
            return kept.offset > 0 && FileId{kept.device, kept.inode} == file.id;
        });
    });
    const auto unnamed = std::count_if(files_.begin(), files_.end(),
                                       [](const auto& item) { return !item.second.named; });
    const std::size_t most = kMostFiles + static_cast<std::size_t>(unnamed);
    for (const Found& file : found) {
        find(file, files_.size() < most ? Room::kYes : Room::kNo, now);
    }
}

void FileSet::find(const Found& found, Room room, Timestamp now) {
    Result<TailedFile> opened = TailedFile::open(found.path);
    if (!opened) {
        if (opened.error().code != ErrorCode::kNotFound) {
            failures_.try_emplace(found.path, opened.error().message);
        }
        return;
    }
    TailedFile file = std::move(opened).value();
    const FileId id = file.id();
    if (file.is_compressed()) {
        compressed_.emplace(id, file.stamp());
        return;
    }
    // Another pattern, or another name, may have led to it before.
    if (files_.contains(id)) return;
    if (room == Room::kNo) {
        failures_.try_emplace(found.path, found.path + " is left out: the log has " +
                                              std::to_string(kMostFiles) + " files already");
        return;
    }
    Followed followed{std::move(file)};
    begin(found.pattern, followed, now);
    look_into(followed.file, now);
    files_.emplace(id, std::move(followed));
}

// Where a file that has just been found is read from.
void FileSet::begin(std::size_t pattern, Followed& followed, Timestamp now) {
    TailedFile& file = followed.file;
    const FileId id = file.id();
    const auto same_file = [&](const FilePosition& kept) {
        return FileId{kept.device, kept.inode} == id;
    };
    // A device may have another number after a boot, a restored file another inode.
    const auto same_place = [&](const FilePosition& kept) {
        return kept.path == file.position().path &&
               (kept.inode == id.inode || kept.head.size == FileHead::kMost) && file.resume(kept);
    };
    auto kept = std::find_if(kept_.begin(), kept_.end(), same_file);
    bool resumed = kept != kept_.end() && file.resume(*kept);
    if (kept == kept_.end()) {
        kept = std::find_if(kept_.begin(), kept_.end(), same_place);
        resumed = kept != kept_.end();
    }
    const bool was_known = kept != kept_.end();
    if (was_known) {
        // Under another name it is rather another file, which got the inode.
        const bool same_name = kept->path == file.position().path;
        if (!resumed && same_name) cut_.add(std::move(*kept), FileHead::of({}));
        kept_.erase(kept);
    }
    if (resumed && file.position().offset > 0) return;
    if (was_known || known_[pattern]) {
        choose_start(followed, now);
    } else {
        file.go_to_end();
    }
}

// Files that were rotated away while no agent ran: what they got before is still to be read.
void FileSet::find_renamed(Timestamp now) {
    for (const FilePosition& kept : std::exchange(kept_, {})) {
        if (files_.size() >= kMostFiles) return;
        const std::string directory = std::filesystem::path(kept.path).parent_path();
        const std::string path = path_of(directory, kept.inode);
        if (!path.empty()) try_renamed(kept, path, now);
    }
}

void FileSet::try_renamed(const FilePosition& kept, const std::string& path, Timestamp now) {
    // Any file begins as an empty one did: then its name must say that it is the one (app.log.1).
    if (kept.head.size == 0 && !path.starts_with(kept.path)) return;
    Result<TailedFile> opened = TailedFile::open(path);
    if (!opened || !opened.value().resume(kept)) return;
    TailedFile file = std::move(opened).value();
    const FileId id = file.id();
    if (files_.contains(id)) return;
    look_into(file, now);
    files_.emplace(id, Followed{.file = std::move(file), .named = false});
}

void FileSet::choose_leaving(Timestamp now) {
    std::vector<Followed*> unnamed;
    for (auto& [id, followed] : files_) {
        const bool may_leave = !followed.named && followed.start != Start::kWaits;
        followed.leaves = may_leave && now - followed.file.quiet_since() >= kQuiet;
        if (may_leave) unnamed.push_back(&followed);
    }
    if (files_.size() <= kMostFiles) return;
    std::stable_sort(unnamed.begin(), unnamed.end(), [](const Followed* a, const Followed* b) {
        return a->file.quiet_since() < b->file.quiet_since();
    });
    unnamed.resize(std::min(unnamed.size(), files_.size() - kMostFiles));
    for (Followed* followed : unnamed) followed->leaves = true;
}

void FileSet::read(std::uint64_t most, const std::function<void(std::string_view)>& on_line) {
    std::uint64_t left = most;
    for (auto& [id, followed] : files_) {
        followed.done = followed.start != Start::kKnown;
        followed.failed = false;
    }
    bool more = true;
    while (more && left > 0) {
        more = false;
        for (auto& [id, followed] : files_) {
            if (followed.done) continue;
            const std::uint64_t got = read_piece(followed, left, on_line);
            left -= std::min(left, got);
            more = more || !followed.done;
        }
    }
    let_go(on_line);
}

// One whose lines are not all read keeps its place, unless others need it.
void FileSet::let_go(const std::function<void(std::string_view)>& on_line) {
    for (auto at = files_.begin(); at != files_.end();) {
        Followed& followed = at->second;
        const bool goes = followed.leaves && (followed.done || files_.size() > kMostFiles);
        if (goes) finish(followed, on_line);
        at = goes ? files_.erase(at) : std::next(at);
    }
}

// What cannot be read of a file by now never will be: that is said.
void FileSet::finish(Followed& followed, const std::function<void(std::string_view)>& on_line) {
    const std::string& path = followed.file.position().path;
    std::string why;
    if (followed.failed) {
        why = failures_[path];
    } else if (!followed.done) {
        why = path + ": the log has " + std::to_string(kMostFiles) + " files without it";
    } else {
        // Its writer was killed within a line, or ends its last with nothing.
        const auto rest = followed.file.read_rest(buffer_, on_line);
        if (rest) return;
        why = rest.error().message;
    }
    failures_[path] = why + "; it is let go of, and " + std::to_string(followed.file.unread()) +
                      " bytes are not read";
}

std::uint64_t FileSet::read_piece(Followed& followed, std::uint64_t most,
                                  const std::function<void(std::string_view)>& on_line) {
    // A piece shorter than a line can be would find no end of it, now or ever.
    const std::uint64_t size = std::clamp<std::uint64_t>(most, kLongestLine, buffer_.size());
    const auto got = followed.file.read_lines({buffer_.data(), size}, on_line);
    if (!got) failures_.try_emplace(followed.file.position().path, got.error().message);
    followed.failed = !got;
    followed.done = !got || got.value() == 0;
    return got ? got.value() : 0;
}

std::uint64_t FileSet::unread() const {
    std::uint64_t bytes = 0;
    for (const auto& [id, followed] : files_) {
        if (followed.start != Start::kWaits) bytes += followed.file.unread();
    }
    return bytes;
}

LogPositions FileSet::positions() const {
    LogPositions out{patterns_, {}};
    for (const auto& [id, followed] : files_) out.files.push_back(followed.file.position());
    return out;
}

}  // namespace tocsin::collector
