#include "bridge/why/why_not.h"

#include <algorithm>
#include <utility>

#include "bridge/incident/ownership.h"
#include "bridge/incident/title.h"
#include "bridge/why/reach.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostKnown = 10;
constexpr std::size_t kMostBlips = 3;

bool is_joining(const AlertRecord& subject, const std::optional<WhyHost>& host,
                const BridgeConfig& config, Timestamp now) {
    return host && subject.from_agent() && config.hosts.join > Duration{0} &&
           now >= host->first_seen && now - host->first_seen < config.hosts.join;
}

// The chain in the making; what its end says of it all.
class Chain {
  public:
    Chain(const WhyNotFacts& facts, const BridgeConfig& config, Timestamp now)
        : facts_(facts),
          config_(config),
          now_(now),
          subject_(subject_of(facts.labels, facts.known)) {}

    WhyLinks made() {
        known();
        host();
        if (expected()) return std::move(out_);
        held_back();
        observed();
        incident();
        storms();
        const Routing routing = bridge::route(config_.routes, subject_.labels);
        const Ownership owner = ownership_of(
            *routing.owner, config_.priorities.service(subject_.labels), facts_.oncall);
        route(routing, owner);
        const PriorityOf priority =
            priority_link(config_.priorities, *routing.owner, subject_.labels, subject_.severity);
        add(priority.link);
        reach_ = reach_of(facts_.oncall, owner.policy, owner.team, priority.priority, now_, out_);
        verdict();
        if (facts_.known.empty()) ask();
        return std::move(out_);
    }

  private:
    void add(WhyLink link) { out_.push_back(std::move(link)); }
    void add(std::string step, std::string phrase, EntryData data,
             std::optional<Timestamp> at = std::nullopt) {
        out_.push_back({std::move(step), std::move(phrase), at, std::move(data)});
    }

    void known() {
        if (facts_.known.empty()) {
            add("alert", "alert.none", {{"labels", labels_text(facts_.labels)}});
            return;
        }
        for (std::size_t i = 0; i < std::min(facts_.known.size(), kMostKnown); ++i) {
            add(alert_link(facts_.known[i]));
        }
        if (facts_.known.size() > kMostKnown) {
            const std::string more = std::to_string(facts_.known.size() - kMostKnown);
            add("alert", "alert.more", {{"count", more}});
        }
        if (facts_.known.size() > 1) {
            add("alert", "alert.subject", {{"labels", labels_text(subject_.labels)}});
        }
        add(rule_link(subject_));
    }

    void host() {
        if (subject_.host.empty()) return;
        const std::string& name = subject_.host;
        if (!facts_.host) {
            add("host", "host.unheard", {{"host", name}});
            return;
        }
        const HostRecord& record = facts_.host->record;
        if (record.unreachable_since) {
            add("host", "host.unreachable",
                {{"host", name}, {"last", format_rfc3339(record.last_heartbeat)}},
                record.unreachable_since);
        } else if (record.goodbye_at) {
            add("host", "host.stopped", {{"host", name}}, record.goodbye_at);
        } else {
            add("host", "host.alive", {{"host", name}}, record.last_heartbeat);
        }
        std::string failing;
        for (const std::string& one : facts_.host->failing_collectors) {
            failing += (failing.empty() ? "" : ", ") + one;
        }
        if (!failing.empty())
            add("host", "host.failing", {{"host", name}, {"collectors", failing}});
        if (is_joining(subject_, facts_.host, config_, now_)) {
            add("host", "host.joining",
                {{"host", name},
                 {"until", format_rfc3339(facts_.host->first_seen + config_.hosts.join)}});
        }
    }

    bool expected() {
        if (subject_.source == kSourceBridge) return false;
        const Expectation* const one = expectation_of(config_.expects, subject_.labels);
        if (one == nullptr) return false;
        add("suppression", "suppression.expect", {{"name", one->name}});
        add("verdict", "verdict.expected", {});
        return true;
    }

    // In the order in which the bridge asks (batch_hold.cpp). All of them are told: while one is
    // left the alert is held back.
    void held_back() {
        silenced();
        inhibited();
        waits_to_open();
        if (holders_ == 0) add("suppression", "suppression.none", {});
    }

    void hold(std::string phrase, EntryData data, Timestamp since,
              const std::optional<Timestamp>& until) {
        const bool first = holders_++ == 0;
        const bool later = held_until_ && (!until || *until > *held_until_);
        if (first || later) held_until_ = until;
        data["until"] = time_text(until);
        add("suppression", std::move(phrase), std::move(data), since);
    }

    void silenced() {
        for (const Silence& silence : facts_.silences) {
            if (!hides(silence, subject_.labels, now_)) continue;
            const bool window = silence.kind == SuppressorKind::kMaintenance;
            const bool named_by = window && silence.name == name_of_its_own(silence);
            hold(window ? "suppression.maintenance" : "suppression.silence",
                 {{"id", silence.id},
                  {"name", silence.name},
                  {"creator", named_by ? "" : silence.created_by},
                  {"comment", silence.comment}},
                 silence.starts_at, suppressor_by(silence, now_).until);
        }
    }

    void inhibited() {
        const bool member = facts_.holder && subject_.incident == facts_.holder->id &&
                            subject_.status != AlertStatus::kResolved;
        const Standing standing = !member                                     ? Standing::kOutside
                                  : facts_.holder->state == State::kTriggered ? Standing::kAsked
                                                                              : Standing::kTaken;
        for (const InhibitSource& source : facts_.sources) {
            if (!inhibitor_of(config_.inhibit, {source}, subject_, standing, now_)) continue;
            hold(source.ends_at ? "suppression.settle" : "suppression.inhibit",
                 {{"name", source.name}, {"identity", source.identity}}, source.since,
                 source.ends_at);
        }
    }

    void waits_to_open() {
        const OpenWhen* const condition = open_when_of(config_.open_when, subject_.labels);
        if (condition == nullptr || subject_.source == kSourceBridge) return;
        // An incident that is open for its key takes it at once.
        if (facts_.holder && is_open(facts_.holder->state)) return;
        const auto& by = subject_.suppressor;
        const bool waits = by && by->kind == SuppressorKind::kOpenWhen &&
                           subject_.status != AlertStatus::kResolved;
        EntryData data = {{"name", condition->name}};
        if (condition->held > Duration{0}) {
            data["held"] = format_duration(condition->held);
        } else {
            data["count"] = std::to_string(condition->count);
            data["in"] = format_duration(condition->in);
        }
        const Timestamp since = waits ? by->since : now_;
        // What is held back by something else begins to wait when that is over.
        std::optional<Timestamp> begins = since;
        if (holders_ > 0) begins = held_until_;
        std::optional<Timestamp> due;
        if (begins) due = open_due(*condition, *begins);
        hold("suppression.open_when", std::move(data), since, due);
        for (std::size_t i = 0; i < std::min(facts_.blips.size(), kMostBlips); ++i) {
            const Blip& blip = facts_.blips[i];
            add("suppression", "suppression.blip",
                {{"since", format_rfc3339(blip.started_at)},
                 {"until", format_rfc3339(blip.ended_at)}},
                blip.started_at);
        }
    }

    void observed() {
        observed_ = is_observed(config_.observe, subject_.labels, subject_.annotations);
        if (!observed_) return;
        const auto own = subject_.annotations.find(kAnnotationMode);
        const bool by_rule = own != subject_.annotations.end() && own->second == kModeObserve;
        add("observe", by_rule ? "observe.rule" : "observe.config", {});
    }

    void incident() {
        if (!facts_.holder) {
            add("incident", "incident.none",
                {{"key", subject_key(subject_, facts_.host, config_, now_)}});
            return;
        }
        const Incident& in = *facts_.holder;
        add("incident", "incident.holds",
            {{"key", in.key},
             {"state", std::string(to_string(in.state))},
             {"owner", in.acknowledged_by},
             {"title", in.title}},
            in.opened_at);
        out_.back().own = title_words(in);
    }

    void storms() {
        if (facts_.storm) {
            add("storm", "storm.would",
                {{"parent", facts_.storm->key}, {"group", facts_.storm->storm_group}},
                facts_.storm->opened_at);
        } else if (facts_.overflow) {
            add("storm", "storm.overflow",
                {{"parent", facts_.overflow->key},
                 {"fuse", std::to_string(config_.incidents.storms.fuse)}},
                facts_.overflow->opened_at);
        }
    }

    void route(const Routing& routing, const Ownership& owner) {
        const Route& taking = *routing.owner;
        add(route_link(&taking, taking.name, owner.team, owner.policy));
        for (const Route* also : routing.also) {
            std::string watchers;
            for (const Target& target : also->tell) {
                watchers += (watchers.empty() ? "" : ", ") + to_string(target);
            }
            add("route", "route.also", {{"route", also->name}, {"watchers", watchers}});
        }
    }

    // What would become of it now; the first that is so.
    void verdict() {
        const std::string told = reach_.told.empty() ? reach_.catch_all : reach_.told;
        EntryData data = {{"told", told}, {"until", ""}};
        std::string phrase;
        if (holders_ > 0) {
            phrase = "verdict.held";
            data["until"] = time_text(held_until_);
        } else if (observed_ && !facts_.holder) {
            phrase = "verdict.observed";
        } else if (facts_.holder && is_open(facts_.holder->state)) {
            const Incident& in = *facts_.holder;
            data["key"] = in.key;
            data["owner"] = in.acknowledged_by;
            data["parent"] = in.absorbed ? in.parent : "";
            phrase = in.observed                     ? "verdict.added_observed"
                     : in.absorbed                   ? "verdict.added_absorbed"
                     : in.state == State::kTriggered ? "verdict.added"
                                                     : "verdict.owned";
        } else if (facts_.storm) {
            data["parent"] = facts_.storm->key;
            phrase = "verdict.absorbed";
        } else if (told.empty()) {
            phrase = "verdict.nobody";
        } else if (reach_.at > now_) {
            phrase = "verdict.waits";
            data["until"] = format_rfc3339(reach_.at);
        } else {
            phrase = "verdict.tells";
        }
        add("verdict", std::move(phrase), std::move(data));
    }

    void ask() {
        add("agent", "agent.unsent", {{"host", subject_.host}});
        if (!subject_.host.empty()) {
            add("agent", "agent.ask", {{"host", subject_.host}});
            add("agent", "agent.query", {{"host", subject_.host}});
        } else {
            add("agent", "agent.whose", {});
        }
    }

    const WhyNotFacts& facts_;
    const BridgeConfig& config_;
    Timestamp now_;
    AlertRecord subject_;
    WhyLinks out_;
    int holders_ = 0;
    std::optional<Timestamp> held_until_;
    bool observed_ = false;
    Reach reach_;
};

}  // namespace

AlertRecord subject_of(const Labels& asked, const std::vector<AlertRecord>& known) {
    const AlertRecord* found = nullptr;
    const auto rank = [](const AlertRecord& alert) {
        return alert.status == AlertStatus::kFiring    ? 0
               : alert.status == AlertStatus::kUnknown ? 1
                                                       : 2;
    };
    for (const AlertRecord& alert : known) {
        if (found == nullptr || rank(alert) < rank(*found)) found = &alert;
    }
    if (found != nullptr) return *found;
    AlertRecord subject;
    subject.identity = "";
    subject.labels = asked;
    subject.severity = std::string(asked.get("severity"));
    subject.host = std::string(asked.get("host"));
    return subject;
}

std::string subject_key(const AlertRecord& subject, const std::optional<WhyHost>& host,
                        const BridgeConfig& config, Timestamp now) {
    if (is_joining(subject, host, config, now)) return join_key(subject.host);
    const Routing routing = route(config.routes, subject.labels);
    return dedup_key(*routing.owner, subject.labels, subject.annotations);
}

WhyLinks why_not(const WhyNotFacts& facts, const BridgeConfig& config, Timestamp now) {
    return Chain(facts, config, now).made();
}

}  // namespace tocsin::bridge
