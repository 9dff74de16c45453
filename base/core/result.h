// What a function that can fail returns: a value, or an Error that says what went wrong, where,
// and whether trying again may help. Exceptions mean a bug; libraries that throw are caught in the
// one .cpp that wraps them (docs/adr/0001-errors.md).
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/all_narrow.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/success_failure.hpp>
#include <boost/outcome/try.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace tocsin {

enum class ErrorCode {
    kInvalid,       // the input is wrong; says how
    kNotFound,      // no such file, key, host …
    kConflict,      // the state does not allow it; says what is possible
    kUnauthorized,  // no token, or a wrong one
    kTooLarge,      // beyond a limit; names it
    kTimeout,       // a deadline passed
    kUnavailable,   // the other end cannot be reached or is busy
    kIo,            // the operating system said no
    kInternal,      // a bug, or a library's own failure
};

// One of a few words, fit for a metric's label: "invalid", "not_found" ….
std::string_view to_string(ErrorCode code);

enum class Retry { kNo, kYes };

struct Error {
    ErrorCode code;
    std::string message;  // a sentence without a full stop: what, where, what to do
    Retry retry;

    Error(ErrorCode c, std::string text, Retry r) : code(c), message(std::move(text)), retry(r) {}
    // Whether to retry follows from the code: time-outs, unavailability and I/O may pass.
    Error(ErrorCode c, std::string text);

    // The same error with where it happened in front: "reading /proc/stat: …".
    [[nodiscard]] Error in(std::string_view context) const;
};

// Text for an errno value: "No such file or directory".
std::string errno_text(int value);
// kNotFound for ENOENT, kIo otherwise; "<what>: <errno text>".
Error errno_error(std::string_view what, int value);

template <class T>
using Result =
    BOOST_OUTCOME_V2_NAMESPACE::basic_result<T, Error,
                                             BOOST_OUTCOME_V2_NAMESPACE::policy::terminate>;

using BOOST_OUTCOME_V2_NAMESPACE::failure;
using BOOST_OUTCOME_V2_NAMESPACE::success;

}  // namespace tocsin

// TOCSIN_TRY(auto value, expression): value, or return the error to the caller.
// Not in a coroutine's co_await statement (conventions: g++ 12.2).
#define TOCSIN_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
