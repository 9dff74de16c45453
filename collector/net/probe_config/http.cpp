#include <algorithm>
#include <array>

#include "base/net/http.h"
#include "collector/net/probe_config/read.h"

namespace tocsin::collector::probe {
namespace {

constexpr std::array<std::string_view, 2> kCompressions{"gzip", "none"};
constexpr std::array<std::string_view, 2> kVersions{"1.1", "2"};
constexpr std::array<std::string_view, 3> kAnswerVersions{"1.0", "1.1", "2"};

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f &&
               std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
    });
}

void check_header(text::MapReader& reader, std::string_view key, const std::string& name,
                  const std::string& value) {
    if (!is_token(name)) reader.error(key, "\"" + name + "\" is no header's name");
    if (value.find_first_of("\r\n") != std::string::npos) {
        reader.error(key, "the value of \"" + name + "\" has a line break");
    }
}

Pairs read_header_regexes(text::MapReader& reader, std::string_view key) {
    Pairs headers = reader.string_map(key);
    for (const auto& [name, expression] : headers) {
        check_header(reader, key, name, "");
        check_regex(reader, key, expression);
    }
    return headers;
}

void read_status(text::MapReader& reader, HttpExpect& expect) {
    for (const std::string& text : read_texts(reader, "status")) {
        const bool digits =
            text.size() == 3 && text.find_first_not_of("0123456789") == std::string::npos;
        const int status = digits ? std::stoi(text) : 0;
        if (status < 100 || status > 599) {
            reader.error("status", "\"" + text + "\" is no status of HTTP (100 to 599)");
        } else {
            expect.status.push_back(status);
        }
    }
}

HttpExpect read_expect(const text::YamlNode& node, Diagnostics& diagnostics) {
    HttpExpect expect;
    text::MapReader reader(node, "expect", diagnostics);
    read_status(reader, expect);
    expect.versions = read_texts(reader, "http_version");
    for (const std::string& version : expect.versions) {
        if (std::find(kAnswerVersions.begin(), kAnswerVersions.end(), version) ==
            kAnswerVersions.end()) {
            reader.error("http_version", "\"" + version + "\" is none of 1.0, 1.1 and 2");
        }
    }
    expect.body = read_regexes(reader, "body");
    expect.body_not = read_regexes(reader, "body_not");
    expect.headers = read_header_regexes(reader, "headers");
    expect.headers_not = read_header_regexes(reader, "headers_not");
    reader.finish();
    return expect;
}

void read_basic_auth(text::MapReader& reader, std::string_view key, std::string& username,
                     std::string& password_file, Diagnostics& diagnostics) {
    const text::YamlNode node = reader.node(key);
    if (!node) return;
    text::MapReader basic(node, key, diagnostics);
    basic.require("username");
    basic.require("password_file");
    read_text(basic, "username", username);
    read_text(basic, "password_file", password_file);
    basic.finish();
}

void read_auth(text::MapReader& reader, HttpConfig& http, Diagnostics& diagnostics) {
    read_basic_auth(reader, "basic_auth", http.username, http.password_file, diagnostics);
    read_text(reader, "bearer_token_file", http.bearer_token_file);
    if (reader.node("basic_auth") && !http.bearer_token_file.empty()) {
        reader.error("bearer_token_file",
                     "stands beside \"basic_auth\"; a request has one of them");
    }
}

void read_proxy(text::MapReader& reader, HttpConfig& http, Diagnostics& diagnostics) {
    read_text(reader, "proxy", http.proxy);
    read_basic_auth(reader, "proxy_basic_auth", http.proxy_username, http.proxy_password_file,
                    diagnostics);
    if (http.proxy.empty()) {
        if (reader.node("proxy_basic_auth")) {
            reader.error("proxy_basic_auth", "is for a \"proxy\", and there is none");
        }
        return;
    }
    if (const auto url = net::parse_url(http.proxy); !url) {
        reader.error("proxy", url.error().message);
    }
}

void read_request(text::MapReader& reader, HttpConfig& http) {
    read_text(reader, "method", http.method);
    if (!is_token(http.method)) reader.error("method", "is no method of HTTP");
    http.headers = reader.string_map("headers");
    for (const auto& [name, value] : http.headers) check_header(reader, "headers", name, value);
    read_text(reader, "body", http.body);
    if (const auto version = reader.choice("http_version", kVersions); version == "1.1") {
        http.http2 = Switch::kOff;
    }
    if (const auto coding = reader.choice("compression", kCompressions); coding == "gzip") {
        http.compression = *coding;
    }
    if (const auto limit = reader.bytes("body_size_limit")) {
        http.body_limit = *limit;
        if (limit->count == 0) reader.error("body_size_limit", "must be more than nothing");
    }
}

}  // namespace

HttpConfig read_http(text::MapReader& reader, Diagnostics& diagnostics) {
    HttpConfig http;
    read_request(reader, http);
    http.expect = read_expect(reader.node("expect"), diagnostics);
    read_switch(reader, "follow_redirects", http.follow_redirects);
    read_switch(reader, "fail_if_ssl", http.fail_if_ssl);
    read_switch(reader, "fail_if_not_ssl", http.fail_if_not_ssl);
    http.tls = read_tls(reader, diagnostics);
    read_proxy(reader, http, diagnostics);
    read_auth(reader, http, diagnostics);
    return http;
}

}  // namespace tocsin::collector::probe
