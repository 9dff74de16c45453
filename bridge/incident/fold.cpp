#include "bridge/incident/fold.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::bridge {
namespace {

constexpr std::string_view kSeverity = "severity";

std::string_view annotation(const Alert& alert, std::string_view name) {
    const auto it = alert.annotations.find(name);
    return it == alert.annotations.end() ? std::string_view{} : std::string_view(it->second);
}

// 0 for foreign senders: both annotations make an alert one of our agents'.
std::uint64_t seq_of(const Alert& alert) {
    if (annotation(alert, kAnnotationAlert).empty()) return 0;
    return parse_uint(annotation(alert, kAnnotationSeq)).value_or(0);
}

PostedLevel read_level(Alert alert, std::uint64_t seq, const Receipt& receipt) {
    PostedLevel level;
    level.severity = std::string(alert.labels.get(kSeverity));
    const Duration shift =
        seq != 0 && receipt.sent_at ? receipt.received - *receipt.sent_at : Duration{0};
    level.starts_at =
        alert.starts_at ? std::min(*alert.starts_at + shift, receipt.received) : receipt.received;
    if (alert.ends_at) {
        level.ends_at = *alert.ends_at + shift;
        if (*level.ends_at <= receipt.received) level.status = AlertStatus::kResolved;
    } else if (receipt.source != kSourceBridge && receipt.resolve_timeout) {
        level.ends_at = receipt.received + *receipt.resolve_timeout;
    }
    level.alert = std::move(alert);
    return level;
}

void add_level(AlertNews& news, PostedLevel level) {
    for (PostedLevel& known : news.levels) {
        if (known.severity == level.severity) {
            known = std::move(level);  // the same alert twice in a batch: the later word counts
            return;
        }
    }
    news.levels.push_back(std::move(level));
}

FiringLevel firing_level(const PostedLevel& posted) {
    return {fingerprint(posted.alert.labels), posted.starts_at, posted.ends_at};
}

bool lapsed(const FiringLevel& level, Timestamp now) {
    return level.ends_at && *level.ends_at <= now;
}

// The levels that fire after the news. An agent's news is its whole word on the identity; a foreign
// sender speaks of one severity at a time, and of what it stopped renewing only what is left
// counts.
std::map<std::string, FiringLevel> levels_after(const AlertRecord* known, const AlertNews& news) {
    std::map<std::string, FiringLevel> levels;
    if (news.seq == 0 && known != nullptr) levels = known->levels;
    for (const PostedLevel& posted : news.levels) {
        if (posted.status == AlertStatus::kFiring) {
            FiringLevel level = firing_level(posted);
            // An agent's times are shifted by what its request took: a level that fires on has
            // begun when it was first heard of, not a little elsewhere with each resend.
            if (news.seq != 0 && known != nullptr) {
                const auto before = known->levels.find(posted.severity);
                if (before != known->levels.end()) level.starts_at = before->second.starts_at;
            }
            levels[posted.severity] = std::move(level);
        } else {
            levels.erase(posted.severity);
        }
    }
    const bool any_holds = std::any_of(levels.begin(), levels.end(), [&](const auto& l) {
        return !lapsed(l.second, news.received);
    });
    if (any_holds) std::erase_if(levels, [&](auto& l) { return lapsed(l.second, news.received); });
    return levels;
}

// None when one of them holds until further news.
std::optional<Timestamp> latest_end(const std::map<std::string, FiringLevel>& levels) {
    Timestamp latest = Timestamp::min();
    for (const auto& [severity, level] : levels) {
        if (!level.ends_at) return std::nullopt;
        latest = std::max(latest, *level.ends_at);
    }
    return latest;
}

// A delivery that was on its way for long. The agent's sequence rises even when its state was lost
// (it follows the clock), so that nothing but an older word has a lower one.
bool is_old(const AlertRecord& known, const AlertNews& news) {
    return known.from_agent() && news.seq != 0 && news.seq < known.seq;
}

const PostedLevel* posted_as(const AlertNews& news, std::string_view severity) {
    for (const PostedLevel& level : news.levels) {
        if (level.severity == severity) return &level;
    }
    return nullptr;
}

// Labels, annotations and the rest come from the alert that was posted with the record's severity;
// when that one was not in this batch, from what was known, under its own name.
void describe(AlertRecord& record, const AlertNews& news) {
    if (const PostedLevel* posted = posted_as(news, record.severity)) {
        record.labels = posted->alert.labels;
        record.annotations = posted->alert.annotations;
        record.generator_url = posted->alert.generator_url;
    } else if (record.labels.get(kSeverity) != record.severity) {
        record.labels = LabelsBuilder(record.labels).set(kSeverity, record.severity).build();
    }
    record.fingerprint = fingerprint(record.labels);
    record.host = std::string(record.labels.get("host"));
}

AlertRecord record_after(const AlertRecord* known, const AlertNews& news) {
    AlertRecord record = known != nullptr ? *known : AlertRecord{};
    record.identity = news.identity;
    record.levels = levels_after(known, news);
    record.seq = news.seq;
    record.source = news.source;
    record.last_seen = news.received;
    return record;
}

}  // namespace

std::string identity_of(const Alert& alert) {
    if (seq_of(alert) != 0) {
        const std::string_view host = alert.labels.get("host");
        const std::string_view own = annotation(alert, kAnnotationAlert);
        return host.empty() ? std::string(own) : std::string(host) + "/" + std::string(own);
    }
    return fingerprint(LabelsBuilder(alert.labels).remove(kSeverity).build());
}

std::vector<AlertNews> fold_batch(std::vector<Alert> alerts, const Receipt& receipt) {
    std::vector<AlertNews> folded;
    std::unordered_map<std::string, std::size_t> index;
    for (Alert& alert : alerts) {
        std::string identity = identity_of(alert);
        const std::uint64_t seq = seq_of(alert);
        const auto [it, added] = index.try_emplace(identity, folded.size());
        if (added) {
            folded.push_back({std::move(identity), seq, {}, receipt.source, receipt.received});
        }
        AlertNews& news = folded[it->second];
        if (seq < news.seq) continue;
        if (seq > news.seq) {
            news.seq = seq;
            news.levels.clear();
        }
        add_level(news, read_level(std::move(alert), seq, receipt));
    }
    return folded;
}

std::optional<Event> apply_news(const AlertRecord* known, const AlertNews& news,
                                const PriorityRules& rules) {
    if (known != nullptr && is_old(*known, news)) return std::nullopt;
    const bool was_over = known == nullptr || known->status == AlertStatus::kResolved;
    AlertRecord record = record_after(known, news);

    if (record.levels.empty()) {
        if (was_over) return std::nullopt;
        record.status = AlertStatus::kResolved;
        record.ends_at = std::nullopt;
        for (const PostedLevel& level : news.levels) {
            record.ends_at = std::max(record.ends_at, level.ends_at);
        }
        describe(record, news);
        return AlertResolved{std::move(record), ""};
    }

    const auto worst = std::max_element(
        record.levels.begin(), record.levels.end(),
        [&](auto& a, auto& b) { return rules.level(a.first) < rules.level(b.first); });
    record.severity = worst->first;
    record.ends_at = latest_end(record.levels);
    Timestamp since = worst->second.starts_at;
    for (const auto& [severity, level] : record.levels) since = std::min(since, level.starts_at);
    if (was_over) record.starts_at = since;
    describe(record, news);

    const bool any_holds = !record.ends_at || *record.ends_at > news.received;
    if (!any_holds && known != nullptr && known->status == AlertStatus::kUnknown) {
        return AlertUnknown{std::move(record), "no news of what is left"};
    }
    record.status = AlertStatus::kFiring;
    return AlertFiring{std::move(record)};
}

}  // namespace tocsin::bridge
