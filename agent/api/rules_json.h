// The data of Prometheus's /api/v1/rules and /api/v1/alerts. Pure.
#pragma once

#include <string>

#include "rules/alert/rule_set.h"

namespace tocsin::agent {

std::string rules_json(const rules::RuleSet& rules);
std::string alerts_json(const rules::RuleSet& rules);

}  // namespace tocsin::agent
