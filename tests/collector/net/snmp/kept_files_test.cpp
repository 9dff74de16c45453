// Files of modules and of mappings: what one that is wrong costs, and what another version changes.
#include "collector/net/snmp/files/kept_files.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::collector::snmp;

namespace {

std::string module_text(const std::string& name, const std::string& metric,
                        const std::string& type = "gauge") {
    return name + ":\n  get: [1.5.0]\n  metrics:\n    - {name: " + metric +
           ", oid: 1.5, type: " + type + "}\n";
}

struct Bench {
    test::FixtureTree tree;
    std::map<std::string, int> read;  // how often
    std::vector<std::string> said;
    ModuleFiles files = module_files([this](const FileNews& news) {
        ++read[std::filesystem::path(news.path).filename()];
        for (const Diagnostic& d : news.said.all()) said.push_back(d.text());
        if (news.unread) said.push_back(news.unread->message);
        in_force = news.in_force;
    });
    bool in_force = true;

    ModuleLayers load() { return files.load({tree.at("m/*.yml")}); }
    std::string metric_of(const std::string& module) {
        const ModuleLayers layers = load();
        const Module* found = layers.find(module);
        return found == nullptr ? "" : found->metrics.at(0).name;
    }
};

}  // namespace

TEST_CASE("a file that is wrong costs itself alone, and is named once") {
    Bench bench;
    bench.tree.write("m/a.yml", module_text("mine", "one"));
    bench.tree.write("m/b.yml", module_text("other", "two", "gaauge"));
    const ModuleLayers layers = bench.load();
    CHECK(layers.find("mine") != nullptr);
    CHECK(layers.find("if_mib") != nullptr);
    CHECK(layers.find("other") == nullptr);
    REQUIRE(bench.said.size() == 1);
    CHECK_THAT(bench.said[0], Catch::StartsWith(bench.tree.at("m/b.yml") + ":4:35: error: "));
    CHECK_FALSE(bench.in_force);
    REQUIRE(layers.wrong.size() == 1);
    CHECK(layers.wrong[0].why == bench.said[0]);
    CHECK(layers.wrong[0].names == std::vector<std::string>{"other"});
    CHECK(bench.load() == layers);
    CHECK(bench.said.size() == 1);
    CHECK(bench.read == std::map<std::string, int>{{"a.yml", 1}, {"b.yml", 1}});
}

TEST_CASE("the last right version of a file stays in force until there is another") {
    Bench bench;
    bench.tree.write("m/a.yml", module_text("mine", "one"));
    CHECK(bench.metric_of("mine") == "one");
    const ModuleLayers first = bench.load();
    bench.tree.write("m/a.yml", "mine: [");
    CHECK(bench.load() == first);
    CHECK(bench.in_force);
    CHECK(bench.said.size() == 1);
    bench.tree.write("m/a.yml", module_text("mine", "three"));
    CHECK(bench.metric_of("mine") == "three");
    CHECK(first.find("mine")->metrics.at(0).name == "one");  // of those who still hold it
    // What no pattern finds any more is gone; coming back wrong, it has no version in force.
    std::filesystem::remove(bench.tree.at("m/a.yml"));
    CHECK(bench.metric_of("mine").empty());
    bench.tree.write("m/a.yml", "mine: [");
    CHECK(bench.load().wrong.size() == 1);
}

TEST_CASE("a file that is named and vanishes stays in force, and a later file is over an earlier") {
    Bench bench;
    bench.tree.write("m/a.yml", module_text("mine", "one"));
    bench.tree.write("m/b.yml", module_text("mine", "two"));
    CHECK(bench.metric_of("mine") == "two");
    const std::vector<std::string> named{bench.tree.at("m/b.yml"), bench.tree.at("m/a.yml")};
    CHECK(bench.files.load(named).find("mine")->metrics.at(0).name == "one");
    std::filesystem::remove(bench.tree.at("m/a.yml"));
    CHECK(bench.files.load(named).find("mine")->metrics.at(0).name == "one");
    CHECK_THAT(bench.said.at(0), Catch::Contains(bench.tree.at("m/a.yml")));
    CHECK(bench.said.size() == 1);
    const ModuleLayers none = bench.files.load({bench.tree.at("m/none.yml")});
    REQUIRE(none.wrong.size() == 1);
    CHECK_THAT(none.wrong[0].why, Catch::Contains("none.yml"));
}

TEST_CASE("mappings of traps are kept likewise, over the shipped ones") {
    const test::FixtureTree tree;
    int read = 0;
    MappingFiles files = mapping_files([&](const FileNews&) { ++read; });
    const std::string shipped = files.load({}).names().at(0);
    tree.write("a.yml", "mine: {oid: 1.5.1}\n" + shipped + ": {oid: 1.5.2}\n");
    tree.write("b.yml", "bad: {oid: 1.5.3, alert: A}\n");
    const MappingLayers layers = files.load({tree.root()});
    CHECK(read == 2);
    CHECK(layers.merged().at("mine").trap == Oid{1, 5, 1});
    CHECK(layers.merged().at(shipped).trap == Oid{1, 5, 2});
    CHECK(layers.wrong.size() == 1);
}
