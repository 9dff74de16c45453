#include "agent/app/outbox_sink.h"

#include <string>
#include <utility>
#include <vector>

#include "agent/deliver/alert_body.h"

namespace tocsin::agent {
namespace {

// Resent every minute with endsAt four times that ahead (design: Delivery).
constexpr Duration kEndsIn = 4min;

}  // namespace

Result<void> OutboxSink::commit(std::span<const rules::Transition> transitions,
                                std::span<const SavedGroup> states) {
    std::vector<Record> records;
    records.reserve(transitions.size());
    for (const auto& t : transitions) {
        records.push_back(make_record(t.identity, t.seq, t.at, to_alerts(t, kEndsIn)));
    }
    std::vector<StateRow> rows;
    std::vector<std::string> gone;
    for (const auto& state : states) {
        if (state.state.empty()) {
            gone.push_back(state.key);
        } else {
            rows.push_back({state.key, state.state});
        }
    }
    TOCSIN_TRY(outbox_.commit(records, rows, gone));
    if (!records.empty()) committed_();
    return success();
}

}  // namespace tocsin::agent
