#include "base/core/secret.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "base/core/digest.h"

namespace tocsin {

bool Secret::equals(std::string_view other) const {
    // Digests first, so that not even the length shows in the time it takes.
    const std::string a = sha256(value_);
    const std::string b = sha256(other);
    return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<Secret> secret_from_file(std::string_view path, std::string_view content, unsigned mode) {
    if ((mode & 077U) != 0) {
        return Error(ErrorCode::kInvalid,
                     fmt::format("{} can be read or written by others (mode {:04o}): chmod 600 it",
                                 path, mode & 07777U));
    }
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) {
        content.remove_suffix(1);
    }
    if (content.empty()) {
        return Error(ErrorCode::kInvalid, fmt::format("{} is empty", path));
    }
    return Secret(std::string(content));
}

}  // namespace tocsin
