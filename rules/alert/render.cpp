#include "rules/alert/render.h"

#include <utility>

namespace tocsin::rules {
namespace {

text::ValueMap label_map(const Labels& labels) {
    text::ValueMap map;
    for (const Label& label : labels) {
        map.emplace(std::string(label.name.view()), std::string(label.value.view()));
    }
    return map;
}

text::TemplateContext make_context(const RenderSample& sample,
                                   const RenderEnvironment& environment) {
    const text::Value labels(label_map(sample.labels));
    const text::Value external(label_map(environment.external));
    const text::Value url(environment.external_url);
    const text::Value level{std::string(sample.level)};
    text::TemplateContext context;
    context.dot = text::ValueMap{{"Labels", labels},
                                 {"ExternalLabels", external},
                                 {"ExternalURL", url},
                                 {"Value", text::Value(sample.value)},
                                 {"Level", level}};
    context.variables = {{"labels", labels},
                         {"externalLabels", external},
                         {"externalURL", url},
                         {"value", text::Value(sample.value)},
                         {"level", level}};
    context.query = environment.query;
    return context;
}

std::string expand(const std::string& text, const text::TemplateContext& context) {
    const auto parsed = text::Template::parse(text, kTemplateVariables);
    if (!parsed) return "<error expanding template: " + parsed.error().message + ">";
    auto rendered = parsed.value().render(context);
    if (!rendered) return "<error expanding template: " + rendered.error().message + ">";
    return std::move(rendered.value());
}

}  // namespace

bool is_template(std::string_view text) {
    return text.find("{{") != std::string_view::npos;
}

std::string render(const std::string& text, const RenderSample& sample,
                   const RenderEnvironment& environment) {
    if (!is_template(text)) return text;
    return expand(text, make_context(sample, environment));
}

Annotations render_annotations(const StringPairs& templates, const RenderSample& sample,
                               const RenderEnvironment& environment) {
    Annotations out;
    if (templates.empty()) return out;
    const text::TemplateContext context = make_context(sample, environment);
    for (const auto& [name, value] : templates) {
        out.insert_or_assign(name, is_template(value) ? expand(value, context) : value);
    }
    return out;
}

}  // namespace tocsin::rules
