#include "collector/net/snmp/snmp_traps.h"

#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/core/clock.h"
#include "base/net/file.h"
#include "base/net/http.h"
#include "base/net/log.h"
#include "collector/net/snmp/active_traps.h"
#include "collector/net/snmp/shared.h"
#include "collector/net/snmp/trap_counts.h"
#include "collector/net/snmp/trap_engine.h"
#include "collector/net/snmp/trap_limits.h"
#include "collector/net/snmp/trap_receiver.h"
#include "collector/net/snmp/trap_socket.h"
#include "collector/net/snmp/user_keys.h"

namespace tocsin::collector {
namespace {

using namespace snmp;

constexpr MetricDesc kActive{"tocsin_trap_active",
                             "1 while what a trap has told is not over: its alert.",
                             MetricType::kGauge};
constexpr unsigned kStateMode = 0600;
// What is named once is remembered; a stranger who makes up ever new things fills no memory.
constexpr std::size_t kMostNamed = 1000;

// A listener of one entry of `snmp_traps`.
class Traps final : public Target, private TrapListener {
  public:
    Traps(std::shared_ptr<const TrapsConfig> config, const TargetContext& context)
        : config_(std::move(config)),
          loop_(*context.loop),
          pool_(*context.pool),
          series_(*context.series, *config_),
          counts_(*context.series, *config_),
          files_(Shared::instance().mappings(config_->mapping_files)),
          mappings_(files_.merged()),
          limits_(config_->rate, std::random_device{}()),
          state_file_(context.state + "/snmp_traps_" + net::percent_encode(config_->name)) {
        load();
        opened_ = open();
    }
    ~Traps() override {
        receiver_.reset();
        if (active_.changed() || unsaved_) note_saved(save(state_file_, active_.print()));
    }
    Traps(const Traps&) = delete;
    Traps& operator=(const Traps&) = delete;

    void start(Timestamp now, TargetDone done) override {
        done_ = std::move(done);
        ticket_ = std::make_shared<int>();
        if (!opened_ || marks() != marks_) opened_ = open();
        readings_ = report(now);
        if (active_.changed()) unsaved_ = true;
        if (!unsaved_ || !save_in_pool()) {
            soon_ = loop_.after(Duration{0}, [this] { finish(); });
        }
    }

    Readings cancel() override {
        done_ = nullptr;
        ticket_.reset();
        soon_.cancel();
        return std::exchange(readings_, {});
    }

    // In place: sockets that were closed for it would lose what comes meanwhile.
    bool reread() override {
        MappingLayers now = Shared::instance().mappings(config_->mapping_files);
        if (now == files_) return true;
        files_ = std::move(now);
        mappings_ = files_.merged();
        forget_unmapped();
        return true;
    }

  private:
    void load();
    // What nothing raises any more ends, but not because a file that may raise it is wrong.
    void forget_unmapped() {
        if (files_.wrong.empty()) active_.keep_only(mappings_);
    }
    Result<void> open();
    std::vector<SecretMarks> marks() const;
    Readings report(Timestamp now);
    bool save_in_pool();
    static Result<void> save(const std::string& path, const std::string& text) {
        return net::write_file_atomic(path, text, kStateMode);
    }
    void note_saved(const Result<void>& written);
    void finish() {
        const TargetDone done = std::exchange(done_, nullptr);
        if (done) done(opened_, std::exchange(readings_, {}));
    }
    // True the first time.
    bool name_once(std::string what) {
        return named_.size() < kMostNamed && named_.insert(std::move(what)).second;
    }
    std::string instance_of(const std::string& ip) const;

    void came(TrapSocket& at, std::string_view datagram, const Address& from);
    bool notified(const std::string& ip, const Notification& notification) override;
    void refused(TrapRefusal refusal, const std::string& ip, std::string why) override;
    void reply(std::string_view datagram, const Address& to) override { at_->send(datagram, to); }

    std::shared_ptr<const TrapsConfig> config_;
    net::Loop& loop_;
    net::OffloadPool& pool_;
    TargetSeries series_;
    TrapCounts counts_;
    MappingLayers files_;
    TrapMappings mappings_;  // all of them
    TrapLimits limits_;
    std::string state_file_;
    SystemClock clock_;
    ActiveTraps active_;
    std::set<std::string> named_;

    Result<void> opened_ = success();
    std::vector<SecretMarks> marks_;
    std::unique_ptr<TrapReceiver> receiver_;
    std::vector<std::unique_ptr<TrapSocket>> sockets_;
    TrapSocket* at_ = nullptr;  // whose datagram is in hand
    std::uint64_t lost_ = 0;    // of sockets that were closed

    TargetDone done_;
    Readings readings_;
    std::shared_ptr<int> ticket_;  // of the collection under way
    net::Timer soon_;
    bool unsaved_ = false;
    bool save_fails_ = false;
};

void Traps::load() {
    const Result<std::string> text = net::read_file(state_file_);
    if (text) {
        if (auto kept = ActiveTraps::parse(text.value())) {
            active_ = std::move(*kept);
            forget_unmapped();
            return;
        }
    }
    if (text || text.error().code != ErrorCode::kNotFound) {
        net::log_warning("what traps had told is lost",
                         {{"receiver", config_->name},
                          {"error", text ? state_file_ + " does not read" : text.error().message}});
    }
}

std::vector<SecretMarks> Traps::marks() const {
    SnmpCredential community;
    community.community_file = config_->community_file;
    std::vector<SecretMarks> out{marks_of(community)};
    for (const SnmpCredential& user : config_->users) out.push_back(marks_of(user));
    return out;
}

// All of it or nothing: a half that listens would hide the other that does not.
Result<void> Traps::open() {
    for (const auto& socket : sockets_) lost_ += socket->lost();
    sockets_.clear();
    // The users of the old keys must be gone before those of the new can be made.
    receiver_.reset();
    named_.clear();
    marks_ = marks();
    TOCSIN_TRY(receiver_, open_trap_receiver(*config_, *this));
    for (const SnmpPeer& address : config_->listen) {
        TOCSIN_TRY(auto socket,
                   TrapSocket::open(loop_, address,
                                    [this](TrapSocket& at, std::string_view datagram,
                                           const Address& from) { came(at, datagram, from); }));
        sockets_.push_back(std::move(socket));
    }
    return success();
}

Readings Traps::report(Timestamp now) {
    Readings out;
    for (const ActiveTrap* active : active_.report(now)) {
        LabelsBuilder labels;
        for (const TrapLabels* part : {&active->details, &active->identity}) {
            for (const auto& [name, value] : *part) labels.set(name, value);
        }
        labels.set("alert", active->alert)
            .set("instance", active->instance)
            .set("job", config_->job)
            .set("severity", active->severity);
        out.push_back({series_.get(&kActive, labels.build()), 1.0});
    }
    std::uint64_t lost = lost_;
    for (const auto& socket : sockets_) lost += socket->lost();
    counts_.lost(lost);
    counts_.append(out);
    return out;
}

bool Traps::save_in_pool() {
    auto written = std::make_shared<Result<void>>(
        Error(ErrorCode::kInternal, "writing it stopped by an exception"));
    const bool taken = pool_.run(
        [written, path = state_file_, text = active_.print()] { *written = save(path, text); },
        [this, written, ticket = std::weak_ptr<int>(ticket_)] {
            if (!ticket.lock()) return;  // this may be gone
            note_saved(*written);
            finish();
        });
    if (taken) unsaved_ = false;
    return taken;
}

// A disk that is full must not stop the receiving; it is told of once, and tried again.
void Traps::note_saved(const Result<void>& written) {
    if (written) {
        save_fails_ = false;
        return;
    }
    unsaved_ = true;
    if (!std::exchange(save_fails_, true)) {
        net::log_warning("what traps have told is not saved",
                         {{"receiver", config_->name}, {"error", written.error().message}});
    }
}

std::string Traps::instance_of(const std::string& ip) const {
    for (const auto& [address, name] : config_->instances) {
        if (address == ip) return name;
    }
    return ip;
}

void Traps::came(TrapSocket& at, std::string_view datagram, const Address& from) {
    const std::string ip = ip_text(from);
    if (!limits_.take(ip, clock_.now())) {
        counts_.dropped(TrapDrop::kRate);
        if (name_once("rate " + ip)) {
            net::log_warning("traps are dropped: too many in a second",
                             {{"receiver", config_->name}, {"from", ip}});
        }
        return;
    }
    at_ = &at;
    receiver_->take(datagram, from);
    at_ = nullptr;
}

bool Traps::notified(const std::string& ip, const Notification& notification) {
    const std::string instance = instance_of(ip);
    const std::string oid = oid_text(notification.trap);
    counts_.came(instance, oid);
    const TrapMeaning meaning = meaning_of(mappings_, notification);
    if (!meaning.known) {
        counts_.unmapped();
        if (name_once("unmapped " + oid)) {
            net::log_info("a trap that no mapping knows",
                          {{"receiver", config_->name}, {"from", ip}, {"trap", oid}});
        }
    }
    bool room = true;
    for (const TrapEvent& event : meaning.events) {
        if (active_.take(event, instance, clock_.now()) != ActiveTraps::Taken::kFull) continue;
        counts_.dropped(TrapDrop::kActive);
        room = false;
    }
    return room;
}

void Traps::refused(TrapRefusal refusal, const std::string& ip, std::string why) {
    counts_.refused(refusal);
    if (name_once(std::string(refusal_word(refusal)) + " " + ip)) {
        net::log_warning("traps are refused",
                         {{"receiver", config_->name}, {"from", ip}, {"reason", std::move(why)}});
    }
}

}  // namespace

Result<std::unique_ptr<Target>> create_snmp_traps(const std::shared_ptr<const TargetConfig>& config,
                                                  const TargetContext& context) {
    auto traps = std::static_pointer_cast<const TrapsConfig>(config);
    keep_engine(context.state);
    return std::unique_ptr<Target>(std::make_unique<Traps>(std::move(traps), context));
}

}  // namespace tocsin::collector
