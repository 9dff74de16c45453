// Reads configurations from texts and from the fixtures.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "bridge/config/config.h"

namespace tocsin::bridge::test {

inline const std::filesystem::path kFixtures = std::filesystem::path(TOCSIN_FIXTURES) / "bridge";

inline std::string slurp(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    REQUIRE(in);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

inline IncludeLoader loader_in(const std::filesystem::path& folder, const std::string& shown) {
    return [=](std::string_view pattern, std::string_view) -> Result<std::vector<SourceFile>> {
        const std::filesystem::path path = folder / pattern;
        if (!std::filesystem::exists(path)) {
            return Error(ErrorCode::kNotFound, "no such file: " + std::string(pattern));
        }
        return std::vector<SourceFile>{{shown + std::string(pattern), slurp(path)}};
    };
}

struct Read {
    std::optional<BridgeConfig> config;
    Diagnostics diagnostics;
};

inline Read read(const std::string& text) {
    Diagnostics d("b.yml");
    auto config = read_config({"b.yml", text}, loader_in(kFixtures, ""), d);
    return {std::move(config), std::move(d)};
}

}  // namespace tocsin::bridge::test
