#include "agent/deliver/delivery.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/net/http.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

const Outcome kOk{Verdict::kAccepted, "", {}};
const Outcome kWrong{Verdict::kRefused, "HTTP 400", {}};
const Outcome kDown{Verdict::kFailed, "connection refused", {}};

// A delivery with a queue of rows in front of it, driven by hand. Random is 1: whole delays.
class Script {
  public:
    explicit Script(DeliveryOptions options) : delivery_(options) {}
    void rows(int n) { rows_ += n; }
    void sleep(Duration d) { now_ += d; }

    Delivery::Action next() { return delivery_.next(now_, rows_ > 0); }
    // How many rows go where: "door:rows", "resend door:begin+most", "wait ms".
    std::string ask() {
        const auto action = next();
        if (const auto* s = std::get_if<Delivery::SendRows>(&action)) {
            return std::to_string(s->door) + ":" + std::to_string(sent(*s));
        }
        if (const auto* r = std::get_if<Delivery::Resend>(&action)) {
            return "resend " + std::to_string(r->door) + ":" + std::to_string(r->begin) + "+" +
                   std::to_string(r->most);
        }
        return "wait " + std::to_string((std::get<Delivery::Wait>(action).until - now_).count());
    }
    // Answers the rows that next() would send.
    Delivery::Effect answer(const Outcome& outcome) {
        const auto action = next();
        const auto n = sent(std::get<Delivery::SendRows>(action));
        const auto effect = delivery_.rows_done(outcome, n, now_, 1);
        if (effect == Delivery::Effect::kRemove) rows_ -= static_cast<int>(n);
        if (effect == Delivery::Effect::kRefuse) rows_ -= 1;
        return effect;
    }
    void answer_resend(const Outcome& outcome, std::size_t alerts, std::size_t total) {
        REQUIRE(std::holds_alternative<Delivery::Resend>(next()));
        delivery_.resend_done(outcome, alerts, total, now_, 1);
    }
    Delivery& delivery() { return delivery_; }
    int waiting() const { return rows_; }

  private:
    std::size_t sent(const Delivery::SendRows& s) const {
        return std::min(s.most, static_cast<std::size_t>(rows_));
    }
    Delivery delivery_;
    Duration now_{1'000'000};
    int rows_ = 0;
};

DeliveryOptions options(std::size_t doors, std::size_t most_rows = 8) {
    DeliveryOptions o;
    o.doors = doors;
    o.most_rows = most_rows;
    o.backoff = {1s, 8s};
    return o;
}

}  // namespace

TEST_CASE("rows go at once, several in a request, until none waits") {
    Script s(options(1));
    s.rows(20);
    REQUIRE(s.ask() == "0:8");
    REQUIRE(s.answer(kOk) == Delivery::Effect::kRemove);
    REQUIRE(s.ask() == "0:8");
    REQUIRE(s.answer(kOk) == Delivery::Effect::kRemove);
    REQUIRE(s.ask() == "0:4");
    REQUIRE(s.answer(kOk) == Delivery::Effect::kRemove);
    REQUIRE(s.waiting() == 0);
    REQUIRE(s.ask() == "wait 10000");  // for the first round of resends
}

TEST_CASE("doors are tried in turn, and the one that answers is kept") {
    Script s(options(3));
    s.rows(1);
    REQUIRE(s.ask() == "0:1");
    REQUIRE(s.answer(kDown) == Delivery::Effect::kKeep);
    REQUIRE(s.ask() == "1:1");
    REQUIRE(s.answer(kOk) == Delivery::Effect::kRemove);
    s.rows(1);
    REQUIRE(s.ask() == "1:1");
    s.answer(kDown);
    REQUIRE(s.ask() == "2:1");
    s.answer(kDown);
    REQUIRE(s.ask() == "0:1");
    s.answer(kDown);
    REQUIRE(s.ask() == "wait 1000");
    REQUIRE(s.delivery().attempts() == 1);
}

TEST_CASE("when every door fails all wait, longer each time, for as long as it takes") {
    Script s(options(1));
    s.rows(3);
    for (const char* wait : {"wait 1000", "wait 2000", "wait 4000", "wait 8000", "wait 8000"}) {
        REQUIRE(s.ask() == "0:3");
        REQUIRE(s.answer(kDown) == Delivery::Effect::kKeep);
        REQUIRE(s.ask() == wait);
        s.sleep(8s);
    }
    for (int i = 0; i < 10'000; ++i) {
        s.answer(kDown);
        s.sleep(8s);
    }
    REQUIRE(s.ask() == "0:3");
    REQUIRE(s.answer(kOk) == Delivery::Effect::kRemove);
    REQUIRE(s.delivery().attempts() == 0);
    s.rows(1);
    s.answer(kDown);
    REQUIRE(s.ask() == "wait 1000");
}

TEST_CASE("the wait is at least what a door asks for") {
    Script s(options(2));
    s.rows(1);
    s.answer({Verdict::kFailed, "HTTP 503", Duration{20'000}});
    REQUIRE(s.ask() == "1:1");
    s.answer(kDown);
    REQUIRE(s.ask() == "wait 20000");
    s.sleep(20s);
    s.answer(kDown);
    s.answer(kDown);
    REQUIRE(s.ask() == "wait 2000");
}

TEST_CASE("a sign of life ends the wait") {
    Script s(options(1));
    s.rows(1);
    s.answer(kDown);
    REQUIRE(s.ask() == "wait 1000");
    s.delivery().bridge_answers();
    REQUIRE(s.ask() == "0:1");
    s.answer({Verdict::kFailed, "HTTP 503", Duration{20'000}});
    s.sleep(1s);
    s.delivery().bridge_answers();  // which does not make it less busy
    REQUIRE(s.ask() == "wait 19000");
}

TEST_CASE("a batch that is refused goes in halves, and only the bad row is lost") {
    // Rows 0…15, of which `bad` are refused whenever they are in a batch.
    const std::set<int> bad = GENERATE(values<std::set<int>>({{0}, {7}, {15}, {3, 4}, {0, 5, 15}}));
    Delivery delivery(options(2));
    std::vector<int> queue;
    for (int i = 0; i < 16; ++i) queue.push_back(i);
    std::vector<int> delivered;
    std::vector<int> refused;
    int requests = 0;
    while (!queue.empty()) {
        REQUIRE(++requests < 60);
        const auto action = delivery.next(Duration{5}, true);
        REQUIRE(std::holds_alternative<Delivery::SendRows>(action));  // no waiting in between
        REQUIRE(std::get<Delivery::SendRows>(action).door == 0);
        const auto n = std::min(std::get<Delivery::SendRows>(action).most, queue.size());
        const auto end = queue.begin() + static_cast<std::ptrdiff_t>(n);
        const bool wrong = std::any_of(queue.begin(), end, [&](int r) { return bad.contains(r); });
        switch (delivery.rows_done(wrong ? kWrong : kOk, n, Duration{5}, 1)) {
            case Delivery::Effect::kKeep:
                break;
            case Delivery::Effect::kRemove:
                delivered.insert(delivered.end(), queue.begin(), end);
                queue.erase(queue.begin(), end);
                break;
            case Delivery::Effect::kRefuse:
                refused.push_back(queue.front());
                queue.erase(queue.begin());
                break;
        }
    }
    REQUIRE(refused == std::vector<int>(bad.begin(), bad.end()));
    REQUIRE(std::is_sorted(delivered.begin(), delivered.end()));
    REQUIRE(delivered.size() + bad.size() == 16);
}

TEST_CASE("what fires is sent again every minute, in requests of bounded size") {
    Script s(options(1));
    REQUIRE(s.ask() == "wait 10000");
    s.sleep(10s);
    REQUIRE(s.ask() == "resend 0:0+8");
    s.answer_resend(kOk, 8, 20);
    REQUIRE(s.ask() == "resend 0:8+8");
    s.answer_resend(kOk, 8, 20);
    s.answer_resend(kOk, 4, 20);
    REQUIRE(s.ask() == "wait 60000");
    s.sleep(60s);
    REQUIRE(s.ask() == "resend 0:0+8");
    s.answer_resend(kOk, 0, 0);  // nothing fires
    REQUIRE(s.ask() == "wait 60000");
}

TEST_CASE("rows go before resends, and the list of resends is made anew after them") {
    Script s(options(1));
    s.ask();
    s.sleep(10s);
    s.answer_resend(kOk, 8, 20);
    s.rows(1);
    REQUIRE(s.ask() == "0:1");
    s.answer(kOk);
    REQUIRE(s.ask() == "resend 0:0+8");
}

TEST_CASE("a resend that fails waits and goes on, one that is refused is passed over") {
    Script s(options(1));
    s.ask();
    s.sleep(10s);
    s.answer_resend(kDown, 8, 20);
    REQUIRE(s.ask() == "wait 1000");
    s.sleep(1s);
    REQUIRE(s.ask() == "resend 0:0+8");
    for (const std::size_t n : {8U, 4U, 2U, 1U}) s.answer_resend(kWrong, n, 20);
    REQUIRE(s.ask() == "resend 0:1+1");
    s.answer_resend(kOk, 1, 20);
    REQUIRE(s.ask() == "resend 0:2+2");
}

TEST_CASE("an answer's status says whether the content or the way is wrong") {
    struct Case {
        int status;
        Verdict verdict;
    };
    const Case c = GENERATE(values<Case>({{200, Verdict::kAccepted},
                                          {202, Verdict::kAccepted},
                                          {204, Verdict::kAccepted},
                                          {301, Verdict::kFailed},
                                          {400, Verdict::kRefused},
                                          {401, Verdict::kFailed},
                                          {403, Verdict::kFailed},
                                          {404, Verdict::kFailed},
                                          {408, Verdict::kFailed},
                                          {413, Verdict::kRefused},
                                          {422, Verdict::kRefused},
                                          {429, Verdict::kFailed},
                                          {500, Verdict::kFailed},
                                          {502, Verdict::kFailed},
                                          {503, Verdict::kFailed}}));
    CAPTURE(c.status);
    const auto outcome = outcome_of(net::Response::text(c.status, "why\n"));
    REQUIRE(outcome.verdict == c.verdict);
    if (c.verdict != Verdict::kAccepted) {
        REQUIRE(outcome.reason == "HTTP " + std::to_string(c.status) + " why");
    }
}

TEST_CASE("Retry-After is heeded within reason") {
    struct Case {
        const char* header;
        std::optional<Duration> expected;
    };
    const Case c = GENERATE(values<Case>({{"7", Duration{7'000}},
                                          {"0", Duration{0}},
                                          {"99999999999", Duration{300'000}},
                                          {"Wed, 21 Oct 2015 07:28:00 GMT", std::nullopt},
                                          {"-1", std::nullopt}}));
    net::Response response = net::Response::text(503, "");
    response.headers.set("Retry-After", c.header);
    REQUIRE(outcome_of(response).retry_after == c.expected);
}

TEST_CASE("no answer at all is a failure with its reason") {
    const auto outcome = outcome_of(Error(ErrorCode::kUnavailable, "connection refused"));
    REQUIRE(outcome.verdict == Verdict::kFailed);
    REQUIRE(outcome.reason == "connection refused");
}
