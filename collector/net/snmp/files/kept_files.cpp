#include "collector/net/snmp/files/kept_files.h"

#include <algorithm>
#include <utility>

#include "base/net/file.h"

namespace tocsin::collector::snmp {
namespace {

std::string first_error(const Diagnostics& diagnostics) {
    for (const Diagnostic& d : diagnostics.all()) {
        if (d.level == DiagnosticLevel::kError) return d.text();
    }
    return {};
}

}  // namespace

template <class Entry>
KeptFiles<Entry>::KeptFiles(std::span<const ShippedFile> shipped, Read read, Say say)
    : read_(read), say_(std::move(say)) {
    auto all = std::make_shared<All>();
    for (const ShippedFile& file : shipped) {
        Diagnostics right{std::string(file.name)};  // tests read them
        read_(file.text, right, *all);
    }
    shipped_ = std::move(all);
}

template <class Entry>
Layers<Entry> KeptFiles<Entry>::load(const std::vector<std::string>& patterns) {
    Layers<Entry> out;
    out.files.push_back(shipped_);
    for (const std::string& pattern : patterns) {
        for (const std::string& path : net::expand_paths(pattern)) {
            File& file = files_[path];
            if (path == pattern) file.named = true;
            // Before it is read: what changes after that is seen.
            const FileMark now = mark_of(path);
            if (file.mark != now) {
                file.mark = now;
                read_anew(path, file);
            }
            if (file.good) {
                out.files.push_back(file.good);
            } else {
                out.wrong.push_back(file.wrong);
            }
        }
    }
    forget_what_went();
    return out;
}

template <class Entry>
void KeptFiles<Entry>::read_anew(const std::string& path, File& file) {
    Diagnostics diagnostics(path);
    const auto text = net::read_file(path);
    if (!text) {
        file.mark.reset();  // it may be read the next time
        if (!file.good) file.wrong = {path, text.error().message, {}};
        return say_({path, diagnostics, text.error(), file.good != nullptr});
    }
    auto all = std::make_shared<All>();
    read_(text.value(), diagnostics, *all);
    if (!diagnostics.has_errors()) {
        file.good = std::move(all);
    } else if (!file.good) {
        file.wrong = {path, first_error(diagnostics), {}};
        for (const auto& [name, _] : *all) file.wrong.names.push_back(name);
    }
    say_({path, diagnostics, std::nullopt, file.good != nullptr});
}

// What a pattern no longer finds is gone on purpose.
template <class Entry>
void KeptFiles<Entry>::forget_what_went() {
    std::erase_if(files_, [](const auto& entry) {
        return !entry.second.named && mark_of(entry.first) == FileMark{};
    });
}

template class KeptFiles<Module>;
template class KeptFiles<TrapMapping>;

ModuleFiles module_files(ModuleFiles::Say say) {
    return {shipped_files(), read_modules, std::move(say)};
}

MappingFiles mapping_files(MappingFiles::Say say) {
    return {shipped_trap_files(), read_trap_mappings, std::move(say)};
}

}  // namespace tocsin::collector::snmp
