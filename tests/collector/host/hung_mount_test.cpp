// The filesystem collector against a mount that really hangs: FUSE.
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "collector/host/filesystem.h"
#include "tests/support/child_process.h"
#include "tests/support/collecting.h"
#include "tests/support/hanging_statfs.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::ChildProcess;
using test::Collecting;
using test::eventually;
using test::FixtureTree;
using test::Values;

namespace {

constexpr char kPython[] = "/usr/bin/python3";

// Why this machine cannot mount a file system of a test's own; "" when it can.
std::string missing() {
    if (::geteuid() != 0) return "mounting takes root";
    const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (device < 0) return "there is no usable /dev/fuse";
    ::close(device);
    ChildProcess python({kPython, "-c", "import fuse; print('here')"});
    try {
        python.read_line();
    } catch (const std::runtime_error&) {
        return "python3-fuse is not installed";
    }
    return {};
}

class HangingMount {
  public:
    explicit HangingMount(const FixtureTree& tree)
        : point_((tree.make_directory("mount"), tree.at("mount"))),
          daemon_({kPython, TOCSIN_SOURCE_DIR "/tests/support/hanging_fs.py", point_,
                   tree.at("gate")}) {
        REQUIRE(daemon_.read_line() == "ready");
    }
    ~HangingMount() {
        daemon_.stop(SIGKILL);  // what still hangs in it fails then
        ::umount2(point_.c_str(), MNT_DETACH);
    }
    HangingMount(const HangingMount&) = delete;
    HangingMount& operator=(const HangingMount&) = delete;
    const std::string& point() const { return point_; }

  private:
    std::string point_;
    ChildProcess daemon_;
};

}  // namespace

TEST_CASE("a FUSE mount whose daemon hangs costs only itself and recovers") {
    if (const std::string why = missing(); !why.empty()) {
        WARN("SKIP: " << why);
        return;
    }
    const FixtureTree tree;
    const HangingMount mount(tree);
    tree.write("proc/1/mounts",
               "hanging " + mount.point() + " fuse.hanging rw 0 0\n" + "/dev/root / ext4 rw 0 0\n");
    SeriesTable table;
    Context context;
    context.paths.procfs = tree.at("proc");
    context.settings = {{"timeout", {"300ms"}}};
    context.series = &table;
    const auto filesystem = create_filesystem(context).value();
    const auto collect = [&] {
        Readings readings;
        (void)filesystem->collect(from_unix_ms(0), readings);  // fails while nothing is known
        return test::values_of(readings);
    };
    const std::string labels =
        "{device=\"hanging\", fstype=\"fuse.hanging\", mountpoint=\"" + mount.point() + "\"}";
    REQUIRE(
        eventually([&] { return collect().contains("node_filesystem_device_error" + labels); }));
    for (int i = 0; i < 3; ++i) {
        const Values values = collect();
        REQUIRE(values.at("tocsin_filesystem_hung_seconds" + labels) >= 0.3);
        REQUIRE(values.at("node_filesystem_device_error" + labels) == 1);
        REQUIRE_FALSE(values.contains("node_filesystem_size_bytes" + labels));
        REQUIRE(values.at("node_filesystem_size_bytes{device=\"/dev/root\", fstype=\"ext4\", "
                          "mountpoint=\"/\"}") > 0);
    }
    tree.write("gate", "");
    REQUIRE(eventually([&] { return collect().at("node_filesystem_device_error" + labels) == 0; }));
    REQUIRE(collect().at("node_filesystem_size_bytes" + labels) == 4096000);
    REQUIRE(collect().at("node_filesystem_avail_bytes" + labels) == 1024000);
}
