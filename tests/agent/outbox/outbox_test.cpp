#include "agent/outbox/outbox.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::agent;
using tocsin::test::FixtureTree;

namespace {

Outbox opened(const FixtureTree& dir, Bytes limit = Bytes{64U << 20U}) {
    auto outbox = Outbox::open({dir.at("state"), limit});
    if (!outbox) FAIL(outbox.error().message);
    return std::move(outbox).value();
}

Record record(const std::string& alert, std::uint64_t seq, const std::string& body = "[]") {
    return {alert, seq, from_unix_ms(1'000 + static_cast<std::int64_t>(seq)), body};
}

void commit(Outbox& outbox, const std::vector<Record>& records,
            const std::vector<StateRow>& states = {},
            const std::vector<std::string>& deleted = {}) {
    const auto done = outbox.commit(records, states, deleted);
    if (!done) FAIL(done.error().message);
}

std::vector<std::uint64_t> seqs(Outbox& outbox, std::size_t most = 100) {
    std::vector<std::uint64_t> out;
    const auto rows = outbox.head(most, 1U << 20U).value();
    for (const OutboxRow& r : rows) out.push_back(r.record.seq);
    return out;
}

void overwrite(const std::string& path, std::streamoff at, const std::string& bytes) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file << bytes;
}

using Seqs = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("records come back in the order they were committed") {
    const FixtureTree dir;
    Outbox outbox = opened(dir);
    REQUIRE(outbox.empty());
    commit(outbox, {record("a", 1, "[\"值班\"]"), record("b", 2)});
    commit(outbox, {record("a", 3)});
    const auto rows = outbox.head(10, 1000).value();
    REQUIRE(rows.size() == 3);
    REQUIRE(rows[0].record.alert == "a");
    REQUIRE(rows[0].record.body == "[\"值班\"]");
    REQUIRE(rows[0].record.created_at == from_unix_ms(1'001));
    REQUIRE(seqs(outbox) == Seqs{1, 2, 3});
    REQUIRE(rows[0].id < rows[1].id);
    REQUIRE(outbox.stats().rows == 3);
}

TEST_CASE("the head is bounded by rows and by bytes, but never empty while a row waits") {
    const FixtureTree dir;
    Outbox outbox = opened(dir);
    commit(outbox, {record("a", 1, std::string(100, 'x')), record("a", 2, std::string(100, 'x')),
                    record("a", 3, std::string(100, 'x'))});
    REQUIRE(outbox.head(2, 1000).value().size() == 2);
    REQUIRE(outbox.head(10, 250).value().size() == 2);
    REQUIRE(outbox.head(10, 10).value().size() == 1);
    REQUIRE(outbox.head(10, 1000).value().size() == 3);
}

TEST_CASE("what was delivered is gone, and its number is never given again") {
    const FixtureTree dir;
    std::int64_t last = 0;
    {
        Outbox outbox = opened(dir);
        commit(outbox, {record("a", 1), record("a", 2)});
        const auto rows = outbox.head(10, 1000).value();
        last = rows[1].id;
        const std::vector<std::int64_t> ids{rows[0].id, rows[1].id, 999};
        REQUIRE(outbox.remove(ids));
        REQUIRE(outbox.remove({}));
        REQUIRE(outbox.stats() == OutboxStats{});
    }
    Outbox outbox = opened(dir);
    REQUIRE(outbox.empty());
    commit(outbox, {record("a", 3)});
    REQUIRE(outbox.head(1, 1000).value()[0].id > last);
}

TEST_CASE("states are kept by key, with the records of their evaluation") {
    const FixtureTree dir;
    {
        Outbox outbox = opened(dir);
        commit(outbox, {record("a", 1)}, {{"host.yml;disk", "one"}, {"host.yml;cpu", "two"}});
        commit(outbox, {}, {{"host.yml;disk", std::string("th\0ree", 6)}}, {"host.yml;cpu"});
        commit(outbox, {}, {{"k", "v"}}, {"k"});  // deletions first
    }
    Outbox outbox = opened(dir);
    REQUIRE(outbox.load_states().value() ==
            std::vector<StateRow>{{"host.yml;disk", std::string("th\0ree", 6)}, {"k", "v"}});
    REQUIRE(seqs(outbox) == Seqs{1});
}

TEST_CASE("beyond the limit the oldest records go and are counted, over restarts too") {
    const FixtureTree dir;
    constexpr std::size_t kBody = 1000;
    {
        Outbox outbox = opened(dir, Bytes{3500});
        for (std::uint64_t i = 1; i <= 5; ++i) {
            commit(outbox, {record("a", i, std::string(kBody, 'x'))});
        }
        REQUIRE(seqs(outbox) == Seqs{3, 4, 5});
        REQUIRE(outbox.stats().dropped == 2);
        // One commit may bring more than fits.
        std::vector<Record> many;
        for (std::uint64_t i = 6; i <= 20; ++i) {
            many.push_back(record("a", i, std::string(kBody, 'x')));
        }
        commit(outbox, many);
        REQUIRE(seqs(outbox) == Seqs{18, 19, 20});
        REQUIRE(outbox.stats().dropped == 17);
        REQUIRE(outbox.stats().bytes <= 3500);
    }
    Outbox outbox = opened(dir, Bytes{3500});
    REQUIRE(outbox.stats().dropped == 17);
    REQUIRE(outbox.stats().rows == 3);
    SECTION("and the newest stays even when it alone is larger") {
        commit(outbox, {record("a", 21, std::string(5000, 'x'))});
        REQUIRE(seqs(outbox) == Seqs{21});
    }
}

TEST_CASE("a refused record is removed and counted") {
    const FixtureTree dir;
    {
        Outbox outbox = opened(dir);
        commit(outbox, {record("a", 1), record("b", 2)});
        REQUIRE(outbox.refuse(outbox.head(1, 1000).value()[0].id));
        REQUIRE(outbox.refuse(12345));
        REQUIRE(outbox.stats().refused == 1);
        REQUIRE(seqs(outbox) == Seqs{2});
    }
    REQUIRE(opened(dir).stats().refused == 1);
}

TEST_CASE("the bytes that it counts are the same after a restart") {
    const FixtureTree dir;
    OutboxStats before;
    {
        Outbox outbox = opened(dir);
        commit(outbox, {record("值班", 1, "[\"告警\"]"), record("b", 2, std::string(99, 'y'))});
        before = outbox.stats();
    }
    REQUIRE(opened(dir).stats() == before);
}

TEST_CASE("one agent holds the folder at a time") {
    const FixtureTree dir;
    const Outbox outbox = opened(dir);
    const auto second = Outbox::open({dir.at("state"), Bytes{1000}});
    REQUIRE_FALSE(second);
    REQUIRE(second.error().code == ErrorCode::kConflict);
    REQUIRE_THAT(second.error().message, Catch::Contains("another agent"));
}

TEST_CASE("only its owner can read the folder") {
    const FixtureTree dir;
    const Outbox outbox = opened(dir);
    struct stat s {};
    REQUIRE(stat(dir.at("state").c_str(), &s) == 0);
    REQUIRE((s.st_mode & 0777U) == 0700U);
}

TEST_CASE("a damaged database is moved aside and a fresh one begun") {
    const FixtureTree dir;
    const std::string path = dir.at("state/agent.db");
    {
        Outbox outbox = opened(dir);
        std::vector<Record> many;
        for (std::uint64_t i = 1; i <= 200; ++i) {
            many.push_back(record("a", i, std::string(500, 'x')));
        }
        commit(outbox, many);
    }
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
    REQUIRE(size > 20'000);
    SECTION("no database at all") {
        overwrite(path, 0, std::string(4096, 'z'));
    }
    SECTION("pages in its middle") {
        overwrite(path, 8192, std::string(12'000, '\xFF'));
    }
    SECTION("cut off") {
        std::filesystem::resize_file(path, 9'000);
    }
    SECTION("its schema") {
        overwrite(path, 100, std::string(3'900, '\0'));
    }
    {
        Outbox outbox = opened(dir);
        REQUIRE(outbox.moved_aside() == path + ".damaged-1");
        REQUIRE(std::filesystem::exists(path + ".damaged-1"));
        REQUIRE(outbox.empty());
        commit(outbox, {record("a", 7)});
    }
    Outbox outbox = opened(dir);
    REQUIRE_FALSE(outbox.moved_aside());
    REQUIRE(seqs(outbox) == Seqs{7});
}

TEST_CASE("a database of a newer agent is refused and left alone") {
    const FixtureTree dir;
    { const Outbox outbox = opened(dir); }
    const std::string path = dir.at("state/agent.db");
    overwrite(path, 60,
              std::string("\0\0\0\x09", 4));  // user_version, big-endian (file format, 1.3)
    const auto refused = Outbox::open({dir.at("state"), Bytes{1000}});
    REQUIRE_FALSE(refused);
    REQUIRE(refused.error().code == ErrorCode::kConflict);
    REQUIRE_THAT(refused.error().message, Catch::Contains("newer version"));
    REQUIRE_FALSE(std::filesystem::exists(path + ".damaged-1"));
}

TEST_CASE("a folder that cannot be made is an error that names it") {
    const auto refused = Outbox::open({"/proc/no/such", Bytes{1000}});
    REQUIRE_FALSE(refused);
    REQUIRE_THAT(refused.error().message, Catch::Contains("/proc/no/such"));
}

TEST_CASE("damage that shows while the agent runs costs the file, not the alerts after it") {
    const FixtureTree dir;
    const std::string path = dir.at("state/agent.db");
    {
        Outbox outbox = opened(dir);
        std::vector<Record> many;
        for (std::uint64_t i = 1; i <= 2000; ++i) {
            many.push_back(record("a", i, std::string(500, 'x')));
        }
        commit(outbox, many);
    }
    Outbox outbox = opened(dir);
    const auto size = std::filesystem::file_size(path);
    overwrite(path, 8192, std::string(size - 8192, '\xFF'));
    // More than the cache holds, so it meets the damage.
    REQUIRE(outbox.head(2000, 1U << 30U).value().empty());
    REQUIRE(outbox.moved_aside() == path + ".damaged-1");
    REQUIRE(outbox.empty());
    commit(outbox, {record("a", 3000)});
    REQUIRE(seqs(outbox) == Seqs{3000});
}

TEST_CASE("a full disk keeps nothing of a commit, and the next one works when there is room") {
    const FixtureTree dir;
    Outbox outbox = opened(dir);
    commit(outbox, {record("a", 1)}, {{"k", "before"}});
    const OutboxStats before = outbox.stats();
    // The kernel refuses to let any file of this process grow, as a full disk would.
    rlimit limit{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit none = limit;
    none.rlim_cur = 64 * 1024;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &none) == 0);
    const std::vector<Record> large{record("a", 2), record("a", 3, std::string(500'000, 'x'))};
    const auto failed = outbox.commit(large, std::vector<StateRow>{{"k", "after"}}, {});
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    std::signal(SIGXFSZ, old_handler);
    REQUIRE_FALSE(failed);
    REQUIRE(failed.error().code == ErrorCode::kIo);
    REQUIRE(outbox.stats() == before);
    REQUIRE(seqs(outbox) == Seqs{1});
    REQUIRE(outbox.load_states().value() == std::vector<StateRow>{{"k", "before"}});
    commit(outbox, large, {{"k", "after"}});
    REQUIRE(seqs(outbox, 3) == Seqs{1, 2, 3});
}
