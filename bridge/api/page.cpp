#include "bridge/api/page.h"

#include <string>

#include "base/core/strings.h"
#include "bridge/web/assets.h"

namespace tocsin::bridge {
namespace {

// Of Accept-Encoding (RFC 9110, 12.5.3) the one question here: may it be gzip?
bool accepts_gzip(std::string_view header) {
    while (!header.empty()) {
        const std::size_t comma = header.find(',');
        std::string_view item = trim(header.substr(0, comma));
        header = comma == std::string_view::npos ? "" : header.substr(comma + 1);
        const std::size_t semicolon = item.find(';');
        const std::string_view coding = trim(item.substr(0, semicolon));
        const std::string_view weight =
            semicolon == std::string_view::npos ? "" : trim(item.substr(semicolon + 1));
        if (!iequals(coding, "gzip") && coding != "*") continue;
        return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000";
    }
    return false;
}

}  // namespace

std::optional<net::Response> page_response(const net::Request& request) {
    if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
    const web::Asset* asset = web::find(request.path);
    if (asset == nullptr) return std::nullopt;
    net::Response response;
    for (const web::Header& header : web::page_headers()) {
        response.headers.set(header.name, std::string(header.value));
    }
    response.headers.set("ETag", std::string(asset->etag));
    response.headers.set("Cache-Control", std::string(web::to_string(asset->cache)));
    const std::string_view known = request.headers.get("If-None-Match");
    if (!known.empty() && known.find(asset->etag) != std::string_view::npos) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", std::string(asset->content_type));
    if (accepts_gzip(request.headers.get("Accept-Encoding"))) {
        response.headers.set("Content-Encoding", "gzip");
        response.body = std::string(asset->gzip);
    } else {
        response.body = std::string(asset->plain);
    }
    return response;
}

}  // namespace tocsin::bridge
