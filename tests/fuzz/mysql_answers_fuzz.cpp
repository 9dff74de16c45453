// Answers of a server that may be anything, as rows of cells: each series once, under a valid name.
// The first byte says how many columns there are; cells end at tabs, and one that is "N" is NULL.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>
#include <utility>

#include "collector/db/mysql/status.h"
#include "collector/db/mysql/tables.h"
#include "collector/db/mysql/values.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

SqlTable rows_of(std::string_view text) {
    SqlTable table;
    const auto columns =
        text.empty() ? std::size_t{1} : 1 + static_cast<unsigned char>(text[0]) % std::size_t{12};
    if (!text.empty()) text.remove_prefix(1);
    std::vector<std::optional<std::string>> row;
    while (!text.empty()) {
        const std::size_t end = text.find('\t');
        const std::string_view cell = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (table.names.size() < columns) {
            table.names.emplace_back(cell);
            continue;
        }
        row.push_back(cell == "N" ? std::nullopt : std::optional<std::string>(cell));
        if (row.size() == columns) table.cells.push_back(std::exchange(row, {}));
    }
    table.names.resize(columns);
    return table;
}

void look(const SqlTable& rows, Report& report) {
    report.begin();
    report_mysql_status(rows, report);
    report_mysql_variables(rows, report);
    report_mysql_replication(rows, report);
    report_innodb_cmp(rows, report);
    report_innodb_cmpmem(rows, report);
    for (const Queries which : {Queries::kAll, Queries::kReads, Queries::kWrites}) {
        report_response_time(rows, which, report);
    }
    report_processlist(rows, report);
    report_table_sizes(rows, report);
    std::set<SeriesId> ids;
    for (const Reading& reading : report.finish()) {
        if (!is_metric_name(reading.series.labels().metric_name())) std::abort();
        if (!ids.insert(reading.series.id()).second) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static SeriesTable table;
    TargetConfig config;
    Report report(table, config);
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    look(rows_of(text), report);
    const MysqlVersion version = parse_mysql_version(text);
    if (version.major < 0 || version.minor < 0) std::abort();
    // Whatever is a number to us is one that the text begins like: never a word of letters alone.
    const bool letters = text.find_first_of("0123456789") == std::string_view::npos;
    const auto value = mysql_value(text);
    if (value && letters && std::isfinite(*value) && *value != 0 && *value != 1) std::abort();
    return 0;
}
