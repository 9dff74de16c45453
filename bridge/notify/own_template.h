// A channel's own templates (bridge.yml, `templates:`) with what a message fills them with. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/text/template.h"
#include "bridge/notify/content.h"

namespace tocsin::bridge {

// Makes text harmless in the dialect that the template is written in.
using Escape = std::function<std::string(std::string_view)>;

// The fields are those of bridge/config/message_template.h.
class Dot {
  public:
    Dot(const Message& message, const Content& content, const Escape& escape);
    void set(std::string_view field, std::string value);
    // `otherwise` for an empty template, and for one that fails over this message: a message that
    // is told plainly is better than none.
    std::string render(std::string_view text, std::string otherwise) const;
    const text::ValueMap& fields() const { return fields_; }

  private:
    text::ValueMap fields_;
};

}  // namespace tocsin::bridge
