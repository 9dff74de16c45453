// Against real journal files, which systemd-journal-remote writes from the export format.
#include "collector/service/systemd/journal.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "collector/service/log_config/log_config.h"
#include "tests/support/takeover.h"
#include "tests/support/target_bench.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;
using test::TargetBench;
using test::Values;

namespace {

constexpr const char* kWriter = "/usr/lib/systemd/systemd-journal-remote";
constexpr const char* kEntries = "tocsin_log_lines_total{log=\"it\", source=\"journal\"}";
constexpr const char* kBehind = "tocsin_log_behind_seconds{log=\"it\", source=\"journal\"}";
constexpr const char* kErrors =
    "tocsin_log_matches_total{log=\"it\", pattern=\"error\", source=\"journal\"}";

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

struct Bench {
    FixtureTree tree;
    std::shared_ptr<JournalConfig> config = std::make_shared<JournalConfig>();
    std::unique_ptr<TargetBench> target;
    std::uint64_t clock = 1'700'000'000'000'000;

    Bench() {
        tree.make_directory("journal");
        config->name = "it";
        config->directory = tree.at("journal");
        config->patterns.push_back({"error", Pattern::compile("error").value(), {}});
        target = std::make_unique<TargetBench>(create_journal, tree, config);
    }
    // Appends entries to a file of the journal.
    void write(const std::vector<Fields>& entries, const std::string& file = "a.journal") {
        const std::string command = std::string(kWriter) +
                                    " --compress=no --output=" + tree.at("journal/" + file) +
                                    " - 2>/dev/null";
        std::FILE* out = ::popen(command.c_str(), "w");
        REQUIRE(out != nullptr);
        for (const Fields& fields : entries) {
            clock += 1'000'000;
            std::string text = "__REALTIME_TIMESTAMP=" + std::to_string(clock) +
                               "\n__MONOTONIC_TIMESTAMP=" + std::to_string(clock / 1000) +
                               "\n_BOOT_ID=11111111111111111111111111111111\n";
            for (const auto& [name, value] : fields) {
                text.append(name).append("=").append(value).append("\n");
            }
            text += "\n";
            std::fwrite(text.data(), 1, text.size(), out);
        }
        REQUIRE(::pclose(out) == 0);
    }
    Values collect() { return target->collect(); }
    double entries() { return collect().at(kEntries); }
    void match(const std::function<void(JournalConfig&)>& change) {
        auto other = std::make_shared<JournalConfig>(*config);
        change(*other);
        target->use(other);
        tree.write("state/journal-it", print_journal_position(""));
        restart();
    }
    // Another agent, which has told that it begins at 0.
    void restart() {
        target->restart();
        const Values values = collect();
        CHECK(values.at(kEntries) == 0);
        CHECK(values.at(kErrors) == 0);
    }
};

bool can_write() {
    if (::access(kWriter, X_OK) == 0) return true;
    WARN("SKIP: systemd-journal-remote is not installed (script/install test)");
    return false;
}

}  // namespace

TEST_CASE("a journal begins at its end, and what comes is counted") {
    if (!can_write()) return;
    Bench bench;
    bench.write({{{"MESSAGE", "an error of yesterday"}}});
    CHECK(bench.collect() == Values{{kEntries, 0}, {kErrors, 0}, {kBehind, 0}});
    bench.write({{{"MESSAGE", "fine"}}, {{"MESSAGE", "an error"}}, {{"OTHER", "no message"}}});
    const Values values = bench.collect();
    CHECK(values.at(kEntries) == 3);
    CHECK(values.at(kErrors) == 1);
    CHECK(bench.entries() == 3);
}

TEST_CASE("a journal that was empty is read from its start") {
    if (!can_write()) return;
    Bench bench;
    CHECK(bench.entries() == 0);
    bench.write({{{"MESSAGE", "1"}}, {{"MESSAGE", "2"}}});
    CHECK(bench.entries() == 2);
}

TEST_CASE("a restart goes on where the last agent was, also in a file that is new") {
    if (!can_write()) return;
    Bench bench;
    bench.write({{{"MESSAGE", "0"}}});
    bench.collect();
    bench.write({{{"MESSAGE", "1"}}});
    CHECK(bench.entries() == 1);
    bench.write({{{"MESSAGE", "2"}}});
    bench.write({{{"MESSAGE", "3"}}, {{"MESSAGE", "4"}}}, "b.journal");
    bench.restart();
    CHECK(bench.entries() == 3);
}

TEST_CASE("a journal that a reload takes over while its call hangs counts each entry once") {
    if (!can_write()) return;
    Bench bench;
    bench.write({{{"MESSAGE", "0"}}});
    bench.collect();
    bench.target.reset();
    bench.write({{{"MESSAGE", "1"}}});
    test::Takeover takeover(create_journal, bench.tree, bench.config, "state/journal-it");
    takeover.replace();
    CHECK_THAT(takeover.collect(),
               Catch::StartsWith("an earlier collection of this log still runs"));
    takeover.let_go();
    // The collection that failed has told the 0.
    CHECK(takeover.collect_at_last().at(kEntries) == 1);
    takeover.replace();
    CHECK(takeover.collect_at_last().at(kEntries) == 0);
    CHECK(takeover.collect_at_last().at(kEntries) == 0);
}

TEST_CASE("a journal's first collection that is cancelled has told no 0, so the next does") {
    if (!can_write()) return;
    Bench bench;
    bench.write({{{"MESSAGE", "0"}}});
    bench.collect();
    bench.target.reset();
    bench.write({{{"MESSAGE", "an error"}}});
    test::Takeover takeover(create_journal, bench.tree, bench.config, "state/journal-it");
    takeover.cancel();
    takeover.let_go();
    CHECK(takeover.collect_at_last().at(kErrors) == 0);
    CHECK(takeover.collect_at_last().at(kErrors) == 1);
    CHECK(takeover.collect_at_last().at(kErrors) == 1);
}

TEST_CASE("a place that was vacuumed away is passed by") {
    if (!can_write()) return;
    Bench bench;
    bench.write({{{"MESSAGE", "0"}}});
    bench.collect();
    bench.write({{{"MESSAGE", "1"}}}, "b.journal");
    bench.tree.remove("journal/a.journal");
    CHECK(bench.entries() == 1);
}

TEST_CASE("entries are chosen by unit, identifier and priority") {
    if (!can_write()) return;
    Bench bench;
    bench.write({
        {{"MESSAGE", "1"}, {"_SYSTEMD_UNIT", "nginx.service"}, {"PRIORITY", "6"}},
        {{"MESSAGE", "2"}, {"_SYSTEMD_UNIT", "nginx.service"}, {"PRIORITY", "3"}},
        {{"MESSAGE", "3"},
         {"_SYSTEMD_UNIT", "init.scope"},
         {"_PID", "1"},
         {"UNIT", "nginx.service"}},
        {{"MESSAGE", "4"},
         {"_SYSTEMD_UNIT", "evil.service"},
         {"_PID", "7"},
         {"UNIT", "nginx.service"}},
        {{"MESSAGE", "5"}, {"SYSLOG_IDENTIFIER", "sshd"}, {"PRIORITY", "2"}},
        {{"MESSAGE", "6"}, {"SYSLOG_IDENTIFIER", "cron"}},
    });
    const std::vector<std::pair<std::function<void(JournalConfig&)>, double>> cases{
        {[](JournalConfig&) {}, 6},
        {[](JournalConfig& c) { c.units = {"nginx.service"}; }, 3},
        {[](JournalConfig& c) {
             c.units = {"nginx.service", "evil.service"};
         },
         4},
        {[](JournalConfig& c) {
             c.identifiers = {"sshd", "cron"};
         },
         2},
        {[](JournalConfig& c) { c.priority = 3; }, 2},
        {[](JournalConfig& c) { c.priority = 2; }, 1},
        {[](JournalConfig& c) {
             c.units = {"nginx.service"};
             c.priority = 4;
         },
         1},
        {[](JournalConfig& c) {
             c.units = {"nginx.service"};
             c.identifiers = {"sshd"};
         },
         0},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        INFO("case " << i);
        bench.match(cases[i].first);
        CHECK(bench.entries() == cases[i].second);
    }
}

TEST_CASE("a message that is no UTF-8 is matched all the same") {
    if (!can_write()) return;
    Bench bench;
    bench.collect();
    bench.write({{{"MESSAGE", "\xff error \xfe"}}});
    CHECK(bench.collect().at(kErrors) == 1);
}

TEST_CASE("a journal that is not there is named, and counting goes on when it is") {
    if (!can_write()) return;
    Bench bench;
    bench.write({{{"MESSAGE", "0"}}});
    bench.collect();
    std::filesystem::rename(bench.tree.at("journal"), bench.tree.at("away"));
    const Values values = bench.target->collect_any();
    CHECK(values.at(kEntries) == 0);
    CHECK_FALSE(values.contains(kBehind));
    CHECK(bench.target->error() ==
          "the journal, " + bench.tree.at("journal") + ": No such file or directory");
    std::filesystem::rename(bench.tree.at("away"), bench.tree.at("journal"));
    bench.write({{{"MESSAGE", "1"}}});
    CHECK(bench.entries() == 1);
}

TEST_CASE("a position that does not read begins at the end") {
    if (!can_write()) return;
    Bench bench;
    bench.write({{{"MESSAGE", "0"}}});
    bench.tree.write("state/journal-it", "something else");
    CHECK(bench.entries() == 0);
    bench.write({{{"MESSAGE", "1"}}});
    CHECK(bench.entries() == 1);
}

TEST_CASE("a journal's position is read back as it was written") {
    for (const std::string_view cursor : {"", "s=1;i=2;b=3;m=4;t=5;x=6"}) {
        CHECK(parse_journal_position(print_journal_position(cursor)) == std::string(cursor));
    }
    for (const std::string_view text :
         {"", "tocsin journal position 1\n", "tocsin journal position 1\ncursor s=1",
          "tocsin journal position 1\ncursor a b\n", "tocsin journal position 2\ncursor a\n",
          "tocsin journal position 1\ncursor a\ncursor b\n"}) {
        CHECK_FALSE(parse_journal_position(text));
    }
}
