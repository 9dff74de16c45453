#include "collector/service/process_groups/procfs.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace tocsin::collector;

namespace {

constexpr std::string_view kAfterName =
    " S 1 2 3 4 5 6 100 101 7 102 250 50 8 9 20 0 3 0 4711 8192 2 18446744073709551615 1\n";

}  // namespace

TEST_CASE("a process's stat is read behind the last parenthesis of its name") {
    for (const std::string_view name : {"nginx", "a) R 1 (b", "", ")", "two words"}) {
        const std::string text = "17 (" + std::string(name) + ")" + std::string(kAfterName);
        const auto stat = parse_proc_stat(text);
        INFO(text);
        REQUIRE(stat);
        CHECK(stat->comm == name);
        CHECK(stat->state == 'S');
        CHECK(stat->minor_faults == 100);
        CHECK(stat->major_faults == 7);
        CHECK(stat->user_ticks == 250);
        CHECK(stat->system_ticks == 50);
        CHECK(stat->threads == 3);
        CHECK(stat->start_ticks == 4711);
        CHECK(stat->virtual_bytes == 8192);
        CHECK(stat->resident_pages == 2);
    }
}

TEST_CASE("a stat that is cut, or holds something else, is none") {
    const std::string whole = "17 (x)" + std::string(kAfterName);
    const std::size_t needed = whole.find(" 2 184467") + 2;
    for (std::size_t size = 0; size < needed; ++size) {
        INFO(whole.substr(0, size));
        // A number that is cut is a number still.
        const bool in_the_last = size > whole.find(" 8192 2") + 5;
        CHECK((in_the_last || !parse_proc_stat(whole.substr(0, size))));
    }
    CHECK(parse_proc_stat(whole.substr(0, needed)));
    for (const std::string_view text : {")(", "1 )x( S", "1 (x) SS 1", "1 (x) S -1 x"}) {
        CHECK_FALSE(parse_proc_stat(text));
    }
}

TEST_CASE("a status gives user, swap and context switches, as far as it has them") {
    const ProcStatus status = parse_proc_status(
        "Name:\tnginx\nUid:\t0\t33\t33\t33\nGid:\t0\t0\t0\t0\nVmSwap:\t     12 kB\nThreads:\t1\n"
        "voluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n");
    CHECK(status.user == 33);
    CHECK(status.swap_bytes == 12 * 1024);
    CHECK(status.voluntary == 150);
    CHECK(status.nonvoluntary == 545);
    const ProcStatus kernel_thread = parse_proc_status("Name:\tkthreadd\nUid:\t0\t0\t0\t0");
    CHECK(kernel_thread.user == 0);
    CHECK(kernel_thread.swap_bytes == 0);
    CHECK_FALSE(parse_proc_status("Uid:\t0").user);
    CHECK_FALSE(parse_proc_status("").user);
    CHECK(parse_proc_status("VmSwap: 18446744073709551615 kB").swap_bytes ==
          std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("an io file gives what reached the disks, or nothing") {
    const auto io = parse_proc_io(
        "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 4096\nwrite_bytes: 8192\n"
        "cancelled_write_bytes: 77\n");
    REQUIRE(io);
    CHECK(io->read_bytes == 4096);
    CHECK(io->write_bytes == 8192);
    CHECK_FALSE(parse_proc_io(""));
    CHECK_FALSE(parse_proc_io("read_bytes: 1\n"));
    CHECK_FALSE(parse_proc_io("read_bytes: x\nwrite_bytes: 1\n"));
}

TEST_CASE("the soft limit of open files is read, unlimited included") {
    constexpr std::string_view kHead =
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max cpu time              unlimited            unlimited            seconds   \n";
    const auto limit = [&](std::string_view line) {
        return parse_open_files_limit(std::string(kHead) + std::string(line));
    };
    CHECK(limit("Max open files            1024                 524288               files\n") ==
          1024);
    CHECK(limit("Max open files            unlimited            unlimited            files\n") ==
          std::numeric_limits<double>::infinity());
    CHECK_FALSE(limit("Max open files"));
    CHECK_FALSE(limit(""));
}

TEST_CASE("a smaps_rollup gives the proportional share") {
    const auto smaps = parse_smaps_rollup(
        "55d0-7ffd ---p 00000000 00:00 0    [rollup]\nRss:     1384 kB\nPss:      222 kB\n"
        "Pss_Dirty:     92 kB\nSwap:            9 kB\nSwapPss:         4 kB\n");
    REQUIRE(smaps);
    CHECK(smaps->pss_bytes == 222 * 1024);
    CHECK(smaps->swap_pss_bytes == 4 * 1024);
    CHECK(parse_smaps_rollup("Pss: 1 kB")->swap_pss_bytes == 0);
    CHECK_FALSE(parse_smaps_rollup(""));
}

TEST_CASE("a control group's path stands behind the second colon") {
    CHECK(parse_cgroup_path("0::/system.slice/nginx.service") == "/system.slice/nginx.service");
    CHECK(parse_cgroup_path("9:name=systemd:/a:b") == "/a:b");
    CHECK(parse_cgroup_path("nothing").empty());
    CHECK(parse_cgroup_path("0:").empty());
}

TEST_CASE("a command line has blanks between its arguments and no other bytes than UTF-8") {
    using namespace std::string_view_literals;
    CHECK(parse_cmdline("nginx:\0worker\0\0"sv) == "nginx: worker");
    CHECK(parse_cmdline(""sv).empty());
    CHECK(parse_cmdline("a\xff\0b\0"sv) == "a\xef\xbf\xbd b");
}
