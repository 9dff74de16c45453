// What the bridge answers to a body that it cannot read, to one that does not say that it is JSON
// and to one with fields that there are not stands in docs/openapi.yaml for every request that
// carries one. Every other answer that a test of this folder asks for is held against it by
// RunningApp.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "running_app.h"
#include "tests/support/described_answers.h"

using namespace tocsin;
using tocsin::bridge::test::RunningApp;
using tocsin::test::described_api;
using tocsin::test::referred;
using tocsin::test::types_of;
namespace json = boost::json;

namespace {

// Of the document's path one that can be asked for.
std::string path_of(std::string pattern) {
    for (std::size_t at = 0; (at = pattern.find('{')) != std::string::npos;) {
        pattern.replace(at, pattern.find('}') - at + 1, "1");
    }
    return pattern;
}

net::Response send(const RunningApp& app, const std::string& method, const std::string& path,
                   const std::string& type, const std::string& body = "{") {
    net::ClientRequest request;
    request.method = method;
    request.url = "http://127.0.0.1:" + std::to_string(app.port) + path;
    request.headers.set("Content-Type", type);
    request.body = body;
    auto response = net::fetch(request);
    REQUIRE(response);
    return std::move(response).value();
}

const char* type_of(const std::string& body) {
    const json::value value = json::parse(body);
    return value.is_string() ? "string" : value.is_object() ? "object" : "other";
}

void check_described(const text::YamlNode& root, const text::YamlNode& operation,
                     const net::Response& answer) {
    INFO(answer.status << " " << answer.body);
    const auto described =
        referred(root, operation.find("responses").find(std::to_string(answer.status)));
    CHECK(described);
    if (!described) return;
    const auto schema = described.find("content").find("application/json").find("schema");
    CHECK(types_of(root, schema).contains(type_of(answer.body)));
}

}  // namespace

TEST_CASE("how a body is refused is described, whatever the request") {
    const RunningApp app;
    const text::YamlNode root = described_api();
    int asked = 0;
    for (const auto& [path, methods] : root.find("paths").entries()) {
        for (const char* method : {"POST", "DELETE"}) {
            const auto operation = methods.find(method == std::string("POST") ? "post" : "delete");
            const auto body = referred(root, operation.find("requestBody"));
            const bool form =
                static_cast<bool>(body.find("content").find("application/x-www-form-urlencoded"));
            if (!operation || form) continue;
            INFO(method << " " << path);
            ++asked;
            check_described(root, operation,
                            send(app, method, path_of(std::string(path)), "application/json"));
            check_described(root, operation,
                            send(app, method, path_of(std::string(path)), "text/plain"));
        }
    }
    CHECK(asked > 50);
}

// Alertmanager's senders and clients, and agents newer than the bridge, may say more than it knows.
bool takes_anything(std::string_view path) {
    return path.starts_with("/api/v2/") || path == "/api/v1/heartbeat" ||
           path == "/api/v1/webhook/alertmanager";
}

void add_fields(const text::YamlNode& root, const text::YamlNode& node,
                std::vector<std::string>& out) {
    const text::YamlNode schema = referred(root, node);
    for (const auto& part : schema.find("allOf").items()) add_fields(root, part, out);
    for (const auto& [name, type] : schema.find("properties").entries()) out.push_back(name);
}

TEST_CASE("a body takes the fields that are described, and no others") {
    const RunningApp app;
    const text::YamlNode root = described_api();
    const auto refused = [&](const std::string& method, std::string_view path,
                             const std::string& field) {
        const net::Response answer =
            send(app, method, path_of(std::string(path)), "application/json",
                 json::serialize(json::object{{field, json::object{}}}));
        const std::string complaint = "field \"" + field + "\": is not one that there is";
        return answer.status == 400 &&
               tocsin::bridge::test::text(json::parse(answer.body), "/error/message") == complaint;
    };
    int asked = 0;
    for (const auto& [path, methods] : root.find("paths").entries()) {
        for (const std::string method : {"POST", "DELETE"}) {
            const auto operation = methods.find(method == "POST" ? "post" : "delete");
            const auto body = referred(root, operation.find("requestBody"));
            const auto schema = body.find("content").find("application/json").find("schema");
            if (!schema || takes_anything(path)) continue;
            INFO(method << " " << path);
            ++asked;
            CHECK(refused(method, path, "nonsense"));
            std::vector<std::string> fields;
            add_fields(root, schema, fields);
            for (const std::string& field : fields) {
                INFO(field);
                CHECK_FALSE(refused(method, path, field));
            }
        }
    }
    CHECK(asked > 45);
}

TEST_CASE("a silence that cannot be read is refused by an object, one that cannot be by a string") {
    const RunningApp app;
    const auto told = [&](const char* body) { return app.post("/api/v2/silences", body); };
    const char* backwards =
        R"({"matchers": [{"name": "host", "value": "a", "isRegex": false}], "createdBy": "li.na",
            "comment": "", "startsAt": "2126-01-02T00:00:00Z", "endsAt": "2126-01-01T00:00:00Z"})";
    CHECK(told("{").status == 400);
    CHECK(type_of(told("{").body) == std::string("object"));
    CHECK(told(backwards).status == 400);
    CHECK(type_of(told(backwards).body) == std::string("string"));
}

void tocsin::bridge::test::check_described(const std::string& method, const std::string& path,
                                           const net::Response& answer) {
    static const tocsin::test::DescribedAnswers described;
    for (const std::string& wrong : described.wrong_with(method, path, answer)) {
        FAIL_CHECK(method << " " << path << ": " << answer.status << ": " << wrong);
    }
}
