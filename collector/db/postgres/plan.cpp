#include "collector/db/postgres/plan.h"

#include <algorithm>

namespace tocsin::collector {
namespace {

std::size_t link_to(const PostgresConfig& config, const std::string& database, PgPlan& plan) {
    if (database.empty() || database == config.dsn.get("dbname")) return 0;
    const auto known = std::find(plan.databases.begin(), plan.databases.end(), database);
    if (known != plan.databases.end()) {
        return static_cast<std::size_t>(known - plan.databases.begin());
    }
    plan.databases.push_back(database);
    return plan.databases.size() - 1;
}

void add_family(const PostgresConfig& config, const PgFamily& family, PgPlan& plan) {
    const std::string name(family.name);
    if (family.scope == PgScope::kServer) {
        plan.steps.push_back({StepKind::kFamily, 0, name, &family});
        return;
    }
    if (config.user_tables == Told::kNo) return;
    const std::vector<std::string> dsns{""};
    for (const std::string& database : config.databases.empty() ? dsns : config.databases) {
        std::string shown = name;
        if (!database.empty()) shown.append(" of ").append(database);
        plan.steps.push_back({StepKind::kFamily, link_to(config, database, plan), shown, &family});
    }
}

}  // namespace

PgPlan make_plan(const PostgresConfig& config) {
    PgPlan plan;
    plan.databases.emplace_back();
    for (const PgFamily& family : exporter_families()) add_family(config, family, plan);
    if (config.settings == Told::kYes) {
        plan.steps.push_back({StepKind::kSettings, 0, "settings"});
    }
    for (const PgFamily& family : own_families()) add_family(config, family, plan);
    for (std::size_t i = 0; i < config.checks.size(); ++i) {
        const SqlCheck& check = config.checks[i];
        plan.steps.push_back(
            {StepKind::kCheck, link_to(config, check.database, plan), check.name, nullptr, i});
    }
    return plan;
}

}  // namespace tocsin::collector
