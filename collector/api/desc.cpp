#include "collector/api/desc.h"

#include <deque>
#include <map>
#include <mutex>

namespace tocsin::collector {
namespace {

struct Entry {
    std::string name;
    std::string help;
    std::string family{};
    std::string unit{};
    MetricDesc desc{};
};

struct Table {
    std::mutex mutex;
    std::deque<Entry> entries;  // stable addresses
    std::map<std::string_view, const Entry*> by_name;
};

Table& table() {
    // Never destroyed: series that outlive main's objects still point into it.
    static Table* const instance = new Table;  // NOLINT(cppcoreguidelines-owning-memory)
    return *instance;
}

std::string metric_name_of(std::string_view text) {
    std::string name(text);
    for (char& c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && c != '_' && c != ':') c = '_';
    }
    return name;
}

}  // namespace

const MetricDesc* dynamic_desc(std::string_view name, std::string_view help, MetricType type) {
    Table& all = table();
    std::string clean = metric_name_of(name);
    const std::lock_guard lock(all.mutex);
    const auto found = all.by_name.find(clean);
    if (found != all.by_name.end()) return &found->second->desc;
    Entry& entry = all.entries.emplace_back(Entry{std::move(clean), std::string(help)});
    entry.desc = MetricDesc{entry.name, entry.help, type};
    all.by_name.emplace(entry.name, &entry);
    return &entry.desc;
}

const MetricDesc* foreign_desc(const MetricDesc& said) {
    Table& all = table();
    const std::lock_guard lock(all.mutex);
    const auto found = all.by_name.find(said.name);
    if (found != all.by_name.end()) return &found->second->desc;
    if (all.entries.size() >= kMostForeignDescs) return nullptr;
    Entry& entry =
        all.entries.emplace_back(Entry{std::string(said.name), std::string(said.help),
                                       std::string(said.family), std::string(said.unit)});
    entry.desc = MetricDesc{entry.name, entry.help, said.type, entry.family, entry.unit};
    all.by_name.emplace(entry.name, &entry);
    return &entry.desc;
}

}  // namespace tocsin::collector
