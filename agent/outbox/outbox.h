// What must survive the agent: transitions not delivered yet, and the state of the alert rules.
//
// One SQLite file, agent.db, in a folder that one agent holds at a time. What commit() was given
// is on disk, all of it together, when it returns; kill -9 and loss of power lose nothing of it.
// A damaged file is moved aside, said so in the log, and a fresh one begun: an agent that does not
// alert is worse than one that forgot. Single-threaded; calls block for an fsync.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/core/units.h"

namespace tocsin::agent {

// One transition of one alert: what one POST must tell together.
struct Record {
    std::string alert;      // identity, as in the annotation tocsin_alert
    std::uint64_t seq = 0;  // as in tocsin_seq
    Timestamp created_at;
    std::string body;  // the alerts as a JSON array
};

struct OutboxRow {
    std::int64_t id = 0;  // rising, never used twice
    Record record;
};

// The state of one rule group, in that group's own encoding.
struct StateRow {
    std::string key;
    std::string value;
    bool operator==(const StateRow&) const = default;
};

struct OutboxStats {
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    // Since the file was begun:
    std::uint64_t dropped = 0;  // for the limit
    std::uint64_t refused = 0;  // that no bridge will ever take
    bool operator==(const OutboxStats&) const = default;
};

struct OutboxOptions {
    std::string directory;  // made when it does not exist, mode 0700
    Bytes limit{64ULL * 1024 * 1024};
};

class Outbox {
  public:
    // kConflict when another agent holds the folder, or the file is of a newer version.
    static Result<Outbox> open(OutboxOptions options);
    Outbox(Outbox&&) noexcept;
    Outbox& operator=(Outbox&&) noexcept;
    ~Outbox();

    // One evaluation's records, states and deletions of states, in one transaction. Beyond the
    // limit the oldest records go, but never the newest. On an error nothing of it is kept and the
    // caller still has it all.
    Result<void> commit(std::span<const Record> records, std::span<const StateRow> states,
                        std::span<const std::string> deleted_states);
    Result<std::vector<StateRow>> load_states();

    // The oldest rows, in order: at most so many, at most so many bytes, but one if there is any.
    Result<std::vector<OutboxRow>> head(std::size_t most_rows, std::size_t most_bytes);
    // Delivered. A row that comes back after a loss of power is delivered twice: receivers drop
    // what has an old seq.
    Result<void> remove(std::span<const std::int64_t> ids);
    // Will never be taken: removed and counted.
    Result<void> refuse(std::int64_t id);

    OutboxStats stats() const;
    bool empty() const { return stats().rows == 0; }
    // The file that was moved aside by open() or since, if any.
    const std::optional<std::string>& moved_aside() const;

    struct Impl;

  private:
    explicit Outbox(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::agent
