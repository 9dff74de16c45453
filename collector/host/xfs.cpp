#include "collector/host/xfs.h"

#include <string>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

// A number of the file: the word that begins its line, and its place behind that word, from 0
// (https://xfs.org/index.php/Runtime_Stats, fs/xfs/xfs_stats.h).
struct Row {
    std::string_view line;
    std::size_t column = 0;
    MetricDesc desc;
};
constexpr Row row(std::string_view line, std::size_t column, std::string_view name,
                  std::string_view help) {
    return {line, column, {name, help, MetricType::kCounter}};
}

constexpr std::array<Row, kXfsMetrics> kRows{{
    row("extent_alloc", 0, "node_xfs_extent_allocation_extents_allocated_total",
        "Number of extents allocated for a filesystem."),
    row("extent_alloc", 1, "node_xfs_extent_allocation_blocks_allocated_total",
        "Number of blocks allocated for a filesystem."),
    row("extent_alloc", 2, "node_xfs_extent_allocation_extents_freed_total",
        "Number of extents freed for a filesystem."),
    row("extent_alloc", 3, "node_xfs_extent_allocation_blocks_freed_total",
        "Number of blocks freed for a filesystem."),
    row("abt", 0, "node_xfs_allocation_btree_lookups_total",
        "Number of allocation B-tree lookups for a filesystem."),
    row("abt", 1, "node_xfs_allocation_btree_compares_total",
        "Number of allocation B-tree compares for a filesystem."),
    row("abt", 2, "node_xfs_allocation_btree_records_inserted_total",
        "Number of allocation B-tree records inserted for a filesystem."),
    row("abt", 3, "node_xfs_allocation_btree_records_deleted_total",
        "Number of allocation B-tree records deleted for a filesystem."),
    row("blk_map", 0, "node_xfs_block_mapping_reads_total",
        "Number of block map for read operations for a filesystem."),
    row("blk_map", 1, "node_xfs_block_mapping_writes_total",
        "Number of block map for write operations for a filesystem."),
    row("blk_map", 2, "node_xfs_block_mapping_unmaps_total",
        "Number of block unmaps (deletes) for a filesystem."),
    row("blk_map", 3, "node_xfs_block_mapping_extent_list_insertions_total",
        "Number of extent list insertions for a filesystem."),
    row("blk_map", 4, "node_xfs_block_mapping_extent_list_deletions_total",
        "Number of extent list deletions for a filesystem."),
    row("blk_map", 5, "node_xfs_block_mapping_extent_list_lookups_total",
        "Number of extent list lookups for a filesystem."),
    row("blk_map", 6, "node_xfs_block_mapping_extent_list_compares_total",
        "Number of extent list compares for a filesystem."),
    row("bmbt", 0, "node_xfs_block_map_btree_lookups_total",
        "Number of block map B-tree lookups for a filesystem."),
    row("bmbt", 1, "node_xfs_block_map_btree_compares_total",
        "Number of block map B-tree compares for a filesystem."),
    row("bmbt", 2, "node_xfs_block_map_btree_records_inserted_total",
        "Number of block map B-tree records inserted for a filesystem."),
    row("bmbt", 3, "node_xfs_block_map_btree_records_deleted_total",
        "Number of block map B-tree records deleted for a filesystem."),
    row("dir", 0, "node_xfs_directory_operation_lookup_total",
        "Number of file name directory lookups which miss the operating systems directory name "
        "lookup cache."),
    row("dir", 1, "node_xfs_directory_operation_create_total",
        "Number of times a new directory entry was created for a filesystem."),
    row("dir", 2, "node_xfs_directory_operation_remove_total",
        "Number of times an existing directory entry was created for a filesystem."),
    row("dir", 3, "node_xfs_directory_operation_getdents_total",
        "Number of times the directory getdents operation was performed for a filesystem."),
    row("ig", 0, "node_xfs_inode_operation_attempts_total",
        "Number of times the OS looked for an XFS inode in the inode cache."),
    row("ig", 1, "node_xfs_inode_operation_found_total",
        "Number of times the OS looked for and found an XFS inode in the inode cache."),
    row("ig", 2, "node_xfs_inode_operation_recycled_total",
        "Number of times the OS found an XFS inode in the cache, but could not use it as it was "
        "being recycled."),
    row("ig", 3, "node_xfs_inode_operation_missed_total",
        "Number of times the OS looked for an XFS inode in the cache, but did not find it."),
    row("ig", 4, "node_xfs_inode_operation_duplicates_total",
        "Number of times the OS tried to add a missing XFS inode to the inode cache, but found it "
        "had already been added by another process."),
    row("ig", 5, "node_xfs_inode_operation_reclaims_total",
        "Number of times the OS reclaimed an XFS inode from the inode cache to free memory for "
        "another purpose."),
    row("ig", 6, "node_xfs_inode_operation_attribute_changes_total",
        "Number of times the OS explicitly changed the attributes of an XFS inode."),
    row("rw", 0, "node_xfs_write_calls_total",
        "Number of write(2) system calls made to files in a filesystem."),
    row("rw", 1, "node_xfs_read_calls_total",
        "Number of read(2) system calls made to files in a filesystem."),
    row("vnodes", 0, "node_xfs_vnode_active_total",
        "Number of vnodes not on free lists for a filesystem."),
    row("vnodes", 1, "node_xfs_vnode_allocate_total",
        "Number of times vn_alloc called for a filesystem."),
    row("vnodes", 2, "node_xfs_vnode_get_total", "Number of times vn_get called for a filesystem."),
    row("vnodes", 3, "node_xfs_vnode_hold_total",
        "Number of times vn_hold called for a filesystem."),
    row("vnodes", 4, "node_xfs_vnode_release_total",
        "Number of times vn_rele called for a filesystem."),
    row("vnodes", 5, "node_xfs_vnode_reclaim_total",
        "Number of times vn_reclaim called for a filesystem."),
    row("vnodes", 6, "node_xfs_vnode_remove_total",
        "Number of times vn_remove called for a filesystem."),
}};

struct FileSystem {
    ProcFile file;
    std::array<SeriesRef, kXfsMetrics> series;
};

class Xfs final : public Collector {
  public:
    explicit Xfs(const Context& context)
        : root_(context.paths.sysfs + "/fs/xfs/"), table_(context.series) {}

    // No such directory: XFS is not loaded, or the kernel is older than 4.4.
    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        file_systems_.begin();
        for (const std::string& name : directories_in(root_)) {
            if (name == "stats") continue;  // of all file systems together
            FileSystem& known = file_systems_.at(name, [&] { return make(name); });
            keep_first(result, report(known, out));
        }
        file_systems_.finish();
        return result;
    }

  private:
    FileSystem make(const std::string& name) {
        FileSystem made{ProcFile(root_ + name + "/stats/stats"), {}};
        const Labels labels{{"device", valid_utf8(name)}};
        for (std::size_t i = 0; i < kXfsMetrics; ++i) {
            made.series[i] = table_->get(&kRows[i].desc, labels);
        }
        return made;
    }

    Result<void> report(FileSystem& file_system, Readings& out) {
        const Result<std::string_view> text = file_system.file.read(buffer_);
        // "error" stands beside the devices; and one may just have been unmounted.
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        const Result<XfsStats> stats = parse_xfs_stats(text.value());
        if (!stats) return stats.error().in(file_system.file.path());
        for (std::size_t i = 0; i < kXfsMetrics; ++i) {
            const std::optional<std::uint64_t>& value = stats.value()[i];
            if (value) out.push_back({file_system.series[i], static_cast<double>(*value)});
        }
        return success();
    }

    std::string root_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<FileSystem> file_systems_;
};

}  // namespace

// The rows of one line follow each other, by column.
Result<XfsStats> parse_xfs_stats(std::string_view text) {
    XfsStats stats;
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view word;
        if (!next_field(rest, word)) continue;
        std::size_t column = 0;
        for (std::size_t i = 0; i < kXfsMetrics; ++i) {
            if (kRows[i].line != word) continue;
            std::uint64_t value = 0;
            bool good = true;
            while (good && column <= kRows[i].column) {
                good = next_uint(rest, value);
                ++column;
            }
            if (!good) return Error(ErrorCode::kInvalid, "\"" + std::string(line) + "\"");
            stats[i] = value;
        }
    }
    return stats;
}

Result<std::unique_ptr<Collector>> create_xfs(const Context& context) {
    return std::make_unique<Xfs>(context);
}

}  // namespace tocsin::collector
