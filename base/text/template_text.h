// What Prometheus's template functions make of numbers and texts. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/text/template.h"

namespace tocsin::text {

std::string humanize(double v);             // 1.235M
std::string humanize1024(double v);         // 1.177Mi
std::string humanize_duration(double v);    // 1d 2h 3m 4s
std::string humanize_percentage(double v);  // 12.34%
Result<std::string> humanize_timestamp(double v);

// A time prints as Go's String.
Result<Timestamp> to_time(double v);
std::string time_text(Timestamp t);
Result<Value> time_method(Timestamp t, std::string_view name, const std::vector<Value>& arguments);

std::string title(std::string_view text);
std::string strip_port(const std::string& text);
std::string strip_domain(const std::string& text);
std::string url_query(std::string_view text);
std::string js_escaped(std::string_view text);
std::string url_path(std::string_view url);

Result<bool> regex_found(const std::string& pattern, const std::string& text);
// Go's ReplaceAllString: $1, ${name}.
Result<std::string> regex_replaced(const std::string& pattern, const std::string& replacement,
                                   std::string text);

}  // namespace tocsin::text
