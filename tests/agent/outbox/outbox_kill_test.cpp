// kill -9 at any point: what was committed is there, whole, and nothing else is.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <random>

#include "agent/outbox/outbox.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::agent;
using tocsin::test::FixtureTree;

namespace {

constexpr std::uint64_t kBatch = 3;

Record record(std::uint64_t seq) {
    return {"alert " + std::to_string(seq % 5), seq, from_unix_ms(1), std::string(seq % 2000, 'x')};
}

// The child: commits batch after batch, each with a state that names its last record, and reports
// each through the pipe once commit() has returned. Now and then it delivers the oldest rows.
[[noreturn]] void commit_forever(const std::string& directory, std::uint64_t next, int pipe) {
    auto outbox = Outbox::open({directory, Bytes{1U << 30U}});
    if (!outbox) _exit(3);
    for (;; next += kBatch) {
        const std::vector<Record> records{record(next), record(next + 1), record(next + 2)};
        const std::uint64_t last = next + kBatch - 1;
        const std::vector<StateRow> states{{"last", std::to_string(last)}};
        if (!outbox.value().commit(records, states, {})) _exit(4);
        if (write(pipe, &last, sizeof last) != sizeof last) _exit(5);
        if (next % 4 == 0) {
            std::vector<std::int64_t> ids;
            const auto rows = outbox.value().head(2, 1U << 20U).value();
            for (const OutboxRow& r : rows) ids.push_back(r.id);
            if (!outbox.value().remove(ids)) _exit(6);
        }
    }
}

struct Found {
    std::vector<std::uint64_t> seqs;
    std::uint64_t state = 0;
};

Found look(const std::string& directory) {
    auto outbox = Outbox::open({directory, Bytes{1U << 30U}});
    if (!outbox) FAIL(outbox.error().message);
    REQUIRE_FALSE(outbox.value().moved_aside());
    Found found;
    const auto rows = outbox.value().head(1'000'000, 1U << 30U).value();
    for (const OutboxRow& r : rows) {
        REQUIRE(r.record.body.size() == r.record.seq % 2000);
        found.seqs.push_back(r.record.seq);
    }
    const auto states = outbox.value().load_states().value();
    for (const StateRow& s : states) {
        found.state = std::stoull(s.value);
    }
    REQUIRE(outbox.value().stats().rows == found.seqs.size());
    return found;
}

}  // namespace

TEST_CASE("kill -9 at any point loses nothing that was committed and keeps no half of a commit") {
    const FixtureTree dir;
    const std::string directory = dir.at("state");
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::uint64_t next = 1;
    for (int round = 0; round < 25; ++round) {
        int pipe[2];
        REQUIRE(::pipe(pipe) == 0);
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            close(pipe[0]);
            commit_forever(directory, next, pipe[1]);
        }
        close(pipe[1]);
        // Some whole commits, and then whatever it is in the middle of.
        const int wanted = std::uniform_int_distribution<int>(1, 20)(random);
        std::uint64_t reported = 0;
        for (int i = 0; i < wanted; ++i) {
            REQUIRE(read(pipe[0], &reported, sizeof reported) == sizeof reported);
        }
        for (int spin = std::uniform_int_distribution<int>(0, 30'000)(random); spin > 0; --spin) {
            static_cast<void>(getppid());
        }
        kill(child, SIGKILL);
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));
        for (std::uint64_t late = 0; read(pipe[0], &late, sizeof late) == sizeof late;) {
            reported = late;
        }
        close(pipe[0]);

        const Found found = look(directory);
        // At most one commit came through without being reported.
        REQUIRE((found.state == reported || found.state == reported + kBatch));
        REQUIRE_FALSE(found.seqs.empty());
        REQUIRE(found.seqs.back() == found.state);
        for (std::size_t i = 1; i < found.seqs.size(); ++i) {
            REQUIRE(found.seqs[i] == found.seqs[i - 1] + 1);
        }
        next = found.state + 1;
    }
}
