// What is asked of systemd's journal, in our words; libsystemd stands behind.
#pragma once

#include <systemd/sd-journal.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/core/time.h"
#include "collector/service/log_config/log_config.h"

namespace tocsin::collector {

struct CloseJournal {
    void operator()(sd_journal* journal) const { ::sd_journal_close(journal); }
};

// Opened anew for each collection: libsystemd wants one thread for the life of a journal, rotated
// files need no watching, and no file stays mapped in between. Blocks as files do.
class JournalReader {
  public:
    // "": the system's, all of it that the agent may read.
    static Result<JournalReader> open(const std::string& directory);

    // The cursor of the last entry there is, of any kind; "" when there is none.
    Result<std::string> last();
    // From here on next() gives only entries that match.
    Result<void> match(const JournalConfig& wanted);
    // To behind the entry of that cursor, or behind where it stood; "" is the beginning.
    Result<void> go_behind(const std::string& cursor);
    // Goes to the next entry; false at the end.
    Result<bool> next();
    Result<std::string> cursor();
    std::string_view message();  // valid until next(); "" when it has none
    Timestamp written();         // when the entry was; the epoch when it does not say

  private:
    explicit JournalReader(sd_journal* journal) : journal_(journal) {}

    std::unique_ptr<sd_journal, CloseJournal> journal_;
    bool arrived_ = false;  // go_behind() stands on the next entry already
};

}  // namespace tocsin::collector
