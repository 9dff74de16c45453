// Labels as people write them on the command line. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"

namespace tocsin::cli {

// Of each word one or more pairs with commas between: alertname=DiskFull,host=web-1, the values in
// double quotes where they hold a comma, a blank or a quote ("\"" and "\\" in them), the whole in
// braces or not, as Prometheus prints a selector. kInvalid says which part is none of this.
Result<std::map<std::string, std::string>> parse_label_words(const std::vector<std::string>& words);

}  // namespace tocsin::cli
