#include "collector/db/mysql/tables.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

using enum MetricType;

constexpr std::array<MetricDesc, 5> kCmp{{
    {"mysql_info_schema_innodb_cmp_compress_ops_total",
     "Number of times a B-tree page of the size PAGE_SIZE has been compressed.", kCounter},
    {"mysql_info_schema_innodb_cmp_compress_ops_ok_total",
     "Number of times a B-tree page of the size PAGE_SIZE has been successfully compressed.",
     kCounter},
    {"mysql_info_schema_innodb_cmp_compress_time_seconds_total",
     "Total time in seconds spent in attempts to compress B-tree pages.", kCounter},
    {"mysql_info_schema_innodb_cmp_uncompress_ops_total",
     "Number of times a B-tree page of the size PAGE_SIZE has been uncompressed.", kCounter},
    {"mysql_info_schema_innodb_cmp_uncompress_time_seconds_total",
     "Total time in seconds spent in uncompressing B-tree pages.", kCounter},
}};

struct Scaled {
    MetricDesc desc;
    double scale = 1;
};
constexpr std::array<Scaled, 4> kCmpmem{{
    {{"mysql_info_schema_innodb_cmpmem_pages_used_total",
      "Number of blocks of the size PAGE_SIZE that are currently in use.", kCounter},
     1},
    {{"mysql_info_schema_innodb_cmpmem_pages_free_total",
      "Number of blocks of the size PAGE_SIZE that are currently available for allocation.",
      kCounter},
     1},
    {{"mysql_info_schema_innodb_cmpmem_relocation_ops_total",
      "Number of times a block of the size PAGE_SIZE has been relocated.", kCounter},
     1},
    {{"mysql_info_schema_innodb_cmpmem_relocation_time_seconds_total",
      "Total time in seconds spent in relocating blocks.", kCounter},
     1e-3},
}};

constexpr std::string_view kAllHelp = "The number of all queries by duration they took to execute.";
constexpr std::string_view kReadHelp =
    "The number of read queries by duration they took to execute.";
constexpr std::string_view kWriteHelp =
    "The number of write queries by duration they took to execute.";

// Its buckets, sum and count have no type that a single series could bear.
struct Histogram {
    std::string_view sql;
    MetricDesc bucket;
    MetricDesc sum;
    MetricDesc count;
};
constexpr std::array<Histogram, 3> kResponseTimes{{
    {"SELECT time, count, total FROM INFORMATION_SCHEMA.QUERY_RESPONSE_TIME",
     {"mysql_info_schema_query_response_time_seconds_bucket", kAllHelp, kUntyped},
     {"mysql_info_schema_query_response_time_seconds_sum", kAllHelp, kUntyped},
     {"mysql_info_schema_query_response_time_seconds_count", kAllHelp, kUntyped}},
    {"SELECT time, count, total FROM INFORMATION_SCHEMA.QUERY_RESPONSE_TIME_READ",
     {"mysql_info_schema_read_query_response_time_seconds_bucket", kReadHelp, kUntyped},
     {"mysql_info_schema_read_query_response_time_seconds_sum", kReadHelp, kUntyped},
     {"mysql_info_schema_read_query_response_time_seconds_count", kReadHelp, kUntyped}},
    {"SELECT time, count, total FROM INFORMATION_SCHEMA.QUERY_RESPONSE_TIME_WRITE",
     {"mysql_info_schema_write_query_response_time_seconds_bucket", kWriteHelp, kUntyped},
     {"mysql_info_schema_write_query_response_time_seconds_sum", kWriteHelp, kUntyped},
     {"mysql_info_schema_write_query_response_time_seconds_count", kWriteHelp, kUntyped}},
}};

constexpr MetricDesc kThreads{"mysql_info_schema_processlist_threads",
                              "The number of threads split by current state.", kGauge};
constexpr MetricDesc kSeconds{"mysql_info_schema_processlist_seconds",
                              "The number of seconds threads have used split by current state.",
                              kGauge};
constexpr MetricDesc kByUser{"mysql_info_schema_processlist_processes_by_user",
                             "The number of processes by user.", kGauge};
constexpr MetricDesc kByHost{"mysql_info_schema_processlist_processes_by_host",
                             "The number of processes by host.", kGauge};

constexpr MetricDesc kTableVersion{"mysql_info_schema_table_version",
                                   "The version number of the table's .frm file", kGauge};
constexpr MetricDesc kTableRows{
    "mysql_info_schema_table_rows",
    "The estimated number of rows in the table from information_schema.tables", kGauge};
constexpr MetricDesc kTableSize{"mysql_info_schema_table_size",
                                "The size of the table components from information_schema.tables",
                                kGauge};

const Histogram& histogram(Queries which) {
    return kResponseTimes[static_cast<std::size_t>(which)];
}

std::string_view text_at(const SqlRows& rows, std::size_t row, std::size_t column) {
    return rows.cell(row, column).value_or("");
}

std::optional<double> number_at(const SqlRows& rows, std::size_t row, std::size_t column) {
    const auto cell = rows.cell(row, column);
    return cell ? to_number(trim(*cell)) : std::nullopt;
}

// "Waiting for table metadata lock" is waiting_for_table_metadata_lock.
std::string state_label(std::string_view text) {
    std::string label;
    for (const char c : text) {
        if (std::string_view(";,:.()").find(c) != std::string_view::npos) continue;
        const bool upper = c >= 'A' && c <= 'Z';
        label += c == ' ' || c == '-' ? '_' : upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return label.empty() ? "unknown" : label;
}

}  // namespace

void report_innodb_cmp(const SqlRows& rows, Report& report) {
    if (rows.column_count() != kCmp.size() + 1) return;
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        for (std::size_t i = 0; i < kCmp.size(); ++i) {
            const auto value = number_at(rows, row, i + 1);
            if (value) report.add(kCmp[i], *value, {{"page_size", text_at(rows, row, 0)}});
        }
    }
}

void report_innodb_cmpmem(const SqlRows& rows, Report& report) {
    if (rows.column_count() != kCmpmem.size() + 2) return;
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        for (std::size_t i = 0; i < kCmpmem.size(); ++i) {
            const auto value = number_at(rows, row, i + 2);
            if (!value) continue;
            report.add(
                kCmpmem[i].desc, *value * kCmpmem[i].scale,
                {{"page_size", text_at(rows, row, 0)}, {"buffer_pool", text_at(rows, row, 1)}});
        }
    }
}

std::string_view response_time_sql(Queries which) {
    return histogram(which).sql;
}

void report_response_time(const SqlRows& rows, Queries which, Report& report) {
    if (rows.column_count() != 3) return;
    const Histogram& into = histogram(which);
    double count = 0;
    double sum = 0;
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        count += number_at(rows, row, 1).value_or(0);
        // The last row's time and total are "TOO LONG".
        const auto bound = number_at(rows, row, 0);
        sum += number_at(rows, row, 2).value_or(0);
        if (!bound) continue;
        report.add(into.bucket, count, {{"le", format_double(*bound)}});
    }
    report.add(into.bucket, count, {{"le", "+Inf"}});
    report.add(into.sum, sum);
    report.add(into.count, count);
}

void report_processlist(const SqlRows& rows, Report& report) {
    if (rows.column_count() != 6) return;
    struct Sum {
        double threads = 0;
        double seconds = 0;
    };
    std::map<std::pair<std::string, std::string>, Sum> states;
    std::map<std::string_view, double> users;
    std::map<std::string_view, double> hosts;
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        const double threads = number_at(rows, row, 4).value_or(0);
        Sum& sum = states[{state_label(text_at(rows, row, 2)), state_label(text_at(rows, row, 3))}];
        sum.threads += threads;
        sum.seconds += number_at(rows, row, 5).value_or(0);
        users[text_at(rows, row, 0)] += threads;
        const std::string_view host = text_at(rows, row, 1);
        hosts[host.empty() ? "unknown" : host] += threads;
    }
    for (const auto& [state, sum] : states) {
        report.add(kThreads, sum.threads, {{"command", state.first}, {"state", state.second}});
        report.add(kSeconds, sum.seconds, {{"command", state.first}, {"state", state.second}});
    }
    for (const auto& [user, count] : users) report.add(kByUser, count, {{"mysql_user", user}});
    for (const auto& [host, count] : hosts) report.add(kByHost, count, {{"client_host", host}});
}

std::string table_sizes_sql(const std::vector<std::string>& schemas) {
    std::string sql =
        "SELECT table_schema, table_name, table_type, IFNULL(engine, 'NONE'), IFNULL(version, 0), "
        "IFNULL(row_format, 'NONE'), IFNULL(table_rows, 0), IFNULL(data_length, 0), "
        "IFNULL(index_length, 0), IFNULL(data_free, 0), IFNULL(create_options, 'NONE') "
        "FROM information_schema.tables WHERE table_schema ";
    if (std::find(schemas.begin(), schemas.end(), "*") != schemas.end()) {
        return sql + "NOT IN ('mysql', 'performance_schema', 'information_schema')";
    }
    sql += "IN (";
    for (std::size_t i = 0; i < schemas.size(); ++i) {
        sql += (i == 0 ? "" : ", ") + mysql_quoted(schemas[i]);
    }
    return sql + ")";
}

void report_table_sizes(const SqlRows& rows, Report& report) {
    if (rows.column_count() != 11) return;
    constexpr std::array<std::string_view, 3> kComponents{"data_length", "index_length",
                                                          "data_free"};
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        const auto text = [&](std::size_t column) { return text_at(rows, row, column); };
        report.add(kTableVersion, number_at(rows, row, 4).value_or(0),
                   {{"schema", text(0)},
                    {"table", text(1)},
                    {"type", text(2)},
                    {"engine", text(3)},
                    {"row_format", text(5)},
                    {"create_options", text(10)}});
        report.add(kTableRows, number_at(rows, row, 6).value_or(0),
                   {{"schema", text(0)}, {"table", text(1)}});
        for (std::size_t i = 0; i < kComponents.size(); ++i) {
            report.add(kTableSize, number_at(rows, row, 7 + i).value_or(0),
                       {{"schema", text(0)}, {"table", text(1)}, {"component", kComponents[i]}});
        }
    }
}

std::string mysql_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += c;
        out += c;
    }
    return out + "'";
}

}  // namespace tocsin::collector
