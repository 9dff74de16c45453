#include "bridge/web/assets.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <string>

using namespace tocsin::bridge;

namespace {

std::string paths_of(std::string_view extension) {
    std::string found;
    for (const auto& asset : web::assets()) {
        if (asset.path.ends_with(extension)) found += asset.path;
    }
    return found;
}

}  // namespace

TEST_CASE("the page answers its root and the address of every view and incident") {
    const auto* root = web::find("/");
    REQUIRE(root != nullptr);
    CHECK(root->content_type == "text/html; charset=utf-8");
    CHECK(web::to_string(root->cache) == "no-cache");
    CHECK(web::find("/incidents/INC-2026-000001") == root);
    CHECK(web::find("/oncall") == root);
    CHECK(web::find("/silences") == root);
    for (const char* path : {"/problems", "/reviews", "/articles", "/problems/PRB-2026-000001",
                             "/reviews/REV-2026-000001", "/articles/ART-2026-000001"}) {
        CHECK(web::find(path) == root);
    }
    CHECK(web::find("/problems/") == nullptr);
    CHECK(web::find("/articles/ART-1/edit") == nullptr);
    CHECK(web::find("/oncall/") == nullptr);
    CHECK(web::find("/incidents/") == nullptr);
    CHECK(web::find("/incidents/a/b") == nullptr);
    CHECK(web::find("/api/v1/incidents") == nullptr);
    CHECK(web::find("") == nullptr);
    CHECK(web::find("/assets/../index.html") == nullptr);
}

TEST_CASE("what the page loads is embedded under names that may be kept for ever") {
    const auto* root = web::find("/");
    REQUIRE(root != nullptr);
    std::size_t linked = 0;
    for (const auto& asset : web::assets()) {
        CHECK(web::find(asset.path) == &asset);
        CHECK(asset.etag.starts_with('"'));
        CHECK(asset.etag.ends_with('"'));
        CHECK_FALSE(asset.plain.empty());
        if (asset.content_type == "text/html; charset=utf-8") continue;
        CHECK(asset.path.starts_with("/assets/"));
        CHECK(web::to_string(asset.cache) == "public, max-age=31536000, immutable");
        CHECK(root->plain.find(asset.path) != std::string_view::npos);
        ++linked;
    }
    CHECK(linked == 5);
    CHECK_FALSE(paths_of(".js").empty());
    CHECK_FALSE(paths_of(".css").empty());
}

TEST_CASE("the compressed form is gzip of the plain one") {
    for (const auto& asset : web::assets()) {
        REQUIRE(asset.gzip.size() > 18);
        CHECK(asset.gzip.substr(0, 3) == "\x1f\x8b\x08");
        // RFC 1952: the last four bytes are the plain size, least significant first.
        std::uint32_t size = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            size |= static_cast<std::uint32_t>(
                        static_cast<unsigned char>(asset.gzip[asset.gzip.size() - 4 + i]))
                    << (8 * i);
        }
        CHECK(size == asset.plain.size());
    }
}

TEST_CASE("the first load stays within 80 KB compressed") {
    std::size_t sum = 0;
    for (const auto& asset : web::assets()) {
        if (!asset.path.starts_with("/runbooks/")) sum += asset.gzip.size();
    }
    CHECK(sum <= 80 * 1000);
}

TEST_CASE("the page carries nothing inline that its content security policy would refuse") {
    const auto* root = web::find("/");
    REQUIRE(root != nullptr);
    CHECK(root->plain.find("<style") == std::string_view::npos);
    CHECK(root->plain.find(" style=") == std::string_view::npos);
    CHECK(root->plain.find("<script>") == std::string_view::npos);
    CHECK(root->plain.find(" onclick=") == std::string_view::npos);
    CHECK(root->plain.find("http") == std::string_view::npos);
    auto headers = web::page_headers();
    auto policy =
        std::ranges::find(headers, std::string_view("Content-Security-Policy"), &web::Header::name);
    REQUIRE(policy != headers.end());
    CHECK(policy->value.starts_with("default-src 'none'"));
    CHECK(policy->value.find("unsafe") == std::string_view::npos);
}

TEST_CASE("every runbook of docs is a page that a browser may show") {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(TOCSIN_SOURCE_DIR "/docs/runbooks")) {
        const std::string name = entry.path().stem();
        INFO(name);
        const auto* page = web::find("/runbooks/" + name);
        REQUIRE(page != nullptr);
        CHECK(page->content_type == "text/html; charset=utf-8");
        CHECK(page->plain.find("<h1>" + name + "</h1>") != std::string_view::npos);
        // The content security policy would not run or style anything inline.
        CHECK(page->plain.find("<script") == std::string_view::npos);
        CHECK(page->plain.find("style=") == std::string_view::npos);
        ++count;
    }
    CHECK(count >= 18);
    CHECK(web::find("/runbooks/") == nullptr);
    CHECK(web::find("/runbooks/../index.html") == nullptr);
}
