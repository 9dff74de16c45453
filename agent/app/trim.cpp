#include "agent/app/trim.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace tocsin::agent {

namespace {

// Only segments that were never writable: code, constants and tables of symbols. What the dynamic
// linker relocated and then protected is part of a writable segment, and is no longer the file's.
int drop_file_pages(dl_phdr_info* object, std::size_t, void*) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
        const std::uintptr_t start = object->dlpi_addr + segment.p_vaddr;
        const std::uintptr_t first = start & ~(page - 1);
        const std::uintptr_t end = (start + segment.p_filesz + page - 1) & ~(page - 1);
        // The vDSO refuses it, which is fine.
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the dynamic linker gives integers
        ::madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
    }
    return 0;
}

}  // namespace

void give_back_memory() {
    ::malloc_trim(0);
    ::dl_iterate_phdr(drop_file_pages, nullptr);
}

}  // namespace tocsin::agent
