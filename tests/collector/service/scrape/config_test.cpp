#include "collector/service/scrape/config.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/read_targets.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

using Read = test::ReadTargets<ScrapeConfig>;

Read read(const std::string& text) {
    return test::read_targets<ScrapeConfig>(read_scrape, text);
}

}  // namespace

TEST_CASE("a job and a URL are enough") {
    const Read r = read("- {job: kafka, url: 'http://127.0.0.1:7071/metrics'}");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 1);
    const ScrapeConfig& c = r.at(0);
    CHECK(c.job == "kafka");
    CHECK(c.instance == "127.0.0.1:7071");
    CHECK(c.url == "http://127.0.0.1:7071/metrics");
    CHECK(c.every == Duration{0});
    CHECK(c.timeout == Duration(10s));
    CHECK(c.sample_limit == 20'000);
    CHECK(c.client.body_bytes == 16U * 1024 * 1024);
    CHECK(c.conflict == LabelConflict::kTargetWins);
    CHECK(c.times == PageTimes::kHonored);
    CHECK(c.client.peer == net::PeerCheck::kVerified);
}

TEST_CASE("every key is read, and each URL is a target of its own") {
    const Read r = read(R"(
- job: shop
  urls: [https://shop.example/metrics, "http://[::1]:9100/metrics"]
  every: 30s
  timeout: 5s
  sample_limit: 7
  body_size_limit: 1MiB
  honor_labels: true
  honor_timestamps: false
  labels: {team: web}
  allow: [http_.*]
  metric_relabel_configs: [{action: labeldrop, regex: pod}]
  basic_auth: {username: u, password_file: /p}
  headers: {X-Scope-OrgID: a}
  tls: {ca_file: /ca, cert_file: /c, key_file: /k, server_name: s, insecure_skip_verify: true}
)");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 2);
    CHECK(r.at(0).instance == "shop.example:443");
    CHECK(r.at(1).instance == "[::1]:9100");
    const ScrapeConfig& c = r.at(1);
    CHECK(c.every == Duration(30s));
    CHECK(c.timeout == Duration(5s));
    CHECK(c.sample_limit == 7);
    CHECK(c.client.body_bytes == 1024U * 1024);
    CHECK(c.conflict == LabelConflict::kPageWins);
    CHECK(c.times == PageTimes::kIgnored);
    CHECK(c.labels == Labels{{"team", "web"}});
    CHECK(c.allowed.size() == 1);
    CHECK(c.relabel.size() == 1);
    CHECK(c.username == "u");
    CHECK(c.password_file == "/p");
    CHECK(c.headers.size() == 1);
    CHECK(c.client.ca_file == "/ca");
    CHECK(c.client.certificate_file == "/c");
    CHECK(c.client.key_file == "/k");
    CHECK(c.client.server_name == "s");
    CHECK(c.client.peer == net::PeerCheck::kUnverified);
    const Read token = read("- {job: a, url: 'http://a', instance: b, token_file: /t}");
    CHECK(token.said.empty());
    CHECK(token.at(0).token_file == "/t");
    CHECK(token.at(0).instance == "b");
}

TEST_CASE("what is wrong is named at its place") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"{job: a}", "agent.yml:1:1: error: \"scrape\" is a list of {job, url}"},
        {"- {url: 'http://a'}", "agent.yml:1:3: error: a target of scrape needs the key \"job\""},
        {"- {job: a}", "agent.yml:1:3: error: \"url\": is needed, or a list"},
        {"- {job: a, url: 'http://a', urls: ['http://b']}", "agent.yml:1:35: error: \"urls\": "},
        {"- {job: a, url: a}", "agent.yml:1:17: error: \"url\": "},
        {"- {job: a, urls: ['http://a', 'ftp://b']}", "agent.yml:1:18: error: \"urls\": "},
        {"- {job: a, urls: ['http://a', 'http://b'], instance: c}",
         "agent.yml:1:54: error: \"instance\": is of one URL"},
        {"- {job: a, url: 'http://a', labels: {job: b}}",
         "agent.yml:1:37: error: \"labels\": the label job is a key of its own"},
        {"- {job: a, url: 'http://a', labels: {b-c: b}}",
         "agent.yml:1:37: error: \"labels\": \"b-c\" is no label's name"},
        {"- {job: a, url: 'http://a', allow: ['(']}", "agent.yml:1:36: error: \"allow\": "},
        {"- {job: a, url: 'http://a', sample_limit: -1}", "agent.yml:1:43: error: "},
        {"- {job: a, url: 'http://a', body_size_limit: 5}", "agent.yml:1:46: error: "},
        {"- {job: a, url: 'http://a', body_size_limit: 0B}",
         "agent.yml:1:46: error: \"body_size_limit\": must be more than nothing"},
        {"- {job: a, url: 'http://a', basic_auth: {username: b}}",
         "agent.yml:1:41: error: \"basic_auth\" needs the key \"password_file\""},
        {"- {job: a, url: 'http://a', basic_auth: {username: b, password: c, password_file: d}}",
         "agent.yml:1:55: error: unknown key \"password\""},
        {"- {job: a, url: 'http://a', token_file: t, basic_auth: {username: b, password_file: d}}",
         "agent.yml:1:41: error: \"token_file\": cannot stand beside"},
        {"- {job: a, url: 'http://a', headers: {authorization: b}}",
         "agent.yml:1:38: error: \"headers\": \"authorization\" is the scrape's own"},
        {"- {job: a, url: 'https://a', tls: {cert_file: b}}",
         "agent.yml:1:47: error: \"cert_file\": needs its other half"},
        {"- {job: a, url: 'https://a', tls: {certfile: b}}",
         "agent.yml:1:36: error: unknown key \"certfile\""},
        {"- {job: a, url: 'http://a', metric_relabel_configs: [{action: keepp}]}",
         "agent.yml:1:63: error: \"action\": must be one of"},
        {"- {job: a, url: 'http://a', scrape_interval: 5s}", "agent.yml:1:29: error: unknown key"},
        {"- {job: a, url: 'http://a', every: 5s, timeout: 6s}",
         "agent.yml:1:49: error: \"timeout\": is longer than \"every\" (5s)"},
    };
    for (const auto& [text, message] : cases) {
        const Read r = read(text);
        INFO(text);
        REQUIRE(r.said.size() == 1);
        CHECK_THAT(r.said[0], Catch::StartsWith(message));
    }
}
