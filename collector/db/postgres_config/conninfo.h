// PostgreSQL's connection strings, taken apart here so that `tocsin check` knows what is wrong with
// one without loading libpq (PostgreSQL's manual, 34.1.1 "Connection Strings"). Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"

namespace tocsin::collector {

class ConnInfo {
  public:
    // "" when it is not there.
    std::string_view get(std::string_view key) const;
    void set(std::string_view key, std::string_view value);
    const std::vector<std::pair<std::string, std::string>>& all() const { return pairs_; }

  private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

// "host=db user=tocsin" or "postgresql://tocsin@db:5432/shop?sslmode=require". kInvalid says what
// is wrong: the form, a keyword that libpq does not have, one that does not belong here (a
// password), or a value that libpq would refuse. There is one port, or as many as hosts.
Result<ConnInfo> parse_conninfo(std::string_view text);

// Several hosts stand behind each other with commas, and so do their ports.
std::vector<std::string> split_list(std::string_view text);

}  // namespace tocsin::collector
