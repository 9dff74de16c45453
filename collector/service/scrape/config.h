// The section `scrape` of agent.yml: exporters of other programs, as Prometheus scrapes them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/model/matcher.h"
#include "base/net/http_client.h"
#include "collector/api/target.h"
#include "collector/service/scrape/relabel.h"

namespace tocsin::collector {

// Which labels win where the page has one that the target has too: the target's, the page's then
// being exported_<name>; or the page's own.
enum class LabelConflict { kTargetWins, kPageWins };
// Whether a time that the page gives to a sample is the sample's.
enum class PageTimes { kHonored, kIgnored };

struct ScrapeConfig final : TargetConfig {
    std::string url;
    std::size_t sample_limit = 20'000;  // after relabelling; 0: none
    LabelConflict conflict = LabelConflict::kTargetWins;
    PageTimes times = PageTimes::kHonored;
    std::vector<Regex> allowed;  // names of metrics; none: all
    std::vector<RelabelRule> relabel;
    std::string username;  // with password_file; "": no basic authentication
    std::string password_file;
    std::string token_file;
    std::vector<std::pair<std::string, std::string>> headers;
    net::ClientOptions client;  // TLS and the largest page
};

TargetConfigs read_scrape(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
