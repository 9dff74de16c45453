#include "collector/host/flag_setting.h"

#include <string>

#include "collector/api/settings.h"

namespace tocsin::collector {

Result<bool> flag_setting(const Settings& settings, std::string_view key,
                          std::string_view fallback) {
    TOCSIN_TRY(const std::string text, text_setting(settings, key, fallback));
    if (text == "true") return true;
    if (text == "false") return false;
    return Error(ErrorCode::kInvalid,
                 std::string(key) + " must be true or false, not \"" + text + "\"");
}

}  // namespace tocsin::collector
