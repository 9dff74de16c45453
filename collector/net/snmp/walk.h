// What is asked of a device and in which order, without a socket: next() says the request, take()
// gets the answer. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/core/result.h"
#include "collector/net/snmp/files/mib.h"
#include "collector/net/snmp/files/value.h"

namespace tocsin::collector::snmp {

enum class Operation { kGet, kGetBulk };

struct Request {
    Operation operation = Operation::kGet;
    std::vector<Oid> oids;
    int repetitions = 0;  // of GETBULK
};

struct Response {
    int error_status = 0;  // RFC 3416: 0 noError, 1 tooBig, 5 genErr, …
    int error_index = 0;   // which object, from 1
    std::vector<VarBind> varbinds;
};

std::string_view error_status_text(int status);

// The objects and columns that modules need: of what a module walks, only what becomes a series or
// is looked up.
struct Plan {
    std::vector<Oid> get;
    std::vector<Oid> columns;
};
Plan plan_of(const std::vector<const Module*>& modules);

class Walk {
  public:
    static constexpr std::size_t kMostFound = 200'000;
    static constexpr std::size_t kMostBytes = std::size_t{32} * 1024 * 1024;  // of their texts

    // `repetitions`: rows of a column in one answer; columns share a request as far as their rows
    // fit into one.
    // `rows`: how many each column had last time, so that no more is asked than will be of use;
    // kept up to date, and as long as the walk lives.
    Walk(const Plan& plan, int repetitions, std::vector<std::size_t>& rows);

    // What to ask next; nothing when all has been asked.
    std::optional<Request> next();
    // The answer to that. After an error the walk is over; what was found by then counts.
    Result<void> take(Response response);
    // Sorted by OID, each once.
    std::vector<VarBind> finish();

  private:
    struct Column {
        std::size_t index;  // in the plan
        Oid last;
        std::size_t rows = 0;  // got so far
    };
    std::size_t rows_left(const Column& column) const;
    Result<void> take_objects(Response& response);
    Result<void> take_rows(Response& response);
    Result<void> refused(const Response& response);

    const Plan* plan_;
    std::vector<std::size_t>* rows_;
    std::size_t repetitions_;
    std::size_t most_rows_;  // of all columns in one answer
    std::size_t most_gets_;
    std::size_t next_get_ = 0;
    std::size_t next_column_ = 0;
    std::vector<Column> columns_;  // under way
    Request asked_;
    std::vector<VarBind> found_;
    std::size_t bytes_ = 0;  // of texts, of all that came
};

}  // namespace tocsin::collector::snmp
