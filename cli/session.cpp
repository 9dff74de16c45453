#include "cli/session.h"

#include <boost/json.hpp>
#include <cstdlib>
#include <ostream>
#include <utility>

#include "base/net/file.h"
#include "cli/requests.h"
#include "cli/run.h"

namespace tocsin::cli {

namespace {

// {"error": {"message": …}}, Prometheus's {"error": "…"}, Alertmanager's bare string or, by its
// framework, {"code": …, "message": …}; else the body.
std::string error_text(const boost::json::value& answer, const std::string& body) {
    if (const auto* object = answer.if_object()) {
        if (const auto* error = object->if_contains("error")) {
            if (const auto* text = error->if_string()) return std::string(*text);
            if (const auto* inner = error->if_object()) {
                if (const auto* message = inner->if_contains("message"); message != nullptr) {
                    if (const auto* text = message->if_string()) return std::string(*text);
                }
            }
        }
        if (const auto* message = object->if_contains("message"); message != nullptr) {
            if (const auto* text = message->if_string()) return std::string(*text);
        }
    }
    if (const auto* text = answer.if_string()) return std::string(*text);
    return body.substr(0, 200);
}

ErrorCode code_of(int status) {
    if (status == 401) return ErrorCode::kUnauthorized;
    if (status == 403) return ErrorCode::kConflict;  // a token of another role, says the daemon
    if (status == 404) return ErrorCode::kNotFound;
    if (status == 409) return ErrorCode::kConflict;
    return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalid;
}

}  // namespace

std::string_view terminal_language() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        return std::string_view(value).starts_with("zh") ? "zh-CN" : "en";
    }
    return "en";
}

Result<net::ClientRequest> request_to(const Session& session, std::string_view method,
                                      std::string url, std::string body) {
    net::ClientRequest request;
    request.method = std::string(method);
    request.url = std::move(url);
    request.body = std::move(body);
    request.headers.set("Accept", "application/json");
    request.headers.set("Accept-Language", std::string(terminal_language()));
    if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
    if (!session.token_file.empty()) {
        auto token = net::read_secret(session.token_file);
        // It was named and cannot be read, whatever is wrong with it.
        if (!token) return Error(ErrorCode::kIo, token.error().message);
        request.headers.set("Authorization", "Bearer " + token.value().reveal());
    }
    return request;
}

std::optional<Error> refusal_of(const net::Response& response) {
    if (response.status < 400) return std::nullopt;
    boost::system::error_code bad;
    const auto value = boost::json::parse(response.body, bad);
    const auto text = error_text(bad ? boost::json::value() : value, response.body);
    return Error(code_of(response.status),
                 text.empty() ? "status " + std::to_string(response.status) : text, Retry::kNo);
}

namespace {

struct Asked {
    net::Response response;
    std::string where;
};

Result<Asked> ask(const Session& session, std::string_view method, std::string url,
                  std::string body) {
    TOCSIN_TRY(auto request, request_to(session, method, std::move(url), std::move(body)));
    const auto where = request.url;
    auto answer = net::fetch(std::move(request));
    if (!answer) return answer.error().in(where);
    if (auto refused = refusal_of(answer.value())) return std::move(*refused);
    return Asked{std::move(answer).value(), where};
}

}  // namespace

Result<boost::json::value> call(const Session& session, std::string_view method, std::string url,
                                std::string body) {
    TOCSIN_TRY(const Asked asked, ask(session, method, std::move(url), std::move(body)));
    if (asked.response.body.empty()) return boost::json::value();
    boost::system::error_code bad;
    auto value = boost::json::parse(asked.response.body, bad);
    if (bad) return Error(ErrorCode::kUnavailable, asked.where + " did not answer with JSON");
    return value;
}

Result<std::string> call_text(const Session& session, std::string url) {
    TOCSIN_TRY(Asked asked, ask(session, "GET", std::move(url), ""));
    return std::move(asked.response.body);
}

int fail(const Session& session, const Error& error) {
    *session.err << "tocsin: " << error.message << "\n";
    switch (error.code) {
        case ErrorCode::kInvalid:
        case ErrorCode::kNotFound:
        case ErrorCode::kConflict:
        case ErrorCode::kTooLarge:
            return kNo;
        case ErrorCode::kUnauthorized:
            *session.err << "Name a file that holds a token of yours: --token-file FILE\n";
            return kNo;
        case ErrorCode::kTimeout:
        case ErrorCode::kUnavailable:
        case ErrorCode::kIo:
        case ErrorCode::kInternal:
            return kUnreachable;
    }
    return kUnreachable;
}

namespace {

void indent(std::ostream& out, int depth) {
    for (int i = 0; i < depth; ++i) out << "  ";
}

void print(std::ostream& out, const boost::json::value& value, int depth) {
    if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
        out << "{\n";
        std::size_t left = object->size();
        for (const auto& [key, member] : *object) {
            indent(out, depth + 1);
            out << boost::json::serialize(boost::json::string_view(key)) << ": ";
            print(out, member, depth + 1);
            out << (--left > 0 ? ",\n" : "\n");
        }
        indent(out, depth);
        out << "}";
    } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
        out << "[\n";
        std::size_t left = array->size();
        for (const auto& element : *array) {
            indent(out, depth + 1);
            print(out, element, depth + 1);
            out << (--left > 0 ? ",\n" : "\n");
        }
        indent(out, depth);
        out << "]";
    } else {
        out << boost::json::serialize(value);
    }
}

}  // namespace

void print_json(std::ostream& out, const boost::json::value& value) {
    print(out, value, 0);
    out << "\n";
}

}  // namespace tocsin::cli
