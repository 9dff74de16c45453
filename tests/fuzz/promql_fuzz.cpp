// Whatever the text: an expression or an error inside it, and what parses prints to text that
// parses to the same.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "rules/promql/engine.h"

using namespace tocsin::rules::promql;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto first = parse(text);
    if (const auto* error = std::get_if<ParseError>(&first)) {
        if (error->message.empty() || error->at.begin > size) std::abort();
        return 0;
    }
    const auto printed = format(*std::get<std::shared_ptr<const Expr>>(first));
    const auto second = parse(printed);
    const auto* again = std::get_if<std::shared_ptr<const Expr>>(&second);
    if (again == nullptr || format(**again) != printed) std::abort();
    return 0;
}
