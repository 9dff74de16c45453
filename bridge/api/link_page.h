// The small page behind a one-tap link: works without script, in both languages. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/net/http.h"
#include "bridge/notify/link.h"

namespace tocsin::bridge {

// What the page shows of the incident.
struct LinkSubject {
    std::string title;
    Priority priority = Priority::kP3;
    State state = State::kTriggered;
    std::string url;  // of its page
};

struct LinkPage {
    int status = 200;
    std::string sentence;                // what this is, or what came of it
    std::optional<LinkSubject> subject;  // none: nothing is known of an incident
    // The form, when there is something to do.
    enum class Form { kNone, kButton, kIdentity } form = Form::kNone;
    std::string action;  // the button's word
    std::string person;  // whom the link names
};

net::Response link_page(const LinkPage& page, std::string_view language);

}  // namespace tocsin::bridge
