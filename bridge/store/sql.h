// SOCI as the store uses it. For the .cpp files of this folder alone: no SOCI type leaves it.
//
// Parameters are bound, results are typed, a statement is always fetched to its end (with RETURNING
// a half-read one makes SQLite refuse the commit). SOCI throws; guarded() turns that into Errors.
#pragma once

#include <soci/soci.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "bridge/store/dialect.h"

namespace tocsin::bridge::sql {

// One result column and whether it was NULL.
template <class T>
struct Cell {
    T value{};
    soci::indicator state = soci::i_ok;
    bool null() const { return state == soci::i_null; }
};
using Int = Cell<long long>;
using Text = Cell<std::string>;

inline std::optional<Timestamp> time_or_none(const Int& cell) {
    if (cell.null()) return std::nullopt;
    return from_unix_ms(cell.value);
}

class Parameters {
  public:
    Parameters& add(std::string name, std::int64_t value) {
        integers_.emplace_back(std::move(name), value);
        return *this;
    }
    Parameters& add(std::string name, std::string value) {
        texts_.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    void bind(soci::details::prepare_temp_type& statement) const {
        for (const auto& [name, value] : integers_) statement, soci::use(value, name);
        for (const auto& [name, value] : texts_) statement, soci::use(value, name);
    }

  private:
    std::vector<std::pair<std::string, long long>> integers_;
    std::vector<std::pair<std::string, std::string>> texts_;
};

// Runs a statement without results; the number of rows it changed.
inline std::int64_t run(soci::session& session, const std::string& text,
                        const Parameters& parameters = {}) {
    soci::details::prepare_temp_type prepared = session.prepare << text;
    parameters.bind(prepared);
    soci::statement statement(prepared);
    statement.execute(true);
    return statement.get_affected_rows();
}

// Calls `row` with each result row's cells: select<Int, Text>(…, [](const Int&, const Text&) …).
template <class... Cells, class Row>
void select(soci::session& session, const std::string& text, const Parameters& parameters,
            Row&& row) {
    std::tuple<Cells...> cells;
    soci::details::prepare_temp_type prepared = session.prepare << text;
    parameters.bind(prepared);
    std::apply([&](auto&... cell) { ((prepared, soci::into(cell.value, cell.state)), ...); },
               cells);
    soci::statement statement(prepared);
    statement.execute(false);
    while (statement.fetch()) {
        std::apply(row, cells);
        // A NULL leaves the last row's value in place; nothing may see it.
        std::apply([](auto&... cell) { ((cell.value = {}), ...); }, cells);
    }
}

// Rows for one INSERT … SELECT, as a JSON array of arrays (see Dialect::rows).
class Rows {
  public:
    template <class... Values>
    void add(Values&&... values) {
        boost::json::array row;
        row.reserve(sizeof...(values));
        (row.push_back(to_json(std::forward<Values>(values))), ...);
        rows_.push_back(std::move(row));
    }
    bool empty() const { return rows_.empty(); }
    std::string json() const { return boost::json::serialize(rows_); }

  private:
    static boost::json::value to_json(std::string_view text) { return boost::json::string(text); }
    static boost::json::value to_json(std::int64_t number) { return number; }
    static boost::json::value to_json(int number) { return number; }
    static boost::json::value to_json(Timestamp t) { return to_unix_ms(t); }
    static boost::json::value to_json(Duration d) { return std::int64_t{d.count()}; }
    template <class T>
    static boost::json::value to_json(const std::optional<T>& value) {
        return value ? to_json(*value) : boost::json::value(nullptr);
    }
    boost::json::array rows_;
};

// INSERT of many rows as one statement; `tail` is what follows (ON CONFLICT …).
inline void insert_rows(soci::session& session, const Dialect& dialect, std::string_view table,
                        const std::vector<Column>& columns, const Rows& rows,
                        std::string_view tail = "") {
    if (rows.empty()) return;
    std::string names;
    for (const Column& column : columns) {
        names += (names.empty() ? "" : ", ") + std::string(column.name);
    }
    run(session,
        "INSERT INTO " + std::string(table) + " (" + names + ") " + dialect.rows("rows", columns) +
            " " + std::string(tail),
        Parameters().add("rows", rows.json()));
}

// Whether the same statement may succeed later (a lock, a full disk).
bool may_pass(const std::exception& error);

// What a function that uses SOCI returns when SOCI throws: busy may pass, the rest does not.
template <class Function>
auto guarded(std::string_view what, Function&& function) -> decltype(function()) {
    try {
        return function();
    } catch (const soci::soci_error& e) {
        const bool passing = may_pass(e);
        return Error(passing ? ErrorCode::kUnavailable : ErrorCode::kInternal,
                     "store: " + std::string(what) + ": " + e.what(),
                     passing ? Retry::kYes : Retry::kNo);
    } catch (const std::exception& e) {
        return Error(ErrorCode::kInternal, "store: " + std::string(what) + ": " + e.what());
    }
}

}  // namespace tocsin::bridge::sql
