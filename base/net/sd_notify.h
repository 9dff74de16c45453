// systemd's readiness protocol (sd_notify(3)), without libsystemd. Nothing without $NOTIFY_SOCKET.
#pragma once

#include <string_view>

namespace tocsin::net {

void sd_notify(std::string_view state);  // "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…"

}  // namespace tocsin::net
