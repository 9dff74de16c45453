// The data of Prometheus's /api/v1/rules and /api/v1/alerts. Pure.
#pragma once

#include <string>

#include "rules/alert/rule_set.h"

namespace tocsin::agent {

enum class RuleKinds { kAll, kAlert, kRecord };
// A group none of whose rules is of this kind is there, without rules.
std::string rules_json(const rules::RuleSet& rules, RuleKinds kinds);
std::string alerts_json(const rules::RuleSet& rules);

}  // namespace tocsin::agent
