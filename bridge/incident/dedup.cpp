#include "bridge/incident/dedup.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace tocsin::bridge {
namespace {

constexpr std::string_view kSeverity = "severity";

void add_name(std::vector<std::string>& names, std::string_view name) {
    if (name.empty() || name == kSeverity) return;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

// Quoted, so that no value can imitate the text around it.
void append_quoted(std::string& out, std::string_view value) {
    out += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

}  // namespace

std::string storm_key(std::string_view group) {
    return "storm:" + std::string(group);
}

std::string join_key(std::string_view host) {
    std::string key = "join:host=";
    append_quoted(key, host);
    return key;
}

std::vector<std::string> key_labels(const Route& route, const Annotations& annotations) {
    std::vector<std::string> names;
    for (const std::string& name : route.group_by) add_name(names, name);
    const auto own = annotations.find(kAnnotationGroupBy);
    if (own != annotations.end()) {
        std::string_view rest = own->second;
        while (!rest.empty()) {
            const auto end = rest.find_first_of(", \t");
            const std::string_view name = rest.substr(0, end);
            if (is_label_name(name)) add_name(names, name);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        }
    }
    return names;
}

std::string dedup_key(const Route& route, const Labels& labels, const Annotations& annotations) {
    const std::vector<std::string> names = key_labels(route, annotations);
    std::string key = route.name + ":";
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) key += ',';
        key += names[i];
        key += '=';
        append_quoted(key, labels.get(names[i]));
    }
    return key;
}

}  // namespace tocsin::bridge
