// What may lie in a certificate's file, and what an endpoint may show for one.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/core/strings.h"
#include "collector/service/certificates/certificate.h"

using namespace tocsin;
using namespace tocsin::collector;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const CertificateFile file = read_certificate_file(bytes);
    if (file.certificates.empty() && file.trouble.empty()) std::abort();
    for (const Certificate& c : file.certificates) {
        for (const auto& text :
             {c.serial, c.issuer_cn, c.cn, c.dns_names, c.ips, c.emails, c.units}) {
            if (!is_valid_utf8(text)) std::abort();
        }
    }
    (void)read_certificate(bytes);
    return 0;
}
