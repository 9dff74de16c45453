// One transaction's work: what was loaded, what decide() made of it, and in the end the changes to
// write. Decisions see each other's results in memory; the store sees one write.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/ingest/input.h"
#include "bridge/knowledge/moves.h"
#include "bridge/store/store.h"

namespace tocsin::bridge {

// A resend that tells nothing but "still": see batch_finish.cpp.
bool is_mere_resend(const AlertRecord& before, const AlertRecord& after, Timestamp now);

class Batch {
  public:
    Batch(Tx& tx, const BridgeConfig& config, Timestamp served_since, Timestamp now)
        : tx_(tx), config_(config), served_since_(served_since), now_(now) {}

    // Who stands in for whom now. Before anything else.
    Result<void> load_oncall();
    // Reads in a few statements what these inputs will need.
    Result<void> prefetch(const std::vector<const Input*>& inputs);

    Result<Answer> apply(const Input& input);
    Result<void> timer(const TimerRow& row);
    Result<void> check_host_row(const HostRow& row);
    Result<void> check_alert_row(const AlertRecord& row);
    Result<void> silence_row(const Silence& row);
    // The rows of the configured maintenance windows: what is under way and what comes next.
    Result<void> plan_windows();

    // What holds alerts back has changed: all of them are looked at again, at the latest when the
    // batch is finished.
    void review_held() { review_ = true; }
    Result<void> review_if_wanted();
    // What is expected (batch_expect.cpp): rows for what is configured and has none, none for what
    // is configured no more; and one that is to be looked at.
    Result<void> sync_expected();
    Result<void> check_expected_row(const ExpectRecord& row);
    // A review that is to be looked at (batch_reviews.cpp).
    Result<void> remind_of_review(const ReviewTimer& row);

    // Writes all of it.
    Result<Committed> finish();

  private:
    struct Work {
        Incident before;  // as the store has it; its key is empty for a new one
        Incident now;
        bool touched = false;
    };

    Result<void> alerts(std::vector<Alert> alerts, const Receipt& receipt);
    Result<void> news(const AlertNews& news);
    Result<void> alert_event(Event event, const AlertRecord* known);
    Result<void> fire_at_key(AlertRecord record);
    Result<void> host_change(HostChange change, const HostRow* known, std::string inventory);
    Result<void> heartbeat(const HeartbeatIn& in);
    Result<Answer> action(const ActionIn& in);
    // batch_people.cpp: what takes more than one incident, or none.
    Result<Answer> report(const ReportIn& in);
    Result<Answer> merge_into(Work& loser, const UserAction& action);
    Result<Answer> split_off(Work& work, const UserAction& action);
    Result<Work*> work_of_key(const std::string& key);  // null: no such incident
    static Answer answer_of(const Work& work, const std::string& reason,
                            const std::optional<Refusal>& refusal);
    void free_key(const std::string& key, IncidentId id);
    Result<void> outcome(const OutcomeIn& in);
    void settle(const OutcomeIn& in);
    Result<void> skip_ends_nobody_awaits();
    Result<std::vector<IncidentId>> told_as_one(IncidentId id);
    bool may_reach(const EffectRow& stored) const;
    Result<void> retry(const RetryIn& in);
    // Silences (batch_silence.cpp).
    Result<Answer> put(const PutSilenceIn& in);
    Result<Answer> expire(const ExpireSilenceIn& in);
    // Why not, when nothing of it fires.
    Result<std::optional<Reason>> silence_incident(const std::string& key, Silence& silence);
    Result<std::optional<Silence>> stored_silence(const std::string& id, SuppressorKind kind);
    void store_silence(Silence silence);
    Result<void> warn_creator(const Silence& silence);
    void warn_of_outside(const Silence& silence, Priority priority);
    Result<void> fall_back_outside(const OutcomeIn& in);

    // Suppression (batch_hold.cpp).
    // What becomes of an event of an alert that is, was or shall be held back. True: that was all,
    // it stays outside of any incident.
    Result<bool> hold(Event& event, const AlertRecord* known);
    bool hold_outside(Event& event, const AlertRecord* known);
    Result<bool> comes_out(Event& event, const AlertRecord* known);
    Result<std::optional<Suppressor>> suppressor_of(const AlertRecord& alert);
    Result<std::optional<Suppressor>> inhibited_by(const AlertRecord& alert);
    std::optional<Suppressor> silenced_by(const AlertRecord& alert);
    Result<Standing> standing_of(const AlertRecord& alert);
    Result<bool> is_member(const AlertRecord* known);
    Result<void> load_holders();
    Result<void> note_source(const AlertRecord& alert);
    [[nodiscard]] std::vector<std::string> review_order(const std::set<std::string>& current) const;
    Result<void> review_one(const std::string& identity);
    Result<void> link_cause(const AlertRecord& alert);
    void end_lost_sources(const std::set<std::string>& current);
    Result<void> end_until_clear();
    Result<bool> fires_any(const Matchers& matchers);
    void put_outside(const AlertRecord* known, std::optional<AlertRecord> record);
    void collect_held(Changes& changes);
    // Hosts (batch_hosts.cpp).
    Result<Answer> host_move(const HostIn& in);
    Result<int> end_alerts_of(const std::string& host, std::string_view reason);
    Result<int> rename_incidents(const HostIn& in);
    Result<int> move_expected(const HostIn& in);
    Result<bool> rename_in(Work& work, const HostIn& in);

    Result<Work*> load(IncidentId id);  // null: no such incident
    Result<const AlertRecord*> known_alert(const std::string& identity);
    Result<IncidentId> holder(const std::string& dedup_key);
    // The closed incident that held a key before; null when there is none.
    Result<Work*> closed_before(const std::string& dedup_key);
    Result<const HostRow*> host_row(const std::string& name);
    Context context_of(const Incident& incident) const;
    const Oncall& oncall() const { return oncall_ ? *oncall_ : config_.oncall; }
    Result<IncidentId> next_id(std::string& key);

    Result<bool> take_expected(const AlertNews& item);
    Result<void> expect_change(ExpectChange change);

    // Conditions of opening (batch_open_when.cpp).
    enum class Firing { kBegins, kGoesOn };
    Result<std::optional<Suppressor>> waits_to_open(const AlertRecord& alert);
    Timestamp due_of(const OpenWhen& condition, Timestamp since) const;
    Result<bool> is_met(const OpenWhen& condition, const std::string& identity,
                        const std::string& key, Timestamp since, Firing firing);
    std::string key_of(const AlertRecord& alert) const;
    void note_blip(const AlertRecord& known, const AlertRecord& cleared);

    // Hosts that are new, and what nobody is told of (batch_observe.cpp).
    Result<bool> is_joining(const AlertRecord& record);
    void mark_observed(Event& event) const;
    void note_observed(IncidentId id);
    bool observe(const Incident& incident, const Effect& item);

    // Storms (batch_storm.cpp).
    Result<void> storms_opened(IncidentId id);  // or opened again, as comes_back() says
    Result<void> begin_storm(const StormMember& last, Incident::Kind kind,
                             const std::vector<IncidentId>& members);
    Result<IncidentId> storm_parent(const StormMember& last, Incident::Kind kind,
                                    const std::vector<IncidentId>& members);
    Result<void> adopt(IncidentId parent, const std::vector<IncidentId>& children);
    Result<std::vector<StormMember>> children_of(IncidentId parent);
    Result<std::optional<Suppressor>> held_children(const Incident& parent,
                                                    const std::vector<StormMember>& children);
    Result<void> settle_storms();
    Result<void> settle_storm(IncidentId id);
    Result<void> tell_children(IncidentId parent, const std::vector<StormMember>& children,
                               ParentNews news);
    Result<void> load_parent(const Incident& incident);

    // Problems and reviews (batch_knowledge.cpp).
    Result<void> note_knowledge();
    Result<void> note_recurring();
    void join_problems(IncidentId id, const std::vector<Record>& problems);
    Result<void> suggest(IncidentId id, const std::vector<IncidentId>& all);
    Result<void> owe_reviews();
    void note_record(const RecordDecision& made);
    Result<Work*> incident_of_review(const Record& record);
    int remind(IncidentId id, const std::string& person);
    void tell_incident(IncidentId id, TimelineEntry entry);

    void absorb(Work& work, Decision decision);
    void mirror(IncidentId id, Work& work);
    bool is_to_program(const Notify& message) const;
    void effect(IncidentId id, const Effect& effect);
    void remember(const AlertRecord& record, Work& work);
    static void link(Work* closed, Decision& opened);
    void create(IncidentId id, Decision decision, const std::string& dedup_key);
    void collect_alerts(const Work& work, Changes& changes) const;
    void collect_keys(Changes& changes) const;
    void collect_expected(Changes& changes) const;

    Tx& tx_;
    const BridgeConfig& config_;
    Timestamp served_since_;
    Timestamp now_;

    std::optional<Oncall>
        oncall_;  // the configuration's with the store's overrides; none: the same
    std::map<IncidentId, Work> work_;
    std::map<std::string, std::optional<AlertRecord>> known_;
    std::map<std::string, IncidentId> stored_holders_;  // none: looked for, not there
    std::map<std::string, IncidentId> holders_;         // as they are after this batch
    std::map<std::string, IncidentId> last_ended_;      // none: looked for, not there
    std::map<std::string, std::optional<HostRow>> hosts_;
    std::set<std::string> changed_hosts_;
    std::set<std::string> notable_hosts_;
    std::map<std::string, std::int64_t> counters_;
    std::map<std::pair<IncidentId, TimerKind>, std::optional<Timestamp>> timers_;
    std::vector<TimelineRow> timeline_;
    std::vector<EffectRow> effects_;
    std::vector<EffectRow> settled_;
    std::vector<EffectId> stuck_;
    std::vector<EffectId> requeued_;
    std::map<IncidentId, DropWaiting::What> dropped_;
    std::map<IncidentId, StormMember> members_;  // new or changed
    std::map<IncidentId, StormNews> storms_;     // to settle; of the news what is new
    std::vector<IncidentId> ended_storms_;
    std::map<std::string, ExpectRecord> expected_;         // changed
    std::map<std::string, std::vector<Timestamp>> fired_;  // by dedup key
    std::set<std::string> counted_;                        // identities that began to fire now
    std::set<std::string> may_open_;                       // identities whose condition is met
    std::vector<Blip> blips_;
    std::vector<ObservedRow> observed_;
    std::vector<std::string> removed_hosts_;
    std::vector<std::pair<std::string, IncidentId>> removed_alerts_;
    std::vector<std::string> not_expected_;
    KnowledgeChanges knowledge_;
    std::vector<std::string> log_;

    // What may hold back, as it is after this batch; loaded when it is first asked for.
    struct Holders {
        std::map<std::string, Silence> silences;
        std::vector<InhibitSource> sources;
    };
    std::optional<Holders> holders_back_;
    std::set<std::string> changed_silences_;
    std::set<std::string> forgotten_silences_;
    std::set<std::string> changed_sources_;
    std::set<std::string> new_sources_;
    std::set<IncidentId> linked_;  // told of a cause by this batch
    struct Outside {
        std::optional<AlertRecord> before;
        std::optional<AlertRecord> now;  // none: its row goes
    };
    std::map<std::string, Outside> outside_;
    std::map<std::string, Suppressor> released_;  // what held back those that come out now
    bool review_ = false;
    bool cleared_ = false;  // some alert has: silences until then may end
};

}  // namespace tocsin::bridge
