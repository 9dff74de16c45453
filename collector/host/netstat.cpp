#include "collector/host/netstat.h"

#include "collector/api/desc.h"
#include "collector/api/filter.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"

namespace tocsin::collector {
namespace {

// What is wanted of a table. Kept by its line of names: as long as the kernel prints the same
// names, a cycle looks at values only.
struct Column {
    std::size_t index;
    SeriesRef series;
};
struct Columns {
    std::vector<Column> wanted;
    std::size_t all = 0;
};

struct File {
    ProcFile file;
    Listing<Columns> tables;
};

class Netstat final : public Collector {
  public:
    Netstat(const Context& context, Pattern fields)
        : wanted_(std::move(fields)),
          table_(context.series),
          snmp6_(context.paths.procfs + "/net/snmp6") {
        for (const char* name : {"/net/netstat", "/net/snmp"}) {
            files_.push_back({ProcFile(context.paths.procfs + name), {}});
        }
    }

    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        for (File& file : files_) {
            Result<void> one = collect_tables(file, out);
            if (!one && result) result = std::move(one);
        }
        Result<void> six = collect_snmp6(out);
        return result ? six : result;
    }

  private:
    Result<void> collect_tables(File& file, Readings& out) {
        TOCSIN_TRY(const std::string_view text, file.file.read(buffer_));
        tables_.clear();
        TOCSIN_TRY(parse_netstat(text, tables_));
        Result<void> result = success();
        file.tables.begin();
        for (const NetstatTable& table : tables_) {
            const Columns& columns = file.tables.at(table.names, [&] { return choose(table); });
            const std::size_t before = out.size();
            if (read_values(table, columns, out)) continue;
            out.resize(before);  // of a row that is out of step nothing can be trusted
            if (result) {
                result =
                    Error(ErrorCode::kInvalid, file.file.path() + ": names and values of " +
                                                   std::string(table.protocol) + " do not match");
            }
        }
        file.tables.finish();
        return result;
    }

    static bool read_values(const NetstatTable& table, const Columns& columns, Readings& out) {
        std::string_view rest = table.values;
        std::string_view field;
        std::size_t index = 0;
        auto next = columns.wanted.begin();
        for (; next_field(rest, field); ++index) {
            if (next == columns.wanted.end() || next->index != index) continue;
            const std::optional<double> value = to_number(field);
            if (!value) return false;
            out.push_back({next->series, *value});
            ++next;
        }
        return index == columns.all;
    }

    Columns choose(const NetstatTable& table) {
        Columns columns;
        std::string_view rest = table.names;
        std::string_view name;
        for (; next_field(rest, name); ++columns.all) {
            if (columns.all == 0) continue;  // the protocol itself
            SeriesRef series = make_series(table.protocol, name);
            if (series) columns.wanted.push_back({columns.all - 1, std::move(series)});
        }
        columns.all -= 1;
        return columns;
    }

    Result<void> collect_snmp6(Readings& out) {
        const Result<std::string_view> text = snmp6_.read(buffer_);
        // A kernel without IPv6 has no such file.
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        fields_.clear();
        parse_snmp6(text.value(), fields_);
        six_.begin();
        for (const Snmp6Field& field : fields_) {
            const SeriesRef& series =
                six_.at(field.key, [&] { return make_series(field.protocol, field.name); });
            if (series) out.push_back({series, field.value});
        }
        six_.finish();
        return success();
    }

    SeriesRef make_series(std::string_view protocol, std::string_view name) {
        const std::string p(protocol);
        const std::string n(name);
        if (!wanted_.found_in(p + "_" + n)) return {};
        const MetricDesc* desc = dynamic_desc("node_netstat_" + p + "_" + n,
                                              "Statistic " + p + n + ".", MetricType::kUntyped);
        return table_->get(desc, {});
    }

    Pattern wanted_;
    SeriesTable* table_;
    std::vector<File> files_;
    ProcFile snmp6_;
    ReadBuffer buffer_;
    std::vector<NetstatTable> tables_;
    std::vector<Snmp6Field> fields_;
    Listing<SeriesRef> six_;
};

}  // namespace

Result<void> parse_netstat(std::string_view text, std::vector<NetstatTable>& out) {
    std::string_view names;
    while (next_line(text, names)) {
        NetstatTable table;
        next_line(text, table.values);
        table.names = names;
        std::string_view again;
        if (!next_field(names, table.protocol) || !next_field(table.values, again) ||
            again != table.protocol || !again.ends_with(':')) {
            return Error(ErrorCode::kInvalid, "netstat: names without values of \"" +
                                                  std::string(table.protocol) + "\"");
        }
        table.protocol.remove_suffix(1);
        out.push_back(table);
    }
    return success();
}

void parse_snmp6(std::string_view text, std::vector<Snmp6Field>& out) {
    std::string_view line;
    while (next_line(text, line)) {
        Snmp6Field field;
        std::string_view number;
        if (!next_field(line, field.key) || !next_field(line, number)) continue;
        const std::size_t six = field.key.find('6');
        const std::optional<double> value = to_number(number);
        if (six == std::string_view::npos || !value) continue;
        field.protocol = field.key.substr(0, six + 1);
        field.name = field.key.substr(six + 1);
        field.value = *value;
        out.push_back(field);
    }
}

Result<std::unique_ptr<Collector>> create_netstat(const Context& context) {
    TOCSIN_TRY(Pattern fields, pattern_setting(context.settings, "fields", kNetstatFields));
    return std::make_unique<Netstat>(context, std::move(fields));
}

}  // namespace tocsin::collector
