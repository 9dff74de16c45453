// `tocsin oncall …`: who is on call, overrides and swaps, tests of contacts, the shift's report.
#pragma once

#include <cstdint>
#include <string>

#include "base/core/result.h"
#include "cli/session.h"

namespace tocsin::cli {

enum class OncallView { kNow, kNext, kMonth };
enum class MonthForm { kTable, kCalendar };

struct OncallOptions {
    std::string team;
    std::string rotation;
    std::string at;  // as `from`; "": now
    MonthForm form = MonthForm::kTable;

    // Of changes.
    std::string person;
    std::string with;  // instead of whom, or whom to swap with
    std::string from;  // RFC 3339, or the rotation's own clock: "2026-01-05 09:00"
    std::string to;
    std::string length;  // instead of `to`
    std::string why;
    std::int64_t id = 0;
};

// The clock by which a rotation's times are read; UTC without one.
Result<std::string> zone_of(const Session& session, const std::string& rotation);
// 1 when nothing is configured, or the view shows nobody.
int show_oncall(const Session& session, OncallView view, const OncallOptions& options);
int list_overrides(const Session& session);
// `kind`: "cover" or "swap".
int add_override(const Session& session, const std::string& kind, const OncallOptions& options);
int cancel_override(const Session& session, const OncallOptions& options);
// 1 when any contact could not be reached, or there is none.
int test_me(const Session& session, const std::string& person);
// The address of a rotation's calendar, or of all of a person's shifts, for programs that can send
// no token.
int calendar_url(const Session& session, const OncallOptions& options);
// What is open, what happened in the shift that runs, what is due.
int handover(const Session& session, const OncallOptions& options);

}  // namespace tocsin::cli
