// Whatever an Alertmanager, or somebody in its name, posts: alerts that are well formed and have
// ended by now where they have an end, or a reason.
#include <cstdint>
#include <cstdlib>

#include "base/core/strings.h"
#include "base/model/alertmanager_webhook.h"

using namespace tocsin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr Timestamp kNow = from_unix_ms(1'800'000'000'000);
    const auto parsed =
        parse_alertmanager_webhook({reinterpret_cast<const char*>(data), size}, kNow);
    if (!parsed) {
        if (parsed.error().message.empty()) std::abort();
        return 0;
    }
    if (parsed.value().truncated < 0 || !is_valid_utf8(parsed.value().receiver)) std::abort();
    for (const Alert& alert : parsed.value().batch.alerts) {
        if (alert.labels.empty()) std::abort();
        if (alert.ends_at && *alert.ends_at > kNow) std::abort();
        for (const Label& label : alert.labels) {
            if (!is_label_name(label.name.view()) || !is_valid_utf8(label.value.view()))
                std::abort();
        }
    }
    return 0;
}
