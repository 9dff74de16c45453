#include <charconv>

#include "collector/service/systemd/manager.h"

namespace tocsin::collector {

std::string unit_interface(std::string_view unit) {
    const std::size_t point = unit.rfind('.');
    std::string name(point == std::string_view::npos ? unit : unit.substr(point + 1));
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') {
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
    }
    return name;
}

// sd_bus_path_encode(3): all but letters and digits is _ and two hexadecimal digits; "_" is
// nothing.
std::string unit_of_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    const std::string_view label = slash == std::string_view::npos ? path : path.substr(slash + 1);
    std::string name;
    if (label == "_") return name;
    for (std::size_t i = 0; i < label.size(); ++i) {
        unsigned code = 0;
        if (label[i] == '_' && i + 2 < label.size()) {
            const char* digits = label.data() + i + 1;
            const auto [end, error] = std::from_chars(digits, digits + 2, code, 16);
            if (error == std::errc{} && end == digits + 2) {
                name += static_cast<char>(code);
                i += 2;
                continue;
            }
        }
        name += label[i];
    }
    return name;
}

}  // namespace tocsin::collector
