#include "collector/net/snmp/trap_engine.h"

#include "base/core/digest.h"
#include "base/net/file.h"
#include "base/net/http.h"
#include "base/net/log.h"
#include "collector/api/scan.h"
#include "collector/net/snmp/shared.h"

namespace tocsin::collector::snmp {
namespace {

constexpr std::string_view kTitle = "tocsin snmp engine 1";
constexpr std::size_t kShortestId = 5;
constexpr std::size_t kLongestId = 32;
constexpr std::uint64_t kMostBoots = 2147483647;  // RFC 3414, 2.2.1: then it needs another ID
constexpr unsigned kStateMode = 0600;

}  // namespace

std::string print_engine(const KeptEngine& engine) {
    return std::string(kTitle) + '\n' + net::percent_encode(engine.id) + ' ' +
           std::to_string(engine.boots) + '\n';
}

std::optional<KeptEngine> parse_engine(std::string_view text) {
    std::string_view line;
    if (!next_line(text, line) || line != kTitle) return std::nullopt;
    std::string_view id;
    std::uint64_t boots = 0;
    if (!next_line(text, line) || !text.empty() || !next_field(line, id) ||
        !next_uint(line, boots) || !trim(line).empty()) {
        return std::nullopt;
    }
    auto decoded = net::percent_decode(id);
    if (!decoded || decoded->size() < kShortestId || decoded->size() > kLongestId || boots == 0 ||
        boots > kMostBoots) {
        return std::nullopt;
    }
    return KeptEngine{std::move(*decoded), static_cast<std::uint32_t>(boots)};
}

KeptEngine next_engine(const std::optional<KeptEngine>& last, std::string_view made_up) {
    if (!last || last->boots >= kMostBoots) return {std::string(made_up), 1};
    return {last->id, last->boots + 1};
}

void keep_engine(const std::string& state) {
    Shared& shared = Shared::instance();
    if (shared.is_engine()) return;
    const std::string path = state + "/snmp_engine";
    std::optional<KeptEngine> last;
    if (const auto text = net::read_file(path, 4096)) last = parse_engine(text.value());
    const KeptEngine engine = next_engine(last, shared.local_engine());
    shared.be_engine(engine.id, engine.boots);
    const auto written = net::write_file_atomic(path, print_engine(engine), kStateMode);
    if (!written) {
        net::log_warning("the engine ID is not kept; senders of SNMPv3 informs must find it anew",
                         {{"error", written.error().message}});
    }
    net::log_info("SNMP engine", {{"id", hex(engine.id)}, {"boots", std::to_string(engine.boots)}});
}

}  // namespace tocsin::collector::snmp
