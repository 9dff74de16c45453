// Messages that wait, and what a robot's group lets through: what plans are made of in tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bridge/outbox/plan.h"

namespace tocsin::bridge::test {

inline const Timestamp kNow = from_unix_ms(1'795'000'000'000);
inline constexpr auto kOpened = MessageKind::kOpened;
inline constexpr auto kResolved = MessageKind::kResolved;

inline EffectRow row(int id, Priority priority, MessageKind kind = kOpened, Duration waited = 0s,
                     std::string channel = "ding", std::string address = "") {
    EffectRow out;
    out.id = EffectId{id};
    out.incident = IncidentId{id};
    out.notify.channel = std::move(channel);
    out.notify.address = std::move(address);
    out.notify.person = "li.na";
    out.notify.kind = kind;
    out.notify.priority = priority;
    out.notify.step = 1;
    out.due = kNow - waited;
    return out;
}

inline RulesByChannel rules(Readership readership, std::vector<Rate> rates,
                            std::vector<Rate> caps = {}) {
    return {{"ding", {readership, std::move(rates), std::move(caps)}}};
}
inline const RulesByChannel kRobot = rules(Readership::kGroup, {{20, 1min}});

inline Queue queue_of(std::vector<EffectRow> rows) {
    Queue queue;
    queue.due = std::move(rows);
    queue.room = 100;
    return queue;
}

inline std::vector<SendRow> sent(int count, Duration ago, const std::string& address = "") {
    return std::vector<SendRow>(static_cast<std::size_t>(count),
                                SendRow{"ding", address, kNow - ago});
}

inline std::vector<std::int64_t> ids(const Parcel& parcel) {
    std::vector<std::int64_t> out;
    for (const EffectRow& one : parcel.rows) out.push_back(one.id.value);
    return out;
}

}  // namespace tocsin::bridge::test
