// Inside rules/promql: the functions that read or write labels.
#pragma once

#include "rules/promql/compile.h"

namespace tocsin::rules::promql {

Result<Plan> build_label_replace(Compiler& c, const Call& call);
Result<Plan> build_label_join(Compiler& c, const Call& call);
Result<Plan> build_histogram_quantile(Compiler& c, const Call& call);

}  // namespace tocsin::rules::promql
