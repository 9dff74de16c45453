#include "collector/net/snmp/walk.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace tocsin::collector::snmp {
namespace {

constexpr int kTooBig = 1;
// About what one datagram of an Ethernet holds: fragments are lost where firewalls drop them.
constexpr std::size_t kMostRows = 50;
constexpr std::size_t kMostGets = 25;
constexpr std::size_t kUnknown = SIZE_MAX;

// RFC 3416, section 3.
constexpr std::array<std::string_view, 19> kStatus{"noError",
                                                   "tooBig",
                                                   "noSuchName",
                                                   "badValue",
                                                   "readOnly",
                                                   "genErr",
                                                   "noAccess",
                                                   "wrongType",
                                                   "wrongLength",
                                                   "wrongEncoding",
                                                   "wrongValue",
                                                   "noCreation",
                                                   "inconsistentValue",
                                                   "resourceUnavailable",
                                                   "commitFailed",
                                                   "undoFailed",
                                                   "authorizationError",
                                                   "notWritable",
                                                   "inconsistentName"};

void sort_unique(std::vector<Oid>& oids) {
    std::sort(oids.begin(), oids.end());
    oids.erase(std::unique(oids.begin(), oids.end()), oids.end());
}

bool is_within(const Oid& oid, const std::vector<Oid>& roots) {
    return std::any_of(roots.begin(), roots.end(),
                       [&](const Oid& root) { return starts_with(oid, root); });
}

// The objects of a module by their OIDs: metrics, what they look up, and what says the type of an
// address beside it.
std::vector<Oid> objects_of(const Module& module) {
    std::vector<Oid> out;
    const auto add = [&out](const Oid& oid, Type type) {
        if (oid.empty()) return;
        out.push_back(oid);
        if (!is_combined(type) || oid.back() == 0) return;
        out.push_back(oid);
        --out.back().back();
    };
    for (const Metric& metric : module.metrics) {
        add(metric.oid, metric.type);
        for (const Lookup& lookup : metric.lookups) add(lookup.oid, lookup.type);
    }
    sort_unique(out);
    return out;
}

}  // namespace

std::string_view error_status_text(int status) {
    const auto index = static_cast<std::size_t>(status);
    return status >= 0 && index < kStatus.size() ? kStatus[index] : "an unknown error";
}

Plan plan_of(const std::vector<const Module*>& modules) {
    Plan plan;
    for (const Module* module : modules) {
        plan.get.insert(plan.get.end(), module->get.begin(), module->get.end());
        for (const Oid& object : objects_of(*module)) {
            if (is_within(object, module->walk)) plan.columns.push_back(object);
        }
        // A walk may begin within an object: one instance, or some of them.
        for (const Oid& root : module->walk) {
            const auto objects = objects_of(*module);
            const bool inside = std::any_of(objects.begin(), objects.end(), [&](const Oid& object) {
                return object.size() < root.size() && starts_with(root, object);
            });
            if (inside) plan.columns.push_back(root);
        }
    }
    sort_unique(plan.get);
    sort_unique(plan.columns);
    // What lies within another is walked with it.
    std::vector<Oid> outer;
    for (Oid& column : plan.columns) {
        if (outer.empty() || !starts_with(column, outer.back())) outer.push_back(std::move(column));
    }
    plan.columns = std::move(outer);
    return plan;
}

Walk::Walk(const Plan& plan, int repetitions, std::vector<std::size_t>& rows)
    : plan_(&plan),
      rows_(&rows),
      repetitions_(static_cast<std::size_t>(std::max(1, repetitions))),
      most_rows_(std::max(kMostRows, repetitions_)),
      most_gets_(kMostGets) {
    rows_->resize(plan.columns.size(), kUnknown);
}

// What the column is known to have left, and one row more, which says that it is over.
std::size_t Walk::rows_left(const Column& column) const {
    const std::size_t had = (*rows_)[column.index];
    if (had == kUnknown || column.rows > had) return repetitions_;
    return std::min(had - column.rows + 1, repetitions_);
}

std::optional<Request> Walk::next() {
    asked_ = {};
    if (next_get_ < plan_->get.size()) {
        const std::size_t count = std::min(most_gets_, plan_->get.size() - next_get_);
        const auto begin = plan_->get.begin() + static_cast<std::ptrdiff_t>(next_get_);
        asked_.oids.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
        return asked_;
    }
    asked_.operation = Operation::kGetBulk;
    std::size_t rows = 0;  // all columns of a request are asked for as many
    for (std::size_t i = 0;; ++i) {
        if (i == columns_.size()) {
            if (next_column_ == plan_->columns.size()) break;
            columns_.push_back({next_column_, plan_->columns[next_column_]});
            ++next_column_;
        }
        const std::size_t most = std::max(rows, rows_left(columns_[i]));
        if (i > 0 && most * (i + 1) > most_rows_) break;
        asked_.oids.push_back(columns_[i].last);
        rows = most;
    }
    if (columns_.empty()) return std::nullopt;
    asked_.repetitions = static_cast<int>(rows);
    return asked_;
}

Result<void> Walk::take(Response response) {
    if (response.error_status != 0) return refused(response);
    if (found_.size() + response.varbinds.size() > kMostFound) {
        return Error(ErrorCode::kTooLarge, "has more than " + std::to_string(kMostFound) +
                                               " objects where the modules look; narrow \"walk\"");
    }
    for (const VarBind& varbind : response.varbinds) bytes_ += varbind.value.octets.size();
    if (bytes_ > kMostBytes) {
        return Error(ErrorCode::kTooLarge,
                     "has more than " + std::to_string(kMostBytes / 1024 / 1024) +
                         " MiB of texts where the modules look; narrow \"walk\"");
    }
    return asked_.operation == Operation::kGet ? take_objects(response) : take_rows(response);
}

// tooBig is tried again in smaller portions, as RFC 3416 means it; anything else ends the walk.
Result<void> Walk::refused(const Response& response) {
    if (response.error_status == kTooBig) {
        if (asked_.operation == Operation::kGet && most_gets_ > 1) {
            most_gets_ = std::max<std::size_t>(1, asked_.oids.size() / 2);
            return success();
        }
        const auto rows = asked_.oids.size() * static_cast<std::size_t>(asked_.repetitions);
        if (asked_.operation == Operation::kGetBulk && rows > 1) {
            most_rows_ = rows / 2;
            repetitions_ = std::min(repetitions_, most_rows_);
            return success();
        }
    }
    const auto index = static_cast<std::size_t>(std::max(1, response.error_index)) - 1;
    const std::string where =
        index < asked_.oids.size() ? " for " + oid_text(asked_.oids[index]) : std::string();
    return Error(ErrorCode::kUnavailable,
                 "answers " + std::string(error_status_text(response.error_status)) + where);
}

Result<void> Walk::take_objects(Response& response) {
    next_get_ += asked_.oids.size();
    for (VarBind& varbind : response.varbinds) {
        if (varbind.value.kind == ValueKind::kMissing) continue;
        found_.push_back(std::move(varbind));
    }
    return success();
}

// Rows come one after another, each with one object of every column; an answer may be cut short
// anywhere, and a column is over where it leaves its root.
Result<void> Walk::take_rows(Response& response) {
    const std::size_t width = asked_.oids.size();
    if (response.varbinds.empty()) {
        return Error(ErrorCode::kInvalid,
                     "answers GETBULK of " + oid_text(asked_.oids[0]) + " with nothing");
    }
    std::vector<bool> over(width);
    for (std::size_t i = 0; i < response.varbinds.size(); ++i) {
        VarBind& varbind = response.varbinds[i];
        Column& column = columns_[i % width];
        if (over[i % width]) continue;
        if (varbind.value.kind == ValueKind::kEnd || varbind.value.kind == ValueKind::kMissing ||
            !starts_with(varbind.oid, plan_->columns[column.index])) {
            over[i % width] = true;
            continue;
        }
        if (!less(column.last, varbind.oid)) {
            return Error(ErrorCode::kInvalid,
                         "its objects do not come in order: " + oid_text(varbind.oid) + " after " +
                             oid_text(column.last));
        }
        column.last = varbind.oid;
        ++column.rows;
        found_.push_back(std::move(varbind));
    }
    for (std::size_t i = width; i-- > 0;) {
        if (!over[i]) continue;
        (*rows_)[columns_[i].index] = columns_[i].rows;
        columns_.erase(columns_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return success();
}

std::vector<VarBind> Walk::finish() {
    std::sort(found_.begin(), found_.end(),
              [](const VarBind& a, const VarBind& b) { return a.oid < b.oid; });
    found_.erase(std::unique(found_.begin(), found_.end(),
                             [](const VarBind& a, const VarBind& b) { return a.oid == b.oid; }),
                 found_.end());
    return std::move(found_);
}

}  // namespace tocsin::collector::snmp
