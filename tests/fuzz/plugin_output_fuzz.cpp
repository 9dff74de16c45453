// Whatever a plugin prints: text, and values whose labels stand once.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "collector/service/plugins/output.h"

using namespace tocsin::collector;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const PluginOutput output = parse_plugin_output({reinterpret_cast<const char*>(data), size});
    if (output.text.size() > size || output.text.find('\n') != std::string::npos) std::abort();
    std::set<std::string> labels;
    for (const PerformanceValue& value : output.values) {
        if (!labels.insert(value.label).second) std::abort();
    }
    return 0;
}
