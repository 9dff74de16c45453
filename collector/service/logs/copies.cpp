#include "collector/service/logs/copies.h"

#include <algorithm>
#include <string>
#include <utility>

namespace tocsin::collector {

void CutFiles::next() {
    last_ = std::exchange(now_, {});
}

void CutFiles::add(FilePosition was, FileHead tail) {
    if (was.offset > 0) now_.push_back({std::move(was), tail});
}

bool CutFiles::resume_copy(TailedFile& file) const {
    if (last_.empty() && now_.empty()) return false;
    const Result<std::string> first = file.first_bytes();
    if (!first) return false;
    const auto is_source = [&](const Cut& cut) {
        return begins_as_copy(file, first.value(), cut.was) &&
               file.has_before(cut.was.offset, cut.tail) && file.resume(cut.was);
    };
    return std::any_of(now_.begin(), now_.end(), is_source) ||
           std::any_of(last_.begin(), last_.end(), is_source);
}

bool begins_as_copy(const TailedFile& file, std::string_view first_bytes,
                    const FilePosition& source) {
    if (FileId{source.device, source.inode} == file.id() || source.head.size == 0) return false;
    const std::string& path = file.position().path;
    const bool named_after = path.size() > source.path.size() && path.starts_with(source.path);
    return (source.head.size == FileHead::kMost || named_after) && source.head.begins(first_bytes);
}

}  // namespace tocsin::collector
