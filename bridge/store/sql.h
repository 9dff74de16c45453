// SOCI as the store uses it. For the .cpp files of this folder alone: no SOCI type leaves it.
//
// Parameters are bound, results are typed, a statement is always fetched to its end (with RETURNING
// a half-read one makes SQLite refuse the commit). SOCI throws; guarded() turns that into Errors.
#pragma once

#include <soci/soci.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <typeinfo>
#include <unordered_map>
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
    Parameters& add(std::string_view name, std::int64_t value) {
        values_.push_back({std::string(name), Kind::kInteger, value, {}});
        return *this;
    }
    Parameters& add(std::string_view name, std::string value) {
        values_.push_back({std::string(name), Kind::kText, 0, std::move(value)});
        return *this;
    }

  private:
    friend class Prepared;
    enum class Kind { kInteger, kText };
    struct Value {
        std::string name;
        Kind kind;
        long long number;
        std::string text;
    };
    std::vector<Value> values_;
};

// A statement that was prepared once, with places of its own for what is bound to it.
class Prepared {
  public:
    virtual ~Prepared() = default;

  protected:
    explicit Prepared(const Parameters& parameters) : parameters_(parameters) {}
    void bind(soci::details::prepare_temp_type& statement) {
        for (Parameters::Value& value : parameters_.values_) {
            if (value.kind == Parameters::Kind::kInteger) {
                statement, soci::use(value.number, value.name);
            } else {
                statement, soci::use(value.text, value.name);
            }
        }
    }
    // The same names in the same order as at first; only the values differ.
    void assign(const Parameters& parameters) {
        for (std::size_t i = 0; i < parameters_.values_.size(); ++i) {
            parameters_.values_[i].number = parameters.values_[i].number;
            parameters_.values_[i].text = parameters.values_[i].text;
        }
    }

    Parameters parameters_;
};

template <class... Cells>
class PreparedQuery final : public Prepared {
  public:
    PreparedQuery(soci::session& session, const std::string& text, const Parameters& parameters)
        : Prepared(parameters), statement_(session) {
        soci::details::prepare_temp_type prepared = session.prepare << text;
        bind(prepared);
        std::apply([&](auto&... cell) { ((prepared, soci::into(cell.value, cell.state)), ...); },
                   cells_);
        statement_ = soci::statement(prepared);
    }

    template <class Row>
    void select(const Parameters& parameters, Row&& row) {
        assign(parameters);
        statement_.execute(false);
        while (statement_.fetch()) {
            std::apply(row, cells_);
            // A NULL leaves the last row's value in place; nothing may see it.
            std::apply([](auto&... cell) { ((cell.value = {}), ...); }, cells_);
        }
    }
    std::int64_t run(const Parameters& parameters) {
        assign(parameters);
        statement_.execute(true);
        return statement_.get_affected_rows();
    }

  private:
    std::tuple<Cells...> cells_;
    soci::statement statement_;
};

// A session and its prepared statements: preparing costs more than running (a batch of one alert
// runs about twenty).
class Connection {
  public:
    soci::session session;

    // What the statement's text and its result types name; made when it is first asked for.
    template <class Query>
    Query& prepared(const std::string& text, const Parameters& parameters) {
        const std::string key = text + typeid(Query).name();
        auto found = statements_.find(key);
        if (found == statements_.end()) {
            if (statements_.size() >= kMostStatements) statements_.clear();
            found =
                statements_.emplace(key, std::make_unique<Query>(session, text, parameters)).first;
        }
        return static_cast<Query&>(*found->second);
    }
    // After an error its statement may be half done: all are prepared anew.
    void forget() { statements_.clear(); }

  private:
    static constexpr std::size_t kMostStatements = 200;
    std::unordered_map<std::string, std::unique_ptr<Prepared>> statements_;
};

// Runs a statement without results; the number of rows it changed.
inline std::int64_t run(Connection& connection, const std::string& text,
                        const Parameters& parameters = {}) {
    try {
        return connection.prepared<PreparedQuery<>>(text, parameters).run(parameters);
    } catch (...) {
        connection.forget();
        throw;
    }
}

// Calls `row` with each result row's cells: select<Int, Text>(…, [](const Int&, const Text&) …).
template <class... Cells, class Row>
void select(Connection& connection, const std::string& text, const Parameters& parameters,
            Row&& row) {
    try {
        connection.prepared<PreparedQuery<Cells...>>(text, parameters)
            .select(parameters, std::forward<Row>(row));
    } catch (...) {
        connection.forget();
        throw;
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
inline void insert_rows(Connection& connection, const Dialect& dialect, std::string_view table,
                        const std::vector<Column>& columns, const Rows& rows,
                        std::string_view tail = "") {
    if (rows.empty()) return;
    std::string names;
    for (const Column& column : columns) {
        names += (names.empty() ? "" : ", ") + std::string(column.name);
    }
    run(connection,
        "INSERT INTO " + std::string(table) + " (" + names + ") " + dialect.rows("rows", columns) +
            " " + std::string(tail),
        Parameters().add("rows", rows.json()));
}

// Whether the same statement may succeed later (a lock, a full disk, a file that is mended).
bool may_pass(const std::exception& error);

// What a function that uses SOCI returns when SOCI throws: a fault of the store may pass, one of
// the data does not.
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
