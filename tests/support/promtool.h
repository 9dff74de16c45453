// Debian's promtool as the judge of a test.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

namespace tocsin::test {

inline bool has_promtool() {
    if (std::system("promtool --version >/dev/null 2>&1") == 0) return true;
    WARN("SKIP: promtool is not installed (Debian's package prometheus)");
    return false;
}

// A folder of this test run; remove it when promtool agreed.
inline std::filesystem::path promtool_folder(const std::string& name) {
    auto folder = std::filesystem::temp_directory_path() /
                  ("tocsin-promtool-" + name + "-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    return folder;
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream out(path);
    out << text;
    REQUIRE(out.flush());
}

// Status and output of `promtool test rules`.
inline std::pair<int, std::string> promtool_test(const std::filesystem::path& test) {
    const std::string command = "promtool test rules " + test.string() + " 2>&1";
    FILE* const pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    char buffer[4096];
    while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, n);
    return {pclose(pipe), output};
}

}  // namespace tocsin::test
