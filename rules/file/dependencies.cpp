// depends_on over all files: to what is there, and without circles.
#include <algorithm>
#include <map>
#include <set>

#include "base/core/strings.h"
#include "rules/file/rule_file.h"

namespace tocsin::rules {
namespace {

using ByAlert = std::map<std::string_view, std::vector<const Dependency*>>;

template <class See>
void for_each_alert(std::span<const RuleFile> files, See see) {
    for (const RuleFile& file : files) {
        for (const RuleGroup& group : file.groups) {
            for (const Rule& rule : group.rules) {
                if (const auto* alert = std::get_if<AlertRule>(&rule)) see(file, *alert);
            }
        }
    }
}

// From `from` back to `goal` over dependencies: "B → C → A"; "" where there is no way.
std::string way(const ByAlert& all, std::string_view from, std::string_view goal,
                std::set<std::string_view>& seen) {
    if (from == goal) return std::string(from);
    if (!seen.insert(from).second) return {};
    const auto next = all.find(from);
    if (next == all.end()) return {};
    for (const Dependency* on : next->second) {
        const std::string rest = way(all, on->alert, goal, seen);
        if (!rest.empty()) return std::string(from) + " → " + rest;
    }
    return {};
}

}  // namespace

void check_dependencies(std::span<const RuleFile> files, std::vector<Diagnostic>& out,
                        DiagnosticLevel unknown) {
    ByAlert all;
    for_each_alert(files, [&](const RuleFile&, const AlertRule& rule) {
        auto& of = all[rule.alert];
        for (const Dependency& on : rule.depends_on) of.push_back(&on);
    });
    std::vector<std::string_view> names;
    for (const auto& [name, of] : all) names.push_back(name);
    for_each_alert(files, [&](const RuleFile& file, const AlertRule& rule) {
        for (const Dependency& on : rule.depends_on) {
            std::string wrong;
            DiagnosticLevel level = DiagnosticLevel::kError;
            std::set<std::string_view> seen;
            if (!all.contains(on.alert)) {
                level = unknown;
                const std::string_view near = nearest(on.alert, names);
                wrong = "no alert is named \"" + on.alert + "\" in these files" +
                        (near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?");
            } else if (const std::string back = way(all, on.alert, rule.alert, seen);
                       !back.empty()) {
                wrong = "a circle of dependencies: " + rule.alert + " → " + back;
            }
            if (!wrong.empty()) {
                out.push_back({level, file.path, on.at, std::move(wrong)});
            }
        }
    });
}

void settle_dependencies(std::vector<RuleFile>& files, std::vector<Diagnostic>& out) {
    std::vector<Diagnostic> wrong;
    check_dependencies(files, wrong);
    for (RuleFile& file : files) {
        for (RuleGroup& group : file.groups) {
            for (Rule& rule : group.rules) {
                auto* alert = std::get_if<AlertRule>(&rule);
                if (alert == nullptr) continue;
                std::erase_if(alert->depends_on, [&](const Dependency& on) {
                    return std::any_of(wrong.begin(), wrong.end(), [&](const Diagnostic& d) {
                        return d.file == file.path && d.position == on.at;
                    });
                });
            }
        }
    }
    out.insert(out.end(), wrong.begin(), wrong.end());
}

}  // namespace tocsin::rules
