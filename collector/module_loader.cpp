#include "collector/module_loader.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "collector/build_id.h"

namespace tocsin::collector {
namespace {

// Both sides must have been compiled against the same headers by the same compiler.
Result<const ModuleEntry*> checked(const ModuleEntry* entry, const std::string& path) {
    if (entry == nullptr || entry->build_id == nullptr) {
        return Error(ErrorCode::kInvalid, path + " is not a module of Tocsin");
    }
    if (std::strcmp(entry->build_id, kBuildId) != 0) {
        return Error(ErrorCode::kInvalid, path + " belongs to another build (" + entry->build_id +
                                              ", this program is " + kBuildId +
                                              "); install the packages of one version");
    }
    return entry;
}

}  // namespace

std::string module_directory() {
    const char* chosen = ::secure_getenv("TOCSIN_MODULE_DIR");
    return chosen != nullptr && *chosen != '\0' ? chosen : TOCSIN_MODULE_DIRECTORY;
}

Result<const ModuleEntry*> load_module(std::string_view name, const std::string& directory) {
    const std::string path = directory + "/" + std::string(name) + ".so";
    if (::access(path.c_str(), F_OK) != 0) {
        return Error(
            ErrorCode::kUnavailable,
            path + " is not installed; install the package tocsin-agent-" + std::string(name),
            Retry::kNo);
    }
    // Never closed: its code stands behind collectors, and its types behind exceptions.
    void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* why = ::dlerror();
        return Error(ErrorCode::kUnavailable,
                     path + " does not load: " + (why != nullptr ? why : "unknown reason"),
                     Retry::kNo);
    }
    // The one cast that dlsym(3) itself prescribes.
    const auto entry = reinterpret_cast<ModuleEntryFunction>(::dlsym(handle, kModuleEntryName));
    return checked(entry == nullptr ? nullptr : entry(), path);
}

}  // namespace tocsin::collector
