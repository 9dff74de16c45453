// The section `probe` as anyone may write it, and its scripts before what a peer says: the first
// half, up to a NUL, is YAML; the rest are the peer's lines.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/text/yaml.h"
#include "collector/api/search.h"
#include "collector/net/probe/lines.h"
#include "collector/net/probe_config/config.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

void talk(const probe::TcpConfig& tcp, std::string_view said) {
    for (const probe::ScriptStep& step : tcp.script) {
        const auto expect = Search::compile(step.expect);
        if (!expect) continue;
        probe::Lines lines;
        lines.add(said);
        while (const auto line = lines.next()) {
            if (const auto groups = expect.value().groups(*line)) {
                (void)expect.value().expand(step.send, *groups);
            }
        }
        (void)lines.last();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::string_view yaml = all.substr(0, all.find('\0'));
    const std::string_view said = all.substr(std::min(yaml.size() + 1, all.size()));
    Diagnostics diagnostics("agent.yml");
    const text::YamlNode root = text::parse_yaml(yaml, diagnostics);
    if (!root) return 0;
    for (const auto& target : read_probe(root, diagnostics)) {
        const auto& config = static_cast<const ProbeConfig&>(*target);
        if (const auto* tcp = std::get_if<probe::TcpConfig>(&config.kind)) talk(*tcp, said);
    }
    return 0;
}
