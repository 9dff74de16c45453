// What INFO and CLUSTER INFO say, under redis_exporter's names. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/core/time.h"
#include "base/model/sample.h"
#include "collector/api/report.h"

namespace tocsin::collector {

// A field of INFO that is a metric of its own.
struct RedisField {
    std::string_view field;
    MetricDesc desc;
    double scale = 1;
};
// None when the field is no metric.
const RedisField* find_redis_field(std::string_view field);

// What INFO says of the kind of server that this is.
struct RedisNature {
    bool cluster = false;   // CLUSTER INFO has an answer
    bool sentinel = false;  // SENTINEL MASTERS has
};
RedisNature redis_nature(std::string_view info);

// `databases`: those without keys are told as empty, as far as this number.
void report_redis_info(std::string_view info, std::size_t databases, Timestamp now, Report& report);
void report_redis_cluster(std::string_view info, Report& report);

}  // namespace tocsin::collector
