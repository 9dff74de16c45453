// Whatever the body: alerts with valid UTF-8 and proper names, which survive the wire, or a reason.
#include <cstdint>
#include <cstdlib>

#include "base/core/strings.h"
#include "base/model/alert.h"

using namespace tocsin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = parse_alerts({reinterpret_cast<const char*>(data), size});
    if (!parsed) {
        if (parsed.error().message.empty()) std::abort();
        return 0;
    }
    for (const auto& alert : parsed.value()) {
        for (const auto& label : alert.labels) {
            if (!is_label_name(label.name.view()) || !is_valid_utf8(label.value.view()))
                std::abort();
        }
    }
    const auto again = parse_alerts(alerts_to_json(parsed.value()));
    if (!again || again.value().size() != parsed.value().size()) std::abort();
    for (std::size_t i = 0; i < parsed.value().size(); ++i) {
        if (!(again.value()[i].labels == parsed.value()[i].labels)) std::abort();
    }
    return 0;
}
