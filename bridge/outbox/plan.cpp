#include "bridge/outbox/plan.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "bridge/outbox/budget.h"

namespace tocsin::bridge {
namespace {

constexpr int kPerChannel = 3;     // parcels of one channel under way at once
constexpr Duration kGather = 3s;   // recoveries and digests wait for each other so long
constexpr Duration kStuck = 1min;  // an urgent message that rests longer is stuck
constexpr Duration kGiveUp = 1h;   // and one that rests longer than this is dead
constexpr std::size_t kMostInDigest = 200;
constexpr int kFailuresInARow = 5;
constexpr Duration kFirstRest = 30s;
constexpr Duration kMostRest = 5min;
constexpr Duration kMostWish = 1h;

bool is_end(const Notify& message) {
    return message.kind == MessageKind::kResolved;
}

bool is_foremost(const Notify& message) {
    return message.priority == Priority::kP1 && !is_end(message);
}

bool is_foremost(const Parcel& parcel) {
    return std::any_of(parcel.rows.begin(), parcel.rows.end(),
                       [](const EffectRow& row) { return is_foremost(row.notify); });
}

// What is asked of people for P1, for P2, other asks, ends.
int rank(const Notify& message) {
    if (is_end(message)) return 3;
    if (is_foremost(message)) return 0;
    return is_urgent(message) ? 1 : 2;
}

int rank(const Parcel& parcel) {
    return rank(parcel.rows.front().notify);
}

void sort_by_rank(std::vector<Parcel>& parcels) {
    std::stable_sort(parcels.begin(), parcels.end(),
                     [](const Parcel& a, const Parcel& b) { return rank(a) < rank(b); });
}

void earlier(std::optional<Timestamp>& to, std::optional<Timestamp> at) {
    if (at && (!to || *at < *to)) to = at;
}

// What may not go before `until`; where somebody urgently wanted would wait for long, another
// contact is tried meanwhile.
void hold(const EffectRow& row, Timestamp until, const std::string& why, Plan& plan) {
    earlier(plan.next, until);
    if (row.stuck || !is_urgent(row.notify) || until - row.due < kStuck) return;
    plan.stuck.push_back(row);
    plan.stuck.back().result = why;
}

void hold_for_rate(const std::vector<Parcel>& parcels, Timestamp until, Plan& plan) {
    for (const Parcel& parcel : parcels) {
        for (const EffectRow& row : parcel.rows) {
            hold(row, until, "its rate leaves no room before " + format_rfc3339(until), plan);
        }
    }
}

// In a group the same message to several people is one with all of them mentioned.
std::vector<Parcel> gathered(std::vector<EffectRow> rows, Readership readership) {
    std::stable_sort(rows.begin(), rows.end(), [](const EffectRow& a, const EffectRow& b) {
        return std::tuple(rank(a.notify), a.notify.priority, a.due, a.id.value) <
               std::tuple(rank(b.notify), b.notify.priority, b.due, b.id.value);
    });
    std::vector<Parcel> out;
    for (EffectRow& row : rows) {
        const auto same = std::find_if(out.begin(), out.end(), [&](const Parcel& parcel) {
            const EffectRow& first = parcel.rows.front();
            return first.incident == row.incident && first.about == row.about &&
                   first.notify.kind == row.notify.kind && first.notify.step == row.notify.step;
        });
        if (readership == Readership::kGroup && same != out.end()) {
            same->shape = Parcel::Shape::kMentions;
            same->rows.push_back(std::move(row));
        } else {
            out.push_back({Parcel::Shape::kOne, {std::move(row)}});
        }
    }
    return out;
}

// One channel, or one contact of a channel whose contacts have budgets of their own.
class Lane {
  public:
    Lane(Readership readership, std::vector<Rate> rates, std::vector<Timestamp> sent, Timestamp now,
         std::vector<Priority> digest = {})
        : readership_(readership),
          budget_(std::move(rates), std::move(sent), now),
          now_(now),
          digest_(std::move(digest)) {}

    // What of these may go; what may not sets the plan's `next`, and is stuck after a while.
    std::vector<Parcel> take(std::vector<Parcel> parcels, Plan& plan) {
        if (readership_ == Readership::kProgram) return singles(std::move(parcels), plan);
        std::vector<Parcel> digested =
            split_off(parcels, [&](const Notify& message) { return is_for_digest(message); });
        std::vector<Parcel> out = within_rate(std::move(parcels), plan);
        // What waited for the hours to begin is asked for in the same moment, by many timers.
        add_digest(std::move(digested), kGather, out, plan);
        return out;
    }

  private:
    bool is_for_digest(const Notify& message) const {
        return !is_end(message) && !is_urgent(message) &&
               std::find(digest_.begin(), digest_.end(), message.priority) != digest_.end();
    }

    std::vector<Parcel> within_rate(std::vector<Parcel> parcels, Plan& plan) {
        if (budget_.unlimited()) return parcels;
        std::vector<Parcel> ends = split_off(parcels, is_end);
        std::vector<Parcel> out;
        std::vector<Parcel> rest;
        auto foremost = std::count_if(parcels.begin(), parcels.end(),
                                      [](const Parcel& parcel) { return is_foremost(parcel); });
        for (Parcel& parcel : parcels) {
            const bool first = is_foremost(parcel);
            const int kept = is_urgent(parcel.rows.front().notify) ? 1 : 2;
            if (first ? fits_foremost(foremost) : fits(kept, parcels.size() - out.size())) {
                budget_.spend();
                if (first) --foremost;
                out.push_back(std::move(parcel));
            } else {
                rest.push_back(std::move(parcel));
            }
        }
        // Ends take nothing of what is kept for asks: then they go with the next digest.
        if (budget_.left(2) == 0) {
            std::move(ends.begin(), ends.end(), std::back_inserter(rest));
            ends.clear();
        }
        // A P1 among them has left the last room there is to the digest: it waits for nothing.
        const Duration pause = foremost > 0 ? Duration{0} : budget_.digest_pause();
        add_digest(std::move(rest), pause, out, plan);
        // Ends wait for each other, and one alone is no digest.
        add_digest(std::move(ends), kGather, out, plan);
        return out;
    }

    // A rate of one or two has no quarters: then one goes alone only when nothing else waits.
    bool fits(int kept_quarters, std::size_t waiting) const {
        const int left = budget_.left(kept_quarters);
        return left > 1 || (left == 1 && (waiting == 1 || budget_.left(0) > 1));
    }

    // Nothing is kept from a P1; of several that would not fit the last room takes them all.
    bool fits_foremost(std::ptrdiff_t foremost) const {
        const int left = budget_.left(0);
        return left > 1 || (left == 1 && foremost == 1);
    }

    std::vector<Parcel> singles(std::vector<Parcel> parcels, Plan& plan) {
        if (budget_.unlimited()) return parcels;
        const auto room = static_cast<std::size_t>(budget_.left(0));
        if (room >= parcels.size()) return parcels;
        const auto from = parcels.begin() + static_cast<std::ptrdiff_t>(room);
        const std::vector<Parcel> rest(std::make_move_iterator(from),
                                       std::make_move_iterator(parcels.end()));
        parcels.erase(from, parcels.end());
        for (std::size_t i = 0; i < room; ++i) budget_.spend();
        hold_for_rate(rest, budget_.free_at().value_or(now_), plan);
        return parcels;
    }

    template <class Is>
    static std::vector<Parcel> split_off(std::vector<Parcel>& parcels, Is is) {
        const auto from = std::stable_partition(
            parcels.begin(), parcels.end(),
            [&](const Parcel& parcel) { return !is(parcel.rows.front().notify); });
        std::vector<Parcel> off(std::make_move_iterator(from),
                                std::make_move_iterator(parcels.end()));
        parcels.erase(from, parcels.end());
        return off;
    }

    void add_digest(std::vector<Parcel> waiting, Duration pause, std::vector<Parcel>& out,
                    Plan& plan) {
        if (waiting.empty()) return;
        Timestamp oldest = waiting.front().rows.front().due;
        for (const Parcel& parcel : waiting) oldest = std::min(oldest, parcel.rows.front().due);
        const Timestamp until = std::max(oldest + pause, budget_.free_at().value_or(now_));
        if (until > now_) return hold_for_rate(waiting, until, plan);
        budget_.spend();
        Parcel digest = std::move(waiting.front());
        for (std::size_t i = 1; i < waiting.size(); ++i) {
            if (digest.rows.size() + waiting[i].rows.size() > kMostInDigest) {
                earlier(plan.next, now_ + 1s);
                break;
            }
            digest.shape = Parcel::Shape::kDigest;
            for (EffectRow& row : waiting[i].rows) digest.rows.push_back(std::move(row));
        }
        out.push_back(std::move(digest));
    }

    Readership readership_;
    Budget budget_;
    Timestamp now_;
    std::vector<Priority> digest_;
};

std::vector<Timestamp> times(const std::vector<SendRow>& sent, const std::string& channel,
                             const std::string* address) {
    std::vector<Timestamp> out;
    for (const SendRow& row : sent) {
        if (row.channel == channel && (address == nullptr || row.address == *address)) {
            out.push_back(row.at);
        }
    }
    return out;
}

// A channel that rests: what waits for it is stuck after a while, and dead after a long one.
void rest(const ChannelHealth& health, std::vector<EffectRow> rows, Timestamp now, Plan& plan) {
    for (EffectRow& row : rows) {
        if (row.due + kGiveUp <= now) {
            row.result = "the channel takes nothing: " + health.reason;
            plan.dead.push_back(std::move(row));
            continue;
        }
        earlier(plan.next, row.due + kGiveUp);
        hold(row, health.blocked_until, health.reason, plan);
    }
    earlier(plan.next, health.blocked_until);
}

// The parcels of one channel; those of contacts with budgets of their own go through both.
std::vector<Parcel> parcels_of(const std::string& channel, std::vector<EffectRow> rows,
                               const ChannelRules& rules, const Queue& queue, Timestamp now,
                               Plan& plan) {
    std::vector<Parcel> parcels;
    if (rules.readership == Readership::kPerson) {
        std::map<std::string, std::vector<EffectRow>> by_address;
        for (EffectRow& row : rows) by_address[row.notify.address].push_back(std::move(row));
        for (auto& [address, own] : by_address) {
            Lane lane(rules.readership, rules.per_contact, times(queue.sent, channel, &address),
                      now, rules.digest);
            for (Parcel& parcel : lane.take(gathered(std::move(own), rules.readership), plan)) {
                parcels.push_back(std::move(parcel));
            }
        }
        // A digest is of one person: between people the channel's rate only sets the pace.
        Lane whole(Readership::kProgram, rules.rates, times(queue.sent, channel, nullptr), now);
        sort_by_rank(parcels);
        return whole.take(std::move(parcels), plan);
    }
    Lane lane(rules.readership, rules.rates, times(queue.sent, channel, nullptr), now,
              rules.digest);
    return lane.take(gathered(std::move(rows), rules.readership), plan);
}

}  // namespace

RulesByChannel rules_of(const std::vector<Channel>& channels, const std::vector<Priority>& digest) {
    RulesByChannel rules;
    for (const Channel& channel : channels) {
        rules[channel.name] = {channel.readership, channel.rates, channel.per_contact, digest};
    }
    return rules;
}

bool is_urgent(const Notify& message) {
    return message.priority <= Priority::kP2 && !is_end(message);
}

Duration look_back(const RulesByChannel& rules) {
    Duration longest{0};
    for (const auto& [name, one] : rules) {
        for (const Rate& rate : one.rates) longest = std::max(longest, rate.window);
        for (const Rate& rate : one.per_contact) longest = std::max(longest, rate.window);
    }
    return longest + longest / 12;
}

Plan plan_messages(const Queue& queue, const RulesByChannel& rules, Timestamp now) {
    std::map<std::string, std::vector<EffectRow>> by_channel;
    for (const EffectRow& row : queue.due) by_channel[row.notify.channel].push_back(row);
    Plan plan;
    std::vector<Parcel> all;
    for (auto& [channel, rows] : by_channel) {
        const auto health = queue.health.find(channel);
        if (health != queue.health.end() && health->second.blocked_until > now) {
            rest(health->second, std::move(rows), now, plan);
            continue;
        }
        const auto known = rules.find(channel);
        const ChannelRules none;
        const auto flying = queue.in_flight.find(channel);
        // After failures in a row one is tried alone.
        const bool trying =
            health != queue.health.end() && health->second.failures >= kFailuresInARow;
        int room =
            (trying ? 1 : kPerChannel) - (flying == queue.in_flight.end() ? 0 : flying->second);
        for (Parcel& parcel :
             parcels_of(channel, std::move(rows), known == rules.end() ? none : known->second,
                        queue, now, plan)) {
            if (room-- > 0) all.push_back(std::move(parcel));
        }
    }
    sort_by_rank(all);
    if (all.size() > queue.room) all.resize(queue.room);  // the end of a send looks again
    plan.now = std::move(all);
    return plan;
}

ChannelHealth health_after(const ChannelHealth& before, const Outcome& outcome, Timestamp now) {
    ChannelHealth after = before;
    const bool its_message =
        outcome.reason == OutcomeReason::kRejected || outcome.reason == OutcomeReason::kInvalid;
    if (its_message) return after;  // says nothing of the channel
    if (outcome.delivery == Delivery::kDelivered) return ChannelHealth{};
    ++after.failures;
    after.reason = outcome.detail;
    Duration pause{0};
    if (after.failures >= kFailuresInARow) {
        const int doublings = std::min(after.failures - kFailuresInARow, 4);
        pause = std::min<Duration>(kFirstRest * (1 << doublings), kMostRest);
    }
    if (outcome.reason == OutcomeReason::kRateLimited) {
        pause = std::max(pause, std::min(outcome.retry_after.value_or(kFirstRest), kMostWish));
    }
    after.blocked_until = std::max(before.blocked_until, now + pause);
    return after;
}

}  // namespace tocsin::bridge
