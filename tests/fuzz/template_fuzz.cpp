// Whatever the template: bounded text, or an error that says where.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text/template.h"

using namespace tocsin::text;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = Template::parse({reinterpret_cast<const char*>(data), size});
    if (!parsed) {
        if (parsed.error().message.empty()) std::abort();
        return 0;
    }
    TemplateContext context;
    const ValueMap labels{{"instance", Value("web-17:9100")}, {"mountpoint", Value("/")}};
    context.dot = Value(ValueMap{{"Labels", Value(labels)}, {"Value", Value(93.5)}});
    context.variables["labels"] = Value(labels);
    context.variables["value"] = Value(93.5);
    const auto rendered = parsed.value().render(context);
    if (rendered && rendered.value().size() > 256U * 1024U) std::abort();
    return 0;
}
