#include "bridge/store/store.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/net/file_lock.h"
#include "bridge/store/migrations.h"
#include "bridge/store/session.h"
#include "bridge/store/sql_outgoing.h"
#include "bridge/store/tx.h"

namespace tocsin::bridge {

std::string_view to_string(EffectState state) {
    switch (state) {
        case EffectState::kWaiting:
            return "waiting";
        case EffectState::kClaimed:
            return "claimed";
        case EffectState::kDelivered:
            return "delivered";
        case EffectState::kDead:
            return "dead";
        case EffectState::kDropped:
            return "dropped";
    }
    return "";
}

std::optional<EffectState> parse_effect_state(std::string_view text) {
    for (const EffectState state :
         {EffectState::kWaiting, EffectState::kClaimed, EffectState::kDelivered, EffectState::kDead,
          EffectState::kDropped}) {
        if (text == to_string(state)) return state;
    }
    return std::nullopt;
}

namespace {

// Held while a bridge serves a file, so that a second one says so instead of doubling every
// message.
Result<net::FileLock> take_lock(const std::string& path) {
    Result<net::FileLock> lock = net::FileLock::take(path);
    if (!lock && lock.error().code == ErrorCode::kConflict) {
        return Error(ErrorCode::kConflict,
                     "another bridge serves this store (it holds " + path + ")");
    }
    return lock;
}

// For its user, and its group to read: the store tells who was called, when and why. Not those
// above it: a path with a mistake in it is no new store.
Result<void> make_folder_of(const std::string& file) {
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    std::error_code failed;
    if (folder.empty() || std::filesystem::is_directory(folder, failed)) return success();
    if (::mkdir(folder.c_str(), 0750) == 0 || errno == EEXIST) return success();
    return errno_error("making the folder " + folder.string(), errno);
}

// Of a file that cannot be written where it was to be.
Error with_advice(Error error) {
    if (error.code != ErrorCode::kConflict) {
        error.message +=
            "; the store needs a folder that this user may write: make it, or name another file "
            "(--store sqlite:FILE, or \"store\" in bridge.yml)";
    }
    return error;
}

// Statements of a migration, split at semicolons that end a line (ours hold no others).
std::vector<std::string> statements(std::string_view text) {
    std::vector<std::string> out;
    std::string current;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line.starts_with("--")) continue;
        current += std::string(line) + "\n";
        if (line.ends_with(";")) out.push_back(std::exchange(current, {}));
    }
    return out;
}

void begin(Session& session) {
    sql::run(session.connection, session.dialect->begin_write());
}
void commit(Session& session) {
    sql::run(session.connection, "COMMIT");
}

void rollback(Session& session) noexcept {
    // A failed COMMIT may have ended the transaction already; there is nothing more to undo then.
    try {
        sql::run(session.connection, "ROLLBACK");
    } catch (const std::exception&) {
    }
}

int schema_version(Session& session) {
    int version = 0;
    bool fresh = true;
    sql::run(session.connection,
             session.dialect->schema("CREATE TABLE IF NOT EXISTS schema_version "
                                     "(number {int} NOT NULL PRIMARY KEY, name TEXT NOT NULL) "
                                     "{table}"));
    sql::select<sql::Int>(session.connection, "SELECT max(number) FROM schema_version", {},
                          [&](const sql::Int& number) {
                              fresh = number.null();
                              version = static_cast<int>(number.value);
                          });
    return fresh ? 0 : version;
}

Result<void> migrate(Session& session) {
    return sql::guarded("migrating", [&]() -> Result<void> {
        begin(session);
        try {
            const int version = schema_version(session);
            const int newest = migrations().back().number;
            if (version > newest) {
                rollback(session);
                return Error(ErrorCode::kInvalid,
                             "the store's schema is number " + std::to_string(version) +
                                 ", this program knows up to " + std::to_string(newest) +
                                 "; run the newer program");
            }
            for (const Migration& step : migrations()) {
                if (step.number <= version) continue;
                for (const std::string& statement : statements(session.dialect->schema(step.sql))) {
                    sql::run(session.connection, statement);
                }
                sql::run(session.connection,
                         "INSERT INTO schema_version (number, name) VALUES (:number, :name)",
                         sql::Parameters()
                             .add("number", step.number)
                             .add("name", std::string(step.name)));
            }
            commit(session);
        } catch (const std::exception&) {
            rollback(session);
            throw;
        }
        return success();
    });
}

class SqlStore final : public Store {
  public:
    SqlStore(std::unique_ptr<Session> session, net::FileLock lock)
        : lock_(std::move(lock)),
          session_(std::move(session)),
          outgoing_(*session_, [this](std::string_view what, const auto& work) {
              return in_transaction(what, work);
          }) {}

    Outgoing& outgoing() override { return outgoing_; }

    Result<void> transaction(const std::function<Result<void>(Tx&)>& work) override {
        return sql::guarded("committing", [&]() -> Result<void> {
            begin(*session_);
            try {
                SqlTx tx(*session_);
                Result<void> done = work(tx);
                if (!done) {
                    rollback(*session_);
                    return done;
                }
                commit(*session_);
                return success();
            } catch (const std::exception&) {
                rollback(*session_);
                throw;
            }
        });
    }

    Result<std::vector<EffectRow>> claim_effects(Timestamp now, Timestamp lease_until,
                                                 int limit) override;
    Result<void> retry_effect(EffectId id, Timestamp now, Timestamp due,
                              const std::string& error) override;
    Result<void> postpone_timers(std::span<const TimerKind> kinds, Timestamp earliest) override;
    Result<void> set_back(std::span<const TimerKind> kinds, Duration by) override;
    Result<std::optional<Timestamp>> next_timer() override;
    Result<std::optional<Timestamp>> next_effect() override;
    Result<std::optional<std::string>> meta(const std::string& name) override;
    Result<void> set_meta(const std::string& name, const std::string& value) override;

    // This process is the only one that serves the file, so whoever claimed these has died.
    Result<void> release_claims() {
        return sql::guarded("releasing claims", [&]() -> Result<void> {
            sql::run(session_->connection,
                     "UPDATE effects SET state = 'waiting', lease_until = NULL "
                     "WHERE state = 'claimed'");
            return success();
        });
    }

  private:
    // Of a query with one time, NULL for none.
    Result<std::optional<Timestamp>> earliest(const char* text);

    Result<void> in_transaction(std::string_view what, const std::function<void()>& work) {
        return sql::guarded(what, [&]() -> Result<void> {
            begin(*session_);
            try {
                work();
                commit(*session_);
                return success();
            } catch (const std::exception&) {
                rollback(*session_);
                throw;
            }
        });
    }

    net::FileLock lock_;
    std::unique_ptr<Session> session_;
    SqlOutgoing outgoing_;
};

Result<std::vector<EffectRow>> SqlStore::claim_effects(Timestamp now, Timestamp lease_until,
                                                       int limit) {
    return sql::guarded("claiming messages", [&]() -> Result<std::vector<EffectRow>> {
        std::vector<EffectRow> out;
        // Looked for first: the usual answer is "none", and that takes no write lock.
        bool any = false;
        const std::string due =
            "(state = 'waiting' AND due_at <= :now) OR (state = 'claimed' AND lease_until <= "
            ":expired)";
        sql::select<sql::Int>(
            session_->connection, "SELECT 1 FROM effects WHERE " + due + " LIMIT 1",
            sql::Parameters().add("now", to_unix_ms(now)).add("expired", to_unix_ms(now)),
            [&](const sql::Int&) { any = true; });
        if (!any) return out;
        select_effects(*session_,
                       "UPDATE effects SET state = 'claimed', lease_until = :lease, "
                       "attempts = attempts + 1, updated_at = :at WHERE id IN (SELECT id FROM "
                       "effects WHERE " +
                           due + " ORDER BY due_at, id LIMIT :most" +
                           session_->dialect->skip_locked() + ") RETURNING " + effect_columns(),
                       sql::Parameters()
                           .add("lease", to_unix_ms(lease_until))
                           .add("at", to_unix_ms(now))
                           .add("now", to_unix_ms(now))
                           .add("expired", to_unix_ms(now))
                           .add("most", limit),
                       [&](EffectRow row) { out.push_back(std::move(row)); });
        return out;
    });
}

Result<void> SqlStore::retry_effect(EffectId id, Timestamp now, Timestamp due,
                                    const std::string& error) {
    return sql::guarded("putting a message back", [&]() -> Result<void> {
        sql::run(session_->connection,
                 "UPDATE effects SET state = 'waiting', lease_until = NULL, due_at = :due, "
                 "updated_at = :at, result = :error WHERE id = :id AND state = 'claimed'",
                 sql::Parameters()
                     .add("due", to_unix_ms(due))
                     .add("at", to_unix_ms(now))
                     .add("error", error)
                     .add("id", id.value));
        return success();
    });
}

Result<void> SqlStore::postpone_timers(std::span<const TimerKind> kinds, Timestamp earliest) {
    return sql::guarded("postponing timers", [&]() -> Result<void> {
        for (const TimerKind kind : kinds) {
            sql::run(session_->connection,
                     "UPDATE timers SET due_at = :at WHERE kind = :kind AND due_at < :before",
                     sql::Parameters()
                         .add("at", to_unix_ms(earliest))
                         .add("kind", std::string(to_string(kind)))
                         .add("before", to_unix_ms(earliest)));
        }
        return success();
    });
}

Result<void> SqlStore::set_back(std::span<const TimerKind> kinds, Duration by) {
    return sql::guarded("following the clock back", [&]() -> Result<void> {
        const std::int64_t step = by.count();
        for (const TimerKind kind : kinds) {
            sql::run(session_->connection,
                     "UPDATE timers SET due_at = due_at - :step WHERE kind = :kind",
                     sql::Parameters().add("step", step).add("kind", std::string(to_string(kind))));
        }
        // What was queued for later waits for a contact's `after`, which is short and asks somebody
        // urgently, or for hours in which the others may be told.
        for (const char* text :
             {"UPDATE effects SET due_at = due_at - :step WHERE state = 'waiting' AND NOT (due_at "
              "= "
              "not_before AND not_before > created_at AND (kind = 'resolved' OR priority NOT IN "
              "('P1', 'P2')))",
              "UPDATE channel_health SET blocked_until = blocked_until - :step",
              "UPDATE sends SET at = at - :step"}) {
            sql::run(session_->connection, text, sql::Parameters().add("step", step));
        }
        return success();
    });
}

Result<std::optional<Timestamp>> SqlStore::earliest(const char* text) {
    return sql::guarded("reading what is due", [&]() -> Result<std::optional<Timestamp>> {
        std::optional<Timestamp> out;
        sql::select<sql::Int>(session_->connection, text, {},
                              [&](const sql::Int& at) { out = sql::time_or_none(at); });
        return out;
    });
}

Result<std::optional<Timestamp>> SqlStore::next_timer() {
    constexpr const char* kSuppressed =
        "SELECT suppressor_until FROM alerts WHERE suppressor_until IS NOT NULL AND status IN "
        "('firing', 'unknown') AND (incident = 0 OR incident IN (SELECT id FROM incidents WHERE "
        "state <> 'closed')) ORDER BY suppressor_until LIMIT 1";
    std::optional<Timestamp> first;
    for (const char* text : {"SELECT min(due_at) FROM timers", "SELECT min(due_at) FROM silences",
                             "SELECT min(ends_at) FROM inhibitors",
                             "SELECT min(due_at) FROM review_timers", kSuppressed}) {
        TOCSIN_TRY(const auto due, earliest(text));
        if (due && (!first || *due < *first)) first = due;
    }
    return first;
}

Result<std::optional<Timestamp>> SqlStore::next_effect() {
    TOCSIN_TRY(auto waiting, earliest("SELECT min(due_at) FROM effects WHERE state = 'waiting'"));
    TOCSIN_TRY(auto lease,
               earliest("SELECT min(lease_until) FROM effects WHERE state = 'claimed'"));
    if (!waiting || (lease && *lease < *waiting)) return lease;
    return waiting;
}

Result<std::optional<std::string>> SqlStore::meta(const std::string& name) {
    return sql::guarded("reading meta", [&]() -> Result<std::optional<std::string>> {
        std::optional<std::string> out;
        sql::select<sql::Text>(session_->connection, "SELECT value FROM meta WHERE name = :name",
                               sql::Parameters().add("name", name),
                               [&](const sql::Text& value) { out = value.value; });
        return out;
    });
}

Result<void> SqlStore::set_meta(const std::string& name, const std::string& value) {
    return sql::guarded("writing meta", [&]() -> Result<void> {
        sql::run(session_->connection,
                 "INSERT INTO meta (name, value) VALUES (:name, :value) "
                 "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                 sql::Parameters().add("name", name).add("value", value));
        return success();
    });
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& url) {
    constexpr std::string_view kSqlite = "sqlite:";
    const std::string file = url.starts_with(kSqlite) ? url.substr(kSqlite.size()) : "";
    if (file.empty()) {
        TOCSIN_TRY(auto none, open_session(url, SessionUse::kServe));  // says what is served
        return Error(ErrorCode::kInternal, "no store for " + none->file);
    }
    if (const Result<void> made = make_folder_of(file); !made) return with_advice(made.error());
    Result<net::FileLock> lock = take_lock(file + "-lock");
    if (!lock) return with_advice(lock.error());
    TOCSIN_TRY(auto session, open_session(url, SessionUse::kServe));
    TOCSIN_TRY(migrate(*session));
    auto store = std::make_unique<SqlStore>(std::move(session), std::move(lock).value());
    TOCSIN_TRY(store->release_claims());
    return std::unique_ptr<Store>(std::move(store));
}

}  // namespace tocsin::bridge
