// What every command shares: where the daemons are, how to print, and one call to either of them.
#pragma once

#include <boost/json/fwd.hpp>
#include <iosfwd>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/core/time.h"

namespace tocsin::cli {

enum class Format { kTable, kJson };
enum class Colour { kPlain, kTinted };

struct Session {
    std::string bridge = "http://127.0.0.1:9840";
    std::string agent = "http://127.0.0.1:9841";
    std::string token_file;
    std::string actor;  // who acts, where the bridge lets loopback callers in without a token
    Format format = Format::kTable;
    Colour colour = Colour::kPlain;
    Timestamp now;
    std::istream* in = nullptr;
    std::ostream* out = nullptr;
    std::ostream* err = nullptr;
};

// "en" or "zh-CN", as programs of a terminal find theirs (setlocale(3)).
std::string_view terminal_language();

// An answer below 400 is its JSON; others are the daemon's own error, in its own words.
Result<boost::json::value> call(const Session& session, std::string_view method, std::string url,
                                std::string body);

// The same for what is no JSON (a calendar): the body as it is.
Result<std::string> call_text(const Session& session, std::string url);

// Says the error and returns its exit status: 3 when nothing was reached, 1 when the daemon said
// no.
int fail(const Session& session, const Error& error);

// Indented JSON, keys in the order of the answer.
void print_json(std::ostream& out, const boost::json::value& value);

}  // namespace tocsin::cli
