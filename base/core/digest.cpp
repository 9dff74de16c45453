#include "base/core/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace tocsin {

namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

constexpr std::size_t kSha256Bytes = 32;
constexpr std::size_t kMd5Bytes = 16;

}  // namespace

std::string hex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto b = static_cast<unsigned char>(c);
        out += kDigits[b >> 4U];
        out += kDigits[b & 15U];
    }
    return out;
}

std::string base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP writes a final NUL
    const int n = EVP_EncodeBlock(bytes_of(out), bytes_of(bytes), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(n));
    return out;
}

std::string sha256(std::string_view bytes) {
    std::string out(kSha256Bytes, '\0');
    unsigned n = 0;
    EVP_Digest(bytes.data(), bytes.size(), bytes_of(out), &n, EVP_sha256(), nullptr);
    return out;
}

std::string md5(std::string_view bytes) {
    std::string out(kMd5Bytes, '\0');
    unsigned n = 0;
    EVP_Digest(bytes.data(), bytes.size(), bytes_of(out), &n, EVP_md5(), nullptr);
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
    std::string out(kSha256Bytes, '\0');
    unsigned n = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(message), message.size(),
         bytes_of(out), &n);
    return out;
}

}  // namespace tocsin
