#include "bridge/oncall/fallback.h"

#include <algorithm>

namespace tocsin::bridge {
namespace {

bool told_at_once(const Contact& contact, Priority priority, Timestamp now) {
    return contact.serves(priority, now) && contact.after == Duration{0};
}

}  // namespace

std::optional<Tell> fallback_of(const Oncall& oncall, std::string_view person,
                                std::string_view channel, std::string_view address,
                                Priority priority, Timestamp now) {
    const Person* who = oncall.person(person);
    if (who == nullptr) who = oncall.vendor(person);
    if (who == nullptr) return std::nullopt;
    const auto& contacts = who->contacts;
    const auto failed = std::find_if(contacts.begin(), contacts.end(), [&](const Contact& c) {
        return c.channel == channel && c.address == address;
    });
    if (failed == contacts.end()) return std::nullopt;
    std::vector<const Contact*> order;
    for (auto it = failed + 1; it != contacts.end(); ++it) order.push_back(&*it);
    if (told_at_once(*failed, priority, now)) {
        for (auto it = contacts.begin(); it != failed; ++it) order.push_back(&*it);
    }
    const auto next = std::find_if(order.begin(), order.end(), [&](const Contact* c) {
        return !told_at_once(*c, priority, now) && (c->channel != channel || c->address != address);
    });
    if (next == order.end()) return std::nullopt;
    return Tell{who->name, (*next)->channel, (*next)->address, now, (*next)->readership};
}

}  // namespace tocsin::bridge
