// Many hosts at once over a real store, with the bridge killed between any two events.
#pragma once

#include <catch2/catch.hpp>
#include <map>

#include "tests/support/bridge_lab.h"

namespace tocsin::bridge::test {

inline BridgeConfig storm_config(int more_than, int fuse = 0) {
    BridgeConfig config = lab_config();
    config.incidents.storms.more_than = more_than;
    config.incidents.storms.fuse = fuse;
    return config;
}

inline std::string host(int i) {
    return "web-" + std::to_string(i);
}

struct StormLab : BridgeLab {
    using BridgeLab::BridgeLab;
    void fire(int i, std::string_view severity = "warning") {
        REQUIRE(post({agent_alert("HighLoad", host(i), severity, ++seq, clock.now() + 1h)}));
        restart();
    }
    void clear(int i, std::string_view severity = "warning") {
        REQUIRE(post({agent_alert("HighLoad", host(i), severity, ++seq, clock.now())}));
        restart();
    }
    Incident of_host(int i) {
        for (const IncidentSummary& row : incidents()) {
            if (row.incident.labels.get("host") == host(i)) return row.incident;
        }
        throw std::runtime_error("no incident of " + host(i));
    }
    // The storm, or the overflow: the newest.
    Incident parent() {
        IncidentFilter filter;
        filter.state = StateFilter::kAll;
        filter.with_children = false;
        const auto page = queries().incidents(filter);
        REQUIRE(page);
        for (const IncidentSummary& row : page.value().incidents) {
            if (row.incident.is_parent()) return row.incident;
        }
        throw std::runtime_error("no storm");
    }
    int parents() {
        int n = 0;
        for (const IncidentSummary& row : incidents()) {
            if (row.incident.is_parent()) ++n;
        }
        return n;
    }
    // What was told since the last time, "opened 5, storm 1".
    std::string told() {
        std::map<std::string, int> counts;
        for (const std::string& line : deliver()) ++counts[line.substr(line.find(": ") + 2)];
        std::string out;
        for (const auto& [kind, n] : counts) {
            out += (out.empty() ? "" : ", ") + kind + " " + std::to_string(n);
        }
        return out;
    }
    int seq = 0;
};

}  // namespace tocsin::bridge::test
