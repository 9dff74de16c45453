// What should come: news of it, and its absence.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "bridge/ingest/batch.h"

namespace tocsin::bridge {
namespace {

const Expectation* named(const std::vector<Expectation>& all, std::string_view name) {
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const Expectation& e) { return e.name == name; });
    return it == all.end() ? nullptr : &*it;
}

}  // namespace

// True when it was a sign of life and is dealt with.
Result<bool> Batch::take_expected(const AlertNews& item) {
    if (config_.expects.empty() || item.source == kSourceBridge || item.levels.empty()) {
        return false;
    }
    const Labels& labels = item.levels.front().alert.labels;
    const Expectation* const expectation = expectation_of(config_.expects, labels);
    if (expectation == nullptr) return false;
    const bool fires = std::any_of(item.levels.begin(), item.levels.end(), [](const auto& level) {
        return level.status == AlertStatus::kFiring;
    });
    if (!fires) return true;
    const std::string key = expect_key(*expectation, labels);
    const auto here = expected_.find(key);
    std::optional<ExpectRecord> known;
    if (here != expected_.end()) {
        known = here->second;
    } else {
        TOCSIN_TRY(known, tx_.expected(key));
    }
    // One that comes every minute is worth a write now and then.
    if (known && !known->missing_since && known->last_seen && now_ >= *known->last_seen &&
        now_ - *known->last_seen < std::min<Duration>(10s, expectation->every / 20)) {
        return true;
    }
    TOCSIN_TRY(expect_change(expected_came(known ? &*known : nullptr, *expectation, labels, now_)));
    return true;
}

Result<void> Batch::expect_change(ExpectChange change) {
    Receipt receipt;
    receipt.received = now_;
    receipt.source = std::string(kSourceBridge);
    expected_[change.next.key] = std::move(change.next);
    return alerts(std::move(change.alerts), receipt);
}

Result<void> Batch::sync_expected() {
    TOCSIN_TRY(const std::vector<ExpectRecord> rows, tx_.expected_all());
    std::set<std::string> keys;
    for (const ExpectRecord& row : rows) {
        const Expectation* const expectation = named(config_.expects, row.name);
        if (expectation != nullptr) {
            keys.insert(row.key);
            expected_[row.key] = row;  // its due time follows the configuration
            continue;
        }
        not_expected_.push_back(row.key);
        Receipt receipt;
        receipt.received = now_;
        receipt.source = std::string(kSourceBridge);
        TOCSIN_TRY(alerts(end_expected(row, now_), receipt));
    }
    for (const Expectation& expectation : config_.expects) {
        ExpectRecord row = expected_from(expectation, now_);
        if (!expectation.by.empty() || keys.contains(row.key)) continue;
        expected_[row.key] = std::move(row);
    }
    return success();
}

Result<void> Batch::check_expected_row(const ExpectRecord& row) {
    const Expectation* const expectation = named(config_.expects, row.name);
    if (expectation == nullptr) return success();
    ExpectChange change = check_expected(row, *expectation, served_since_, now_);
    if (change.next == row) return success();
    return expect_change(std::move(change));
}

// Nobody waits any more for what a host that is gone used to send; of one that has another name it
// is expected under that. How many rows there were.
Result<int> Batch::move_expected(const HostIn& in) {
    TOCSIN_TRY(const std::vector<ExpectRecord> stored, tx_.expected_all());
    std::map<std::string, ExpectRecord> rows;
    for (const ExpectRecord& row : stored) rows.emplace(row.key, row);
    for (const auto& [key, row] : expected_) rows.insert_or_assign(key, row);
    int moved = 0;
    for (auto& [key, row] : rows) {
        if (row.labels.get("host") != in.host) continue;
        ++moved;
        expected_.erase(key);
        not_expected_.push_back(key);
        const Expectation* const expectation = named(config_.expects, row.name);
        if (in.move == HostIn::Move::kRetire || expectation == nullptr) continue;
        row.labels = LabelsBuilder(row.labels).set("host", in.to).build();
        row.key = expect_key(*expectation, row.labels);
        // The new name's own news counts.
        if (!rows.contains(row.key)) expected_[row.key] = row;
    }
    return moved;
}

void Batch::collect_expected(Changes& changes) const {
    for (const auto& [key, row] : expected_) {
        const Expectation* const expectation = named(config_.expects, row.name);
        if (expectation == nullptr) continue;
        ExpectRow out{row, std::nullopt};
        if (!row.missing_since) out.due = expect_due(row, *expectation);
        changes.noise.expected.push_back(std::move(out));
    }
    changes.noise.not_expected = not_expected_;
}

}  // namespace tocsin::bridge
