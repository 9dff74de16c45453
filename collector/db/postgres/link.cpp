#include "collector/db/postgres/link.h"

#include <utility>

#include "collector/db/postgres/endpoint.h"

namespace tocsin::collector {
namespace {

constexpr int kOldestVersion = 12;

// By SET and not as options of the connection: so pg_settings still knows what another session
// begins with.
std::string manners(const PostgresConfig& config) {
    return "SET default_transaction_read_only = on; SET standard_conforming_strings = on; "
           "SET statement_timeout = " +
           std::to_string(pg_statement_limit(config).count()) +
           "; SET lock_timeout = " + std::to_string(pg_lock_limit(config).count());
}

}  // namespace

PgLink::PgLink(std::shared_ptr<const PostgresConfig> config, std::string database,
               const TargetContext& context)
    : config_(std::move(config)),
      database_(std::move(database)),
      loop_(*context.loop),
      pool_(*context.pool),
      connection_(*context.loop) {}

void PgLink::open(PgConnection::Connected done) {
    done_ = std::move(done);
    ready_ = false;
    if (lookup_ && !lookup_->returned) {
        return fail({ErrorCode::kUnavailable, "an earlier lookup of the host's name still hangs"});
    }
    lookup_ = std::make_shared<Lookup>();
    const bool accepted = pool_.run(
        [lookup = lookup_, config = config_, database = database_] {
            lookup->parameters = pg_endpoint(config->dsn, config->password_file, database);
        },
        [this, lookup = lookup_] {
            lookup->returned = true;
            if (lookup->wanted) looked_up(*lookup);
        });
    if (accepted) return;
    lookup_->returned = true;
    fail({ErrorCode::kUnavailable, "no thread is free: too many calls hang"});
}

void PgLink::close() {
    soon_.cancel();
    done_ = nullptr;
    if (lookup_) lookup_->wanted = false;
    connection_.close();
}

void PgLink::looked_up(const Lookup& lookup) {
    if (!lookup.parameters) return fail(lookup.parameters.error());
    connection_.connect(lookup.parameters.value(),
                        [this](const Result<void>& result) { opened(result); });
}

void PgLink::opened(const Result<void>& result) {
    if (!result) return std::exchange(done_, nullptr)(result);
    const int version = connection_.major_version();
    if (version < kOldestVersion) {
        connection_.close();
        return fail({ErrorCode::kInvalid, "the server is PostgreSQL " + std::to_string(version) +
                                              "; what is asked here needs " +
                                              std::to_string(kOldestVersion) + " or later"});
    }
    connection_.run(manners(*config_), [this](const Result<PgAnswer>& answer) {
        ready_ = answer.has_value();
        if (!ready_) connection_.close();
        Result<void> told = success();
        if (!ready_) told = answer.error();
        std::exchange(done_, nullptr)(told);
    });
}

void PgLink::fail(Error error) {
    soon_ = loop_.after(Duration{0},
                        [this, why = std::move(error)] { std::exchange(done_, nullptr)(why); });
}

}  // namespace tocsin::collector
