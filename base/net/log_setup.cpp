#include "base/net/log_setup.h"

#include <string_view>

#include "base/net/log.h"

namespace tocsin::net {
namespace {

LogLevel level_of(std::string_view name) {
    if (name == "debug") return LogLevel::kDebug;
    if (name == "warning") return LogLevel::kWarning;
    if (name == "error") return LogLevel::kError;
    return LogLevel::kInfo;
}

LogFormat format_of(std::string_view name) {
    if (name == "json") return LogFormat::kJson;
    if (name == "journald") return LogFormat::kJournal;
    return LogFormat::kLogfmt;
}

}  // namespace

void configure_log(const LogSettings& settings) {
    configure_log(format_of(settings.format), level_of(settings.level));
}

}  // namespace tocsin::net
