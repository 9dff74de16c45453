// severity → urgency; labels → impact; both → priority (semantics 4).
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/model/labels.h"
#include "base/model/matcher.h"
#include "bridge/incident/sla.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

enum class Urgency { kLow, kMedium, kHigh };
enum class Impact { kLow, kMedium, kHigh };
std::string_view to_string(Urgency urgency);
std::string_view to_string(Impact impact);

// How an impact was found, for those who ask why.
enum class ImpactBy { kService, kLabel, kReport, kNothing };
std::string_view to_string(ImpactBy by);  // "service", "label", "report", ""

// A severity's place among all: urgency first, then the configured order. Unknown names count as
// medium urgency, below every configured severity of that urgency.
struct Level {
    Urgency urgency = Urgency::kMedium;
    int rank = -1;
    std::string name;
    friend bool operator<(const Level& a, const Level& b) {
        return a.urgency != b.urgency ? a.urgency < b.urgency : a.rank < b.rank;
    }
};

struct Service {
    std::string name;
    std::string tier;
    std::string owner;  // a team; "" for none
    Matchers match;
    SlaTargets sla{};
};

struct ImpactOf {
    Impact impact = Impact::kMedium;
    ImpactBy by = ImpactBy::kNothing;
    std::string tier;  // "" for none
};

struct PriorityRules {
    std::vector<std::string> severities{"info", "warning", "critical"};  // mild to bad
    std::map<std::string, Urgency, std::less<>> urgency{
        {"critical", Urgency::kHigh}, {"warning", Urgency::kMedium}, {"info", Urgency::kLow}};
    std::map<std::string, Impact, std::less<>> tiers{
        {"1", Impact::kHigh}, {"2", Impact::kMedium}, {"3", Impact::kLow}};
    // [impact][urgency], each low, medium, high.
    std::array<std::array<Priority, 3>, 3> matrix{{
        {Priority::kP4, Priority::kP4, Priority::kP3},
        {Priority::kP4, Priority::kP3, Priority::kP2},
        {Priority::kP3, Priority::kP2, Priority::kP1},
    }};
    std::vector<Service> services;

    [[nodiscard]] Level level(std::string_view severity) const;
    // The first that matches; null for none.
    [[nodiscard]] const Service* service(const Labels& labels) const;
    [[nodiscard]] const Service* service_named(std::string_view name) const;  // null for none
    // By the tier of `of` (null: of no service), else by the label `tier`; unknown is medium.
    [[nodiscard]] ImpactOf impact_of(const Service* of, const Labels& labels) const;
    [[nodiscard]] Impact impact(const Labels& labels) const;
    [[nodiscard]] Priority priority(const Labels& labels, std::string_view severity) const;
};

}  // namespace tocsin::bridge
