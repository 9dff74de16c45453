#include "collector/api/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

namespace tocsin::collector {
namespace {

struct Close {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

EntryType type_of(mode_t mode) {
    if (S_ISREG(mode)) return EntryType::kFile;
    if (S_ISDIR(mode)) return EntryType::kDirectory;
    return S_ISLNK(mode) ? EntryType::kLink : EntryType::kOther;
}

// Not every file system says in the directory what its entries are.
EntryType type_of(DIR* directory, const dirent& entry) {
    if (entry.d_type != DT_UNKNOWN) return type_of(mode_t{entry.d_type} << 12U);  // DTTOIF
    struct stat about {};
    const int error = ::fstatat(::dirfd(directory), entry.d_name, &about, AT_SYMLINK_NOFOLLOW);
    return error == 0 ? type_of(about.st_mode) : EntryType::kOther;
}

}  // namespace

int for_each_entry(const std::string& directory,
                   const std::function<void(std::string_view name, EntryType type)>& each) {
    const std::unique_ptr<DIR, Close> open(::opendir(directory.c_str()));
    if (!open) return errno;
    for (;;) {
        errno = 0;                                    // the only way to tell the end from an error
        const dirent* entry = ::readdir(open.get());  // NOLINT(concurrency-mt-unsafe): its own DIR
        if (entry == nullptr) return errno;
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") each(name, type_of(open.get(), *entry));
    }
}

}  // namespace tocsin::collector
