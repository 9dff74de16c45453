// Whole files, for configuration and secrets. Blocking; not for hot paths.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/secret.h"

namespace tocsin::net {

Result<std::string> read_file(const std::string& path, std::size_t most = 16 * 1024 * 1024);
// Written beside, fsynced, renamed over: readers see the old or the new.
Result<void> write_file_atomic(const std::string& path, std::string_view content, unsigned mode);
// A file that its group or others can read is refused. "credential:NAME" reads
// $CREDENTIALS_DIRECTORY/NAME.
Result<Secret> read_secret(const std::string& path);
// Files that match a pattern (glob(3)), sorted; a directory gives its *.yml and *.yaml.
std::vector<std::string> expand_paths(const std::string& pattern);
std::string random_token(std::size_t bytes);  // base64url text of so many random bytes

struct TextFile {
    std::string path;
    std::string text;
};
// What `include: pattern` of the file `from` names, sorted: relative paths start where that file
// is; a pattern with a wildcard may match nothing, a plain name may not (kNotFound).
Result<std::vector<TextFile>> read_included(std::string_view pattern, std::string_view from);

}  // namespace tocsin::net
