// The JSON of who is on call. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/core/result.h"
#include "bridge/api/oncall_requests.h"
#include "bridge/incident/effect.h"

namespace tocsin::bridge {

// What a person's contact was sent, and what came of it.
struct TestResult {
    Notify notify;
    bool delivered = false;
    std::string detail;
};

// `oncall` with the overrides that touch the time asked for. kInvalid when the shifts are too many.
Result<std::string> oncall_json(const Oncall& oncall, const OncallQuery& query,
                                const std::vector<OverrideRow>& overrides);
std::string override_json(const OverrideRow& row);
std::string overrides_json(const std::vector<OverrideRow>& rows,
                           const std::vector<OncallLogRow>& log);
std::string test_json(const std::string& person, const std::vector<TestResult>& results);

}  // namespace tocsin::bridge
