#include "base/net/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <span>

#include "base/core/clock.h"
#include "base/net/log_line.h"

namespace tocsin::net {
namespace {

// A process has one standard error, and lines of two threads must not mix there: this is the one
// state that a process shares.
struct LogTarget {
    LogTarget() : logger("tocsin", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
        logger.set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
        logger.set_level(spdlog::level::trace);
        logger.flush_on(spdlog::level::trace);
    }
    spdlog::logger logger;
    std::atomic<LogFormat> format{LogFormat::kLogfmt};
    std::atomic<LogLevel> least{LogLevel::kInfo};
};

LogTarget& target() {
    static LogTarget instance;
    return instance;
}

// systemd.exec(5): $JOURNAL_STREAM is "<device>:<inode>" of the journal's socket.
bool standard_error_is_journal() {
    const char* named = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe)
    if (named == nullptr) return false;
    struct stat status {};
    if (fstat(STDERR_FILENO, &status) != 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == named;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return spdlog::level::debug;
        case LogLevel::kInfo:
            return spdlog::level::info;
        case LogLevel::kWarning:
            return spdlog::level::warn;
        case LogLevel::kError:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

void configure_log(LogFormat format, LogLevel level) {
    if (format == LogFormat::kLogfmt && standard_error_is_journal()) format = LogFormat::kJournal;
    target().format = format;
    target().least = level;
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
    LogTarget& to = target();
    if (level < to.least) return;
    const std::string line = format_log_line(to.format, SystemClock().now(), level, message,
                                             std::span(fields.begin(), fields.size()));
    to.logger.log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace tocsin::net
