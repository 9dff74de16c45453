#include "agent/api/api.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "agent/api/prometheus_json.h"
#include "base/core/strings.h"
#include "base/net/local_caller.h"
#include "rules/promql/ast.h"
#include "rules/promql/engine.h"

namespace tocsin::agent {

namespace promql = rules::promql;

namespace {

// Prometheus's own limit: more points than a screen has and a range query answers 400.
constexpr std::int64_t kMostSteps = 11'000;

Result<Timestamp> time_param(const net::Request& request, std::string_view name, Timestamp other) {
    const auto text = request.param(name);
    if (text.empty()) return other;
    return api_time(name, text);
}

net::Response answer(Result<std::string> data) {
    return data ? api_success(std::move(data).value()) : api_error(data.error());
}

// A query that is right but cannot be answered: Prometheus's 422 "execution".
Error execution(const Error& error) {
    return Error(ErrorCode::kConflict, error.message);
}

Result<promql::Query> prepare(const ApiSources& sources, std::string_view text) {
    auto prepared = promql::Query::prepare(text, sources.history());
    // Prometheus finds a wrong regular expression or label name while it evaluates.
    const bool parses = !std::holds_alternative<promql::ParseError>(promql::parse(text));
    if (!prepared && parses) return execution(prepared.error());
    return prepared;
}

Result<std::string> query(const ApiSources& sources, const net::Request& request) {
    TOCSIN_TRY(const auto at, time_param(request, "time", sources.clock.now()));
    TOCSIN_TRY(auto prepared, prepare(sources, request.param("query")));
    const auto value = prepared.at(at);
    return value ? value_json(value.value()) : Result<std::string>(execution(value.error()));
}

Result<std::string> query_range(const ApiSources& sources, const net::Request& request) {
    TOCSIN_TRY(const auto start, api_time("start", request.param("start")));
    TOCSIN_TRY(const auto end, api_time("end", request.param("end")));
    if (end < start) {
        return Error(ErrorCode::kInvalid,
                     "invalid parameter \"end\": end timestamp must not be before start time");
    }
    TOCSIN_TRY(const auto step, api_duration("step", request.param("step")));
    if ((end - start) / step > kMostSteps) {
        return Error(ErrorCode::kInvalid,
                     "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing "
                     "the query resolution (?step=XX)");
    }
    TOCSIN_TRY(auto prepared, prepare(sources, request.param("query")));
    const auto matrix = prepared.range(start, end, step);
    if (matrix) return matrix_json(matrix.value());
    const bool answerable = prepared.type() == promql::ValueType::kScalar ||
                            prepared.type() == promql::ValueType::kVector;
    return answerable ? execution(matrix.error()) : matrix.error();
}

// A match[] parameter: a selector and nothing around it.
Result<Matchers> parse_selector(const std::string& text) {
    const auto parsed = promql::parse(text);
    if (const auto* error = std::get_if<promql::ParseError>(&parsed)) {
        return Error(ErrorCode::kInvalid, "invalid parameter \"match[]\": " + error->text(text));
    }
    const auto& expr = *std::get<std::shared_ptr<const promql::Expr>>(parsed);
    const auto* selector = std::get_if<promql::Selector>(&expr.node);
    if (selector == nullptr || expr.type != promql::ValueType::kVector) {
        return Error(ErrorCode::kInvalid,
                     "invalid parameter \"match[]\": " + text + " is no instant selector");
    }
    return selector->matchers;
}

// The label sets that match any of the `match[]` selectors; all of them without one.
Result<std::vector<Labels>> matching(const ApiSources& sources, const net::Request& request,
                                     bool required) {
    auto selectors = request.params("match[]");
    if (selectors.empty()) {
        if (required) {
            return Error(ErrorCode::kInvalid, "no match[] parameter provided");
        }
        selectors.emplace_back(R"({__name__=~".+"})");
    }
    std::set<Labels> found;
    for (const auto& selector : selectors) {
        TOCSIN_TRY(auto matchers, parse_selector(selector));
        const auto selection = sources.history().select(std::move(matchers), Duration{0});
        for (const auto& series : selection->series()) found.insert(series.labels());
    }
    return std::vector<Labels>(found.begin(), found.end());
}

Result<std::string> series(const ApiSources& sources, const net::Request& request) {
    TOCSIN_TRY(const auto found, matching(sources, request, true));
    std::string out = "[";
    for (const auto& labels : found) {
        if (out.size() > 1) out += ',';
        out += labels_json(labels);
    }
    return out + "]";
}

Result<std::string> label_names(const ApiSources& sources, const net::Request& request) {
    TOCSIN_TRY(const auto found, matching(sources, request, false));
    std::set<std::string> names;
    for (const auto& labels : found) {
        for (const auto& label : labels) names.emplace(label.name.view());
    }
    return json_list({names.begin(), names.end()});
}

Result<std::string> label_values(const ApiSources& sources, const net::Request& request) {
    const auto& name = request.segments[3];
    if (!is_label_name(name)) {
        return Error(ErrorCode::kInvalid, "invalid label name: \"" + name + "\"");
    }
    TOCSIN_TRY(const auto found, matching(sources, request, false));
    std::set<std::string> values;
    for (const auto& labels : found) {
        if (const auto value = labels.get(name); !value.empty()) values.emplace(value);
    }
    return json_list({values.begin(), values.end()});
}

Result<std::string> rules(const ApiSources& sources, const net::Request& request) {
    const auto type = request.param("type");
    if (type.empty()) return sources.rules(RuleKinds::kAll);
    if (iequals(type, "alert")) return sources.rules(RuleKinds::kAlert);
    if (iequals(type, "record")) return sources.rules(RuleKinds::kRecord);
    return Error(ErrorCode::kInvalid,
                 "invalid parameter \"type\": not supported value " + quote(type));
}

Result<std::string> alerts(const ApiSources& sources, const net::Request&) {
    return sources.alerts();
}

// Grafana asks for it to learn what the source can do; the language is that of this version.
Result<std::string> buildinfo(const ApiSources& sources, const net::Request&) {
    return R"({"version":"2.42.0","application":"tocsin-agent","applicationVersion":)" +
           json_string(sources.version) + "}";
}

struct Route {
    std::string_view path;  // "*" stands for one segment
    Result<std::string> (*data)(const ApiSources&, const net::Request&);
};

constexpr std::array kRoutes = {
    Route{"/api/v1/query", query},
    Route{"/api/v1/query_range", query_range},
    Route{"/api/v1/series", series},
    Route{"/api/v1/labels", label_names},
    Route{"/api/v1/label/*/values", label_values},
    Route{"/api/v1/rules", rules},
    Route{"/api/v1/alerts", alerts},
    Route{"/api/v1/status/buildinfo", buildinfo},
};

bool fits(std::string_view pattern, const std::vector<std::string>& segments) {
    for (const auto& segment : segments) {
        if (pattern.empty()) return false;
        pattern.remove_prefix(1);  // the slash
        const auto part = pattern.substr(0, pattern.find('/'));
        if (part != "*" && part != segment) return false;
        pattern.remove_prefix(part.size());
    }
    return pattern.empty();
}

}  // namespace

Api::Api(ApiSources sources, Secret token, std::string name)
    : sources_(std::move(sources)), token_(std::move(token)), names_({std::move(name)}) {}

Result<void> Api::allowed(const net::Request& request) const {
    const std::string against = net::why_not_local(request, names_);
    if (against.empty()) return success();
    constexpr std::string_view kBearer = "Bearer ";
    const auto header = request.headers.get("Authorization");
    if (!token_.empty() && header.starts_with(kBearer) &&
        token_.equals(header.substr(kBearer.size()))) {
        return success();
    }
    return Error(
        ErrorCode::kUnauthorized,
        "send the agent's token (listen_token_file): \"Authorization: Bearer …\"; without "
        "one only this machine's own callers are let in, who ask for localhost, a loopback "
        "address or the host of listen: " +
            against);
}

net::Response Api::handle(const net::Request& request) const {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (reads && request.path == "/-/healthy") return net::Response::text(200, "healthy\n");
    if (reads && request.path == "/-/ready") {
        return sources_.ready() ? net::Response::text(200, "ready\n")
                                : net::Response::text(503, "the first collection is under way\n");
    }
    if (const Result<void> may = allowed(request); !may) {
        auto response = net::Response::error(may.error());
        response.headers.set("WWW-Authenticate", "Bearer");
        return response;
    }
    if (reads && request.path == "/metrics") {
        const bool gzip = net::accepts_gzip(request.headers.get("Accept-Encoding"));
        auto response = net::Response::text(200, sources_.metrics(gzip));
        response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        if (gzip) {
            response.headers.set("Content-Encoding", "gzip");
            response.headers.set("Vary", "Accept-Encoding");
        }
        return response;
    }
    const auto* const route = std::find_if(kRoutes.begin(), kRoutes.end(), [&](const Route& r) {
        return fits(r.path, request.segments);
    });
    if (route == kRoutes.end()) {
        return net::Response::error(Error(ErrorCode::kNotFound, "no such path: " + request.path));
    }
    if (!reads && request.method != "POST") {
        auto response = net::Response::error(Error(ErrorCode::kInvalid, "use GET or POST"));
        response.status = 405;
        response.headers.set("Allow", "GET, POST");
        return response;
    }
    return answer(route->data(sources_, request));
}

}  // namespace tocsin::agent
