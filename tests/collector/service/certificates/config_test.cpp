#include "collector/service/certificates/config.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/read_targets.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

using Read = test::ReadTargets<CertificatesConfig>;

Read read(const std::string& text) {
    return test::read_targets<CertificatesConfig>(read_certificates, text);
}

}  // namespace

TEST_CASE("files are the host's own, each endpoint is a target") {
    const Read r = read(R"(
- {files: [/etc/ssl/shop/*.pem, /etc/ssl/ca.crt]}
- endpoints: [shop.example:443, "smtp://mail:587", "imap://[::1]:143", "pop3://mail:110", "https://a:443/", "ftp://a:21", "postgres://db:5432", "ldap://a:389"]
  server_name: shop.example
  ca_file: /ca
  cert_file: /cert
  key_file: /key
  job: tls
  every: 30s
  timeout: 3s
)");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 9);
    CHECK(r.at(0).files.size() == 2);
    CHECK(r.at(0).instance.empty());
    CHECK(r.at(0).name == "/etc/ssl/shop/*.pem");
    CHECK(r.at(0).every == Duration(1min));
    const std::vector<std::pair<net::HostPort, net::StartTls>> endpoints{
        {{"shop.example", 443}, net::StartTls::kNone},
        {{"mail", 587}, net::StartTls::kSmtp},
        {{"::1", 143}, net::StartTls::kImap},
        {{"mail", 110}, net::StartTls::kPop3},
        {{"a", 443}, net::StartTls::kNone},
        {{"a", 21}, net::StartTls::kFtp},
        {{"db", 5432}, net::StartTls::kPostgres},
        {{"a", 389}, net::StartTls::kLdap}};
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        const CertificatesConfig& c = r.at(i + 1);
        CHECK(c.files.empty());
        CHECK(c.endpoint.to == endpoints[i].first);
        CHECK(c.endpoint.start_tls == endpoints[i].second);
        CHECK(c.endpoint.server_name == "shop.example");
        CHECK(c.endpoint.ca_file == "/ca");
        CHECK(c.endpoint.certificate_file == "/cert");
        CHECK(c.endpoint.key_file == "/key");
        CHECK(c.endpoint.timeout == Duration(3s));
        CHECK(c.job == "tls");
        CHECK(c.every == Duration(30s));
    }
    CHECK(r.at(2).instance == "smtp://mail:587");
}

TEST_CASE("what is wrong is named at its place") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a", "agent.yml:1:1: error: \"certificates\" is a list of {files} and {endpoints}"},
        {"- {every: 5m}", "agent.yml:1:3: error: \"files\": is needed, or \"endpoints\""},
        {"- {files: [/a], endpoints: [a:1]}",
         "agent.yml:1:28: error: \"endpoints\": cannot stand beside \"files\""},
        {"- {files: []}", "agent.yml:1:11: error: \"files\": names no file"},
        {"- {files: /a}", "agent.yml:1:11: error: \"files\": must be a list"},
        {"- {files: [a.pem]}", "agent.yml:1:11: error: \"files\": must be absolute: a.pem"},
        {"- {files: [/a], ca_file: /b}", "agent.yml:1:26: error: \"ca_file\": is of endpoints"},
        {"- {endpoints: [shop.example]}", "agent.yml:1:15: error: \"endpoints\": "},
        {"- {files: [/a], job: b}", "agent.yml:1:22: error: \"job\": is of endpoints"},
        {"- {endpoints: [a:1], cert_file: /c}",
         "agent.yml:1:33: error: \"cert_file\": needs both \"cert_file\" and \"key_file\""},
        {"- {endpoints: [a:1], key_file: /c}",
         "agent.yml:1:32: error: \"key_file\": needs both \"cert_file\" and \"key_file\""},
        {"- {endpoints: ['mysql://a:3306']}", "agent.yml:1:15: error: \"endpoints\": "},
        {"- {endpoints: [a:443], file: b}", "agent.yml:1:24: error: unknown key \"file\""},
    };
    for (const auto& [text, message] : cases) {
        const Read r = read(text);
        INFO(text);
        REQUIRE(r.said.size() == 1);
        CHECK_THAT(r.said[0], Catch::StartsWith(message));
    }
}
