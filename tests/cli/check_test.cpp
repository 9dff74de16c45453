// `tocsin check` and `tocsin rules check`: what they say of files, and with which status.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "base/net/file.h"
#include "ran.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin::cli;
using tocsin::test::ran;
namespace json = boost::json;

TEST_CASE("checks are told to programs too") {
    const tocsin::test::FixtureTree tree;
    tree.write("bad.yml", "groups:\n  - name: a\n    rulez: []\n");
    const auto bad = ran({"rules", "check", tree.at("bad.yml"), "--output", "json"});
    CHECK(bad.status == kNo);
    const auto said = json::parse(bad.out);
    CHECK(said.at("files") == 1);
    CHECK(said.at("errors") == 1);
    const auto& first = said.at("diagnostics").at(0);
    CHECK(first.at("file").as_string() == tree.at("bad.yml"));
    CHECK(first.at("line") == 3);
    CHECK(first.at("column") == 5);
    CHECK(first.at("level") == "error");
    tree.write("agent.yml", "listen: 127.0.0.1:1\n");
    const auto good = ran({"check", tree.at("agent.yml"), "--output", "json"});
    CHECK(good.status == kDone);
    CHECK(json::parse(good.out).at("diagnostics").as_array().empty());
}

TEST_CASE("a check warns of what a configuration names and this machine does not have") {
    const tocsin::test::FixtureTree tree;
    tree.write("open.token", "t\n");
    tree.write("program", "#!/bin/sh\n");
    const std::string open = tree.at("open.token");
    const std::string program = tree.at("program");
    std::filesystem::permissions(open, std::filesystem::perms(0644));
    tree.write("agent.yml", "bridge: {token_file: " + open + ", ca_file: " + open +
                                "}\ncollect:\n  plugins:\n  - {name: a, command: [/nowhere/p]}\n"
                                "  - {name: b, command: [" +
                                program + "]}\nrules: {files: []}\n");
    const auto agent = ran({"check", tree.at("agent.yml")});
    CHECK(agent.status == kNo);
    // In the words in which the daemon refuses to start.
    const auto refused = tocsin::net::read_secret(open);
    REQUIRE(!refused);
    CHECK(agent.out == tree.at("agent.yml") + ":1:22: error: " + refused.error().message + "\n" +
                           tree.at("agent.yml") +
                           ":4:25: warning: /nowhere/p is not on this machine\n" +
                           tree.at("agent.yml") + ":5:25: warning: " + program +
                           " is no program: nobody may execute it\n"
                           "1 file, 1 error, 2 warnings\n");
    tree.write("bridge.yml",
               "channels: [{name: hook, type: webhook, url: 'https://a.example', "
               "secret_file: /nowhere/secret}]\n");
    CHECK_THAT(ran({"check", tree.at("bridge.yml")}).out,
               Catch::Contains("warning: /nowhere/secret is not on this machine"));
}

TEST_CASE("a check says what the bridge would refuse of files that it and its includes name") {
    const tocsin::test::FixtureTree tree;
    tree.write("short.pin", "12345\n");
    tree.write("empty.token", "\n");
    for (const char* file : {"short.pin", "empty.token"}) {
        std::filesystem::permissions(tree.at(file), std::filesystem::perms(0600));
    }
    tree.write("bridge.yml",
               "include: [people.yml]\naccess: {tokens: [{name: a, role: agent, "
               "token_file: " +
                   tree.at("empty.token") + "}]}\n");
    tree.write("people.yml", "people: [{name: li.na, pin_file: " + tree.at("short.pin") + "}]\n");
    const auto checked = ran({"check", tree.at("bridge.yml")});
    CHECK(checked.status == kNo);
    CHECK_THAT(
        checked.out,
        Catch::Contains("/bridge.yml:2:54: error: " + tree.at("empty.token") + " is empty") &&
            Catch::Contains("/people.yml:1:34: error: the PIN in " + tree.at("short.pin") +
                            " has fewer than 6 characters"));
}

TEST_CASE("a folder without a file to check is named and is 1") {
    const tocsin::test::FixtureTree tree;
    tree.write("rules/README", "");
    const auto rules = ran({"rules", "check", tree.at("rules")});
    CHECK(rules.status == kNo);
    CHECK(rules.out == tree.at("rules") +
                           ": error: this folder holds no rule file (*.yml, *.yaml)\n"
                           "0 files, 1 error, 0 warnings\n");
    const auto config = ran({"check", tree.at("rules")});
    CHECK(config.status == kNo);
    CHECK_THAT(config.out, Catch::Contains("this folder holds no configuration file"));
}

TEST_CASE("a check of agent.yml reads the rules that the agent would load") {
    const tocsin::test::FixtureTree tree;
    tree.write("rules.d/a.yml",
               "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: node_load1\n"
               "    levels: {page: \"> 3\"}\n");
    const std::string rules = "rules: {files: [" + tree.at("rules.d") + "/*.yml]}\n";
    tree.write("agent.yml", rules);
    const auto wrong = ran({"check", tree.at("agent.yml")});
    CHECK(wrong.status == kNo);
    CHECK_THAT(wrong.out, Catch::Contains(tree.at("rules.d/a.yml") + ":6:14: error: "));
    tree.write("agent.yml", rules + "severities: [note, page]\n");
    CHECK(ran({"check", tree.at("agent.yml")}).status == kDone);
}

TEST_CASE("a check of agent.yml reads the files of SNMP that the agent would load") {
    const tocsin::test::FixtureTree tree;
    const std::string good =
        "mine:\n  get: [1.5.0]\n  metrics:\n    - {name: m, oid: 1.5, type: gauge}\n";
    tree.write("mod/a.yml", good);
    tree.write("map/a.yml", "one: {oid: 1.5.1, alert: A, severity: warning, hold: 1d}\n");
    const std::string path = tree.at("agent.yml");
    const auto write = [&](const std::string& modules) {
        tree.write("agent.yml", "rules: {files: []}\ncollect:\n  snmp:\n  - {targets: [a, b], " +
                                    ("modules: " + modules) + ", module_files: [" + tree.at("mod") +
                                    "/*.yml]}\n  snmp_traps:\n" +
                                    "  - {community: public, mapping_files: [" + tree.at("map") +
                                    "/*.yml]}\n");
    };
    write("[mine, if_mib]");
    const auto right = ran({"check", path});
    CHECK(right.out == "3 files, 0 errors, 0 warnings\n");
    CHECK(right.status == kDone);
    write("[system, mien]");
    const auto typo = ran({"check", path});
    CHECK(typo.status == kNo);
    CHECK(typo.out == path +
                          ":4:41: error: no module is called \"mien\", neither a shipped one "
                          "nor one of \"module_files\"; did you mean \"mine\"?\n"
                          "3 files, 1 error, 0 warnings\n");
    // What is wrong is said once, at its place; what stands there is no unknown name besides.
    write("[mine, other]");
    tree.write("mod/b.yml",
               "other:\n  get: [1.5.0]\n  metrics:\n    - {name: m, oid: 1.5, type: gaauge}\n");
    tree.write("map/b.yml", "two: {oid: 1.5.2, alert: B, sevrity: warning}\n");
    const auto wrong = ran({"check", path});
    CHECK(wrong.status == kNo);
    CHECK_THAT(wrong.out, Catch::Contains(tree.at("mod/b.yml") + ":4:33: error: \"type\""));
    CHECK_THAT(wrong.out, Catch::Contains(tree.at("map/b.yml") + ":1:29: error: unknown key"));
    CHECK_THAT(wrong.out, !Catch::Contains("no module is called"));
    // A file that does not read could have it.
    tree.write("mod/b.yml", "other: [");
    CHECK_THAT(ran({"check", path}).out, Catch::Contains(":4:39: warning: no module is called "));
    tree.write("agent.yml",
               "rules: {files: []}\ncollect:\n  snmp:\n  - {targets: [a], modules: "
               "[x], module_files: [/nowhere/m.yml]}\n");
    const auto elsewhere = ran({"check", path});
    CHECK(elsewhere.status == kDone);
    CHECK_THAT(elsewhere.out, Catch::Contains("warning: /nowhere/m.yml is not on this machine"));
    CHECK_THAT(elsewhere.out, Catch::Contains("0 errors, 2 warnings"));
}

TEST_CASE("rules are checked against the severities of one's own agents") {
    const tocsin::test::FixtureTree tree;
    tree.write("rules.yml",
               "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: node_load1\n"
               "    levels: {page: \"> 3\"}\n");
    CHECK(ran({"rules", "check", tree.at("rules.yml")}).status == kNo);
    CHECK(ran({"rules", "check", "--severities", "note,page", tree.at("rules.yml")}).status ==
          kDone);
}
