// Copies of files that are cut once they are copied (copytruncate): what the source had been read
// of is not read again.
#pragma once

#include <string_view>
#include <vector>

#include "collector/service/logs/tailed_file.h"

namespace tocsin::collector {

// The files that were found cut in this look at a log and in the last: a copy that was made right
// after the files were listed is seen one look later than the cut. Not thread-safe.
class CutFiles {
  public:
    // Another look begins.
    void next();
    // Where a file was before it was cut, and the last bytes before that, of none where they are
    // not known.
    void add(FilePosition was, FileHead tail);
    // Goes on where one of them had been read to, if the file is its copy: it begins alike, and has
    // the same bytes before that place. False when it is nobody's.
    bool resume_copy(TailedFile& file) const;

  private:
    struct Cut {
        FilePosition was;
        FileHead tail;
    };

    std::vector<Cut> last_;
    std::vector<Cut> now_;
};

// Whether a file that begins with these bytes may be a copy of the one that was read to `source`.
// Short ones may well begin alike and be two: a copy of such is named after it (app.log.1).
bool begins_as_copy(const TailedFile& file, std::string_view first_bytes,
                    const FilePosition& source);

}  // namespace tocsin::collector
