#include "collector/host/filefd.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

TEST_CASE("allocated and maximum file handles are read") {
    const FixtureTree tree{{"proc/sys/fs/file-nr", "1024\t0\t1631329\n"}};
    Collecting filefd(create_filefd, tree);
    REQUIRE(filefd.collect() ==
            Values{{"node_filefd_allocated", 1024}, {"node_filefd_maximum", 1631329}});
}

// LONG_MAX is what a 64-bit kernel sets today.
TEST_CASE("the largest maximum is read and anything but three numbers refused") {
    REQUIRE(parse_file_nr("7 0 9223372036854775807\n").value().maximum == INT64_MAX);
    for (const std::string_view text : {"", "\n", "1", "1\t0", "1\t0\tx\n", "-1 0 5"}) {
        INFO(text);
        REQUIRE_FALSE(parse_file_nr(text));
    }
}
