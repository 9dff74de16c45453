#include "base/net/http.h"

#include <algorithm>

#include "base/core/strings.h"
#include "base/net/log_line.h"

namespace tocsin::net {

void Headers::set(std::string_view name, std::string value) {
    remove(name);
    add(name, std::move(value));
}

void Headers::remove(std::string_view name) {
    std::erase_if(all_, [&](const auto& header) { return iequals(header.first, name); });
}

void Headers::add(std::string_view name, std::string value) {
    all_.emplace_back(std::string(name), std::move(value));
}

std::string_view Headers::get(std::string_view name) const {
    for (const auto& [key, value] : all_) {
        if (iequals(key, name)) return value;
    }
    return {};
}

bool Headers::has(std::string_view name) const {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const auto& header) { return iequals(header.first, name); });
}

std::string_view Request::param(std::string_view name) const {
    for (const QueryParam& p : query) {
        if (p.name == name) return p.value;
    }
    return {};
}

std::vector<std::string> Request::params(std::string_view name) const {
    std::vector<std::string> values;
    for (const QueryParam& p : query) {
        if (p.name == name) values.push_back(p.value);
    }
    return values;
}

Response Response::text(int status, std::string body) {
    Response response;
    response.status = status;
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(body);
    return response;
}

Response Response::json(int status, std::string body) {
    Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

Response Response::error(const Error& error) {
    std::string body = "{\"error\":{\"code\":";
    body += json_quote(to_string(error.code));
    body += ",\"message\":";
    body += json_quote(error.message);
    body += "}}";
    return json(http_status(error.code), std::move(body));
}

int http_status(ErrorCode code) {
    switch (code) {
        case ErrorCode::kInvalid:
            return 400;
        case ErrorCode::kNotFound:
            return 404;
        case ErrorCode::kConflict:
            return 409;
        case ErrorCode::kUnauthorized:
            return 401;
        case ErrorCode::kTooLarge:
            return 413;
        case ErrorCode::kTimeout:
            return 504;
        case ErrorCode::kUnavailable:
            return 503;
        case ErrorCode::kIo:
        case ErrorCode::kInternal:
            return 500;
    }
    return 500;
}

}  // namespace tocsin::net
