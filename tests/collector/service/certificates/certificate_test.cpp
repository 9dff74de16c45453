#include "collector/service/certificates/certificate.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/net/file.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

std::string openssl(const test::FixtureTree& tree, const std::string& arguments,
                    const std::string& into) {
    const std::string command =
        "openssl " + arguments + " -out '" + tree.at(into) + "' 2>/dev/null";
    if (std::system(command.c_str()) != 0) FAIL(command);
    return net::read_file(tree.at(into)).value();
}

// A self-signed certificate in PEM; its key lies beside it.
std::string certificate(const test::FixtureTree& tree, const std::string& name,
                        const std::string& more) {
    return openssl(tree,
                   "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout '" +
                       tree.at(name + ".key") + "' " + more,
                   name + ".pem");
}

}  // namespace

TEST_CASE("a certificate says whose it is and until when, in ssl_exporter's words") {
    const test::FixtureTree tree;
    const std::string pem = certificate(
        tree, "a",
        "-days 10 -set_serial 18446744073709551617 -utf8 -subj '/OU=one/OU=两/CN=first/CN=shop' "
        "-addext subjectAltName=DNS:shop.example,DNS:www.shop.example,IP:10.0.0.1,IP:::1,"
        "email:ops@shop.example");
    const CertificateFile file = read_certificate_file(pem);
    CHECK(file.trouble.empty());
    REQUIRE(file.certificates.size() == 1);
    const Certificate& c = file.certificates[0];
    CHECK(c.serial == "18446744073709551617");
    CHECK(c.cn == "shop");
    CHECK(c.issuer_cn == "shop");
    CHECK(c.dns_names == ",shop.example,www.shop.example,");
    CHECK(c.ips == ",10.0.0.1,::1,");
    CHECK(c.emails == ",ops@shop.example,");
    CHECK(c.units == ",one,两,");
    CHECK(c.not_after - c.not_before == Duration(240h));
    // What the openssl command reads of the same file.
    const std::string dates =
        openssl(tree, "x509 -noout -enddate -dateopt iso_8601 -in '" + tree.at("a.pem") + "'", "d");
    CHECK(dates.substr(9, 10) == format_rfc3339(c.not_after).substr(0, 10));
    CHECK(dates.substr(20, 8) == format_rfc3339(c.not_after).substr(11, 8));
}

TEST_CASE("a bundle gives each certificate once, DER its one, and other blocks nothing") {
    const test::FixtureTree tree;
    const std::string a = certificate(tree, "a", "-subj /CN=a");
    const std::string b = certificate(tree, "b", "-subj /CN=b");
    const std::string key = net::read_file(tree.at("a.key")).value();
    const CertificateFile bundle =
        read_certificate_file("text\r\n" + key + a + "# between\n" + b + a + "\n");
    CHECK(bundle.trouble.empty());
    REQUIRE(bundle.certificates.size() == 2);
    CHECK(bundle.certificates[0].cn == "a");
    CHECK(bundle.certificates[1].cn == "b");
    const std::string der =
        openssl(tree, "x509 -outform DER -in '" + tree.at("b.pem") + "'", "b.der");
    const CertificateFile one = read_certificate_file(der);
    CHECK(one.trouble.empty());
    REQUIRE(one.certificates.size() == 1);
    CHECK(one.certificates[0] == bundle.certificates[1]);
}

TEST_CASE("a certificate that says what it is trusted for is one, and one of old as well") {
    const test::FixtureTree tree;
    std::string pem = certificate(tree, "a", "-subj /CN=a");
    const std::string trusted =
        openssl(tree, "x509 -addtrust serverAuth -in '" + tree.at("a.pem") + "'", "trusted.pem");
    REQUIRE(trusted.starts_with("-----BEGIN TRUSTED CERTIFICATE-----"));
    for (const char* edge : {"BEGIN ", "END "})
        pem.insert(pem.find(edge) + std::strlen(edge), "X509 ");
    for (const std::string& text : {trusted, pem}) {
        const CertificateFile file = read_certificate_file(text);
        CHECK(file.trouble.empty());
        REQUIRE(file.certificates.size() == 1);
        CHECK(file.certificates[0].cn == "a");
    }
}

TEST_CASE("what does not read is said, and the rest is read") {
    const test::FixtureTree tree;
    const std::string a = certificate(tree, "a", "-subj /CN=a");
    const std::string key = net::read_file(tree.at("a.key")).value();
    const std::string broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const CertificateFile half = read_certificate_file(broken + a);
    CHECK(half.trouble == "certificate 1: a certificate does not read");
    CHECK(half.certificates.size() == 1);
    const CertificateFile cut = read_certificate_file(a + a.substr(0, a.size() / 2));
    CHECK(cut.trouble == "a PEM block does not read");
    CHECK(cut.certificates.size() == 1);
    CHECK(read_certificate_file(key).trouble == "holds no certificate");
    for (const char* nothing : {"", "text", "\x30\x82", "0"}) {
        const CertificateFile none = read_certificate_file(nothing);
        CHECK(none.trouble == "holds no certificate, neither PEM nor DER");
        CHECK(none.certificates.empty());
    }
}
