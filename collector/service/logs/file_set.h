// The files of one log: found by their patterns, followed over rotation, remembered over a restart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "collector/service/logs/copies.h"
#include "collector/service/logs/tailed_file.h"

namespace tocsin::collector {

// Not thread-safe. Of files that the patterns match, those beyond kMostFiles are left out; rotated
// ones, which no pattern matches any more, keep none of them out.
class FileSet {
  public:
    static constexpr std::size_t kMostFiles = 256;

    // `kept`: what a former agent wrote; nothing on the first start, when all begin at their end.
    // Otherwise a file begins at its start, unless its pattern is a new one.
    FileSet(std::vector<std::string> patterns, std::optional<LogPositions> kept);

    // Looks for files that came, were renamed or were cut. One that has no name of ours any more is
    // kept until it has been quiet for a minute: who writes to it may not have noticed.
    void refresh(Timestamp now);
    // Reads up to about `most` bytes, a piece of each file in turn, and lets go of those whose time
    // is over. What such a file ends with is a line then, with or without a newline.
    void read(std::uint64_t most, const std::function<void(std::string_view)>& on_line);

    std::size_t size() const { return files_.size(); }
    // Bytes; without those of files that may be copies and wait for the next refresh().
    std::uint64_t unread() const;
    // What went wrong in the last refresh() and read(): by path, the reason with the path in it.
    const std::map<std::string, std::string>& failures() const { return failures_; }
    LogPositions positions() const;

  private:
    // Where a file is read from that begins anew.
    enum class Start {
        kKnown,
        kOpen,   // it is empty, and may become a copy
        kWaits,  // it begins as another does, and is its copy if that one is cut until next time;
                 // as long as it is a part of it, and grows, it is being copied
    };
    struct Followed {
        TailedFile file;
        Start start = Start::kKnown;
        Timestamp waits_since{};
        bool is_part = false;  // while it waits: of a file that it may become a copy of
        bool named = true;     // by one of the patterns
        bool done = false;     // in this read(): no whole line is left, or it cannot be read
        bool failed = false;   // in this read(): it cannot be read
        bool leaves = false;   // once this read() is done with it
    };
    struct Found {
        std::size_t pattern;
        std::string path;
        FileId id;
    };

    std::uint64_t read_piece(Followed& followed, std::uint64_t most,
                             const std::function<void(std::string_view)>& on_line);

    std::vector<Found> look();
    void leave_compressed();
    void look_into_known(Timestamp now);
    void look_into(TailedFile& file, Timestamp now);
    void choose_start(Followed& followed, Timestamp now) const;
    static bool is_being_copied(const Followed& followed, Timestamp now);
    void wait_if_copy(Followed& followed) const;
    void take(std::vector<Found> found, Timestamp now);
    enum class Room { kYes, kNo };
    void find(const Found& found, Room room, Timestamp now);
    void begin(std::size_t pattern, Followed& followed, Timestamp now);
    void find_renamed(Timestamp now);
    void try_renamed(const FilePosition& kept, const std::string& path, Timestamp now);
    void choose_leaving(Timestamp now);
    void let_go(const std::function<void(std::string_view)>& on_line);
    void finish(Followed& followed, const std::function<void(std::string_view)>& on_line);

    std::vector<std::string> patterns_;
    std::vector<bool> known_;         // patterns that were looked for before
    std::vector<FilePosition> kept_;  // of a former agent, not found yet
    CutFiles cut_;
    std::map<FileId, Followed> files_;
    std::map<FileId, FileStamp> compressed_;  // not opened again while they stay as they are
    std::map<std::string, std::string> failures_;
    std::vector<char> buffer_;
    bool first_ = true;
};

}  // namespace tocsin::collector
