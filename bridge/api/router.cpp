#include "bridge/api/router.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "base/core/strings.h"
#include "bridge/api/alertmanager_words.h"
#include "bridge/notify/say.h"

namespace tocsin::bridge {
namespace {

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> out;
    std::size_t from = 0;
    while (from < path.size()) {
        const std::size_t to = path.find('/', from);
        const std::string_view part = path.substr(from, to - from);
        if (!part.empty()) out.emplace_back(part);
        if (to == std::string_view::npos) break;
        from = to + 1;
    }
    return out;
}

bool is_variable(std::string_view part) {
    return part.size() > 2 && part.front() == '{';
}

std::string_view variable_name(std::string_view part) {
    return part.substr(1, part.find('}') - 1);
}

// What a variable stands for in a segment: all of it, or what is before the pattern's own ending
// ("{rotation}.ics"); nothing when it does not fit.
std::string_view variable_value(std::string_view part, std::string_view segment) {
    const std::string_view ending = part.substr(part.find('}') + 1);
    if (!segment.ends_with(ending)) return {};
    return segment.substr(0, segment.size() - ending.size());
}

std::string_view media_type(const net::Request& request) {
    const std::string_view type = request.headers.get("Content-Type");
    return trim(type.substr(0, type.find(';')));
}

// Browsers send a form or plain text across sites without asking; JSON they ask for first, and we
// never say yes. So a POST that changes something must be JSON (or hold nothing). A DELETE they ask
// for first whatever it holds (Fetch, "CORS-safelisted method").
bool is_json(const net::Request& request) {
    return iequals(media_type(request), "application/json");
}

// A path of Alertmanager's API, whether it has it or not.
bool is_alertmanagers(std::string_view path) {
    return path == "/api/v2" || path.starts_with("/api/v2/");
}

net::Response no_path(const std::string& path, std::string_view language) {
    if (is_alertmanagers(path)) {
        return framework_refusal(404, 404, "path " + path + " was not found");
    }
    return error_response(ErrorStyle::kTocsin, 404, "not_found",
                          error_text("there is nothing at " + path, language));
}

// `allow`: the methods that it has, as the header lists them.
net::Response no_method(ErrorStyle style, const std::string& method, const std::string& allow,
                        std::string_view language) {
    if (style == ErrorStyle::kTocsin) {
        return error_response(
            style, 405, "method_not_allowed",
            error_text("this path does not take " + method + "; it takes " + allow, language));
    }
    std::string methods = allow;
    std::erase(methods, ' ');
    return framework_refusal(405, 405,
                             "method " + method + " is not allowed, but [" + methods + "] are");
}

net::Response no_media_type(ErrorStyle style, const net::Request& request,
                            std::string_view language) {
    if (style == ErrorStyle::kTocsin) {
        return error_response(
            style, 415, "unsupported_media_type",
            error_text("the body must be JSON: send \"Content-Type: application/json\"", language));
    }
    std::string type(media_type(request));
    if (type.empty()) type = "application/octet-stream";
    std::transform(type.begin(), type.end(), type.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return framework_refusal(
        415, 415,
        "unsupported media type " + quote(type) + ", only [application/json] are allowed");
}

// Alertmanager's clients read its own words.
std::string said(const Reason& reason, ErrorStyle style, std::string_view language) {
    return style == ErrorStyle::kTocsin ? reason_text(reason, language) : reason.english();
}

std::string said(const std::string& error, ErrorStyle style, std::string_view language) {
    return style == ErrorStyle::kTocsin ? error_text(error, language) : error;
}

// "responder/admin", from the least on.
std::string roles_that_allow(Access access) {
    std::string out;
    for (const Role role :
         {Role::kAgent, Role::kReporter, Role::kViewer, Role::kResponder, Role::kAdmin}) {
        if (!allows(role, access)) continue;
        out.append(out.empty() ? "" : "/").append(to_string(role));
    }
    return out;
}

bool changes_something(std::string_view method) {
    return method != "GET" && method != "HEAD" && method != "DELETE";
}

}  // namespace

net::Response error_response(ErrorStyle style, int status, std::string_view code,
                             std::string_view message) {
    namespace json = boost::json;
    if (style == ErrorStyle::kAlertmanager) {
        // Its OpenAPI says that 400 and 500 are a JSON string; the rest comes from its framework.
        if (status == 400 || status == 500) {
            return net::Response::json(status, json::serialize(json::string(message)));
        }
        const json::value body = {{"code", status}, {"message", message}};
        return net::Response::json(status, json::serialize(body));
    }
    const json::value body = {{"error", {{"code", code}, {"message", message}}}};
    return net::Response::json(status, json::serialize(body));
}

net::Response error_response(ErrorStyle style, const Error& error, std::string_view detail) {
    namespace json = boost::json;
    const int status = net::http_status(error.code);
    if (style == ErrorStyle::kAlertmanager || detail.empty()) {
        return error_response(style, status, to_string(error.code), error.message);
    }
    json::object inner;
    inner["code"] = to_string(error.code);
    inner["message"] = error.message;
    boost::system::error_code ignored;
    json::value parsed = json::parse(detail, ignored);
    if (!ignored) inner["detail"] = std::move(parsed);
    json::object outer;
    outer["error"] = std::move(inner);
    return net::Response::json(status, json::serialize(outer));
}

void Call::answer(net::Response response) const {
    // Nothing of the API is for caches or for other types than it says.
    if (!response.headers.has("Cache-Control")) response.headers.set("Cache-Control", "no-store");
    response.headers.set("X-Content-Type-Options", "nosniff");
    const int status = response.status;
    reply.send(std::move(response));
    if (observer != nullptr && *observer) (*observer)(pattern, status);
}

void Call::refuse(const Error& error, std::string_view detail) const {
    Error told = error;
    told.message = said(error.message, errors, language);
    answer(error_response(errors, told, detail));
}

void Call::forbid(const std::string& why) const {
    answer(error_response(errors, 403, "forbidden", said(why, errors, language)));
}

struct Router::Match {
    const Endpoint* route = nullptr;
    std::map<std::string, std::string, std::less<>> path;
    std::string allow;  // the methods of routes that match the path but not the method
    ErrorStyle errors = ErrorStyle::kTocsin;
};

Router::Router(std::vector<Endpoint> routes, AccessControl access)
    : routes_(std::move(routes)), access_(std::move(access)) {
    for (const Endpoint& route : routes_) patterns_.push_back(split(route.pattern));
}

Router::Match Router::find(const net::Request& request) const {
    Match match;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        const std::vector<std::string>& pattern = patterns_[i];
        if (pattern.size() != request.segments.size()) continue;
        std::map<std::string, std::string, std::less<>> values;
        bool same = true;
        for (std::size_t k = 0; k < pattern.size() && same; ++k) {
            if (is_variable(pattern[k])) {
                const std::string_view value = variable_value(pattern[k], request.segments[k]);
                values.emplace(variable_name(pattern[k]), value);
                same = !value.empty();
            } else {
                same = pattern[k] == request.segments[k];
            }
        }
        if (!same) continue;
        match.errors = routes_[i].errors;
        const bool head = request.method == "HEAD" && routes_[i].method == "GET";
        if (routes_[i].method == request.method || head) {
            match.route = &routes_[i];
            match.path = std::move(values);
            return match;
        }
        if (match.allow.find(routes_[i].method) == std::string::npos) {
            match.allow += (match.allow.empty() ? "" : ", ") + routes_[i].method;
        }
    }
    return match;
}

void Router::send(const net::Reply& reply, std::string_view pattern, net::Response response) const {
    const int status = response.status;
    reply.send(std::move(response));
    if (observer_) observer_(pattern, status);
}

void Router::dispatch(net::Request request, net::Reply reply) const {
    Match match = find(request);
    const std::string_view language =
        page_language(request.headers.get("Accept-Language"), language_);
    if (match.route == nullptr) {
        if (match.allow.empty()) {
            if (fallback_) {
                if (std::optional<net::Response> found = fallback_(request)) {
                    send(reply, "page", std::move(*found));
                    return;
                }
            }
            send(reply, "", no_path(request.path, language));
            return;
        }
        net::Response response = no_method(match.errors, request.method, match.allow, language);
        response.headers.set("Allow", match.allow);
        send(reply, "", std::move(response));
        return;
    }
    const Endpoint& route = *match.route;
    Caller caller;
    const bool admitted = route.admits && route.admits(request, match.path);
    if (route.access != Access::kPublic && !admitted) {
        const Result<Caller> known = access_.identify(request);
        if (!known) {
            net::Response response =
                error_response(route.errors, 401, "unauthorized",
                               said(known.error().message, route.errors, language));
            response.headers.set("WWW-Authenticate", "Bearer");
            send(reply, route.pattern, std::move(response));
            return;
        }
        if (!allows(known.value().role, route.access)) {
            send(reply, route.pattern,
                 error_response(route.errors, 403, "forbidden",
                                said(because("the role {} does not allow this; ask your admin for "
                                             "a token of the role {} (access.tokens in bridge.yml)",
                                             {{to_string(known.value().role)},
                                              {roles_that_allow(route.access)}}),
                                     route.errors, language)));
            return;
        }
        caller = known.value();
    }
    // Without a body Alertmanager looks for no type, and says what is missing.
    const bool nothing = route.errors == ErrorStyle::kAlertmanager && request.body.empty();
    if (changes_something(request.method) && route.body == BodyKind::kJson && !is_json(request) &&
        !nothing) {
        send(reply, route.pattern, no_media_type(route.errors, request, language));
        return;
    }
    route.handle(Call{std::move(request), std::move(match.path), std::move(caller),
                      std::move(reply), language, route.errors, route.pattern, &observer_});
}

}  // namespace tocsin::bridge
