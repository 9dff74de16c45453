#include "collector/net/probe/http_check.h"

#include <algorithm>
#include <ctime>

#include "base/core/strings.h"

namespace tocsin::collector::probe {
namespace {

Error wrong(std::string text) {
    return {ErrorCode::kInvalid, std::move(text)};
}

}  // namespace

std::string header_value(const HttpAnswer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers) {
        if (iequals(key, name)) return value;
    }
    return {};
}

std::optional<double> parse_http_date(const std::string& text) {
    // The agent runs in the locale C, whose names of days and months these are; %y is of 1969 to
    // 2068.
    for (const char* form :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
        std::tm parts{};
        const char* end = ::strptime(text.c_str(), form, &parts);
        if (end != nullptr && *end == '\0') return static_cast<double>(::timegm(&parts));
    }
    return std::nullopt;
}

Result<std::vector<HttpCheck::Header>> HttpCheck::compile(const Pairs& pairs) {
    std::vector<Header> out;
    for (const auto& [name, expression] : pairs) {
        TOCSIN_TRY(Search search, Search::compile(expression));
        out.push_back({name, std::move(search)});
    }
    return out;
}

Result<HttpCheck> HttpCheck::create(const HttpConfig& config) {
    HttpCheck check;
    check.config_ = &config;
    TOCSIN_TRY(check.body_, Search::compile(config.expect.body));
    TOCSIN_TRY(check.body_not_, Search::compile(config.expect.body_not));
    TOCSIN_TRY(check.headers_, compile(config.expect.headers));
    TOCSIN_TRY(check.headers_not_, compile(config.expect.headers_not));
    return check;
}

HttpVerdict HttpCheck::judge(const HttpAnswer& answer) const {
    if (const auto status = judge_status(answer.status); !status) return {status, false};
    if (const auto headers = judge_headers(answer); !headers) return {headers, true};
    if (const auto body = judge_body(answer.body); !body) return {body, true};
    return {judge_rest(answer), false};
}

Result<void> HttpCheck::judge_status(int status) const {
    const auto& wanted = config_->expect.status;
    const bool right = wanted.empty()
                           ? status >= 200 && status < 300
                           : std::find(wanted.begin(), wanted.end(), status) != wanted.end();
    if (right) return success();
    return wrong("answers with status " + std::to_string(status));
}

Result<void> HttpCheck::judge_headers(const HttpAnswer& answer) const {
    const auto found = [&](const Header& header) {
        return std::any_of(answer.headers.begin(), answer.headers.end(), [&](const auto& sent) {
            return iequals(sent.first, header.name) && header.value.found_in(sent.second);
        });
    };
    for (const Header& header : headers_) {
        if (!found(header)) {
            return wrong("its header " + header.name + " does not match " +
                         quote(header.value.expression()));
        }
    }
    for (const Header& header : headers_not_) {
        if (found(header)) {
            return wrong("its header " + header.name + " matches " +
                         quote(header.value.expression()));
        }
    }
    return success();
}

Result<void> HttpCheck::judge_body(const std::string& body) const {
    for (const Search& search : body_not_) {
        if (search.found_in(body)) return wrong("its body matches " + quote(search.expression()));
    }
    for (const Search& search : body_) {
        if (!search.found_in(body)) {
            return wrong("its body does not match " + quote(search.expression()));
        }
    }
    return success();
}

Result<void> HttpCheck::judge_rest(const HttpAnswer& answer) const {
    const auto& versions = config_->expect.versions;
    if (!versions.empty() &&
        std::find(versions.begin(), versions.end(), answer.version) == versions.end()) {
        return wrong("answers in HTTP " + answer.version);
    }
    if (config_->fail_if_ssl == Switch::kOn && answer.tls) return wrong("answers under TLS");
    if (config_->fail_if_not_ssl == Switch::kOn && !answer.tls) return wrong("answers without TLS");
    return success();
}

}  // namespace tocsin::collector::probe
