// HTTP messages as plain values, and URLs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"

namespace tocsin::net {

// In order of appearance; names compare without case.
class Headers {
  public:
    void set(std::string_view name, std::string value);  // replaces
    void add(std::string_view name, std::string value);
    void remove(std::string_view name);
    std::string_view get(std::string_view name) const;  // the first; "" when absent
    bool has(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

  private:
    std::vector<std::pair<std::string, std::string>> all_;
};

struct QueryParam {
    std::string name;
    std::string value;
};

// As received: path decoded segment by segment is the router's work, `path` is the raw path.
struct Request {
    std::string method;             // upper case
    std::string path;               // raw, without the query
    std::vector<QueryParam> query;  // decoded, in order (from a form body too, for POST forms)
    Headers headers;
    std::string body;    // decompressed
    std::string remote;  // address of the peer, "127.0.0.1"
    bool remote_is_loopback = false;
    std::vector<std::string> segments;  // path split at '/', percent-decoded, no empty ones

    std::string_view param(std::string_view name) const;  // the first; "" when absent
    std::vector<std::string> params(std::string_view name) const;
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;

    static Response text(int status, std::string body);
    static Response json(int status, std::string body);
    // {"error": {"code": …, "message": …}} with a status that fits the error's code.
    static Response error(const Error& error);
};
int http_status(ErrorCode code);

struct Url {
    std::string scheme;  // http, https
    std::string host;    // without brackets
    std::uint16_t port = 0;
    std::string target;  // path and query, at least "/"
};
Result<Url> parse_url(std::string_view text);

struct HostPort {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const HostPort&) const = default;
};
Result<HostPort> parse_host_port(std::string_view text);  // "127.0.0.1:9840", "[::1]:9840"
bool is_loopback(std::string_view host);                  // a literal address or "localhost"

std::string percent_encode(std::string_view text);
std::optional<std::string> percent_decode(std::string_view text);
std::vector<QueryParam> parse_query(std::string_view query);

// gzip (RFC 1952). Decompression stops at `most` bytes with kTooLarge.
std::string gzip(std::string_view bytes);
// Whether a request's Accept-Encoding allows it. The server compresses by itself what is worth it.
bool accepts_gzip(std::string_view accept_encoding);
Result<std::string> gunzip(std::string_view bytes, std::size_t most);

}  // namespace tocsin::net
