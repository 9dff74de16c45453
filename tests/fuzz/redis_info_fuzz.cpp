// Whatever INFO and CLUSTER INFO say: each series once, under valid names, and as long as the text
// stays the same the same series.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "collector/db/redis/info.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

std::set<SeriesId> look(std::string_view text, Report& report) {
    report.begin();
    const RedisNature nature = redis_nature(text);
    report_redis_info(text, nature.cluster ? 1 : 3, from_unix_ms(1'700'000'000'000), report);
    report_redis_cluster(text, report);
    std::set<SeriesId> ids;
    for (const Reading& reading : report.finish()) {
        if (!is_metric_name(reading.series.labels().metric_name())) std::abort();
        if (!ids.insert(reading.series.id()).second) std::abort();
    }
    return ids;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static SeriesTable table;
    TargetConfig config;
    Report report(table, config);
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto first = look(text, report);
    if (look(text, report) != first) std::abort();
    return 0;
}
