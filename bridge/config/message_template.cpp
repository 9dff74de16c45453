#include "bridge/config/message_template.h"

#include "base/text/template.h"

namespace tocsin::bridge {

std::string template_problem(std::string_view text) {
    const auto parsed = text::Template::parse(text);
    if (!parsed) return parsed.error().message;
    text::ValueMap dot;
    for (const std::string_view name : kTemplateTexts) dot[std::string(name)] = std::string();
    for (const std::string_view name : kTemplateLists) dot[std::string(name)] = text::ValueList{};
    text::TemplateContext context;
    context.dot = dot;
    const auto rendered = parsed.value().render(context);
    return rendered ? std::string() : rendered.error().message;
}

}  // namespace tocsin::bridge
