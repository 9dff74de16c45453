// The types of channels as the configuration sees them: a row a type, in the order of
// ChannelSettings. Their notifiers are bridge/notify/registry.cpp's. Internal.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/core/diagnostics.h"
#include "base/text/yaml.h"
#include "bridge/config/channel.h"

namespace tocsin::bridge {

struct ChannelType {
    std::string_view name;  // as `type:` says it
    Readership readership;
    // What the vendor lets through, from its own documentation (docs/notifications.md).
    std::span<const Rate> rates;
    std::span<const Rate> per_contact;
    ChannelSettings (*read)(text::MapReader& r, Diagnostics& d);
    std::string_view contact;      // "a contact by e-mail"
    std::string_view contact_key;  // what such a contact gives: "address"
    bool contact_required;
    std::string (*default_address)(const ChannelSettings& settings);
    std::string (*address_problem)(std::string_view address);  // "" for none
};

std::span<const ChannelType> channel_types();

}  // namespace tocsin::bridge
