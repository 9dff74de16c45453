#include "collector/service/scrape/families.h"

#include <algorithm>
#include <array>

#include "collector/api/desc.h"

namespace tocsin::collector {
namespace {

constexpr std::array<MetricType, 8> kTypes{
    MetricType::kUntyped,   MetricType::kCounter,   MetricType::kGauge, MetricType::kSummary,
    MetricType::kHistogram, MetricType::kHistogram, MetricType::kGauge, MetricType::kGauge};

MetricType type_of(PageType type) {
    return kTypes[static_cast<std::size_t>(type)];
}

// A sample that is called after its family: whose families have such, and what it is.
struct PartRow {
    std::string_view suffix;
    PageType of;
    MetricType type;
    bool inside;  // stands under the family's own header
};

constexpr std::array<PartRow, 13> kParts{{
    {"_total", PageType::kCounter, MetricType::kCounter, false},
    {"_created", PageType::kCounter, MetricType::kGauge, false},
    {"_created", PageType::kSummary, MetricType::kGauge, false},
    {"_created", PageType::kHistogram, MetricType::kGauge, false},
    {"_sum", PageType::kSummary, MetricType::kSummary, true},
    {"_count", PageType::kSummary, MetricType::kSummary, true},
    {"_sum", PageType::kHistogram, MetricType::kHistogram, true},
    {"_count", PageType::kHistogram, MetricType::kHistogram, true},
    {"_bucket", PageType::kHistogram, MetricType::kHistogram, true},
    {"_bucket", PageType::kGaugeHistogram, MetricType::kHistogram, true},
    {"_gsum", PageType::kGaugeHistogram, MetricType::kGauge, false},
    {"_gcount", PageType::kGaugeHistogram, MetricType::kGauge, false},
    {"_info", PageType::kInfo, MetricType::kGauge, false},
}};

}  // namespace

void Families::note(const PageEntry& entry) {
    if (entry.name.size() > kMostText || entry.text.size() > kMostText) return;
    auto at = all_.find(entry.name);
    if (at == all_.end()) {
        if (all_.size() >= kMost) return;
        at = all_.emplace(std::string(entry.name), Family{}).first;
    }
    Family& family = at->second;
    switch (entry.kind) {
        case PageEntry::Kind::kType:
            family.type = entry.type;
            break;
        case PageEntry::Kind::kHelp:
            family.help = entry.text;
            break;
        case PageEntry::Kind::kUnit:
            family.unit = entry.text;
            break;
        case PageEntry::Kind::kSample:
            break;
    }
}

const Families::Family* Families::find(std::string_view name) const {
    const auto at = all_.find(name);
    return at == all_.end() ? nullptr : &at->second;
}

const MetricDesc* Families::describe(std::string_view name) const {
    if (const Family* own = find(name)) {
        const std::string help = unescaped(own->help);
        return foreign_desc({name, help, type_of(own->type), {}, own->unit});
    }
    for (const PartRow& part : kParts) {
        if (!name.ends_with(part.suffix)) continue;
        const std::string_view whole = name.substr(0, name.size() - part.suffix.size());
        const Family* family = find(whole);
        if (family == nullptr || family->type != part.of) continue;
        const std::string help = unescaped(family->help);
        return foreign_desc(
            {name, help, part.type, part.inside ? whole : std::string_view(), family->unit});
    }
    return nullptr;
}

}  // namespace tocsin::collector
