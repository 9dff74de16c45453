// libcurl for notifiers: one blocking transfer, owned. The only place that includes curl.h is the
// .cpp beside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/secret.h"
#include "base/core/time.h"
#include "bridge/config/config.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

struct SmtpTransfer {
    std::string server;  // host:port
    MailSecurity security = MailSecurity::kStartTls;
    std::string ca_file;
    std::string user;
    Secret password;
    std::string from;
    std::string to;
    std::string mail;  // CRLF line ends
    Duration timeout{20s};
};
Outcome send_smtp(const SmtpTransfer& transfer);

struct HttpPost {
    std::string url;
    std::string ca_file;
    std::vector<std::pair<std::string, std::string>> headers;  // no line breaks in them
    std::string body;
    Duration timeout{20s};
};
struct HttpAnswer {
    int status = 0;    // 0: no answer, see `failure`
    std::string body;  // its first kilobytes
    std::optional<Duration> retry_after;
    Outcome failure;
};
HttpAnswer post_http(const HttpPost& post);

}  // namespace tocsin::bridge
