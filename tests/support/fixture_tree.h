// A tree of files in a temporary directory, written as literals in the test; gone with the object.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tocsin::test {

class FixtureTree {
  public:
    FixtureTree(std::initializer_list<std::pair<std::string_view, std::string_view>> files = {}) {
        std::string pattern = std::filesystem::temp_directory_path() / "tocsin-test-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
        root_ = pattern;
        for (const auto& [path, content] : files) write(path, content);
    }
    ~FixtureTree() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    FixtureTree(const FixtureTree&) = delete;
    FixtureTree& operator=(const FixtureTree&) = delete;

    // In place, as the kernel's files change: who has it open reads the new content.
    void write(std::string_view path, std::string_view content) const {
        make_parent(path);
        std::ofstream file(at(path), std::ios::binary | std::ios::trunc);
        file.write(content.data(), static_cast<std::streamsize>(content.size()));
        if (!file.flush()) throw std::runtime_error("cannot write " + at(path));
    }
    // As a new file in the old one's place.
    void replace(std::string_view path, std::string_view content) const {
        remove(path);
        write(path, content);
    }
    void remove(std::string_view path) const { std::filesystem::remove_all(at(path)); }
    void make_directory(std::string_view path) const {
        std::filesystem::create_directories(at(path));
    }
    void make_fifo(std::string_view path) const {
        make_parent(path);
        if (::mkfifo(at(path).c_str(), 0600) != 0) throw std::runtime_error("mkfifo failed");
    }

    std::string at(std::string_view path) const { return root_ + "/" + std::string(path); }
    const std::string& root() const { return root_; }

  private:
    void make_parent(std::string_view path) const {
        std::filesystem::create_directories(std::filesystem::path(at(path)).parent_path());
    }

    std::string root_;
};

}  // namespace tocsin::test
