// Whatever a plugin prints: text, and values whose labels stand once.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "base/core/strings.h"
#include "collector/service/plugins/output.h"

using namespace tocsin::collector;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const PluginOutput output = parse_plugin_output({reinterpret_cast<const char*>(data), size});
    // A byte that is no UTF-8 is shown as three.
    if (output.text.size() > 3 * PluginOutput::kMostText + 3 ||
        !tocsin::is_valid_utf8(output.text) || output.text.find('\n') != std::string::npos) {
        std::abort();
    }
    std::set<std::string> labels;
    for (const PerformanceValue& value : output.values) {
        if (!labels.insert(value.label).second) std::abort();
    }
    return 0;
}
