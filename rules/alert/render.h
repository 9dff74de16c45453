// Labels and annotations of an alert from the rule's templates, as Prometheus expands them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/model/alert.h"
#include "base/model/labels.h"
#include "base/text/template.h"
#include "rules/file/rule_file.h"

namespace tocsin::rules {

// What every template of an agent sees besides its own sample.
struct RenderEnvironment {
    Labels external;           // {{ $externalLabels }}
    std::string external_url;  // {{ $externalURL }}
    // {{ query "expr" }}
    std::function<Result<text::ValueList>(std::string_view)> query;
};

// The sample that an alert is about.
struct RenderSample {
    const Labels& labels;    // {{ $labels }}, __name__ included
    double value;            // {{ $value }}
    std::string_view level;  // {{ $level }}, "" of a plain rule
};

bool is_template(std::string_view text);

// A template that fails becomes "<error expanding template: …>", as in Prometheus.
std::string render(const std::string& text, const RenderSample& sample,
                   const RenderEnvironment& environment);
Annotations render_annotations(const StringPairs& templates, const RenderSample& sample,
                               const RenderEnvironment& environment);

}  // namespace tocsin::rules
