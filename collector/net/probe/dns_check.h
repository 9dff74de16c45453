// Whether a DNS answer is what was expected. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/search.h"
#include "collector/net/probe/dns_message.h"
#include "collector/net/probe_config/config.h"

namespace tocsin::collector::probe {

class DnsCheck {
  public:
    static Result<DnsCheck> create(const DnsConfig& config);
    Result<void> judge(const DnsAnswer& answer) const;

  private:
    struct Section {
        std::vector<Search> matches;
        std::vector<Search> all_match;
        std::vector<Search> not_matches;
        std::vector<Search> none_matches;
    };
    static Result<Section> compile(const DnsValidation& validation);
    static Result<void> judge_section(const Section& section, std::string_view name,
                                      const std::vector<DnsRecord>& records);

    std::vector<int> rcodes_;
    Section answer_;
    Section authority_;
    Section additional_;
};

}  // namespace tocsin::collector::probe
