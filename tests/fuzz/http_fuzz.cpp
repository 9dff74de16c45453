// What a peer can put into a URL, a query or a compressed body.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/net/http.h"

using namespace tocsin::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)parse_url(text);
    (void)parse_host_port(text);
    (void)parse_query(text);
    const auto decoded = percent_decode(percent_encode(text));
    if (!decoded || *decoded != text) std::abort();
    const auto plain = gunzip(text, 1024 * 1024);
    if (plain && plain.value().size() > 1024U * 1024U) std::abort();
    const auto round = gunzip(gzip(text), size);
    if (!round || round.value() != text) std::abort();
    return 0;
}
