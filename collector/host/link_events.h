// Whether the kernel has said that a network device changed (rtnetlink's RTM_NEWLINK and
// RTM_DELLINK: carrier, state, address, MTU, flags, alias, group, name, coming and going).
#pragma once

#include <string>
#include <string_view>

namespace tocsin::collector {

class LinkEvents {
  public:
    // Not listening (another tree than this kernel's, no socket to be had): always changed.
    explicit LinkEvents(bool listen);
    LinkEvents(const LinkEvents&) = delete;
    LinkEvents& operator=(const LinkEvents&) = delete;
    ~LinkEvents();

    // Since the last call. True as well when events were lost.
    bool changed();
    // Whether the device of this name and index is of the network namespace that is listened to:
    // /sys may show another one's. False when not listening.
    bool is_ours(const std::string& name, std::string_view ifindex) const;

  private:
    int fd_ = -1;
};

}  // namespace tocsin::collector
