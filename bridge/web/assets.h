// The on-call page as the binary carries it: every file of the bundle with what a response needs.
//
// The files are made at build time (bridge/web/build/bundle.mjs) and live as long as the program.
// Serving one is: find(), compare the ETag, choose gzip or plain, add the headers of
// page_headers(). Everything here is pure and safe from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tocsin::bridge::web {

enum class CachePolicy {
    kRevalidate,  // the page itself: asked for again each time, answered by 304
    kImmutable,   // a name that holds its content's hash: kept for a year
};

// The value of Cache-Control.
std::string_view to_string(CachePolicy policy);

struct Asset {
    std::string_view path;          // as asked for: "/", "/assets/app-5TQXK2LB.js"
    std::string_view content_type;  // "text/html; charset=utf-8"
    std::string_view etag;          // a strong tag with its quotes; of the content, not its coding
    std::string_view gzip;          // for Content-Encoding: gzip
    std::string_view plain;         // for those who do not accept gzip
    CachePolicy cache;
};

// All of them, sorted by path.
std::span<const Asset> assets();

// The file that answers a request path (without its query), or nullptr. The page's own addresses,
// "/" and "/incidents/<key>", all answer with the page.
const Asset* find(std::string_view path);

struct Header {
    std::string_view name;
    std::string_view value;
};

// What every answer with an asset carries beside its own fields: the content security policy, which
// allows nothing inline and nothing from elsewhere, and its companions.
std::span<const Header> page_headers();

}  // namespace tocsin::bridge::web
