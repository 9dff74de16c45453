#include "collector/host/os.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kDebian =
    "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
    "NAME=\"Debian GNU/Linux\"\n"
    "VERSION_ID=\"12\"\n"
    "VERSION=\"12 (bookworm)\"\n"
    "VERSION_CODENAME=bookworm\n"
    "ID=debian\n"
    "HOME_URL=\"https://www.debian.org/\"\n";

}  // namespace

TEST_CASE("os-release becomes labels and a version") {
    const FixtureTree tree{{"root/etc/os-release", kDebian}};
    Collecting os(create_os, tree);
    REQUIRE(os.collect() ==
            Values{{"node_os_info{id=\"debian\", name=\"Debian GNU/Linux\", "
                    "pretty_name=\"Debian GNU/Linux 12 (bookworm)\", version=\"12 (bookworm)\", "
                    "version_codename=\"bookworm\", version_id=\"12\"}",
                    1},
                   {"node_os_version{id=\"debian\", name=\"Debian GNU/Linux\"}", 12}});
}

TEST_CASE("the vendor's file serves where etc has none, and an upgrade is noticed") {
    const FixtureTree tree{{"root/usr/lib/os-release", "ID=a\nVERSION_ID=1.5\n"}};
    Collecting os(create_os, tree);
    REQUIRE(os.collect().at("node_os_version{id=\"a\"}") == 1.5);
    tree.write("root/etc/os-release", "ID=b\nVERSION_ID=2\n");
    REQUIRE(os.collect().at("node_os_version{id=\"b\"}") == 2);
    tree.replace("root/etc/os-release", "ID=c\n");
    REQUIRE(os.collect() == Values{{"node_os_info{id=\"c\"}", 1}});
}

TEST_CASE("a host without os-release is an error") {
    const FixtureTree tree;
    Collecting os(create_os, tree);
    REQUIRE(os.collect_any().empty());
    REQUIRE_THAT(os.error(), Catch::Contains("os-release"));
}

// os-release(5): the syntax of a shell's assignments.
TEST_CASE("quotes, backslashes and comments are read as a shell would") {
    struct Case {
        std::string_view line;
        std::string_view value;
    };
    const Case cases[] = {{"A=plain", "plain"},
                          {"A=\"two words\"", "two words"},
                          {"A='single $x'", "single $x"},
                          {"A=\"a \\\"q\\\" \\$x\"", "a \"q\" $x"},
                          {"A=", ""},
                          {"A=\"\"", ""},
                          {"A='a'\\''b'", "a'b"},
                          {"A=\"open", "open"},
                          {"  A=x  ", "x"},
                          {"A=b=c", "b=c"}};
    for (const Case& c : cases) {
        INFO(c.line);
        const auto fields =
            parse_os_release(std::string("# comment\n\nnonsense\n") + std::string(c.line) + "\n");
        REQUIRE(fields == std::vector<OsField>{{"A", std::string(c.value)}});
    }
}

TEST_CASE("a version is its leading major and minor") {
    struct Case {
        std::string_view text;
        std::optional<double> version;
    };
    const Case cases[] = {{"12", 12},
                          {"22.04", 22.04},
                          {"22.04.1", 22.04},
                          {"3.", 3},
                          {"rolling", std::nullopt},
                          {"", std::nullopt},
                          {".5", std::nullopt},
                          {"20230101", 20230101}};
    for (const Case& c : cases) {
        INFO(c.text);
        REQUIRE(os_version(c.text) == c.version);
    }
}
