#include "agent/outbox/outbox.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "agent/outbox/sqlite.h"
#include "base/net/log.h"

namespace tocsin::agent {

namespace {

constexpr std::int64_t kSchemaVersion = 1;
// What a row costs beside its texts: page and index overhead.
constexpr std::int64_t kRowBytes = 64;

// locking_mode first: with it, WAL keeps its index in this process and needs no shared memory file.
constexpr const char* kPragmas = R"(
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA busy_timeout = 0;
PRAGMA cache_size = -256;
PRAGMA mmap_size = 0;
PRAGMA journal_mode = WAL;
PRAGMA wal_autocheckpoint = 256;
PRAGMA journal_size_limit = 1048576;
)";

constexpr const char* kSchema = R"(
CREATE TABLE records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    alert TEXT NOT NULL,
    seq INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE states (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counters VALUES ('dropped', 0), ('refused', 0);
PRAGMA user_version = 1;
)";

constexpr std::string_view kSize = "length(CAST(body AS BLOB)) + length(CAST(alert AS BLOB)) + 64";

std::int64_t size_of(const Record& r) {
    return static_cast<std::int64_t>(r.body.size() + r.alert.size()) + kRowBytes;
}

enum class Sync { kNormal, kFull };

// An open, checked file with its statements.
struct File {
    Database database;
    Statement insert;
    Statement oldest;
    Statement erase;
    Statement size;
    Statement upsert_state;
    Statement delete_state;
    Statement count;
    Statement head;
    Sync sync = Sync::kFull;
};

Result<void> migrate(Database& database) {
    TOCSIN_TRY(const auto version, database.integer("PRAGMA user_version"));
    if (version > kSchemaVersion) {
        return Error(ErrorCode::kConflict,
                     fmt::format("its schema {} is of a newer version of the agent (this one knows "
                                 "{}); install that one, or name another --state",
                                 version, kSchemaVersion));
    }
    if (version == kSchemaVersion) return success();
    TOCSIN_TRY(auto transaction, Transaction::begin(database));
    TOCSIN_TRY(database.exec(kSchema));
    return transaction.commit();
}

Result<File> open_file(const std::string& path) {
    File f;
    TOCSIN_TRY(f.database, Database::open(path));
    TOCSIN_TRY(f.database.exec(kPragmas));
    // The lock is taken by the first write; take it before anything is believed.
    TOCSIN_TRY(f.database.exec("PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT;"));
    TOCSIN_TRY(f.database.check());
    TOCSIN_TRY(migrate(f.database));
    TOCSIN_TRY(f.insert, f.database.prepare("INSERT INTO records (alert, seq, created_at, body) "
                                            "VALUES (?1, ?2, ?3, ?4)"));
    TOCSIN_TRY(f.oldest,
               f.database.prepare(fmt::format("SELECT id, {} FROM records ORDER BY id", kSize)));
    TOCSIN_TRY(f.erase, f.database.prepare("DELETE FROM records WHERE id = ?1"));
    TOCSIN_TRY(f.size,
               f.database.prepare(fmt::format("SELECT {} FROM records WHERE id = ?1", kSize)));
    TOCSIN_TRY(f.upsert_state,
               f.database.prepare("INSERT INTO states (key, value) VALUES (?1, ?2) "
                                  "ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
    TOCSIN_TRY(f.delete_state, f.database.prepare("DELETE FROM states WHERE key = ?1"));
    TOCSIN_TRY(f.count,
               f.database.prepare("UPDATE counters SET value = value + ?2 WHERE name = ?1"));
    TOCSIN_TRY(f.head, f.database.prepare("SELECT id, alert, seq, created_at, body FROM records "
                                          "ORDER BY id LIMIT ?1"));
    return f;
}

Result<void> make_directory(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return success();
    const auto parent = std::filesystem::path(path).parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent, error);
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return errno_error("making the folder " + path, errno);
    }
    return success();
}

}  // namespace

struct Outbox::Impl {
    OutboxOptions options;
    std::string path;
    std::optional<File> file;
    OutboxStats stats;
    std::optional<std::string> moved_aside;

    Result<void> open();
    Result<void> begin();
    // A fresh file that could not be begun after damage is tried again at the next use.
    Result<void> ready() { return file ? Result<void>(success()) : begin(); }
    Result<void> move_aside(const Error& why);
    Result<void> recover(const Error& why);
    // Runs it, and once more on a fresh file when the old one turns out to be damaged.
    template <class Work>
    auto guarded(Work work) -> decltype(work());
    Result<void> load_stats();
    Result<void> set_sync(Sync sync);
    Result<void> commit(std::span<const Record> records, std::span<const StateRow> states,
                        std::span<const std::string> deleted_states);
    Result<void> insert(std::span<const Record> records, OutboxStats& after);
    Result<void> drop_beyond_limit(OutboxStats& after);
    Result<void> erase(std::span<const std::int64_t> ids, std::string_view counter);
    Result<std::vector<StateRow>> load_states();
    Result<std::vector<OutboxRow>> head(std::size_t most_rows, std::size_t most_bytes);
};

template <class Work>
auto Outbox::Impl::guarded(Work work) -> decltype(work()) {
    TOCSIN_TRY(ready());
    auto result = work();
    if (result || !is_damage(result.error())) return result;
    TOCSIN_TRY(recover(result.error()));
    return work();
}

Result<void> Outbox::Impl::open() {
    TOCSIN_TRY(make_directory(options.directory));
    const auto opened = begin();
    if (opened) return success();
    if (opened.error().code == ErrorCode::kConflict) {
        return opened.error().in(path + " (does another agent use it?)");
    }
    if (!is_damage(opened.error())) return opened.error().in(path);
    TOCSIN_TRY(move_aside(opened.error()));
    const auto again = begin();
    if (!again) return again.error().in(path);
    return success();
}

Result<void> Outbox::Impl::begin() {
    TOCSIN_TRY(file, open_file(path));
    return load_stats();
}

Result<void> Outbox::Impl::load_stats() {
    Database& db = file->database;
    TOCSIN_TRY(const auto rows, db.integer("SELECT count(*) FROM records"));
    TOCSIN_TRY(const auto bytes,
               db.integer(fmt::format("SELECT coalesce(sum({}), 0) FROM records", kSize)));
    TOCSIN_TRY(const auto dropped, db.integer("SELECT value FROM counters WHERE name = 'dropped'"));
    TOCSIN_TRY(const auto refused, db.integer("SELECT value FROM counters WHERE name = 'refused'"));
    stats = {static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(bytes),
             static_cast<std::uint64_t>(dropped), static_cast<std::uint64_t>(refused)};
    return success();
}

Result<void> Outbox::Impl::move_aside(const Error& why) {
    file.reset();
    std::string aside;
    std::error_code error;
    for (int n = 1; aside.empty() || std::filesystem::exists(aside, error); ++n) {
        aside = fmt::format("{}.damaged-{}", path, n);
    }
    if (std::rename(path.c_str(), aside.c_str()) != 0) {
        return errno_error("moving the damaged " + path + " aside", errno);
    }
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
        // Usually there is none; what belongs to the damaged file must not meet the fresh one.
        std::rename((path + suffix).c_str(), (aside + suffix).c_str());
    }
    moved_aside = aside;
    net::log_error(
        "the outbox was damaged: it is kept aside and a fresh one begins; alerts not "
        "delivered yet and pending states are lost",
        {{"reason", why.message}, {"file", path}, {"kept_as", aside}});
    return success();
}

// Damage that shows while the agent runs.
Result<void> Outbox::Impl::recover(const Error& why) {
    TOCSIN_TRY(move_aside(why));
    return begin();
}

// What has been delivered may be forgotten to be gone, so its removal need not wait for the disk;
// the next commit of a record makes it last as well (one log, in order).
Result<void> Outbox::Impl::set_sync(Sync sync) {
    if (sync == file->sync) return success();
    TOCSIN_TRY(file->database.exec(sync == Sync::kFull ? "PRAGMA synchronous = FULL"
                                                       : "PRAGMA synchronous = NORMAL"));
    file->sync = sync;
    return success();
}

Result<void> Outbox::Impl::insert(std::span<const Record> records, OutboxStats& after) {
    for (const Record& r : records) {
        file->insert.bind(1, r.alert)
            .bind(2, static_cast<std::int64_t>(r.seq))
            .bind(3, to_unix_ms(r.created_at))
            .bind(4, r.body);
        TOCSIN_TRY(file->insert.run());
        after.rows += 1;
        after.bytes += static_cast<std::uint64_t>(size_of(r));
    }
    return drop_beyond_limit(after);
}

Result<void> Outbox::Impl::drop_beyond_limit(OutboxStats& after) {
    const std::uint64_t before = after.dropped;
    while (after.bytes > options.limit.count && after.rows > 1) {
        TOCSIN_TRY(const bool found, file->oldest.step());
        if (!found) break;
        const std::int64_t id = file->oldest.integer(0);
        const auto bytes = static_cast<std::uint64_t>(file->oldest.integer(1));
        file->oldest.reset();
        TOCSIN_TRY(file->erase.bind(1, id).run());
        after.rows -= 1;
        after.bytes -= std::min(bytes, after.bytes);
        after.dropped += 1;
    }
    if (after.dropped == before) return success();
    return file->count.bind(1, "dropped")
        .bind(2, static_cast<std::int64_t>(after.dropped - before))
        .run();
}

Result<void> Outbox::Impl::commit(std::span<const Record> records, std::span<const StateRow> states,
                                  std::span<const std::string> deleted_states) {
    TOCSIN_TRY(set_sync(records.empty() ? Sync::kNormal : Sync::kFull));
    OutboxStats after = stats;
    TOCSIN_TRY(auto transaction, Transaction::begin(file->database));
    TOCSIN_TRY(insert(records, after));
    for (const std::string& key : deleted_states) {
        TOCSIN_TRY(file->delete_state.bind(1, key).run());
    }
    for (const StateRow& s : states) {
        TOCSIN_TRY(file->upsert_state.bind(1, s.key).bind(2, s.value).run());
    }
    TOCSIN_TRY(transaction.commit());
    if (after.dropped > stats.dropped) {
        net::log_warning("the outbox is full: the oldest alerts were dropped undelivered",
                         {{"dropped", std::to_string(after.dropped - stats.dropped)},
                          {"limit", format_bytes(options.limit)}});
    }
    stats = after;
    return success();
}

Result<void> Outbox::Impl::erase(std::span<const std::int64_t> ids, std::string_view counter) {
    if (ids.empty()) return success();
    TOCSIN_TRY(set_sync(Sync::kNormal));
    OutboxStats after = stats;
    TOCSIN_TRY(auto transaction, Transaction::begin(file->database));
    std::int64_t gone = 0;
    for (const std::int64_t id : ids) {
        TOCSIN_TRY(const bool found, file->size.bind(1, id).step());
        const auto bytes = static_cast<std::uint64_t>(found ? file->size.integer(0) : 0);
        file->size.reset();
        if (!found) continue;  // dropped for the limit while it was on its way
        TOCSIN_TRY(file->erase.bind(1, id).run());
        ++gone;
        after.rows -= 1;
        after.bytes -= std::min(bytes, after.bytes);
    }
    if (!counter.empty()) {
        TOCSIN_TRY(file->count.bind(1, counter).bind(2, gone).run());
        after.refused += static_cast<std::uint64_t>(gone);
    }
    TOCSIN_TRY(transaction.commit());
    stats = after;
    return success();
}

Result<std::vector<StateRow>> Outbox::Impl::load_states() {
    TOCSIN_TRY(auto statement,
               file->database.prepare("SELECT key, value FROM states ORDER BY key"));
    std::vector<StateRow> out;
    while (true) {
        TOCSIN_TRY(const bool row, statement.step());
        if (!row) return out;
        out.push_back({statement.text(0), statement.text(1)});
    }
}

Result<std::vector<OutboxRow>> Outbox::Impl::head(std::size_t most_rows, std::size_t most_bytes) {
    Statement& statement = file->head;
    statement.bind(1, static_cast<std::int64_t>(most_rows));
    std::vector<OutboxRow> out;
    std::size_t bytes = 0;
    while (true) {
        TOCSIN_TRY(const bool row, statement.step());
        if (!row) break;
        OutboxRow r{statement.integer(0),
                    {statement.text(1), static_cast<std::uint64_t>(statement.integer(2)),
                     from_unix_ms(statement.integer(3)), statement.text(4)}};
        bytes += r.record.body.size();
        if (!out.empty() && bytes > most_bytes) break;
        out.push_back(std::move(r));
    }
    statement.reset();
    return out;
}

Outbox::Outbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Outbox::Outbox(Outbox&&) noexcept = default;
Outbox& Outbox::operator=(Outbox&&) noexcept = default;
Outbox::~Outbox() = default;

Result<Outbox> Outbox::open(OutboxOptions options) {
    auto impl = std::make_unique<Impl>();
    impl->path = (std::filesystem::path(options.directory) / "agent.db").string();
    impl->options = std::move(options);
    TOCSIN_TRY(impl->open());
    return Outbox(std::move(impl));
}

Result<void> Outbox::commit(std::span<const Record> records, std::span<const StateRow> states,
                            std::span<const std::string> deleted_states) {
    return impl_->guarded([&] { return impl_->commit(records, states, deleted_states); });
}

Result<std::vector<StateRow>> Outbox::load_states() {
    return impl_->guarded([&] { return impl_->load_states(); });
}

Result<std::vector<OutboxRow>> Outbox::head(std::size_t most_rows, std::size_t most_bytes) {
    return impl_->guarded([&] { return impl_->head(most_rows, most_bytes); });
}

Result<void> Outbox::remove(std::span<const std::int64_t> ids) {
    return impl_->guarded([&] { return impl_->erase(ids, ""); });
}

Result<void> Outbox::refuse(std::int64_t id) {
    return impl_->guarded([&] { return impl_->erase(std::span(&id, 1), "refused"); });
}

OutboxStats Outbox::stats() const {
    return impl_->stats;
}

const std::optional<std::string>& Outbox::moved_aside() const {
    return impl_->moved_aside;
}

}  // namespace tocsin::agent
