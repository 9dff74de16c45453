#include "collector/api/desc.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>

namespace tocsin::collector {
namespace {

struct Entry {
    std::string name;
    std::string help;
    std::string family;
    std::string unit;
    MetricDesc desc{};
};

struct Table {
    std::mutex mutex;
    std::deque<Entry> entries;                              // stable addresses
    std::multimap<std::string_view, const Entry*> by_name;  // of one name, as they came
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

const MetricDesc* first_of(const Table& all, std::string_view name) {
    const auto [begin, end] = all.by_name.equal_range(name);
    const auto found =
        std::find_if(begin, end, [](const auto& known) { return !known.second->desc.revisable; });
    return found == end ? nullptr : &found->second->desc;
}

const MetricDesc* add(Table& all, const MetricDesc& said) {
    Entry& entry =
        all.entries.emplace_back(Entry{std::string(said.name), std::string(said.help),
                                       std::string(said.family), std::string(said.unit)});
    entry.desc =
        MetricDesc{entry.name, entry.help, said.type, entry.family, entry.unit, said.revisable};
    all.by_name.emplace(entry.name, &entry);
    return &entry.desc;
}

}  // namespace

bool says_the_same(const MetricDesc& a, const MetricDesc& b) {
    return a.help == b.help && a.type == b.type && a.family == b.family && a.unit == b.unit;
}

const MetricDesc* dynamic_desc(std::string_view name, std::string_view help, MetricType type) {
    Table& all = table();
    std::string clean = metric_name_of(name);
    const std::lock_guard lock(all.mutex);
    if (const MetricDesc* first = first_of(all, clean)) return first;
    return add(all, {clean, help, type});
}

const MetricDesc* foreign_desc(const MetricDesc& said) {
    Table& all = table();
    const std::lock_guard lock(all.mutex);
    if (const MetricDesc* first = first_of(all, said.name)) return first;
    return all.entries.size() < kMostForeignDescs ? add(all, said) : nullptr;
}

const MetricDesc* current_desc(const MetricDesc& said) {
    Table& all = table();
    const std::lock_guard lock(all.mutex);
    const MetricDesc* last = nullptr;
    std::size_t known = 0;
    const auto [begin, end] = all.by_name.equal_range(said.name);
    for (auto at = begin; at != end; ++at) {
        if (!at->second->desc.revisable) continue;
        last = &at->second->desc;
        if (says_the_same(*last, said)) return last;
        ++known;
    }
    const bool room = known < kMostDescsOfName && all.entries.size() < kMostForeignDescs;
    if (!room) return last;
    MetricDesc revisable = said;
    revisable.revisable = true;
    return add(all, revisable);
}

}  // namespace tocsin::collector
