// metric_relabel_configs as somebody writes them, and labels as somebody exposes them: the rules
// stand up to a line of dashes, the labels behind it, name and value a line each.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "collector/service/scrape/relabel_config.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

bool next_line(std::string_view& rest, std::string& line) {
    if (rest.empty()) return false;
    const std::size_t end = rest.find('\n');
    line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr std::string_view kDivider = "\n----\n";
    const std::size_t at = text.find(kDivider);
    Diagnostics diagnostics("fuzz");
    const text::YamlNode root = text::parse_yaml(text.substr(0, at), diagnostics);
    const auto rules = read_relabel(root, diagnostics);
    std::string_view rest =
        at == std::string_view::npos ? std::string_view() : text.substr(at + kDivider.size());
    LabelList labels;
    std::string name;
    std::string value;
    while (next_line(rest, name) && next_line(rest, value)) labels.set(name, value);
    (void)relabel(rules, labels);
    for (const TextLabel& label : labels.all()) {
        if (label.value.empty()) std::abort();
    }
    (void)labels.build();
    return 0;
}
