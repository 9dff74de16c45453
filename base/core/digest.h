// Digests and their text forms; OpenSSL behind.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin {

std::string hex(std::string_view bytes);     // lower case
std::string base64(std::string_view bytes);  // with padding
std::string sha256(std::string_view bytes);  // 32 raw bytes
std::string md5(std::string_view bytes);     // 16 raw bytes; to agree with others, never to secure
std::string hmac_sha256(std::string_view key, std::string_view message);  // 32 raw bytes

}  // namespace tocsin
