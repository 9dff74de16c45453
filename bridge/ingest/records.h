// What people do to problems, reviews and articles: one request, one transaction. On the worker's
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "bridge/config/config.h"
#include "bridge/knowledge/moves.h"
#include "bridge/store/store.h"

namespace tocsin::bridge {

struct RecordRequest {
    RecordKind kind = RecordKind::kProblem;
    std::string key;  // "": a new one
    RecordMove move;
    // Of a new one: the incident or problem that a review is about, the incident whose resolution
    // an article keeps.
    std::string about{};
};

struct RecordAnswer {
    RecordDetail detail;  // as it is now
    std::string reason;
    std::optional<RecordRefusal> refusal{};
};

// kNotFound for a record or an incident that is not there; kConflict, kInvalid as they say.
Result<RecordAnswer> change_record(Tx& tx, const RecordRequest& request, const BridgeConfig& config,
                                   Timestamp now);

// The next key of a kind in this year; `counters` are those of the transaction's changes.
Result<std::string> next_record_key(Tx& tx, std::map<std::string, std::int64_t>& counters,
                                    RecordKind kind, Timestamp now);

}  // namespace tocsin::bridge
