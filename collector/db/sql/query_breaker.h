// When a query that failed is asked again: one that the server broke off for the third time in a
// row, or that the user has no privilege for, only after minutes. So a slow one does not load a
// slow server at every turn, and costs nothing but itself.
#pragma once

#include <optional>

#include "base/core/result.h"
#include "base/core/time.h"

namespace tocsin::collector {

class QueryBreaker {
  public:
    // What came of asking.
    void note(const Result<void>& result, Timestamp now);
    // Why it is not asked now; nothing where it is.
    const Error* holds(Timestamp now) const;

  private:
    std::optional<Error> error_;  // while it is open
    Timestamp since_{};
    int broken_off_ = 0;  // in a row
};

}  // namespace tocsin::collector
