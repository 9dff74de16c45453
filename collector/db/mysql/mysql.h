// MySQL and MariaDB servers, under mysqld_exporter's names.
#pragma once

#include <memory>

#include "collector/api/collector.h"
#include "collector/api/target.h"
#include "collector/db/mysql/session.h"

namespace tocsin::collector {

// One connection, kept; what it asks blocks, so it runs in the pool.
Result<std::unique_ptr<Target>> create_mysql(const std::shared_ptr<const TargetConfig>& config,
                                             const TargetContext& context);
// What does the asking there.
std::unique_ptr<Collector> make_mysql_collector(std::shared_ptr<const MysqlConfig> config,
                                                SeriesTable& series,
                                                std::unique_ptr<MysqlSession> session);

}  // namespace tocsin::collector
