#include "collector/service/plugins/plugins.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <any>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "collector/service/plugins/config.h"
#include "tests/support/collecting.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;
using test::Values;
using test::values_of;

namespace {

const std::string kMalformed = "nagios_perfdata_malformed_total{check=\"raid\"}";

// A plugin that is a shell script of the test's.
struct Bench {
    FixtureTree tree;
    SeriesTable table;
    net::Loop loop;
    net::OffloadPool pool{loop, 1, 1};
    std::unique_ptr<Target> target;
    bool answered = false;
    std::string error;
    Values values;
    double malformed = 0;  // kMalformed, which each run tells

    void script(std::string_view body) {
        tree.write("plugin", "#!/bin/sh\n" + std::string(body));
        ::chmod(tree.at("plugin").c_str(), 0755);
        make({tree.at("plugin"), "an argument", "$(x)"});
    }
    void make(std::vector<std::string> command) {
        auto config = std::make_shared<PluginConfig>();
        config->name = "raid";
        config->command = std::move(command);
        target = create_plugin(config, {{}, &table, &loop, &pool, ""}).value();
    }
    void start() {
        answered = false;
        target->start(from_unix_ms(0), [this](const Result<void>& result, Readings readings) {
            answered = true;
            error = result ? "" : result.error().message;
            values = values_of(readings);
            values.erase("nagios_check_duration_seconds{check=\"raid\"}");
            malformed = values.at(kMalformed);
            values.erase(kMalformed);
        });
    }
    bool run_until(const std::function<bool()>& condition) {
        return test::run_until(loop, condition);
    }
    Values run() {
        start();
        REQUIRE_FALSE(answered);
        REQUIRE(run_until([&] { return answered; }));
        return values;
    }
    // The process ids that the script wrote down, once there are as many.
    std::vector<pid_t> pids(std::size_t count) {
        std::vector<pid_t> found;
        REQUIRE(run_until([&] {
            found.clear();
            std::ifstream file(tree.at("pids"));
            pid_t pid = 0;
            while (file >> pid) found.push_back(pid);
            return found.size() >= count;
        }));
        return found;
    }
    // Gone, or ended and not yet collected by its parent.
    static bool ended(pid_t pid) {
        std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
        std::string text;
        if (!std::getline(file, text)) return true;
        return text.substr(text.rfind(')') + 2, 1) == "Z";
    }
};

// What `body` wrote to standard error.
template <class F>
std::string standard_error_of(F body) {
    const FixtureTree dir{{"stderr", ""}};
    std::fflush(stderr);
    const int kept = ::dup(STDERR_FILENO);
    const int file = ::open(dir.at("stderr").c_str(), O_WRONLY | O_APPEND);
    ::dup2(file, STDERR_FILENO);
    body();
    std::fflush(stderr);
    ::dup2(kept, STDERR_FILENO);
    ::close(kept);
    ::close(file);
    std::ifstream in(dir.at("stderr"));
    return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    DIR* dir = ::opendir("/proc/self/fd");
    while (::readdir(dir) != nullptr) ++count;
    ::closedir(dir);
    return count;
}

const std::string kStatus = "nagios_check_status{check=\"raid\"}";

}  // namespace

TEST_CASE("a plugin's exit status and performance data are series") {
    Bench bench;
    bench.script("echo 'WARNING - busy | load=1.5;1;@2:3;0;'\nexit 1\n");
    CHECK(
        bench.run() ==
        Values{
            {kStatus, 1},
            {R"(nagios_perfdata{check="raid", label="load"})", 1.5},
            {R"(nagios_perfdata_threshold{bad="outside", bound="lower", check="raid", label="load", severity="warning"})",
             0},
            {R"(nagios_perfdata_threshold{bad="outside", bound="upper", check="raid", label="load", severity="warning"})",
             1},
            {R"(nagios_perfdata_threshold{bad="inside", bound="lower", check="raid", label="load", severity="critical"})",
             2},
            {R"(nagios_perfdata_threshold{bad="inside", bound="upper", check="raid", label="load", severity="critical"})",
             3},
            {R"(nagios_perfdata_limit{check="raid", label="load", limit="minimum"})", 0}});
    CHECK(bench.error.empty());
    CHECK(bench.run().at(kStatus) == 1);  // and again
}

TEST_CASE("the log has what a plugin says when its status changes, and only then") {
    Bench bench;
    bench.script("cd \"${0%/*}\" && cat says && exit $(cat status)\n");
    const auto run = [&](std::string_view says, std::string_view status) {
        bench.tree.replace("says", says);
        bench.tree.replace("status", status);
        return standard_error_of([&] { bench.run(); });
    };
    CHECK(run("OK - fine\n", "0").empty());
    CHECK_THAT(run("CRITICAL - sdb failed | a=1\nmore\n", "2"),
               Catch::Contains("warn") && Catch::Contains("check=raid status=critical "
                                                          "text=\"CRITICAL - sdb failed\"\n"));
    CHECK(run("CRITICAL - sdc failed too\n", "2").empty());
    CHECK_THAT(run("odd\n", "9"), Catch::Contains("status=unknown text=odd\n"));
    CHECK_THAT(run("OK - fine\n", "0"),
               Catch::Contains("info") && Catch::Contains("status=ok text=\"OK - fine\"\n"));
}

TEST_CASE("a reload neither says again what the log has of a plugin nor counts from nothing") {
    Bench bench;
    bench.script("echo 'CRITICAL - sdb failed | odd='\nexit 2\n");
    CHECK_THAT(standard_error_of([&] { bench.run(); }),
               Catch::Contains("status=critical") && Catch::Contains("odd="));
    const auto reload = [&](std::string_view body) {
        const std::any handed_on = bench.target->handed_on();
        bench.script(body);
        bench.target->take_over(handed_on);
    };
    reload("echo 'CRITICAL - sdb failed | odd='\nexit 2\n");
    CHECK(standard_error_of([&] { bench.run(); }).empty());
    CHECK(bench.malformed == 2);
    reload("echo 'OK - fine'\n");
    CHECK_THAT(standard_error_of([&] { bench.run(); }),
               Catch::Contains("status=ok text=\"OK - fine\"\n"));
}

TEST_CASE("an odd word in the performance data is counted, and the run succeeds all the same") {
    Bench bench;
    bench.script("echo 'OK - fine | load=1.5 odd= users=3'\n");
    CHECK(bench.run() == Values{{kStatus, 0},
                                {R"(nagios_perfdata{check="raid", label="load"})", 1.5},
                                {R"(nagios_perfdata{check="raid", label="users"})", 3}});
    CHECK(bench.error.empty());
    CHECK(bench.malformed == 1);
    bench.run();
    CHECK(bench.malformed == 2);
    bench.script("echo 'OK - fine'\n");
    bench.run();
    CHECK(bench.malformed == 0);
}

TEST_CASE("a plugin gets its arguments as they are, a clean environment and nothing else") {
    ::setenv("TOCSIN_SECRET", "x", 1);
    REQUIRE(::dup2(STDIN_FILENO, 77) == 77);
    Bench bench;
    bench.script(
        "[ \"$1\" = 'an argument' ] && [ \"$2\" = '$(x)' ] && [ $# = 2 ] || exit 2\n"
        "env | grep -q TOCSIN_SECRET && exit 1\n"
        "[ \"$LC_ALL\" = C ] || exit 1\n"
        "[ \"$(cat)\" = '' ] || exit 1\n"                            // nothing to read
        "[ -e /proc/$$/fd/77 ] && exit 1\n"                          // what a library left open
        "[ \"$(cut -d' ' -f5 /proc/$$/stat)\" = $$ ] || exit 1\n");  // its own process group
    CHECK(bench.run().at(kStatus) == 0);
    ::close(77);
}

TEST_CASE("what is no plugin's status is unknown, with the reason") {
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"exit 4", "ended with 4, which is no plugin's status (0 to 3)"},
        {"kill -SEGV $$", "ended with 139, which is no plugin's status (0 to 3)"},
        {"exit 127", "ended with 127, which is no plugin's status (0 to 3)"},
    };
    for (const auto& [body, message] : cases) {
        Bench bench;
        bench.script(body);
        CHECK(bench.run() == Values{{kStatus, 3}});
        CHECK(bench.error == message);
    }
}

TEST_CASE("one that is not there is unknown, says so, and is tried again") {
    Bench bench;
    bench.make({bench.tree.at("nothing")});
    CHECK(bench.run() == Values{{kStatus, 3}});
    CHECK_THAT(bench.error, Catch::EndsWith("nothing: No such file or directory"));
    bench.tree.write("nothing", "#!/bin/sh\nexit 2\n");
    ::chmod(bench.tree.at("nothing").c_str(), 0755);
    CHECK(bench.run() == Values{{kStatus, 2}});
}

TEST_CASE("one that floods is killed at the limit") {
    Bench bench;
    bench.script("yes 'x | a=1'\n");
    CHECK(bench.run() == Values{{kStatus, 3}});
    CHECK(bench.error == "printed more than 64 KiB and was killed");
}

TEST_CASE("one that never ends is killed at its deadline with all it started") {
    Bench bench;
    bench.script(
        "sleep 1000 & echo $! >> \"$(dirname \"$0\")/pids\"\n"
        "sh -c 'sleep 1000 & echo $! >> \"$(dirname \"$0\")/pids\"; sleep 1000' \"$0\" &\n"
        "echo $$ >> \"$(dirname \"$0\")/pids\"\n"
        "trap '' TERM\nwait\n");
    bench.start();
    const std::vector<pid_t> pids = bench.pids(3);
    CHECK(values_of(bench.target->cancel()) == Values{{kStatus, 3}, {kMalformed, 0}});
    CHECK(bench.run_until([&] { return std::all_of(pids.begin(), pids.end(), Bench::ended); }));
    CHECK_FALSE(bench.answered);
    // Its end is seen, so that it can run again.
    CHECK(bench.run_until([&] {
        if (bench.answered || bench.error.empty()) bench.start();
        return bench.error.empty();
    }));
    bench.target->cancel();
}

TEST_CASE("what it leaves in the background holds nothing up and is ended") {
    Bench bench;
    bench.script("sleep 1000 & echo $! > \"$(dirname \"$0\")/pids\"\necho 'OK | a=1'\n");
    CHECK(bench.run().size() == 2);
    const std::vector<pid_t> pids = bench.pids(1);
    CHECK(bench.run_until([&] { return Bench::ended(pids[0]); }));
}

TEST_CASE("a plugin leaves no descriptor and no process behind, however it ends") {
    Bench bench;
    bench.script("echo 'OK | a=1'\n");
    bench.run();
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 50; ++i) bench.run();
    CHECK(open_descriptors() == before);
}

TEST_CASE("a section of plugins is read, and what is wrong with one is named") {
    const auto read = [](std::string_view text, std::vector<std::string>& said) {
        Diagnostics diagnostics("agent.yml");
        TargetConfigs configs = read_plugins(text::parse_yaml(text, diagnostics), diagnostics);
        for (const Diagnostic& d : diagnostics.all()) said.push_back(d.text());
        return configs;
    };
    std::vector<std::string> said;
    const TargetConfigs good = read(
        "- {name: raid, command: [/bin/true, -x], every: 5m}\n- {name: b, command: [/b]}\n", said);
    CHECK(said.empty());
    REQUIRE(good.size() == 2);
    CHECK(good[0]->every == Duration(5min));
    CHECK(good[0]->timeout == Duration(30s));
    CHECK(good[1]->every == Duration(1min));
    CHECK(static_cast<const PluginConfig&>(*good[0]).command ==
          std::vector<std::string>{"/bin/true", "-x"});

    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"{}", "agent.yml:1:1: error: \"plugins\" is a list of {name, command}"},
        {"- {name: a, command: check_raid -x}",
         "agent.yml:1:22: error: \"command\": is a list, the program and its arguments one by one; "
         "no shell takes a line apart"},
        {"- {name: a, command: [check_raid]}",
         "agent.yml:1:22: error: \"command\": must begin with the program's absolute path"},
        {"- {name: a, command: [/x]}\n- {name: a, command: [/y]}",
         "agent.yml:2:3: error: there are two plugins \"a\""},
        {"- {name: a, command: [/x], every: 10s, timeout: 20s}",
         "agent.yml:1:49: error: \"timeout\": is longer than \"every\" (10s)"},
    };
    for (const auto& [text, message] : cases) {
        INFO(text);
        said.clear();
        read(text, said);
        REQUIRE(said.size() == 1);
        CHECK(said[0] == message);
    }
}
