// The section `certificates` of agent.yml: when certificates end, of files and of those who answer
// under TLS.
#pragma once

#include <string>
#include <vector>

#include "base/net/tls_look.h"
#include "collector/api/target.h"

namespace tocsin::collector {

// Files are the host's own and have its labels; each endpoint is a target.
struct CertificatesConfig final : TargetConfig {
    std::vector<std::string> files;  // patterns of paths; empty: an endpoint
    net::TlsLookRequest endpoint;
};

TargetConfigs read_certificates(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
