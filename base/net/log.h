// Logging: one line an event, a message and key=value fields; spdlog behind it.
// Formats: logfmt, JSON, and logfmt with journald's <N> priority prefix. Thread-safe.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tocsin::net {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kLogfmt, kJson, kJournal };

// Once, in main. Without it: logfmt at info on standard error.
// kJournal is chosen by itself when $JOURNAL_STREAM names standard error.
void configure_log(LogFormat format, LogLevel level);

struct LogField {
    std::string_view key;
    std::string value;
};

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

inline void log_debug(std::string_view m, std::initializer_list<LogField> f = {}) {
    log(LogLevel::kDebug, m, f);
}
inline void log_info(std::string_view m, std::initializer_list<LogField> f = {}) {
    log(LogLevel::kInfo, m, f);
}
inline void log_warning(std::string_view m, std::initializer_list<LogField> f = {}) {
    log(LogLevel::kWarning, m, f);
}
inline void log_error(std::string_view m, std::initializer_list<LogField> f = {}) {
    log(LogLevel::kError, m, f);
}

}  // namespace tocsin::net
