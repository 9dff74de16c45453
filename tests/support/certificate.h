// A self-signed certificate for loopback tests, made by the openssl command.
#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "tests/support/fixture_tree.h"

namespace tocsin::test {

struct Certificate {
    std::string certificate_file;
    std::string key_file;
};

// `names` as OpenSSL's subjectAltName takes them: "DNS:localhost,IP:127.0.0.1".
inline Certificate make_certificate(const FixtureTree& dir, const std::string& names,
                                    const std::string& file = "server") {
    Certificate made{dir.at(file + ".crt"), dir.at(file + ".key")};
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=tocsin-test -addext subjectAltName=" +
        names + " -keyout '" + made.key_file + "' -out '" + made.certificate_file + "' 2>/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl req failed");
    return made;
}

}  // namespace tocsin::test
