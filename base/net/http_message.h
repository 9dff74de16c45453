// What an HTTP message needs around its parsing, without any I/O: for the server's and the
// client's own sources.
#pragma once

#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/net/http.h"

namespace tocsin::net {

enum class Connection { kKeep, kClose };
enum class BodyFraming { kLength, kChunked, kNone };

// Fills in what follows from the target and the body: path, segments, query, and the body
// decompressed up to `body_limit`. kInvalid or kTooLarge says what is wrong with the request.
Result<void> complete_request(Request& request, std::string_view target, std::size_t body_limit);

// The answer to a request that is refused before any handler sees it.
Response rejection(int status, ErrorCode code, std::string message);

// Compresses the body where that pays and the peer accepts it.
void compress_response(Response& response, std::string_view accept_encoding);

// The status line and headers up to the empty line. A handler's own framing headers are dropped;
// a line break in a value becomes a space.
std::string response_head(const Response& response, BodyFraming framing, Connection connection,
                          Timestamp now);
std::string http_date(Timestamp at);  // "Sun, 06 Nov 1994 08:49:37 GMT"

// A status that must not carry a body (RFC 9110, 6.4.1).
bool has_no_body(int status);

std::string chunk(std::string_view bytes);  // one chunk of a chunked body
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Request line and headers for `url`; kInvalid for a header that would break the message.
Result<std::string> request_head(std::string_view method, const Url& url, const Headers& headers,
                                 std::size_t body_size);
std::string host_header(const Url& url);  // with the port unless it is the scheme's

}  // namespace tocsin::net
