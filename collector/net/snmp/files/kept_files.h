// The files that `module_files` and `mapping_files` name, on top of those that are shipped. One
// that is wrong costs only itself: its last right version stays in force, where there was one.
// On one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/result.h"
#include "collector/net/snmp/files/file_mark.h"
#include "collector/net/snmp/files/mib.h"
#include "collector/net/snmp/files/shipped.h"
#include "collector/net/snmp/files/trap_map.h"

namespace tocsin::collector::snmp {

// A file of which no version is in force, and why.
struct WrongFile {
    std::string path;
    std::string why;                 // with its place
    std::vector<std::string> names;  // of its entries, as far as it reads
    bool operator==(const WrongFile&) const = default;
};

// What is in force: whole files one over the other, shared by all who name them.
template <class Entry>
struct Layers {
    using All = std::map<std::string, Entry, std::less<>>;
    std::vector<std::shared_ptr<const All>> files;  // what stands in a later one replaces
    std::vector<WrongFile> wrong;

    const Entry* find(std::string_view name) const {
        for (auto at = files.rbegin(); at != files.rend(); ++at) {
            if (const auto entry = (*at)->find(name); entry != (*at)->end()) return &entry->second;
        }
        return nullptr;
    }
    All merged() const {
        All out;
        for (const auto& file : files) {
            for (const auto& [name, entry] : *file) out.insert_or_assign(name, entry);
        }
        return out;
    }
    std::vector<std::string> names() const {  // sorted
        std::set<std::string> all;
        for (const auto& file : files) {
            for (const auto& [name, _] : *file) all.insert(name);
        }
        return {all.begin(), all.end()};
    }
    bool operator==(const Layers&) const = default;
};

// What came of reading a file anew.
struct FileNews {
    const std::string& path;
    const Diagnostics& said;
    std::optional<Error> unread;  // it does not open
    bool in_force = false;        // a version of it, this or an earlier one
};

template <class Entry>
class KeptFiles {
  public:
    using All = typename Layers<Entry>::All;
    using Read = void (*)(std::string_view text, Diagnostics& diagnostics, All& into);
    using Say = std::function<void(const FileNews&)>;

    // `say` is told of each file that is new or has changed since it was last read.
    KeptFiles(std::span<const ShippedFile> shipped, Read read, Say say);
    Layers<Entry> load(const std::vector<std::string>& patterns);

  private:
    struct File {
        std::optional<FileMark> mark;
        bool named = false;  // by its own path, which is not to vanish
        std::shared_ptr<const All> good;
        WrongFile wrong;
    };
    void read_anew(const std::string& path, File& file);
    void forget_what_went();

    Read read_;
    Say say_;
    std::shared_ptr<const All> shipped_;
    std::map<std::string, File> files_;  // by path
};

using ModuleLayers = Layers<Module>;
using MappingLayers = Layers<TrapMapping>;
using ModuleFiles = KeptFiles<Module>;
using MappingFiles = KeptFiles<TrapMapping>;

// With what is shipped of either.
ModuleFiles module_files(ModuleFiles::Say say);
MappingFiles mapping_files(MappingFiles::Say say);

}  // namespace tocsin::collector::snmp
