// What one collection asks, in which order, over which connection. Pure.
#pragma once

#include <string>
#include <vector>

#include "collector/db/postgres/families.h"
#include "collector/db/postgres_config/postgres_config.h"

namespace tocsin::collector {

enum class StepKind { kFamily, kSettings, kCheck };

struct PgStep {
    StepKind kind;
    std::size_t link;                  // index into PgPlan::databases
    std::string name;                  // of the query, or of the check
    const PgFamily* family = nullptr;  // of kFamily
    std::size_t check = 0;             // of kCheck: index into the configuration's

    std::string title() const { return kind == StepKind::kCheck ? "check " + name : name; }
};

struct PgPlan {
    std::vector<std::string> databases;  // a connection each; the first is the dsn's own, ""
    std::vector<PgStep> steps;           // in which checks come last
};

PgPlan make_plan(const PostgresConfig& config);

}  // namespace tocsin::collector
