// A whole bridge without its edges and in fast time: the live engine, store and planning of
// messages, on a store that goes with the object and a clock that moves only when told, from one
// due moment to the next. Nothing is sent: each message is written down, and counts as delivered
// unless told otherwise. One thread.
//
// What differs from a live bridge: a message takes no time, and what is looked for once a second
// (silent hosts, alerts without news, silences) is looked for when there is something to find.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/ingest/engine.h"
#include "bridge/outbox/round.h"
#include "bridge/store/queries.h"
#include "bridge/store/store.h"

namespace tocsin::bridge {

// One message as it left by a channel, with what it was about.
struct SentMessage {
    struct Part {
        std::string incident;  // its key
        Notify notify;
    };
    Timestamp at;
    std::string channel;
    Parcel::Shape shape = Parcel::Shape::kOne;
    std::vector<Part> parts;  // never empty; of a digest one an incident
};

class Simulation {
  public:
    // What a channel says of a message. None: no answer comes, and the message is sent again when
    // its lease has run out.
    using Reply = std::function<std::optional<Delivery>(const Mailing&)>;

    // kIo, kUnavailable: the store's file cannot be made.
    static Result<std::unique_ptr<Simulation>> create(std::shared_ptr<const BridgeConfig> config,
                                                      Timestamp start);
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    Timestamp now() const { return now_; }
    // Now, with what follows from it at once.
    Result<Answer> put(Input input);
    // Time passes; whatever comes due on the way is done when it is due.
    Result<void> pass_until(Timestamp end);
    // The machine's clock is set, forward or back, and no time passes.
    Result<void> set_clock(Timestamp to);
    // As after kill -9: nothing of the process is left, the store is.
    Result<void> restart();
    // The same, and until then no bridge runs.
    Result<void> away_until(Timestamp end);
    Result<void> configure(std::shared_ptr<const BridgeConfig> config);
    void reply_with(Reply reply) { reply_ = std::move(reply); }
    // Called after each commit from now on.
    void watch(Engine::OnCommit watcher) { watcher_ = std::move(watcher); }

    const BridgeConfig& config() const { return *config_; }
    const std::vector<SentMessage>& sent() const { return sent_; }
    Queries& queries() { return *queries_; }
    Store& store() { return *store_; }

  private:
    class Folder;
    Simulation(std::shared_ptr<const BridgeConfig> config, Timestamp start);
    Result<void> open();
    Result<void> settle();
    Result<bool> send();
    void hand_over(const Mailing& mailing, std::vector<Input>& outcomes);
    Result<Timestamp> next_due(Timestamp end);
    Result<bool> is_due(Timestamp at);
    Result<bool> is_silence_due(Tx& tx, Timestamp at);

    std::shared_ptr<const BridgeConfig> config_;
    Timestamp now_;
    Reply reply_;
    Engine::OnCommit watcher_;
    std::unique_ptr<Folder> folder_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Queries> queries_;
    std::unique_ptr<Engine> engine_;
    std::optional<Timestamp> next_message_;
    std::vector<SentMessage> sent_;
};

}  // namespace tocsin::bridge
