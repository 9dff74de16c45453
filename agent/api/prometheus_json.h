// Prometheus's HTTP API in JSON: what promtool and Grafana read. Pure.
// Source: Prometheus 2.42, "HTTP API" (querying/api).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/net/http.h"
#include "rules/promql/engine.h"

namespace tocsin::agent {

// {"status":"success","data":…}; `data` is JSON text.
net::Response api_success(const std::string& data);
// {"status":"error","errorType":…,"error":…} with Prometheus's status: 400 bad_data, 422 execution,
// 503 timeout, 404 not_found, 500 internal.
net::Response api_error(const Error& error);

// {"resultType":…,"result":…}
std::string value_json(const rules::promql::Value& value);
std::string matrix_json(const rules::promql::Matrix& matrix);
// {"name":"value",…}
std::string labels_json(const Labels& labels);
std::string json_string(std::string_view text);
std::string json_list(const std::vector<std::string>& texts);

// A time as the API takes it: Unix seconds with a fraction, or RFC 3339. kInvalid names `name`.
Result<Timestamp> api_time(std::string_view name, std::string_view text);
// A step or a time-out: seconds with a fraction, or a Prometheus duration. Positive.
Result<Duration> api_duration(std::string_view name, std::string_view text);

}  // namespace tocsin::agent
