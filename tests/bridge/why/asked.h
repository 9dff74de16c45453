// What is asked about by why-not, and the bridge it is asked of.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "bridge/why/why_not.h"
#include "tests/support/incident_world.h"

namespace tocsin::bridge::test {

inline const Labels kDisk{{"alertname", "disk"}, {"host", "web-17"}, {"severity", "warning"}};

inline Matchers matching(const std::string& text) {
    return {parse_matcher(text).value()};
}

struct Asked {
    World world;
    BridgeConfig config = default_config();
    WhyNotFacts facts;

    Asked() {
        config.oncall = world.oncall;
        world.route.match = matching("host=~\"web.*\"");
        config.routes.insert(config.routes.begin(), world.route);
        facts.labels = kDisk;
        facts.oncall = world.oncall;
    }
    AlertRecord& known(std::string_view severity = "warning") {
        facts.known.push_back(world.alert("disk", severity));
        return facts.known.back();
    }
    void hosted(Duration seen_before) {
        WhyHost host;
        host.record.host = "web-17";
        host.record.last_heartbeat = kStart;
        host.first_seen = kStart - seen_before;
        facts.host = host;
    }
    void owned_by_nobody() {
        config.routes.front().team.clear();
        config.routes.front().policy.clear();
    }
    void holding(State state) {
        facts.holder = world.in_state(state);
        facts.holder->id = IncidentId{7};
    }
    // The only step of the policy, after so long, tells this target.
    void step(Duration after, Target target) {
        LadderStep only;
        only.after = after;
        only.tell.push_back(std::move(target));
        Policy policy;
        policy.name = "web";
        policy.response.push_back(std::move(only));
        facts.oncall.policies.assign(1, policy);
    }
    Silence silence(SuppressorKind kind, const char* matcher = "alertname=\"disk\"") {
        Silence s;
        s.id = "6f1c";
        s.kind = kind;
        s.name = kind == SuppressorKind::kMaintenance ? "CHG-7" : "";
        s.matchers = matching(matcher);
        s.starts_at = kStart - 1h;
        s.ends_at = kStart + 1h;
        s.created_by = "li.na";
        s.comment = "new disk";
        return s;
    }
    WhyLinks links() const { return why_not(facts, config, kStart); }
};

inline const WhyLink& verdict_of(const WhyLinks& links) {
    return *std::find_if(links.begin(), links.end(),
                         [](const WhyLink& link) { return link.step == "verdict"; });
}

// A source that holds back what is of its host.
inline InhibitSource unreachable() {
    InhibitSource source;
    source.identity = "b";
    source.labels = {{"alertname", "HostUnreachable"}, {"host", "web-17"}};
    source.name = "HostUnreachable on web-17";
    source.since = kStart - 5min;
    return source;
}

}  // namespace tocsin::bridge::test
