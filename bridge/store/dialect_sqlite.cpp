#include <fmt/format.h>

#include "bridge/store/dialect.h"

namespace tocsin::bridge {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

class SqliteDialect final : public Dialect {
  public:
    std::vector<std::string> session_setup() const override {
        // FULL: in WAL mode only this makes a commit survive a power cut, and a 200 promises it.
        return {"PRAGMA journal_mode = WAL",  "PRAGMA synchronous = FULL",
                "PRAGMA busy_timeout = 5000", "PRAGMA cache_size = -16384",
                "PRAGMA temp_store = MEMORY", "PRAGMA wal_autocheckpoint = 4000"};
    }

    // IMMEDIATE takes the write lock at once: a lock that is taken at the first write cannot wait
    // for its turn and fails instead.
    std::string begin_write() const override { return "BEGIN IMMEDIATE"; }

    std::string schema(std::string_view text) const override {
        std::string out(text);
        replace_all(out, "{id}", "INTEGER PRIMARY KEY AUTOINCREMENT");
        replace_all(out, "{int}", "INTEGER");
        replace_all(out, "{table}", "STRICT");
        return out;
    }

    std::string rows(std::string_view parameter,
                     const std::vector<Column>& columns) const override {
        std::string fields;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            fields += fmt::format("{}json_extract(value, '$[{}]') AS {}", i == 0 ? "" : ", ", i,
                                  columns[i].name);
        }
        // WHERE true: without it an upsert's ON CONFLICT would be read as a join's condition
        // (SQLite, "Parsing Ambiguity" of the UPSERT clause).
        return fmt::format("SELECT {} FROM json_each(:{}) WHERE true", fields, parameter);
    }

    std::string list(std::string_view parameter, ColumnType /*type*/) const override {
        return fmt::format("SELECT value FROM json_each(:{})", parameter);
    }

    std::string contains(std::string_view column, std::string_view parameter) const override {
        return fmt::format("instr({}, :{}) > 0", column, parameter);
    }

    std::string contains_folded(std::string_view column,
                                std::string_view parameter) const override {
        return fmt::format("instr(lower({}), lower(:{})) > 0", column, parameter);
    }

    // One process, one connection that writes: nobody else claims.
    std::string skip_locked() const override { return ""; }
};

}  // namespace

std::unique_ptr<Dialect> sqlite_dialect() {
    return std::make_unique<SqliteDialect>();
}

}  // namespace tocsin::bridge
