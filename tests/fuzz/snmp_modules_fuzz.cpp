// Whatever the file of modules: modules that can be walked, or messages with their place.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "collector/net/snmp/files/mib.h"
#include "collector/net/snmp/rows.h"
#include "collector/net/snmp/walk.h"

using namespace tocsin;
using namespace tocsin::collector;
using namespace tocsin::collector::snmp;

namespace {

// Answers each question with one object within it, then with the end.
std::vector<VarBind> found_of(const Plan& plan) {
    std::vector<std::size_t> rows;
    Walk walk(plan, 2, rows);
    for (int i = 0; i < 64; ++i) {
        const auto request = walk.next();
        if (!request) break;
        Response response;
        for (const Oid& oid : request->oids) {
            VarBind varbind{oid, {}};
            varbind.oid.push_back(static_cast<std::uint32_t>(i));
            varbind.value.kind = i % 2 == 0 ? ValueKind::kOctets : ValueKind::kUnsigned;
            varbind.value.octets = "\x01\x02\xff";
            varbind.value.number = static_cast<std::uint64_t>(i);
            response.varbinds.push_back(std::move(varbind));
        }
        if (!walk.take(std::move(response))) break;
    }
    return walk.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Diagnostics diagnostics("modules.yml");
    Modules modules;
    read_modules({reinterpret_cast<const char*>(data), size}, diagnostics, modules);
    for (const Diagnostic& d : diagnostics.all()) {
        if (d.message.empty()) std::abort();
    }
    if (diagnostics.has_errors()) return 0;
    std::vector<const Module*> chosen;
    for (const auto& [_, module] : modules) chosen.push_back(&module);
    SeriesTable table;
    TargetConfig config;
    config.job = "fuzz";
    config.instance = "device";
    const TargetSeries series(table, config);
    Rows rows(chosen, series);
    const std::vector<VarBind> found = found_of(plan_of(chosen));
    Readings out;
    rows.report(found, out);
    const std::size_t first = out.size();
    rows.report(found, out);
    if (out.size() != 2 * first) std::abort();
    return 0;
}
