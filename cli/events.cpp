#include "cli/events.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include "base/core/clock.h"
#include "base/net/http_client.h"
#include "base/net/loop.h"
#include "cli/answer.h"
#include "cli/event_stream.h"
#include "cli/requests.h"
#include "cli/run.h"
#include "cli/table.h"

namespace tocsin::cli {

namespace json = boost::json;

namespace {

// The bridge says something every 15 s; one that is silent for longer than this is gone.
constexpr Duration kSilence = 45s;
constexpr Duration kRetry = 2s;  // unless the bridge asks for another
constexpr Duration kLongestRetry = 60s;

// As wide as what usually stands below them: lines come one by one.
Table event_table() {
    return Table({"AT                      ", "WHAT    ", "WHICH          ", "PRIORITY",
                  "STATE       ", "OWNER   ", "TITLE"});
}

std::vector<Cell> cells_of(const StreamEvent& event, const json::value& data) {
    const std::string now = format_rfc3339(SystemClock().now());
    const std::string state = text_of(data, "state");
    if (event.type == "incident") {
        const bool asks = state == "triggered";
        return {{text_of(data, "updated_at")},
                {event.type},
                {text_of(data, "key")},
                {text_of(data, "priority")},
                {state, asks ? Tint::kRed : Tint::kNone},
                {text_of(data, "assignee")},
                {text_of(data, "title")}};
    }
    if (event.type == "host") {
        const bool lost = state == "unreachable";
        return {{now},
                {event.type},
                {text_of(data, "host")},
                {},
                {state, lost ? Tint::kRed : Tint::kNone}};
    }
    if (event.type == "reset") {
        return {{now},
                {event.type},
                {},
                {},
                {},
                {},
                {"more has changed than can be told: read the lists"}};
    }
    return {{now}, {event.type}};
}

class Follower {
  public:
    Follower(const Session& session, const EventOptions& options)
        : session_(session), left_(options.limit), after_(options.after) {}

    int run() {
        loop_.post([this] { connect(); });
        loop_.run();
        client_.reset();
        return status_;
    }

  private:
    void connect() {
        std::string url = session_.bridge + "/api/v1/events";
        auto request = request_to(session_, "GET", std::move(url), "");
        if (!request) return end(fail(session_, request.error()));
        net::Headers& headers = request.value().headers;
        headers.set("Accept", "text/event-stream");
        headers.set("Accept-Encoding", "identity");
        if (!place().empty()) headers.set("Last-Event-ID", place());
        request.value().timeout = kSilence;
        request.value().on_piece = [this](std::string_view piece) { take(piece); };
        client_ = std::make_unique<net::HttpClient>(loop_, net::ClientOptions{});
        client_->send(std::move(request).value(),
                      [this](const Result<net::Response>& answer) { ended(answer); });
    }

    // From where to go on; "" for none yet.
    const std::string& place() const {
        return stream_.last_id().empty() ? after_ : stream_.last_id();
    }

    void take(std::string_view piece) {
        reached_ = true;
        lost_ = false;
        for (const StreamEvent& event : stream_.feed(piece)) {
            print(event);
            // Whoever read this may have gone: `tocsin events | head`.
            if (!*session_.out || (left_ > 0 && --left_ == 0)) return end(kDone);
        }
    }

    void ended(const Result<net::Response>& answer) {
        if (over_) return;  // its last piece was enough
        stream_.ended();
        if (answer) {
            const std::optional<Error> refused = refusal_of(answer.value());
            const bool lasting = refused && answer.value().status < 500;
            if (lasting || (refused && !reached_)) return end(fail(session_, *refused));
        } else if (!reached_) {
            return end(fail(session_, answer.error().in(session_.bridge)));
        }
        if (!std::exchange(lost_, true)) {
            *session_.err << "tocsin: the bridge is gone; trying again"
                          << (place().empty() ? ", what changes meanwhile is not told" : "")
                          << std::endl;
        }
        const Duration wait =
            std::clamp<Duration>(stream_.retry().value_or(kRetry), 0ms, kLongestRetry);
        again_ = loop_.after(wait, [this] { connect(); });
    }

    void print(const StreamEvent& event) {
        boost::system::error_code bad;
        json::value data = json::parse(event.data, bad);
        if (bad) data = nullptr;
        if (session_.format == Format::kJson) {
            json::object line;
            line["id"] =
                event.id.empty() ? json::value(nullptr) : json::value(json::string(event.id));
            line["event"] = json::string(event.type);
            line["data"] = std::move(data);
            *session_.out << json::serialize(line) << std::endl;
            return;
        }
        Table table = event_table();
        table.row(cells_of(event, data));
        std::string text = table.text(session_.colour);
        if (std::exchange(headed_, true)) text.erase(0, text.find('\n') + 1);
        *session_.out << text << std::flush;
    }

    void end(int status) {
        over_ = true;
        status_ = status;
        loop_.stop();
    }

    const Session& session_;
    int left_;
    std::string after_;
    net::Loop loop_;
    std::unique_ptr<net::HttpClient> client_;
    EventStream stream_;
    net::Timer again_;
    bool reached_ = false;  // once
    bool lost_ = false;     // and said so
    bool headed_ = false;
    bool over_ = false;
    int status_ = kDone;
};

}  // namespace

int follow_events(const Session& session, const EventOptions& options) {
    return Follower(session, options).run();
}

void add_events(CLI::App& app, Session& session, std::function<int()>& action) {
    const auto options = std::make_shared<EventOptions>();
    auto* command = app.add_subcommand("events", "What changes, a line each, as it happens");
    command->add_option("--after", options->after,
                        "Everything since this event first: an id of an earlier one");
    command->add_option("--limit", options->limit, "End after so many")
        ->check(CLI::Range(1, 1'000'000'000));
    command->callback([&session, &action, options] {
        action = [&session, options] { return follow_events(session, *options); };
    });
}

}  // namespace tocsin::cli
