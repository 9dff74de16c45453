#include "collector/api/settings.h"

namespace tocsin::collector {

Result<std::string> text_setting(const Settings& settings, std::string_view key,
                                 std::string_view fallback) {
    const std::vector<std::string>* values = find_setting(settings, key);
    if (values == nullptr) return std::string(fallback);
    if (values->size() != 1) {
        return Error(ErrorCode::kInvalid, std::string(key) + " takes one value");
    }
    return values->front();
}

Result<Pattern> pattern_setting(const Settings& settings, std::string_view key,
                                std::string_view fallback) {
    TOCSIN_TRY(const std::string text, text_setting(settings, key, fallback));
    Result<Pattern> pattern = Pattern::compile(text);
    if (!pattern) return pattern.error().in(key);
    return pattern;
}

Result<bool> flag_setting(const Settings& settings, std::string_view key,
                          std::string_view fallback) {
    TOCSIN_TRY(const std::string text, text_setting(settings, key, fallback));
    if (text == "true") return true;
    if (text == "false") return false;
    return Error(ErrorCode::kInvalid,
                 std::string(key) + " must be true or false, not \"" + text + "\"");
}

Result<Duration> duration_setting(const Settings& settings, std::string_view key,
                                  std::string_view fallback) {
    TOCSIN_TRY(const std::string text, text_setting(settings, key, fallback));
    Result<Duration> duration = parse_duration(text);
    if (!duration) return duration.error().in(key);
    if (duration.value() <= Duration::zero()) {
        return Error(ErrorCode::kInvalid, std::string(key) + " must be more than zero");
    }
    return duration;
}

Result<DeviceFilter> DeviceFilter::create(const Settings& settings,
                                          std::string_view default_exclude) {
    TOCSIN_TRY(check(settings));
    DeviceFilter filter;
    filter.only_included_ = find_setting(settings, "device_include") != nullptr;
    if (!filter.only_included_) {
        TOCSIN_TRY(filter.pattern_, pattern_setting(settings, "device_exclude", default_exclude));
        return filter;
    }
    TOCSIN_TRY(filter.pattern_, pattern_setting(settings, "device_include", ""));
    return filter;
}

Result<void> DeviceFilter::check(const Settings& settings) {
    const bool both = find_setting(settings, "device_include") != nullptr &&
                      find_setting(settings, "device_exclude") != nullptr;
    if (!both) return success();
    return Error(ErrorCode::kInvalid,
                 "device_include and device_exclude exclude each other; keep one");
}

bool DeviceFilter::ignored(std::string_view device) const {
    return pattern_.found_in(device) != only_included_;
}

}  // namespace tocsin::collector
