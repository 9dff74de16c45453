// When the certificates of files and of those who answer under TLS end, under ssl_exporter's names.
#pragma once

#include <memory>

#include "collector/api/target.h"

namespace tocsin::collector {

Result<std::unique_ptr<Target>> create_certificates(
    const std::shared_ptr<const TargetConfig>& config, const TargetContext& context);

}  // namespace tocsin::collector
