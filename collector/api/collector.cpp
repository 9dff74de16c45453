#include "collector/api/collector.h"

namespace tocsin::collector {

const std::vector<std::string>* find_setting(const Settings& settings, std::string_view key) {
    for (const Setting& setting : settings) {
        if (setting.key == key) return &setting.values;
    }
    return nullptr;
}

}  // namespace tocsin::collector
