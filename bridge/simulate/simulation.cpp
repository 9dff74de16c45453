#include "bridge/simulate/simulation.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::bridge {
namespace {

namespace fs = std::filesystem;

// Parcels a round, as the live outbox has threads.
constexpr std::size_t kRoom = 8;
// Rounds at one moment; more means that work makes work without end.
constexpr int kMostRounds = 10'000;
// As often as the live bridge looks.
constexpr Duration kLook = 1s;
constexpr Duration kStep = 1ms;  // of time itself
// Of one kind of them, as the engine looks at.
constexpr int kMostRows = 500;

// Where a commit's fsync costs nothing, if there is such a place.
std::string scratch() {
    constexpr const char* kMemory = "/dev/shm";
    if (::access(kMemory, W_OK | X_OK) == 0) return kMemory;
    return fs::temp_directory_path();
}

constexpr std::string_view kFolder = "tocsin-simulate-";

// One that was killed left its store behind; where that is memory, nothing else gives it back.
void remove_those_of_the_dead(const std::string& where) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(where, ignored)) {
        const std::string name = entry.path().filename();
        if (!name.starts_with(kFolder)) continue;
        const auto pid = parse_int(name.substr(kFolder.size(), name.rfind('-') - kFolder.size()));
        if (!pid || *pid < 1 || ::kill(static_cast<pid_t>(*pid), 0) == 0 || errno != ESRCH)
            continue;
        fs::remove_all(entry.path(), ignored);
    }
}

}  // namespace

// Holds the store's file and removes it in the end.
class Simulation::Folder {
  public:
    static Result<std::unique_ptr<Folder>> make() {
        remove_those_of_the_dead(scratch());
        std::string path =
            scratch() + "/" + std::string(kFolder) + std::to_string(::getpid()) + "-XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) {
            return errno_error("making a folder for the simulation's store, " + path, errno);
        }
        return std::make_unique<Folder>(std::move(path));
    }
    explicit Folder(std::string path) : path_(std::move(path)) {}
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string store() const { return "sqlite:" + path_ + "/bridge.db"; }

  private:
    std::string path_;
};

Simulation::Simulation(std::shared_ptr<const BridgeConfig> config, Timestamp start)
    : config_(std::move(config)), now_(start) {}
Simulation::~Simulation() = default;

Result<std::unique_ptr<Simulation>> Simulation::create(std::shared_ptr<const BridgeConfig> config,
                                                       Timestamp start) {
    std::unique_ptr<Simulation> made(new Simulation(std::move(config), start));
    TOCSIN_TRY(made->folder_, Folder::make());
    TOCSIN_TRY(made->open());
    TOCSIN_TRY(made->settle());
    return Result<std::unique_ptr<Simulation>>(std::move(made));
}

Result<void> Simulation::open() {
    TOCSIN_TRY(store_, Store::open(folder_->store()));
    TOCSIN_TRY(queries_, Queries::open(folder_->store()));
    engine_ = std::make_unique<Engine>(*store_, config_, [this](const Committed& committed) {
        if (watcher_) watcher_(committed);
    });
    return engine_->start(now_);
}

Result<void> Simulation::restart() {
    return away_until(now_);
}

Result<void> Simulation::away_until(Timestamp end) {
    now_ = end;
    engine_.reset();
    queries_.reset();
    store_.reset();
    TOCSIN_TRY(open());
    return settle();
}

Result<void> Simulation::configure(std::shared_ptr<const BridgeConfig> config) {
    config_ = std::move(config);
    engine_->configure(config_);
    return settle();
}

Result<Answer> Simulation::put(Input input) {
    std::vector<Result<Answer>> answers = engine_->process({&input, 1}, now_);
    TOCSIN_TRY(settle());
    return std::move(answers.front());
}

Result<void> Simulation::set_clock(Timestamp to) {
    now_ = to;
    return settle();
}

Result<void> Simulation::pass_until(Timestamp end) {
    while (now_ < end) {
        TOCSIN_TRY(now_, next_due(end));
        engine_->served_until(now_);
        TOCSIN_TRY(settle());
    }
    return success();
}

// All that is due now, and what that leads to at once.
Result<void> Simulation::settle() {
    for (int round = 0; round < kMostRounds; ++round) {
        TOCSIN_TRY(const bool more, engine_->tick(now_));
        TOCSIN_TRY(const bool sent, send());
        TOCSIN_TRY(const auto timer, store_->next_timer());
        if (!more && !sent && (!timer || *timer > now_)) return success();
    }
    return Error(ErrorCode::kInternal, "the work at " + format_rfc3339(now_) + " does not end");
}

Result<bool> Simulation::send() {
    RoundIn in;
    in.now = now_;
    in.rules = rules_of(config_->channels, config_->oncall.hours.digest);
    in.room = kRoom;
    TOCSIN_TRY(const Round round, look_for_messages(*store_, in));
    next_message_ = round.next;
    std::vector<Input> outcomes;
    for (const Mailing& mailing : round.mailings) hand_over(mailing, outcomes);
    for (const EffectRow& row : round.stuck) {
        outcomes.emplace_back(OutcomeIn{row, EffectOutcome::Delivery::kStuck, row.result});
    }
    for (const EffectRow& row : round.dead) {
        outcomes.emplace_back(OutcomeIn{row, EffectOutcome::Delivery::kFailed, row.result});
    }
    for (const Result<Answer>& stored : engine_->process(outcomes, now_)) {
        TOCSIN_TRY(stored);
    }
    return !outcomes.empty();
}

void Simulation::hand_over(const Mailing& mailing, std::vector<Input>& outcomes) {
    const std::optional<Delivery> reply =
        reply_ ? reply_(mailing) : std::optional(Delivery::kDelivered);
    SentMessage message;
    message.at = now_;
    message.channel = mailing.letters.front().effect.notify.channel;
    message.shape = mailing.shape;
    for (const Letter& letter : mailing.letters) {
        message.parts.push_back({letter.incident.key, letter.effect.notify});
        if (!reply) continue;
        const bool delivered = *reply == Delivery::kDelivered;
        outcomes.emplace_back(OutcomeIn{
            letter.effect,
            delivered ? EffectOutcome::Delivery::kDelivered : EffectOutcome::Delivery::kFailed,
            "simulated"});
    }
    if (!reply || *reply == Delivery::kDelivered) sent_.push_back(std::move(message));
}

// What the engine looks for every second, as of a moment: once true it stays so until it is done.
Result<bool> Simulation::is_due(Timestamp at) {
    bool due = false;
    TOCSIN_TRY(store_->transaction([&](Tx& tx) -> Result<void> {
        TOCSIN_TRY(due, tx.suppression_due(at));
        TOCSIN_TRY(const auto silences, tx.due_silences(at, 1));
        TOCSIN_TRY(const auto expected, tx.expected_due(at, 1));
        due = due || !silences.empty() || !expected.empty();
        if (due) return success();
        TOCSIN_TRY(due, is_silence_due(tx, at));
        return success();
    }));
    return due;
}

// Rows that may have been silent for too long, and whether they have.
Result<bool> Simulation::is_silence_due(Tx& tx, Timestamp at) {
    const LivenessSettings& settings = config_->hosts;
    const Timestamp served = engine_->served_since();
    TOCSIN_TRY(const auto hosts, tx.hosts_to_check(at, settings.deadline, kMostRows));
    for (const HostRow& row : hosts) {
        if (check_host(row.record, served, settings, at).next != row.record) return true;
    }
    TOCSIN_TRY(const auto alerts, tx.ended_alerts(at, kMostRows));
    std::vector<std::string> names;
    for (const AlertRecord& alert : alerts) names.push_back(alert.host);
    TOCSIN_TRY(const auto rows, tx.hosts(names));
    for (const AlertRecord& alert : alerts) {
        const auto row = rows.find(alert.host);
        const HostRecord* host = row == rows.end() ? nullptr : &row->second.record;
        if (check_alert(alert, host, served, settings, at)) return true;
    }
    return false;
}

// The next moment at which something may be due, `end` at the latest.
Result<Timestamp> Simulation::next_due(Timestamp end) {
    Timestamp next = end;
    TOCSIN_TRY(const auto timer, store_->next_timer());
    if (timer) next = std::min(next, *timer);
    if (next_message_) next = std::min(next, *next_message_);
    next = std::max(next, now_ + kStep);
    TOCSIN_TRY(const bool by_then, is_due(next));
    if (!by_then) return next;
    // What is due already and was not done waits for more than time: looked at as live.
    TOCSIN_TRY(const bool already, is_due(now_));
    if (already) return std::min(now_ + kLook, next);
    // Between the two there is a first moment of it.
    Timestamp not_yet = now_;
    while (next - not_yet > kStep) {
        const Timestamp middle = not_yet + (next - not_yet) / 2;
        TOCSIN_TRY(const bool is, is_due(middle));
        (is ? next : not_yet) = middle;
    }
    return next;
}

}  // namespace tocsin::bridge
