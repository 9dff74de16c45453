// Where an alert's expression can be looked at, private to rules/alert.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::rules {

// As Prometheus writes it; "" without an external address.
std::string generator_url(std::string_view external_url, std::string_view expr);

}  // namespace tocsin::rules
