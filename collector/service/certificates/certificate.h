// What an X.509 certificate says of itself, and the certificates of a file. Pure; OpenSSL behind.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"

namespace tocsin::collector {

// Texts as ssl_exporter's labels have them: lists in commas, ",a,b,", and "" for none. Bytes that
// are not UTF-8 are replaced.
struct Certificate {
    Timestamp not_before{};
    Timestamp not_after{};
    std::string serial;     // decimal
    std::string issuer_cn;  // the last, where there are several
    std::string cn;
    std::string dns_names;
    std::string ips;
    std::string emails;
    std::string units;  // organizational
    bool operator==(const Certificate&) const = default;
};

Result<Certificate> read_certificate(std::string_view der);

// The certificates of a file: PEM, of which other blocks (keys, parameters) and text between are
// passed over, or one in DER.
struct CertificateFile {
    std::vector<Certificate> certificates;  // each once, in order
    std::string trouble;                    // what does not read; "" when all does
};
CertificateFile read_certificate_file(std::string_view bytes);

}  // namespace tocsin::collector
