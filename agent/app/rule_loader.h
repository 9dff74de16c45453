// Reads rule files and keeps, of each, the last version that was right.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "rules/file/rule_file.h"
#include "rules/file/vary.h"

namespace tocsin::agent {

struct LoadedRules {
    std::vector<rules::RuleFile> files;
    std::vector<Diagnostic> diagnostics;  // errors and warnings, all of them
    std::vector<std::string> unread;      // there, but wrong, and no earlier version is in force
    bool complete = true;                 // every file is in force as it is on disk now
    std::string hash;                     // of the texts in force, hexadecimal
};

class RuleLoader {
  public:
    RuleLoader(std::vector<std::string> patterns, std::vector<std::string> severities,
               rules::Overrides overrides = {});
    // Counts from the next load on.
    void set_overrides(rules::Overrides overrides) { overrides_ = std::move(overrides); }

    // Reads them all anew. A file that is wrong is refused whole and its last right version, if
    // there was one, stays in force; a file that is gone is gone.
    LoadedRules load();
    // The folders and files to watch for changes.
    const std::vector<std::string>& patterns() const { return patterns_; }

  private:
    void refuse(const std::string& path, LoadedRules& loaded) const;
    void check_together(LoadedRules& loaded) const;

    struct Good {
        rules::RuleFile file;
        std::string text;
    };
    std::vector<std::string> patterns_;
    std::vector<std::string> severities_;
    rules::Overrides overrides_;
    std::map<std::string, Good> good_;  // by path
};

}  // namespace tocsin::agent
