// Why an alert with these labels is no incident, or tells nobody; and whom it would tell if it came
// now. Pure: facts of the store come in, links of the chain go out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/why/link.h"

namespace tocsin::bridge {

struct WhyHost {
    HostRecord record;
    Timestamp first_seen;
    std::vector<std::string> failing_collectors;
};

struct WhyNotFacts {
    Labels labels;                     // as asked
    std::vector<AlertRecord> known;    // whose labels contain these; the last heard of first
    std::optional<WhyHost> host;       // of the subject
    std::optional<Incident> holder;    // holds the subject's key: open, or resolved and not closed
    std::optional<Incident> storm;     // the parent of the subject's group, while it is open
    std::optional<Incident> overflow;  // what the fuse has made, while it is open
    std::vector<Silence> silences;     // windows too; those that settle included
    std::vector<InhibitSource> sources;
    std::vector<Blip> blips;  // of the subject's key, the newest first
    Oncall oncall;            // with the overrides as of now
};

// What the chain is about: of what is known that which fires, else what is unknown, else the last
// one heard of; with nothing known the labels as asked.
AlertRecord subject_of(const Labels& asked, const std::vector<AlertRecord>& known);
// The key of the incident that it would open or join.
std::string subject_key(const AlertRecord& subject, const std::optional<WhyHost>& host,
                        const BridgeConfig& config, Timestamp now);

WhyLinks why_not(const WhyNotFacts& facts, const BridgeConfig& config, Timestamp now);

}  // namespace tocsin::bridge
