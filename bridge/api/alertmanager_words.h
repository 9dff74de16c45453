// What Alertmanager and the framework of its API (go-openapi) answer to requests that are wrong:
// their clients read these words. Each as version 0.25 says it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/model/matcher.h"
#include "base/model/posted_alerts.h"
#include "base/net/http.h"

namespace tocsin::bridge {

// {"code": …, "message": …}: of the framework, before a handler sees anything.
net::Response framework_refusal(int status, int code, std::string_view message);
// 422 for what must be there ("comment in body is required").
net::Response required_in_body(std::string_view name);
// 400 for a body that is not what its name says; `why` in our words.
net::Response unreadable_body(std::string_view name, std::string_view why);
// A bare string: of a handler.
net::Response handler_refusal(int status, std::string_view message);

// The answer to a POST of alerts some of which are not taken: that of the step that Alertmanager
// would have come to first. One at least is refused.
net::Response refused_alerts(const PostedAlerts& posted);

// What is wrong with a pattern: "error parsing regexp: missing closing ): `(`".
std::string regex_problem(std::string_view pattern);
// The same of a pattern that must match all of a text, as it is compiled there.
std::string anchored_regex_problem(std::string_view pattern);

// The query parameter `filter`, each a matcher.
Result<Matchers> parse_matcher_filter(const net::Request& request);
// A flag of a query by go-openapi's ConvertBool: `usual` when it is not said.
bool query_flag(const net::Request& request, std::string_view name, bool usual);

}  // namespace tocsin::bridge
