#include "collector/service/scrape/intake.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

// Bytes of samples that are dropped are remembered too, up to so many; the rest is looked at anew
// with every page.
constexpr std::size_t kMostKnown = 200'000;
// Prometheus takes no sample from further ahead.
constexpr Duration kAhead{10min};
constexpr std::string_view kExported = "exported_";

Error page_error(std::string text) {
    return {ErrorCode::kInvalid, std::move(text)};
}

// What Prometheus asks of the labels that relabelling leaves.
Result<void> check(const LabelList& labels) {
    if (labels.get(kMetricName).empty()) {
        return page_error("relabelling leaves a series without a metric's name");
    }
    for (const TextLabel& label : labels.all()) {
        const bool good = label.name == kMetricName
                              ? is_metric_name(label.value)
                              : is_label_name(label.name) && is_valid_utf8(label.value);
        if (!good) {
            return page_error("no valid label: " + label.name + "=" + quote(label.value));
        }
    }
    return success();
}

}  // namespace

Intake::Intake(const ScrapeConfig& config, SeriesTable& table) : config_(config), table_(table) {
    LabelsBuilder target(config.labels);
    target.set("job", config.job).set("instance", config.instance);
    target_ = target.build();
}

bool Intake::beyond_limit(const IntakeCounts& counts) const {
    return config_.sample_limit != 0 && counts.kept > config_.sample_limit;
}

bool Intake::allowed(std::string_view name) const {
    return config_.allowed.empty() ||
           std::any_of(config_.allowed.begin(), config_.allowed.end(),
                       [&](const Regex& regex) { return regex.matches(name); });
}

// page_labels_ and the target's, whichever wins.
void Intake::add_target_labels(LabelList& labels) const {
    for (const TextLabel& label : page_labels_) labels.set(label.name, label.value);
    const bool page_wins = config_.conflict == LabelConflict::kPageWins;
    std::vector<TextLabel> moved;
    for (const Label& own : target_) {
        const std::string_view name = own.name.view();
        // An empty label on the page says: not the target's either (the Pushgateway's instance).
        const bool stands = std::any_of(page_labels_.begin(), page_labels_.end(),
                                        [&](const TextLabel& label) { return label.name == name; });
        if (page_wins && stands) continue;
        if (!labels.get(name).empty()) {
            moved.push_back({std::string(name), std::string(labels.get(name))});
        }
        labels.set(name, own.value.view());
    }
    std::stable_sort(moved.begin(), moved.end(), [](const TextLabel& a, const TextLabel& b) {
        return a.name.size() < b.name.size();
    });
    for (const TextLabel& label : moved) {
        std::string name = std::string(kExported) + label.name;
        while (!labels.get(name).empty()) name.insert(0, kExported);
        labels.set(name, label.value);
    }
}

// A series that stands there twice keeps its first value, unless the page says when each was.
void Intake::report(Slot& slot, const PageEntry& entry, Timestamp now, Readings& out) {
    const bool timed = entry.time_ms && config_.times == PageTimes::kHonored;
    const bool again = std::exchange(slot.round, round_) == round_;
    if (again && !timed) return;
    Reading reading{slot.series, entry.value};
    if (timed) {
        reading.at = from_unix_ms(*entry.time_ms);
        if (reading.at > now + kAhead) return;
    }
    out.push_back(std::move(reading));
}

void Intake::drop(std::string_view series) {
    if (known_.size() >= kMostKnown) return;
    known_.emplace(std::string(series), Known{nullptr, round_});
    ++met_;
}

Result<void> Intake::unknown(const PageEntry& entry, Timestamp now, Readings& out,
                             IntakeCounts& counts) {
    page_labels_.clear();
    if (const auto read = read_series(entry.series, format_, page_labels_); !read) {
        // Prometheus counts what parses: also a label that stands twice, which it refuses later.
        if (read.error().code != ErrorCode::kConflict) --counts.scraped;
        return read.error();
    }
    LabelList labels;
    add_target_labels(labels);
    if (!relabel(config_.relabel, labels) || labels.empty()) {
        drop(entry.series);
        return success();
    }
    TOCSIN_TRY(check(labels));
    ++counts.kept;
    // What goes beyond the limit is counted and not kept, or the limit would bound nothing.
    if (beyond_limit(counts)) return success();
    SeriesRef series =
        table_.get_whole(families_.describe(labels.get(kMetricName)), labels.build());
    Slot& slot = slots_[series.id()];
    if (slot.round != round_) ++counts.added;
    slot.series = std::move(series);
    known_.emplace(std::string(entry.series), Known{&slot, round_});
    ++met_;
    report(slot, entry, now, out);
    return success();
}

Result<void> Intake::sample(const PageEntry& entry, Timestamp now, Readings& out,
                            IntakeCounts& counts) {
    ++counts.scraped;
    const auto at = known_.find(entry.series);
    if (at == known_.end()) {
        if (allowed(entry.name)) return unknown(entry, now, out, counts);
        drop(entry.series);
        return success();
    }
    Known& known = at->second;
    if (std::exchange(known.round, round_) != round_) ++met_;
    if (known.slot == nullptr) return success();
    ++counts.kept;
    if (beyond_limit(counts)) {
        known.slot->round = round_;
    } else {
        report(*known.slot, entry, now, out);
    }
    return success();
}

// What the page did not have. While nothing comes and goes this looks at nothing.
void Intake::forget_others() {
    if (met_ == known_.size()) return;
    std::erase_if(known_, [&](const auto& item) { return item.second.round != round_; });
    std::erase_if(slots_, [&](const auto& item) { return item.second.round != round_; });
}

Result<void> Intake::take(std::string_view page, PageFormat format, Timestamp now, Readings& out,
                          IntakeCounts& counts) {
    const std::size_t before = out.size();
    format_ = format;
    ++round_;
    met_ = 0;
    PageReader reader(page, format);
    PageEntry entry;
    Result<void> result = success();
    while (result && reader.next(entry)) {
        if (entry.kind == PageEntry::Kind::kSample) {
            result = sample(entry, now, out, counts);
        } else {
            families_.note(entry);
        }
    }
    if (!result) {
        result = result.error().in("the page does not read: line " + std::to_string(reader.line()));
    } else if (!reader.trouble().empty()) {
        result = page_error("the page does not read: " + reader.trouble());
    } else if (beyond_limit(counts)) {
        result =
            Error(ErrorCode::kTooLarge, "the page has " + std::to_string(counts.kept) +
                                            " samples after relabelling, more than sample_limit " +
                                            std::to_string(config_.sample_limit) +
                                            "; raise it, or drop what nobody asks for");
    }
    if (!result) out.resize(before);
    // A page that breaks off says nothing of the series behind the mistake. But pages that all
    // differ must not pile up either.
    constexpr std::size_t kSlack = 1000;
    if (result || known_.size() > 2 * last_good_ + kSlack) forget_others();
    if (result) last_good_ = known_.size();
    return result;
}

}  // namespace tocsin::collector
