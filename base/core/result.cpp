#include "base/core/result.h"

#include <cerrno>
#include <system_error>

namespace tocsin {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::kInvalid:
            return "invalid";
        case ErrorCode::kNotFound:
            return "not_found";
        case ErrorCode::kConflict:
            return "conflict";
        case ErrorCode::kUnauthorized:
            return "unauthorized";
        case ErrorCode::kTooLarge:
            return "too_large";
        case ErrorCode::kTimeout:
            return "timeout";
        case ErrorCode::kUnavailable:
            return "unavailable";
        case ErrorCode::kIo:
            return "io";
        case ErrorCode::kInternal:
            return "internal";
    }
    return "internal";
}

namespace {

Retry retry_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::kTimeout:
        case ErrorCode::kUnavailable:
        case ErrorCode::kIo:
            return Retry::kYes;
        case ErrorCode::kInvalid:
        case ErrorCode::kNotFound:
        case ErrorCode::kConflict:
        case ErrorCode::kUnauthorized:
        case ErrorCode::kTooLarge:
        case ErrorCode::kInternal:
            return Retry::kNo;
    }
    return Retry::kNo;
}

}  // namespace

Error::Error(ErrorCode c, std::string text) : Error(c, std::move(text), retry_of(c)) {}

Error Error::in(std::string_view context) const {
    return Error(code, std::string(context) + ": " + message, retry);
}

std::string errno_text(int value) {
    return std::generic_category().message(value);
}

Error errno_error(std::string_view what, int value) {
    return Error(value == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                 std::string(what) + ": " + errno_text(value));
}

}  // namespace tocsin
