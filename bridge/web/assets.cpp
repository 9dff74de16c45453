#include "bridge/web/assets.h"

#include <algorithm>
#include <array>

namespace tocsin::bridge::web {

std::string_view to_string(CachePolicy policy) {
    switch (policy) {
        case CachePolicy::kRevalidate:
            return "no-cache";
        case CachePolicy::kImmutable:
            return "public, max-age=31536000, immutable";
    }
    return "no-store";
}

namespace {

// The addresses of the page's views (src/model/address.ts): one document, whose script reads them.
bool is_view(std::string_view path) {
    constexpr std::array<std::string_view, 5> kPlaces = {"/oncall", "/silences", "/problems",
                                                         "/reviews", "/articles"};
    if (std::ranges::find(kPlaces, path) != kPlaces.end()) return true;
    constexpr std::array<std::string_view, 4> kOfOne = {"/incidents/", "/problems/", "/reviews/",
                                                        "/articles/"};
    return std::ranges::any_of(kOfOne, [&](std::string_view front) {
        return path.starts_with(front) && path.size() > front.size() &&
               path.find('/', front.size()) == std::string_view::npos;
    });
}

}  // namespace

const Asset* find(std::string_view path) {
    if (is_view(path)) path = "/";
    auto all = assets();
    auto found = std::ranges::lower_bound(all, path, {}, &Asset::path);
    return found != all.end() && found->path == path ? &*found : nullptr;
}

std::span<const Header> page_headers() {
    static constexpr std::array<Header, 5> kHeaders{{
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
         "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Vary", "Accept-Encoding"},
    }};
    return kHeaders;
}

}  // namespace tocsin::bridge::web
