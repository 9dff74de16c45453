#include "collector/db/mysql/status.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/core/strings.h"
#include "collector/api/scan.h"
#include "collector/db/mysql/values.h"

namespace tocsin::collector {
namespace {

using enum MetricType;

constexpr std::string_view kStatusPrefix = "mysql_global_status_";
constexpr std::string_view kStatusHelp = "Generic metric from SHOW GLOBAL STATUS.";
constexpr std::string_view kVariablePrefix = "mysql_global_variables_";
constexpr std::string_view kVariableHelp = "Generic gauge metric from SHOW GLOBAL VARIABLES.";
constexpr std::string_view kReplicaPrefix = "mysql_slave_status_";
constexpr std::string_view kReplicaHelp = "Generic metric from SHOW SLAVE STATUS.";

// Variables of one kind are one metric, the rest of the name its label.
struct Family {
    std::string_view prefix;
    std::string_view label;
    MetricDesc desc;
};
constexpr std::array<Family, 5> kFamilies{{
    {"com_",
     "command",
     {"mysql_global_status_commands_total", "Total number of executed MySQL commands.", kCounter}},
    {"handler_",
     "handler",
     {"mysql_global_status_handlers_total", "Total number of executed MySQL handlers.", kCounter}},
    {"connection_errors_",
     "error",
     {"mysql_global_status_connection_errors_total", "Total number of MySQL connection errors.",
      kCounter}},
    {"innodb_rows_",
     "operation",
     {"mysql_global_status_innodb_row_ops_total", "Total number of MySQL InnoDB row operations.",
      kCounter}},
    {"performance_schema_",
     "instrumentation",
     {"mysql_global_status_performance_schema_lost_total",
      "Total number of MySQL instrumentations that could not be loaded or created due to memory "
      "constraints.",
      kCounter}},
}};

constexpr std::string_view kPagesPrefix = "innodb_buffer_pool_pages_";
constexpr MetricDesc kPages{"mysql_global_status_buffer_pool_pages",
                            "Innodb buffer pool pages by state.", kGauge};
constexpr MetricDesc kDirtyPages{"mysql_global_status_buffer_pool_dirty_pages",
                                 "Innodb buffer pool dirty pages.", kGauge};
constexpr MetricDesc kPageChanges{"mysql_global_status_buffer_pool_page_changes_total",
                                  "Innodb buffer pool page state changes.", kCounter};
constexpr std::array<std::string_view, 4> kPageStates{"data", "free", "misc", "old"};

constexpr MetricDesc kVersion{"mysql_version_info", "MySQL version and distribution.", kGauge};
constexpr MetricDesc kIsolation{"mysql_transaction_isolation", "MySQL transaction isolation.",
                                kGauge};
constexpr MetricDesc kGaleraVariables{"mysql_galera_variables_info",
                                      "PXC/Galera variables information.", kGauge};
constexpr MetricDesc kGaleraStatus{"mysql_galera_status_info", "PXC/Galera status information.",
                                   kGauge};
constexpr MetricDesc kGcache{"mysql_galera_gcache_size_bytes", "PXC/Galera gcache size.", kGauge};
// wsrep_evs_repl_latency is "min/avg/max/standard deviation/sample size".
constexpr std::array<MetricDesc, 5> kGaleraLatency{{
    {"mysql_galera_evs_repl_latency_min_seconds",
     "PXC/Galera group communication latency. Min value.", kGauge},
    {"mysql_galera_evs_repl_latency_avg_seconds",
     "PXC/Galera group communication latency. Avg value.", kGauge},
    {"mysql_galera_evs_repl_latency_max_seconds",
     "PXC/Galera group communication latency. Max value.", kGauge},
    {"mysql_galera_evs_repl_latency_stdev",
     "PXC/Galera group communication latency. Standard Deviation.", kGauge},
    {"mysql_galera_evs_repl_latency_sample_size",
     "PXC/Galera group communication latency. Sample Size.", kGauge},
}};

void lower(std::string_view text, std::string& into) {
    into = text;
    for (char& c : into) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
}

// Texts among the values that labels are made of.
template <std::size_t N>
struct Texts {
    std::array<std::string_view, N> names;
    std::array<std::string_view, N> values{};

    void offer(std::string_view name, std::string_view value) {
        for (std::size_t i = 0; i < N; ++i) {
            if (names[i] == name) values[i] = value;
        }
    }
};

// Of each row of two columns, name and value, the name in small letters. Stops at nothing.
template <class Each>
void each_pair(const SqlRows& rows, Each each) {
    if (rows.column_count() < 2) return;
    std::string name;
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        const auto key = rows.cell(row, 0);
        const auto value = rows.cell(row, 1);
        if (!key || !value) continue;
        lower(*key, name);
        each(std::string_view(name), *value);
    }
}

void report_pages(std::string_view state, double value, Report& report) {
    if (state == "total") return;  // the sum of the others
    if (state == "dirty") return report.add(kDirtyPages, value);
    const bool known =
        std::find(kPageStates.begin(), kPageStates.end(), state) != kPageStates.end();
    if (known) return report.add(kPages, value, {{"state", state}});
    report.add(kPageChanges, value, {{"operation", state}});
}

void report_status(std::string_view name, double value, std::string& buffer, Report& report) {
    if (name.starts_with(kPagesPrefix)) {
        return report_pages(name.substr(kPagesPrefix.size()), value, report);
    }
    for (const Family& family : kFamilies) {
        if (!name.starts_with(family.prefix)) continue;
        return report.add(family.desc, value, {{family.label, name.substr(family.prefix.size())}});
    }
    buffer = kStatusPrefix;
    buffer += name;
    report.add_named(buffer, kStatusHelp, kUntyped, value);
}

void report_galera_latency(std::string_view text, Report& report) {
    std::array<double, kGaleraLatency.size()> values{};
    std::size_t count = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('/');
        const auto value = parse_double(text.substr(0, end));
        if (!value || count == values.size()) return;
        values[count++] = *value;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    if (count != values.size()) return;
    for (std::size_t i = 0; i < count; ++i) report.add(kGaleraLatency[i], values[i]);
}

// "…; gcache.size = 128M; …"
double gcache_size(std::string_view options) {
    constexpr std::string_view kKey = "gcache.size = ";
    const std::size_t at = options.find(kKey);
    if (at == std::string_view::npos) return 0;
    std::string_view text = options.substr(at + kKey.size());
    text = text.substr(0, text.find(';'));
    double factor = 1;
    if (text.ends_with('M')) factor = 1024.0 * 1024;
    if (text.ends_with('G')) factor = 1024.0 * 1024 * 1024;
    if (factor > 1) text.remove_suffix(1);
    const auto number = to_uint(text);
    return number ? static_cast<double>(*number) * factor : 0;
}

}  // namespace

void report_mysql_status(const SqlRows& rows, Report& report) {
    Texts<3> texts{
        {"wsrep_local_state_uuid", "wsrep_cluster_state_uuid", "wsrep_provider_version"}};
    std::string buffer;
    each_pair(rows, [&](std::string_view name, std::string_view value) {
        if (name == "wsrep_evs_repl_latency") report_galera_latency(value, report);
        if (const auto number = mysql_value(value)) {
            report_status(name, *number, buffer, report);
        } else {
            texts.offer(name, value);
        }
    });
    if (texts.values[0].empty()) return;
    report.add(kGaleraStatus, 1,
               {{texts.names[0], texts.values[0]},
                {texts.names[1], texts.values[1]},
                {texts.names[2], texts.values[2]}});
}

MysqlNature report_mysql_variables(const SqlRows& rows, Report& report) {
    MysqlNature nature;
    Texts<7> texts{{"innodb_version", "version", "version_comment", "tx_isolation",
                    "transaction_isolation", "wsrep_cluster_name", "wsrep_provider_options"}};
    std::string buffer;
    each_pair(rows, [&](std::string_view name, std::string_view value) {
        const auto number = mysql_value(value);
        if (!number) return texts.offer(name, value);
        buffer = kVariablePrefix;
        buffer += name;
        report.add_named(buffer, kVariableHelp, kGauge, *number);
        if (name == "query_response_time_stats") nature.response_times = *number == 1;
    });
    const auto& [innodb, version, comment, old_level, level, cluster, options] = texts.values;
    nature.percona = comment.find("Percona") != std::string_view::npos;
    report.add(kVersion, 1,
               {{"innodb_version", innodb}, {"version", version}, {"version_comment", comment}});
    const std::string_view isolation = old_level.empty() ? level : old_level;
    if (!isolation.empty()) report.add(kIsolation, 1, {{"level", isolation}});
    if (!cluster.empty()) report.add(kGaleraVariables, 1, {{"wsrep_cluster_name", cluster}});
    if (!options.empty()) report.add(kGcache, gcache_size(options));
    return nature;
}

void report_mysql_replication(const SqlRows& rows, Report& report) {
    const auto text = [&](std::size_t row, std::string_view old_name, std::string_view name) {
        for (std::size_t i = 0; i < rows.column_count(); ++i) {
            if (rows.column(i) == old_name || rows.column(i) == name) {
                return rows.cell(row, i).value_or("");
            }
        }
        return std::string_view();
    };
    std::string name;
    std::string buffer;
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        const std::string_view host = text(row, "Master_Host", "Source_Host");
        const std::string_view uuid = text(row, "Master_UUID", "Source_UUID");
        const std::string_view channel = text(row, "Channel_Name", "Channel_name");
        const std::string_view connection = text(row, "Connection_name", "Connection_Name");
        for (std::size_t i = 0; i < rows.column_count(); ++i) {
            const auto cell = rows.cell(row, i);
            const auto value = cell ? mysql_value(*cell) : std::nullopt;
            if (!value) continue;
            lower(rows.column(i), name);
            buffer = kReplicaPrefix;
            buffer += name;
            report.add_named(buffer, kReplicaHelp, kUntyped, *value,
                             {{"channel_name", channel},
                              {"connection_name", connection},
                              {"master_host", host},
                              {"master_uuid", uuid}});
        }
    }
}

}  // namespace tocsin::collector
