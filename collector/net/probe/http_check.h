// Whether an HTTP answer is what was expected. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "collector/api/search.h"
#include "collector/net/probe_config/config.h"

namespace tocsin::collector::probe {

struct HttpAnswer {
    int status = 0;
    std::string version;  // "1.0", "1.1", "2"; "" before there is an answer
    bool tls = false;
    std::vector<std::pair<std::string, std::string>> headers;  // of the last answer, as sent
    std::string body;  // kept only where something is searched for in it
};

// The value of a header, without the blanks around it; "" when there is none.
std::string header_value(const HttpAnswer& answer, std::string_view name);
// One of RFC 9110's forms (5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37
// GMT", "Sun Nov  6 08:49:37 1994"; in Unix seconds.
std::optional<double> parse_http_date(const std::string& text);

struct HttpVerdict {
    Result<void> result;
    bool failed_due_to_regex = false;
};

class HttpCheck {
  public:
    static Result<HttpCheck> create(const HttpConfig& config);
    bool needs_body() const { return !body_.empty() || !body_not_.empty(); }
    // What is wrong first, in blackbox_exporter's order: status, headers, body, version, TLS.
    HttpVerdict judge(const HttpAnswer& answer) const;

  private:
    struct Header {
        std::string name;
        Search value;
    };
    static Result<std::vector<Header>> compile(const Pairs& pairs);
    Result<void> judge_status(int status) const;
    Result<void> judge_headers(const HttpAnswer& answer) const;
    Result<void> judge_body(const std::string& body) const;
    Result<void> judge_rest(const HttpAnswer& answer) const;

    const HttpConfig* config_ = nullptr;
    std::vector<Search> body_;
    std::vector<Search> body_not_;
    std::vector<Header> headers_;
    std::vector<Header> headers_not_;
};

}  // namespace tocsin::collector::probe
