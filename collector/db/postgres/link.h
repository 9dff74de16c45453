// A connection to one database of a server that is kept from one collection to the next: resolved,
// opened and made harmless (read-only, with the server's own limits on what it may take).
#pragma once

#include <memory>
#include <string>

#include "collector/db/postgres/connection.h"
#include "collector/db/postgres_config/postgres_config.h"

namespace tocsin::collector {

class PgLink {
  public:
    PgLink(std::shared_ptr<const PostgresConfig> config, std::string database,
           const TargetContext& context);
    ~PgLink() { close(); }
    PgLink(const PgLink&) = delete;
    PgLink& operator=(const PgLink&) = delete;

    bool is_ready() const { return ready_ && connection_.is_open(); }
    // `done` comes once, later, unless close() does.
    void open(PgConnection::Connected done);
    void close();
    PgConnection& connection() { return connection_; }

  private:
    // What the pool works out; it may come back after nobody wants it any more.
    struct Lookup {
        Result<PgParameters> parameters = Error(ErrorCode::kInternal, "the lookup was broken off");
        bool wanted = true;
        bool returned = false;
    };

    void looked_up(const Lookup& lookup);
    void opened(const Result<void>& result);
    void fail(Error error);

    std::shared_ptr<const PostgresConfig> config_;
    std::string database_;
    net::Loop& loop_;
    net::OffloadPool& pool_;
    PgConnection connection_;
    std::shared_ptr<Lookup> lookup_;
    PgConnection::Connected done_;
    net::Timer soon_;
    bool ready_ = false;
};

}  // namespace tocsin::collector
