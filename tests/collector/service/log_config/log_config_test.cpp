#include "collector/service/log_config/log_config.h"

#include "tests/support/target_bench.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::read_section;

TEST_CASE("a log has files, patterns and a pace") {
    const auto read = read_section(read_logs, R"(
- name: nginx errors
  files: [/var/log/nginx/error*.log, /srv/x.log]
  every: 5s
  limit: 1MiB
  patterns:
    - {name: upstream, regex: "upstream timed out", labels: {team: web}}
    - {name: any, regex: "."}
- {name: one, files: /var/log/syslog}
)");
    REQUIRE(read.said.empty());
    REQUIRE(read.targets.size() == 2);
    const auto& log = static_cast<const LogsConfig&>(*read.targets[0]);
    CHECK(log.name == "nginx errors");
    CHECK(log.instance.empty());
    CHECK(log.every == Duration(5s));
    CHECK(log.files == std::vector<std::string>{"/var/log/nginx/error*.log", "/srv/x.log"});
    CHECK(log.limit.count == 1024 * 1024);
    REQUIRE(log.patterns.size() == 2);
    CHECK(log.patterns[0].regex.found_in("x upstream timed out (110)"));
    CHECK_FALSE(log.patterns[0].regex.found_in("upstream"));
    CHECK(log.patterns[0].labels == Labels{{"team", "web"}});
    const auto& one = static_cast<const LogsConfig&>(*read.targets[1]);
    CHECK(one.files == std::vector<std::string>{"/var/log/syslog"});
    CHECK(one.limit.count == 64U * 1024 * 1024);
}

TEST_CASE("a journal matches by unit, identifier and priority") {
    const auto read = read_section(read_journal, R"(
- name: failures
  directory: /var/log/journal
  match: {unit: [nginx, dbus.socket], identifier: kernel, priority: warning}
  patterns: [{name: oom, regex: "Out of memory"}]
- {name: all}
)");
    REQUIRE(read.said.empty());
    REQUIRE(read.targets.size() == 2);
    const auto& journal = static_cast<const JournalConfig&>(*read.targets[0]);
    CHECK(journal.directory == "/var/log/journal");
    CHECK(journal.units == std::vector<std::string>{"nginx.service", "dbus.socket"});
    CHECK(journal.identifiers == std::vector<std::string>{"kernel"});
    CHECK(journal.priority == 4);
    CHECK(journal.patterns.size() == 1);
    CHECK(static_cast<const JournalConfig&>(*read.targets[1]).priority == 7);
}

TEST_CASE("every mistake in logs and journals is named at its place") {
    struct Case {
        TargetConfigs (*read)(const text::YamlNode&, Diagnostics&);
        std::string_view yaml;
        std::string_view message;
    };
    const std::vector<Case> cases{
        {read_logs, "{name: x}", "1:1: error: \"logs\" is a list of {name, files, patterns}"},
        {read_logs, "[{files: /a}]", "1:2: error: a log needs the key \"name\""},
        {read_logs, "[{name: x}]", "1:2: error: a log needs the key \"files\""},
        {read_logs, "[{name: x, files: []}]", "1:19: error: \"files\": names no file"},
        {read_logs, "[{name: x, files: a.log}]",
         "1:19: error: \"files\": \"a.log\" is no absolute path"},
        {read_logs, "[{name: x, files: /a}, {name: x, files: /b}]",
         "1:24: error: there are two \"x\" in \"logs\""},
        {read_logs, "[{name: x, files: /a, limit: 0B}]",
         "1:30: error: \"limit\": must be more than nothing"},
        {read_logs, "[{name: x, files: /a, patterns: {}}]",
         "1:33: error: \"patterns\": is a list of {name, regex}"},
        {read_logs, "[{name: x, files: /a, patterns: [{name: p, regex: '('}]}]",
         "1:51: error: \"regex\": "},
        {read_logs, "[{name: x, files: /a, patterns: [{name: p, regex: ''}]}]",
         "1:51: error: \"regex\": is empty"},
        {read_logs, "[{name: x, files: /a, patterns: [{name: p, regex: a}, {name: p, regex: b}]}]",
         "1:55: error: there are two patterns \"p\" in one log"},
        {read_logs, "[{name: x, files: /a, patterns: [{name: p, regex: a, labels: {log: y}}]}]",
         "1:62: error: \"labels\": the label \"log\" is set by the agent"},
        {read_logs, "[{name: x, files: /a, patterns: [{name: p, regex: a, labels: {1: y}}]}]",
         "1:62: error: \"labels\": \"1\" is no label's name"},
        {read_logs, "[{name: x, files: /a, pattern: []}]",
         "1:23: error: unknown key \"pattern\"; did you mean \"patterns\"?"},
        {read_journal, "[{name: x, match: {priority: warn}}]", "1:30: error: "},
        {read_journal, "[{name: x, directory: a}]",
         "1:23: error: \"directory\": is no absolute path"},
        {read_journal, "[{name: x, match: {units: a}}]",
         "1:20: error: unknown key \"units\"; did you mean \"unit\"?"},
        {read_journal, "x", "1:1: error: \"journal\" is a list of {name, match, patterns}"},
    };
    for (const Case& c : cases) {
        const auto read = read_section(c.read, c.yaml);
        INFO(c.yaml);
        REQUIRE(read.said.size() == 1);
        CHECK_THAT(read.said[0], Catch::StartsWith("agent.yml:" + std::string(c.message)));
    }
    const std::string long_name(65, 'x');
    CHECK(read_section(read_logs, "[{files: /a, name: " + long_name + "}]").said.size() == 1);
}

TEST_CASE("any name of a log gives a file in the state directory") {
    CHECK(log_state_file("/s", "log", "nginx-errors") == "/s/log-nginx-errors");
    CHECK(log_state_file("/s", "log", "a/../b c") == "/s/log-a%2F..%2Fb%20c");
}
