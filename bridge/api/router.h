// The routing table of the bridge's API: method, pattern, who may, handler. docs/openapi.yaml is
// held against it by a test. On the loop.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"
#include "base/net/http_server.h"
#include "bridge/api/access.h"
#include "bridge/api/language.h"

namespace tocsin::bridge {

// Whose words errors are told in: ours, or Alertmanager's, whose clients parse them.
enum class ErrorStyle { kTocsin, kAlertmanager };

// Called with every answered request: the route's pattern ("" for none) and the status.
using AnswerObserver = std::function<void(std::string_view pattern, int status)>;

// A request that found its route and may. Answered once, now or later, from the loop's thread.
struct Call {
    net::Request request;
    std::map<std::string, std::string, std::less<>> path;  // "{key}" → "INC-2026-000001"
    Caller caller;
    net::Reply reply;
    std::string_view
        language;  // a literal: that of the words for whoever asks, as the catalogue calls it
    ErrorStyle errors;
    std::string_view pattern;
    const AnswerObserver* observer;

    void answer(net::Response response) const;
    void refuse(const Error& error, std::string_view detail = {}) const;
    // 403: nobody of this name or role may.
    void forbid(const std::string& why) const;
};

// What a request that changes something may carry. A form is for what its own address authorises
// (a one-tap link): browsers send forms across sites without asking.
enum class BodyKind { kJson, kForm };

struct Endpoint {
    std::string method;
    std::string pattern;  // "/api/v1/incidents/{key}/{action}"
    Access access;
    ErrorStyle errors;
    std::function<void(Call)> handle;
    BodyKind body = BodyKind::kJson;
    // A request that its own address authorises (a signature in it) needs no token. None: all do.
    using Path = std::map<std::string, std::string, std::less<>>;
    std::function<bool(const net::Request&, const Path&)> admits{};
};

net::Response error_response(ErrorStyle style, int status, std::string_view code,
                             std::string_view message);
// With `detail`, a JSON value's text, in our style only.
net::Response error_response(ErrorStyle style, const Error& error, std::string_view detail = {});

class Router {
  public:
    Router(std::vector<Endpoint> routes, AccessControl access);

    // Answers 404, 405, 401, 403 and 415 itself.
    void dispatch(net::Request request, net::Reply reply) const;
    // Asked for what has no route: the page's files. None: there is nothing.
    using Fallback = std::function<std::optional<net::Response>(const net::Request&)>;
    void set_fallback(Fallback fallback) { fallback_ = std::move(fallback); }
    const std::vector<Endpoint>& routes() const { return routes_; }
    void on_answer(AnswerObserver observer) { observer_ = std::move(observer); }

    // For who asks for no language that there are words in.
    void set_language(std::string_view language) { language_ = page_language(language, "en"); }

    // Tokens changed (reload).
    void set_access(AccessControl access) { access_ = std::move(access); }
    const AccessControl& access() const { return access_; }

  private:
    struct Match;
    Match find(const net::Request& request) const;
    void send(const net::Reply& reply, std::string_view pattern, net::Response response) const;

    std::vector<Endpoint> routes_;
    std::vector<std::vector<std::string>> patterns_;  // split, beside routes_
    AccessControl access_;
    std::string_view language_ = "en";
    Fallback fallback_;
    AnswerObserver observer_;
};

}  // namespace tocsin::bridge
