#include "agent/app/rule_loader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/core/digest.h"
#include "base/net/file.h"

namespace tocsin::agent {

RuleLoader::RuleLoader(std::vector<std::string> patterns, std::vector<std::string> severities,
                       rules::Overrides overrides)
    : patterns_(std::move(patterns)),
      severities_(std::move(severities)),
      overrides_(std::move(overrides)) {}

LoadedRules RuleLoader::load() {
    LoadedRules loaded;
    std::set<std::string> present;
    for (const auto& pattern : patterns_) {
        auto paths = net::expand_paths(pattern);
        // A file that was named and is not there is a mistake; a pattern may match nothing.
        if (paths.empty() && pattern.find_first_of("*?[") == std::string::npos) {
            paths.push_back(pattern);
        }
        for (const auto& path : paths) {
            if (!present.insert(path).second) continue;
            Diagnostics diagnostics(path);
            auto text = net::read_file(path);
            const bool gone = !text && text.error().code == ErrorCode::kNotFound;
            rules::RuleFile file;
            if (text) {
                file =
                    rules::parse_rule_file(text.value(), {severities_, &overrides_}, diagnostics);
            } else {
                diagnostics.error({}, text.error().message);
            }
            loaded.diagnostics.insert(loaded.diagnostics.end(), diagnostics.all().begin(),
                                      diagnostics.all().end());
            if (diagnostics.has_errors()) {
                loaded.complete = false;
                if (!gone && !good_.contains(path)) loaded.unread.push_back(path);
            } else {
                good_.insert_or_assign(path, Good{std::move(file), std::move(text).value()});
            }
        }
    }
    std::erase_if(good_, [&](const auto& entry) { return !present.contains(entry.first); });

    check_together(loaded);
    rules::check_overrides(overrides_, loaded.files, loaded.diagnostics);
    std::string texts;
    for (const rules::RuleFile& file : loaded.files) {
        texts += file.path + '\0' + good_.at(file.path).text + '\0';
    }
    loaded.hash = hex(sha256(texts)).substr(0, 16);
    return loaded;
}

void RuleLoader::refuse(const std::string& path, LoadedRules& loaded) const {
    std::erase_if(loaded.files, [&](const rules::RuleFile& file) { return file.path == path; });
    loaded.unread.push_back(path);
    loaded.complete = false;
}

// Files that are right one by one may still contradict each other: the later one is refused. What
// one waits for and is not there does not keep it from watching.
void RuleLoader::check_together(LoadedRules& loaded) const {
    for (const auto& [path, good] : good_) {
        loaded.files.push_back(good.file);
        std::vector<Diagnostic> together;
        rules::check_rule_files(loaded.files, together);
        std::erase_if(together, [&, p = path](const Diagnostic& d) { return d.file != p; });
        loaded.diagnostics.insert(loaded.diagnostics.end(), together.begin(), together.end());
        if (std::any_of(together.begin(), together.end(),
                        [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; })) {
            refuse(path, loaded);
        }
    }
    std::vector<Diagnostic> wrong;
    rules::settle_dependencies(loaded.files, wrong);
    if (!wrong.empty()) loaded.complete = false;
    loaded.diagnostics.insert(loaded.diagnostics.end(), wrong.begin(), wrong.end());
}

}  // namespace tocsin::agent
