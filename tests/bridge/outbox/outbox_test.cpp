// Messages on their way: claimed, sent, retried, given up; with a real loop, pool and store.
#include "bridge/outbox/outbox.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <future>
#include <latch>
#include <mutex>

#include "bridge/store/queries.h"
#include "tests/support/bridge_lab.h"
#include "tests/support/http_server.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

// Answers as told, then "delivered".
class ScriptedSender final : public Sender {
  public:
    // `held`: no send ends before gate.count_down().
    explicit ScriptedSender(std::deque<Outcome> script, bool held = false)
        : gate(held ? 1 : 0), script_(std::move(script)) {}
    Outcome send(const Mailing& mailing) override {
        {
            const std::lock_guard guard(lock_);
            keys_.push_back(mailing.idempotency_key);
        }
        gate.wait();
        const std::lock_guard guard(lock_);
        if (script_.empty()) return {Delivery::kDelivered, OutcomeReason::kDelivered, "250", {}};
        Outcome next = script_.front();
        script_.pop_front();
        return next;
    }
    std::vector<std::string> keys() {
        const std::lock_guard guard(lock_);
        return keys_;
    }

    std::latch gate;

  private:
    std::mutex lock_;
    std::deque<Outcome> script_;
    std::vector<std::string> keys_;
};

const Outcome kBusy{Delivery::kRetry, OutcomeReason::kServerError, "451 busy", {}};
const Outcome kNever{Delivery::kPermanent, OutcomeReason::kRejected, "550 no such user", {}};

// A worker and an outbox on a store, with one alert posted.
class OutboxLab {
  public:
    explicit OutboxLab(std::deque<Outcome> script, bool held = false)
        : sender(std::make_shared<ScriptedSender>(std::move(script), held)) {
        const std::string url = "sqlite:" + tree_.at("bridge.db");
        auto config = std::make_shared<const BridgeConfig>(lab_config());
        worker_ = std::make_unique<Worker>(thread_.loop, Store::open(url).value(), config, clock_,
                                           [this](const Committed& committed) {
                                               if (!committed.messages) return;
                                               thread_.loop.post([this] { wake(); });
                                           });
        queries_ = Queries::open(url).value();
        thread_.call([&] {
            OutboxOptions options;
            options.attempts = 3;
            options.backoff = {1ms, 2ms};
            outbox_ = std::make_unique<Outbox>(thread_.loop, *worker_, clock_, sender,
                                               RulesByChannel{}, options);
        });
        AlertsIn in;
        in.alerts = {foreign_alert("DiskFull", "web-1", "warning")};
        in.source = "test";
        worker_->submit(std::move(in), {});
    }
    ~OutboxLab() {
        worker_->stop();
        thread_.call([&] { outbox_.reset(); });
    }

    void wake() {
        if (outbox_) outbox_->wake();
    }
    // The incident once its first message is in this state.
    std::optional<IncidentDetail> when(EffectState state) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (std::chrono::steady_clock::now() < deadline) {
            const auto page = queries_->incidents({});
            if (page && !page.value().incidents.empty()) {
                auto detail = queries_->incident(page.value().incidents[0].incident.key);
                if (detail && !detail.value().effects.empty() &&
                    detail.value().effects[0].state == state) {
                    return std::move(detail).value();
                }
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));  // the poll's pace
        }
        return std::nullopt;
    }

    // True once a send is under way.
    bool sending() {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (sender->keys().empty()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));  // the poll's pace
        }
        return true;
    }
    std::future<void> stop(Duration most) {
        auto done = std::make_shared<std::promise<void>>();
        thread_.call([&] { outbox_->stop(most, [done] { done->set_value(); }); });
        return done->get_future();
    }

    std::shared_ptr<ScriptedSender> sender;

  private:
    tocsin::test::FixtureTree tree_;
    SystemClock clock_;
    tocsin::test::LoopThread thread_;
    std::unique_ptr<Worker> worker_;
    std::unique_ptr<Queries> queries_;
    std::unique_ptr<Outbox> outbox_;
};

std::string told(const IncidentDetail& detail) {
    std::string out;
    for (const TimelineRow& row : detail.timeline) out += row.entry.text + "\n";
    return out;
}

}  // namespace

TEST_CASE("a message is sent once and its delivery stands in the timeline") {
    OutboxLab lab({});
    const auto detail = lab.when(EffectState::kDelivered);
    REQUIRE(detail);
    CHECK(lab.sender->keys().size() == 1);
    CHECK_THAT(told(*detail), Catch::Matchers::Contains("li.na"));
    CHECK(detail->effects[0].result == "250");
}

TEST_CASE("a failure that may pass is tried again under the same key") {
    OutboxLab lab({kBusy, kBusy});
    const auto detail = lab.when(EffectState::kDelivered);
    REQUIRE(detail);
    const auto keys = lab.sender->keys();
    REQUIRE(keys.size() == 3);
    CHECK(keys[0] == keys[1]);
    CHECK(keys[1] == keys[2]);
    CHECK(detail->effects[0].attempts == 3);
}

TEST_CASE("a failure for good is not tried again, and the timeline says why") {
    OutboxLab lab({kNever});
    const auto detail = lab.when(EffectState::kDead);
    REQUIRE(detail);
    CHECK(detail->effects[0].attempts == 1);
    CHECK_THAT(told(*detail), Catch::Matchers::Contains("550 no such user"));
}

TEST_CASE("a message is given up after its last attempt") {
    OutboxLab lab({kBusy, kBusy, kBusy});
    const auto detail = lab.when(EffectState::kDead);
    REQUIRE(detail);
    CHECK(detail->effects[0].attempts == 3);
    CHECK_THAT(told(*detail), Catch::Matchers::Contains("451 busy"));
}

TEST_CASE("a stop waits for what is on its way, stores what came of it and begins nothing more") {
    struct Case {
        std::deque<Outcome> script;
        EffectState state;
    };
    for (const Case& c : {Case{{}, EffectState::kDelivered}, Case{{kBusy}, EffectState::kWaiting},
                          Case{{kNever}, EffectState::kDead}}) {
        OutboxLab lab(c.script, true);
        REQUIRE(lab.sending());
        std::future<void> stopped = lab.stop(1min);
        lab.wake();
        CHECK(stopped.wait_for(std::chrono::milliseconds(0)) == std::future_status::timeout);
        lab.sender->gate.count_down();
        REQUIRE(stopped.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
        const auto detail = lab.when(c.state);  // stored already, so that no start sends it again
        CHECK(detail);
        CHECK(lab.sender->keys().size() == 1);
    }
}

TEST_CASE("a stop does not wait for longer than it was told, nor for nothing") {
    OutboxLab hung({}, true);
    REQUIRE(hung.sending());
    CHECK(hung.stop(10ms).wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    hung.sender->gate.count_down();

    OutboxLab idle({});
    REQUIRE(idle.when(EffectState::kDelivered));
    CHECK(idle.stop(1h).wait_for(std::chrono::seconds(20)) == std::future_status::ready);
}
