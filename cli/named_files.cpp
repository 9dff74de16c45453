#include "cli/named_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/net/file.h"
#include "base/text/yaml.h"
#include "bridge/config/config.h"

namespace tocsin::cli {
namespace {

namespace fs = std::filesystem;
using text::YamlNode;

// Keys of a file or of a list of files; besides these, every key that ends in `_file`.
constexpr std::array<std::string_view, 4> kFileKeys{"files", "include", "module_files",
                                                    "mapping_files"};
constexpr std::array<std::string_view, 3> kPublic{"ca_file", "cert_file", "certificate_file"};
constexpr std::string_view kCommand = "command";

bool is_one_path(std::string_view text) {
    return text.starts_with('/') && text.find_first_of("*?[{") == std::string_view::npos;
}

class NamedFiles {
  public:
    explicit NamedFiles(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    void look(const YamlNode& node) {
        for (const YamlNode& item : node.items()) look(item);
        for (const auto& [key, value] : node.entries()) {
            if (key == kCommand) {
                if (!value.items().empty()) look_at_program(value.items().front());
            } else if (key.ends_with("_file")) {
                look_at(key, value);
            } else if (std::find(kFileKeys.begin(), kFileKeys.end(), key) != kFileKeys.end()) {
                look_at(key, value);
                for (const YamlNode& item : value.items()) look_at(key, item);
            } else {
                look(value);
            }
        }
    }

  private:
    void look_at(std::string_view key, const YamlNode& value) {
        const bool secret = key.ends_with("_file") &&
                            std::find(kPublic.begin(), kPublic.end(), key) == kPublic.end();
        if (mode_of(value) == fs::perms::none || !secret) return;
        const auto read = net::read_secret(std::string(value.scalar()));
        if (!read) {
            // What else fails may be this user's, who is not the daemon's.
            const bool refused = read.error().code == ErrorCode::kInvalid;
            if (refused) diagnostics_.error(value.position(), read.error().message);
        } else if (const auto problem = bridge::pin_problem(read.value());
                   key == "pin_file" && !problem.empty()) {
            diagnostics_.error(value.position(),
                               "the PIN in " + std::string(value.scalar()) + " " + problem);
        }
    }

    void look_at_program(const YamlNode& value) {
        const fs::perms mode = mode_of(value);
        if (mode == fs::perms::none) return;
        const fs::perms all =
            fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
        if ((mode & all) == fs::perms::none) warn(value, "is no program: nobody may execute it");
    }

    // None of what is not there, which is said, nor of what may not be looked at.
    fs::perms mode_of(const YamlNode& value) {
        if (!is_one_path(value.scalar())) return fs::perms::none;
        std::error_code error;
        const fs::file_status status = fs::status(value.scalar(), error);
        if (status.type() == fs::file_type::not_found) warn(value, "is not on this machine");
        const bool seen = fs::exists(status);
        return seen ? status.permissions() : fs::perms::none;
    }

    void warn(const YamlNode& value, std::string_view what) {
        diagnostics_.warning(value.position(),
                             std::string(value.scalar()) + " " + std::string(what));
    }

    Diagnostics& diagnostics_;
};

}  // namespace

void check_named_files(std::string_view text, Diagnostics& diagnostics) {
    Diagnostics read_before(diagnostics.file());
    if (const YamlNode root = text::parse_yaml(text, read_before)) {
        NamedFiles(diagnostics).look(root);
    }
}

}  // namespace tocsin::cli
