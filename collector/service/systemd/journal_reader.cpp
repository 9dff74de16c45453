#include "collector/service/systemd/journal_reader.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace tocsin::collector {
namespace {

constexpr std::size_t kLongestMessage = std::size_t{64} * 1024;

// libsystemd answers with a negative errno.
Error failed(std::string_view what, int result) {
    return errno_error("the journal, " + std::string(what), -result);
}

int add(sd_journal* journal, std::string_view field, std::string_view value) {
    std::string term(field);
    term.append("=").append(value);
    return ::sd_journal_add_match(journal, term.data(), term.size());
}

// What the unit writes, and what systemd itself says of it (as journalctl --unit has it). Only
// process 1 is believed about another's unit.
int add_unit(sd_journal* journal, const std::string& unit) {
    int result = add(journal, "_SYSTEMD_UNIT", unit);
    if (result >= 0) result = ::sd_journal_add_disjunction(journal);
    if (result >= 0) result = add(journal, "_PID", "1");
    if (result >= 0) result = add(journal, "UNIT", unit);
    if (result >= 0) result = ::sd_journal_add_disjunction(journal);
    return result;
}

}  // namespace

Result<JournalReader> JournalReader::open(const std::string& directory) {
    sd_journal* opened = nullptr;
    const int result = directory.empty()
                           ? ::sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY)
                           : ::sd_journal_open_directory(&opened, directory.c_str(), 0);
    if (result < 0) return failed(directory.empty() ? "opening it" : directory, result);
    JournalReader reader(opened);
    // Files that may not be read are passed over in silence.
    if (directory.empty() && ::sd_journal_has_persistent_files(opened) <= 0 &&
        ::sd_journal_has_runtime_files(opened) <= 0) {
        return Error(ErrorCode::kNotFound,
                     "there is no journal that the agent may read; its user must be in the group "
                     "systemd-journal");
    }
    ::sd_journal_set_data_threshold(opened, kLongestMessage);
    return reader;
}

Result<std::string> JournalReader::last() {
    int result = ::sd_journal_seek_tail(journal_.get());
    if (result >= 0) result = ::sd_journal_previous(journal_.get());
    if (result < 0) return failed("looking for its end", result);
    if (result == 0) return std::string();
    return cursor();
}

Result<void> JournalReader::match(const JournalConfig& wanted) {
    sd_journal* journal = journal_.get();
    int result = 0;
    for (const std::string& unit : wanted.units) {
        if (result >= 0) result = add_unit(journal, unit);
    }
    if (result >= 0) result = ::sd_journal_add_conjunction(journal);
    for (const std::string& identifier : wanted.identifiers) {
        if (result >= 0) result = add(journal, "SYSLOG_IDENTIFIER", identifier);
    }
    for (int priority = 0; priority <= wanted.priority && wanted.priority < 7; ++priority) {
        if (result >= 0) result = add(journal, "PRIORITY", std::to_string(priority));
    }
    if (result < 0) return failed("what is to match", result);
    return success();
}

Result<void> JournalReader::go_behind(const std::string& cursor) {
    arrived_ = false;
    int result = cursor.empty() ? ::sd_journal_seek_head(journal_.get())
                                : ::sd_journal_seek_cursor(journal_.get(), cursor.c_str());
    if (result < 0) return failed("going to where it was read to", result);
    if (cursor.empty()) return success();
    result = ::sd_journal_next(journal_.get());
    if (result < 0) return failed("reading on", result);
    // The entry itself, or the first behind it that matches.
    arrived_ = result > 0 && ::sd_journal_test_cursor(journal_.get(), cursor.c_str()) == 0;
    return success();
}

Result<bool> JournalReader::next() {
    if (arrived_) {
        arrived_ = false;
        return true;
    }
    const int result = ::sd_journal_next(journal_.get());
    if (result < 0) return failed("reading on", result);
    return result > 0;
}

Result<std::string> JournalReader::cursor() {
    char* text = nullptr;
    const int result = ::sd_journal_get_cursor(journal_.get(), &text);
    if (result < 0) return failed("an entry's place", result);
    const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
    return std::string(text);
}

std::string_view JournalReader::message() {
    constexpr std::string_view kField = "MESSAGE";
    const void* data = nullptr;
    std::size_t size = 0;
    if (::sd_journal_get_data(journal_.get(), kField.data(), &data, &size) < 0) return {};
    const std::string_view text(static_cast<const char*>(data), size);
    return text.substr(std::min(size, kField.size() + 1));
}

Timestamp JournalReader::written() {
    std::uint64_t microseconds = 0;
    if (::sd_journal_get_realtime_usec(journal_.get(), &microseconds) < 0) return {};
    return from_unix_ms(static_cast<std::int64_t>(microseconds / 1000));
}

}  // namespace tocsin::collector
