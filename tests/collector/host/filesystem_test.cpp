#include "collector/host/filesystem.h"

#include <cerrno>

#include "tests/support/collecting.h"
#include "tests/support/hanging_statfs.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::eventually;
using test::FixtureTree;
using test::HangingStatfs;
using test::Values;

namespace {

std::string fs(std::string_view name, std::string_view mountpoint,
               std::string_view device = "/dev/sda1", std::string_view type = "ext4") {
    return "node_filesystem_" + std::string(name) + "{device=\"" + std::string(device) +
           "\", fstype=\"" + std::string(type) + "\", mountpoint=\"" + std::string(mountpoint) +
           "\"}";
}

// The collector over a statfs that the test holds in its hands. The tree's root is rootfs "/".
struct Bench {
    explicit Bench(std::string_view mounts, Settings settings = {}, std::string rootfs = "/",
                   Duration grace = 20s)
        : tree{{"proc/1/mounts", mounts}} {
        Context context;
        context.paths.procfs = tree.at("proc");
        context.paths.rootfs = std::move(rootfs);
        context.settings = std::move(settings);
        context.series = &table;
        collector = create_filesystem_with(context, statfs.function(), grace).value();
    }
    ~Bench() {
        statfs.release_all();
        collector.reset();
        REQUIRE(statfs.all_returned());
    }

    Values collect() {
        readings.clear();
        const Result<void> result = collector->collect(from_unix_ms(0), readings);
        error = result ? "" : result.error().message;
        return test::values_of(readings);
    }

    FixtureTree tree;
    HangingStatfs statfs;
    SeriesTable table;
    std::unique_ptr<Collector> collector;
    Readings readings;
    std::string error;
};

}  // namespace

TEST_CASE("sizes are blocks times their size") {
    Bench bench("/dev/sda1 / ext4 rw,relatime 0 0\n");
    bench.statfs.answer({4096, 1000, 500, 400, 2000, 1500});
    REQUIRE(bench.collect() == Values{{fs("size_bytes", "/"), 4096000},
                                      {fs("free_bytes", "/"), 2048000},
                                      {fs("avail_bytes", "/"), 1638400},
                                      {fs("files", "/"), 2000},
                                      {fs("files_free", "/"), 1500},
                                      {fs("readonly", "/"), 0},
                                      {fs("device_error", "/"), 0}});
    REQUIRE(bench.error.empty());
}

TEST_CASE("a read-only mount says so, by the option and not by a part of one") {
    Bench bench(
        "/dev/sda1 /a ext4 ro,relatime 0 0\n"
        "/dev/sda1 /b ext4 rw,errors=remount-ro 0 0\n"
        "/dev/sda1 /c ext4 relatime,ro 0 0\n"
        "/dev/sda1 /d ext4 rootcontext=x 0 0\n"
        "/dev/sda1 /e ext4 rw,relatime,errors=remount-ro,emergency_ro 0 0\n");
    const Values values = bench.collect();
    REQUIRE(values.at(fs("readonly", "/a")) == 1);
    REQUIRE(values.at(fs("readonly", "/b")) == 0);
    REQUIRE(values.at(fs("readonly", "/c")) == 1);
    REQUIRE(values.at(fs("readonly", "/d")) == 0);
    REQUIRE(values.at(fs("readonly", "/e")) == 1);
}

TEST_CASE("mounts that are not storage are left out by default") {
    Bench bench(
        "proc /proc proc rw 0 0\n"
        "sysfs /sys sysfs rw 0 0\n"
        "tmpfs /run tmpfs rw 0 0\n"
        "tmpfs /run/lock tmpfs rw 0 0\n"
        "tmpfs /dev/shm tmpfs rw 0 0\n"
        "overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0\n"
        "/dev/loop1 /snap/core squashfs ro 0 0\n"
        "/dev/sdb1 /media/usb vfat rw 0 0\n"
        "systemd-1 /auto autofs rw 0 0\n"
        "/dev/sda1 /running ext4 rw 0 0\n");
    REQUIRE(bench.collect().size() == 7);
    REQUIRE(bench.collect().contains(fs("size_bytes", "/running")));
    REQUIRE(bench.statfs.calls("/auto") == 0);
}

TEST_CASE("what is left out is a setting") {
    Bench bench("/dev/sda1 /srv ext4 rw 0 0\n/dev/sda1 /mnt/x ext4 rw 0 0\nt /tmp tmpfs rw 0 0\n",
                {{"mount_points_exclude", {"^/srv"}}, {"fs_types_exclude", {"^tmpfs$"}}});
    REQUIRE(bench.collect().size() == 7);
    REQUIRE(bench.collect().contains(fs("size_bytes", "/mnt/x")));
}

// fstab(5) and proc(5): blanks, newlines, backslashes and # are octal escapes.
TEST_CASE("escapes in mount points are undone before they are asked and told") {
    std::vector<Mount> mounts;
    REQUIRE(
        parse_mounts("//nas/a\\040b /srv/a\\040b\\011c\\134d\\043 cifs rw 0 0\n"
                     "x /plain\\99 ext4 rw 0 0\n"
                     "x /end\\04 ext4 rw\n",
                     "/", mounts));
    REQUIRE(mounts == std::vector<Mount>{{"//nas/a\\040b", "/srv/a b\tc\\d#", "cifs", false},
                                         {"x", "/plain\\99", "ext4", false},
                                         {"x", "/end\\04", "ext4", false}});
}

TEST_CASE("the prefix of rootfs is stripped from mount points and put before what is asked") {
    Bench bench(
        "/dev/sda1 /host ext4 rw 0 0\n"
        "/dev/sda2 /host/home ext4 rw 0 0\n"
        "/dev/sda3 /hostile ext4 rw 0 0\n",
        {}, "/host/");
    const Values values = bench.collect();
    REQUIRE(values.contains(fs("size_bytes", "/")));
    REQUIRE(values.contains(fs("size_bytes", "/home", "/dev/sda2")));
    REQUIRE(values.contains(fs("size_bytes", "/hostile", "/dev/sda3")));
    REQUIRE(bench.statfs.calls("/host/") == 1);
    REQUIRE(bench.statfs.calls("/host/home") == 1);
    REQUIRE(bench.statfs.calls("/host/hostile") == 1);
}

TEST_CASE("one point mounted twice is asked once and told once for each device") {
    Bench bench(
        "/dev/sda1 /x ext4 rw 0 0\n"
        "/dev/sda1 /x ext4 ro 0 0\n"
        "tmpfs /x tmpfs rw 0 0\n");
    const Values values = bench.collect();
    REQUIRE(values.size() == 14);
    REQUIRE(values.at(fs("readonly", "/x")) == 1);
    REQUIRE(bench.statfs.calls("/x") == 1);
}

TEST_CASE("mounts come and go") {
    Bench bench("/dev/sda1 / ext4 rw 0 0\n");
    REQUIRE(bench.collect().size() == 7);
    bench.tree.write("proc/1/mounts", "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /srv ext4 rw 0 0\n");
    REQUIRE(bench.collect().size() == 14);
    bench.tree.write("proc/1/mounts", "/dev/sdb1 /srv ext4 rw 0 0\n");
    REQUIRE(bench.collect().size() == 7);
}

TEST_CASE("a mount that cannot be asked reports its error and nothing else") {
    Bench bench("/dev/sda1 /a ext4 rw 0 0\n/dev/sda1 /b ext4 rw 0 0\n");
    bench.statfs.fail("/a", EACCES);
    const Values values = bench.collect();
    REQUIRE(values.at(fs("device_error", "/a")) == 1);
    REQUIRE_FALSE(values.contains(fs("size_bytes", "/a")));
    REQUIRE(values.size() == 8);
    REQUIRE(bench.error.empty());
}

namespace {

constexpr std::string_view kNasAndRoot = "nas:/x /nas nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 0\n";

std::string nas(std::string_view name) {
    return fs(name, "/nas", "nas:/x", "nfs4");
}
std::string hung_seconds() {
    return "tocsin_filesystem_hung_seconds{device=\"nas:/x\", fstype=\"nfs4\", "
           "mountpoint=\"/nas\"}";
}

}  // namespace

TEST_CASE("a hung mount is an error with its age, stays one without being asked, and recovers") {
    Bench bench(kNasAndRoot, {{"timeout", {"50ms"}}}, "/", 20ms);
    bench.statfs.hang("/nas");
    const auto told = [&] {
        const Values values = bench.collect();
        return values.contains(nas("device_error")) && values.contains(fs("device_error", "/"));
    };
    REQUIRE(eventually(told));
    double before = 0.05;
    for (int i = 0; i < 3; ++i) {
        const Values values = bench.collect();
        REQUIRE(values.at(nas("device_error")) == 1);
        REQUIRE_FALSE(values.contains(nas("size_bytes")));
        REQUIRE(values.at(hung_seconds()) >= before);
        REQUIRE(bench.error.empty());
        before = values.at(hung_seconds());
    }
    REQUIRE(bench.statfs.calls("/nas") == 1);
    bench.statfs.release("/nas");
    REQUIRE(eventually([&] { return bench.collect().at(nas("device_error")) == 0; }));
    REQUIRE_FALSE(bench.collect().contains(hung_seconds()));
}

TEST_CASE("a cycle goes on without a mount that is late, which tells what it told before") {
    Bench bench(kNasAndRoot, {{"timeout", {"1h"}}}, "/", 100ms);
    bench.statfs.answer({4096, 1000, 500, 400, 2000, 1500});
    REQUIRE(eventually([&] { return bench.collect().size() == 14; }));
    bench.statfs.hang("/nas");
    const Values values = bench.collect();
    REQUIRE(values.at(nas("size_bytes")) == 4096000);
    REQUIRE(values.at(nas("device_error")) == 0);
    REQUIRE_FALSE(values.contains(hung_seconds()));
    REQUIRE(bench.error.empty());
}

TEST_CASE("a mount that has never answered and is not overdue is named, and has no series") {
    Bench bench(kNasAndRoot, {{"timeout", {"1h"}}}, "/", 100ms);
    bench.statfs.hang("/nas");
    REQUIRE(eventually([&] { return bench.collect().size() == 7; }));
    REQUIRE_THAT(bench.error, Catch::Contains("/nas: no answer yet"));
    bench.statfs.release("/nas");
    REQUIRE(eventually([&] { return bench.collect().size() == 14; }));
    REQUIRE(bench.error.empty());
}

TEST_CASE("mounts beyond what may hang at once are told as errors, and why is said") {
    std::string mounts;
    for (std::size_t i = 0; i < MountProbe::kMostHung + 1; ++i) {
        mounts += "nas:/" + std::to_string(i) + " /nas" + std::to_string(i) + " nfs4 rw 0 0\n";
    }
    Bench bench(mounts, {{"timeout", {"1ms"}}}, "/", 20ms);
    for (std::size_t i = 0; i < MountProbe::kMostHung + 1; ++i) {
        bench.statfs.hang("/nas" + std::to_string(i));
    }
    const auto errors = [&] {
        std::size_t count = 0;
        for (const auto& [series, value] : bench.collect()) {
            count += series.starts_with("node_filesystem_device_error") && value == 1 ? 1U : 0U;
        }
        return count;
    };
    REQUIRE(eventually([&] {
        return errors() == MountProbe::kMostHung + 1 && bench.error.starts_with("128 mounts hang");
    }));
    REQUIRE_THAT(bench.error, Catch::Contains("1 more are not asked"));
}

TEST_CASE("where process 1 hides its mounts the own ones serve") {
    Bench bench("");
    bench.tree.remove("proc/1");
    bench.tree.write("proc/mounts", "/dev/sda1 / ext4 rw 0 0\n");
    REQUIRE(bench.collect().size() == 7);
    bench.tree.remove("proc/mounts");
}

TEST_CASE("no table of mounts is an error") {
    const FixtureTree tree;
    Collecting filesystem(create_filesystem, tree);
    REQUIRE(filesystem.collect_any().empty());
    REQUIRE_THAT(filesystem.error(), Catch::Contains("proc/mounts"));
}

TEST_CASE("a malformed line is named every time and costs only itself") {
    Bench bench("/dev/sda1 / ext4\n/dev/sda1 /a ext4 rw 0 0\n");
    for (int i = 0; i < 2; ++i) {
        REQUIRE(bench.collect().size() == 7);
        REQUIRE_THAT(bench.error, Catch::Contains("/dev/sda1 / ext4"));
    }
}

TEST_CASE("wrong settings are refused by name") {
    SeriesTable table;
    const auto with = [&](Settings settings) {
        const auto made = create_filesystem({{}, std::move(settings), &table});
        return made ? std::string() : made.error().message;
    };
    REQUIRE_THAT(with({{"timeout", {"fast"}}}), Catch::Contains("timeout"));
    REQUIRE_THAT(with({{"fs_types_exclude", {"("}}}), Catch::Contains("fs_types_exclude"));
    REQUIRE_THAT(with({{"mount_points_exclude", {"a", "b"}}}),
                 Catch::Contains("mount_points_exclude"));
}
