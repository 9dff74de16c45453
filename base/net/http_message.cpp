#include "base/net/http_message.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/core/strings.h"

namespace tocsin::net {
namespace {

constexpr std::size_t kCompressFrom = 1024;

std::string_view reason(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Status";
    }
}

Result<void> split_path(Request& request) {
    std::string_view rest = request.path;
    while (!rest.empty()) {
        const auto slash = rest.find('/');
        const std::string_view part = rest.substr(0, slash);
        rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
        if (part.empty()) continue;
        auto decoded = percent_decode(part);
        if (!decoded || decoded->find('\0') != std::string::npos) {
            return Error(ErrorCode::kInvalid, "the path holds a wrong percent escape");
        }
        request.segments.push_back(std::move(*decoded));
    }
    return success();
}

Result<void> decode_body(Request& request, std::size_t limit) {
    const std::string_view coding = trim(request.headers.get("Content-Encoding"));
    if (coding.empty() || iequals(coding, "identity")) return success();
    if (!iequals(coding, "gzip") && !iequals(coding, "x-gzip")) {
        return Error(ErrorCode::kInvalid, "the body's encoding is not gzip or identity");
    }
    TOCSIN_TRY(request.body, gunzip(request.body, limit));
    return success();
}

bool is_compressible(std::string_view type) {
    constexpr std::array<std::string_view, 6> kOthers = {
        "application/json", "application/javascript",
        "application/xml",  "application/openmetrics-text",
        "application/yaml", "image/svg+xml"};
    type = trim(type.substr(0, type.find(';')));
    return type.starts_with("text/") ||
           std::find(kOthers.begin(), kOthers.end(), type) != kOthers.end();
}

bool is_framing(std::string_view name) {
    return iequals(name, "Content-Length") || iequals(name, "Transfer-Encoding") ||
           iequals(name, "Connection") || iequals(name, "Date");
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    for (const char c : value) out += (c == '\r' || c == '\n' || c == '\0') ? ' ' : c;
    out += "\r\n";
}

bool is_token(std::string_view name) {
    constexpr std::string_view kAllowed = "!#$%&'*+-.^_`|~";  // RFC 9110, 5.6.2
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kAllowed.find(c) != std::string_view::npos;
    });
}

}  // namespace

Result<void> complete_request(Request& request, std::string_view target, std::size_t body_limit) {
    // RFC 9112, 3.2.2: a server takes the absolute form too.
    const auto scheme = target.find("://");
    if (!target.starts_with('/') && scheme != std::string_view::npos) {
        const auto slash = target.find('/', scheme + 3);
        target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
    }
    target = target.substr(0, target.find('#'));
    const auto question = target.find('?');
    request.path = std::string(target.substr(0, question));
    TOCSIN_TRY(split_path(request));
    if (question != std::string_view::npos)
        request.query = parse_query(target.substr(question + 1));
    TOCSIN_TRY(decode_body(request, body_limit));
    const std::string_view type = request.headers.get("Content-Type");
    const bool form =
        iequals(trim(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded");
    if (request.method == "POST" && form) {
        for (QueryParam& p : parse_query(request.body)) request.query.push_back(std::move(p));
    }
    return success();
}

Response rejection(int status, ErrorCode code, std::string message) {
    Response response = Response::error(Error(code, std::move(message)));
    response.status = status;
    return response;
}

// Whether "gzip" stands in the list with a weight other than 0 (RFC 9110, 12.5.3).
bool accepts_gzip(std::string_view accept_encoding) {
    std::string_view list = accept_encoding;
    while (!list.empty()) {
        const auto comma = list.find(',');
        std::string_view item = list.substr(0, comma);
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
        const auto semicolon = item.find(';');
        const std::string_view weight = semicolon == std::string_view::npos
                                            ? std::string_view{}
                                            : trim(item.substr(semicolon + 1));
        item = trim(item.substr(0, semicolon));
        if (!iequals(item, "gzip") && item != "*") continue;
        if (!weight.starts_with("q=")) return true;
        return parse_double(weight.substr(2)).value_or(0) > 0;
    }
    return false;
}

void compress_response(Response& response, std::string_view accept_encoding) {
    if (response.body.size() < kCompressFrom || response.headers.has("Content-Encoding")) return;
    if (!is_compressible(response.headers.get("Content-Type"))) return;
    response.headers.add("Vary", "Accept-Encoding");
    if (!accepts_gzip(accept_encoding)) return;
    response.body = gzip(response.body);
    response.headers.set("Content-Encoding", "gzip");
}

bool has_no_body(int status) {
    return status / 100 == 1 || status == 204 || status == 304;
}

std::string http_date(Timestamp at) {
    constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{seconds - day};
    std::array<char, 64> text{};
    const int n = std::snprintf(
        text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
        kDays[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
        kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(n)};
}

std::string response_head(const Response& response, BodyFraming framing, Connection connection,
                          Timestamp now) {
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
    out += reason(response.status);
    out += "\r\n";
    append_header(out, "Date", http_date(now));
    for (const auto& [name, value] : response.headers.all()) {
        if (is_token(name) && !is_framing(name)) append_header(out, name, value);
    }
    switch (framing) {
        case BodyFraming::kLength:
            append_header(out, "Content-Length", std::to_string(response.body.size()));
            break;
        case BodyFraming::kChunked:
            append_header(out, "Transfer-Encoding", "chunked");
            break;
        case BodyFraming::kNone:
            break;
    }
    if (connection == Connection::kClose) append_header(out, "Connection", "close");
    out += "\r\n";
    return out;
}

std::string chunk(std::string_view bytes) {
    std::array<char, 24> size{};
    const int n = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
    std::string out(size.data(), static_cast<std::size_t>(n));
    out += bytes;
    out += "\r\n";
    return out;
}

std::string host_header(const Url& url) {
    const bool v6 = url.host.find(':') != std::string::npos;
    std::string out = v6 ? "[" + url.host + "]" : url.host;
    const std::uint16_t usual = url.scheme == "https" ? 443 : 80;
    if (url.port != usual) out += ":" + std::to_string(url.port);
    return out;
}

Result<std::string> request_head(std::string_view method, const Url& url, const Headers& headers,
                                 std::size_t body_size) {
    if (!is_token(method)) return Error(ErrorCode::kInvalid, "the method is no HTTP token");
    std::string out(method);
    out += " " + url.target + " HTTP/1.1\r\n";
    append_header(out, "Host", host_header(url));
    for (const auto& [name, value] : headers.all()) {
        if (!is_token(name) ||
            value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
            return Error(ErrorCode::kInvalid, "header \"" + name + "\" holds a line break");
        }
        if (is_framing(name) || iequals(name, "Host")) continue;
        append_header(out, name, value);
    }
    if (!headers.has("User-Agent")) append_header(out, "User-Agent", "tocsin");
    if (!headers.has("Accept-Encoding")) append_header(out, "Accept-Encoding", "gzip");
    if (body_size != 0 || method == "POST" || method == "PUT" || method == "PATCH") {
        append_header(out, "Content-Length", std::to_string(body_size));
    }
    out += "\r\n";
    return out;
}

}  // namespace tocsin::net
