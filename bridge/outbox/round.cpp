#include "bridge/outbox/round.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/core/digest.h"
#include "bridge/outbox/silence_letter.h"

namespace tocsin::bridge {
namespace {

// So many are planned together; a flood's rest is planned when these are on their way.
constexpr int kMostPlanned = 1000;
// Of the timeline, so much goes with a message.
constexpr int kTimelineRows = 10;

std::string key_of(const Mailing& mailing) {
    const Letter& first = mailing.letters.front();
    std::string key = first.incident.key.empty() ? "silence" : first.incident.key;
    key += "-" + std::to_string(first.effect.id.value);
    if (mailing.letters.size() == 1) return key;
    std::string ids;
    for (const Letter& letter : mailing.letters) {
        ids += std::to_string(letter.effect.id.value) + ",";
    }
    return key + "-" + hex(sha256(ids)).substr(0, 12);
}

// Who is asked for the first time may not know what is known.
bool asks_anew(MessageKind kind) {
    constexpr std::array kAsks = {MessageKind::kOpened, MessageKind::kEscalated,
                                  MessageKind::kHandedOver, MessageKind::kAssigned,
                                  MessageKind::kReopened};
    return std::find(kAsks.begin(), kAsks.end(), kind) != kAsks.end();
}

// What is read once, though several are told of it.
struct Known {
    std::map<IncidentId, Background> background;
    std::optional<std::vector<AlertRecord>> alerts;
};
using Incidents = std::map<IncidentId, Incident>;

Result<Background> background_of(Tx& tx, const Incident& incident, Known& known) {
    const auto found = known.background.find(incident.id);
    if (found != known.background.end()) return found->second;
    TOCSIN_TRY(Background background, tx.knowledge().background(incident));
    return known.background.emplace(incident.id, std::move(background)).first->second;
}

Result<Letter> letter_of(Tx& tx, EffectRow row, const Incident& incident, Parcel::Shape shape,
                         Known& known) {
    Letter letter;
    // A digest has no room for timelines, nor for what is known beside.
    if (shape != Parcel::Shape::kDigest) {
        TOCSIN_TRY(letter.timeline, tx.recent_timeline(row.incident, kTimelineRows));
        if (asks_anew(row.notify.kind)) {
            TOCSIN_TRY(letter.background, background_of(tx, incident, known));
        }
    }
    letter.incident = incident;
    letter.effect = std::move(row);
    return letter;
}

// The letters of what is claimed as one parcel; those of an incident that is gone are dropped.
Result<std::vector<Letter>> letters_of(Tx& tx, Outgoing::Rows rows, const Incidents& incidents,
                                       Parcel::Shape shape, Known& known) {
    std::vector<Letter> out;
    for (EffectRow& row : rows) {
        if (!row.about.empty()) {
            TOCSIN_TRY(const auto silence, tx.silence(row.about));
            if (!known.alerts) {
                TOCSIN_TRY(known.alerts, tx.current_alerts());
            }
            out.push_back(letter_of_silence(std::move(row), silence, *known.alerts));
            continue;
        }
        const auto incident = incidents.find(row.incident);
        if (incident == incidents.end()) continue;
        TOCSIN_TRY(Letter letter, letter_of(tx, std::move(row), incident->second, shape, known));
        out.push_back(std::move(letter));
    }
    return out;
}

// What the claimed rows need to become letters.
Result<std::vector<Mailing>> mailings_of(Store& store, const std::vector<Parcel>& parcels,
                                         std::vector<Outgoing::Rows> claimed) {
    std::vector<Mailing> out;
    TOCSIN_TRY(store.transaction([&](Tx& tx) -> Result<void> {
        std::vector<IncidentId> ids;
        for (const Outgoing::Rows& rows : claimed) {
            for (const EffectRow& row : rows) ids.push_back(row.incident);
        }
        TOCSIN_TRY(const Incidents incidents, tx.incidents(ids));
        Known known;
        for (std::size_t i = 0; i < claimed.size(); ++i) {
            Mailing mailing;
            mailing.shape = parcels[i].shape;
            TOCSIN_TRY(mailing.letters,
                       letters_of(tx, std::move(claimed[i]), incidents, mailing.shape, known));
            if (mailing.letters.empty()) continue;
            if (mailing.letters.size() == 1) mailing.shape = Parcel::Shape::kOne;
            mailing.idempotency_key = key_of(mailing);
            out.push_back(std::move(mailing));
        }
        return success();
    }));
    return out;
}

}  // namespace

Result<Round> look_for_messages(Store& store, const RoundIn& in) {
    Outgoing& outgoing = store.outgoing();
    Queue queue;
    queue.room = in.room;
    queue.in_flight = in.in_flight;
    TOCSIN_TRY(queue.due, outgoing.due(in.now, kMostPlanned));
    std::erase_if(queue.due, [&](const EffectRow& row) { return in.busy.contains(row.id); });
    Round round;
    if (!queue.due.empty()) {
        TOCSIN_TRY(queue.sent, outgoing.sent_since(in.now - look_back(in.rules)));
        TOCSIN_TRY(queue.health, outgoing.health());
        Plan plan = plan_messages(queue, in.rules, in.now);
        const Timestamp forget = in.now - look_back(in.rules) - 1min;
        if (!plan.now.empty()) {
            std::vector<Outgoing::Rows> parcels;
            for (const Parcel& parcel : plan.now) parcels.push_back(parcel.rows);
            TOCSIN_TRY(auto claimed, outgoing.claim(parcels, in.now, in.now + in.lease, forget));
            TOCSIN_TRY(round.mailings, mailings_of(store, plan.now, std::move(claimed)));
        }
        round.stuck = std::move(plan.stuck);
        round.dead = std::move(plan.dead);
        round.next = plan.next;
    }
    TOCSIN_TRY(const auto next, outgoing.next_after(in.now));
    if (next && (!round.next || *next < *round.next)) round.next = next;
    return round;
}

}  // namespace tocsin::bridge
