#include "bridge/api/events.h"

#include <algorithm>
#include <utility>

namespace tocsin::bridge {
namespace {

// A listener that catches up holds at most so many live events; beyond, it starts over.
constexpr std::size_t kMostHeld = 10'000;

// A stream takes no more than a mebibyte at once; a replay leaves room for what is held.
constexpr std::size_t kMostReplayedBytes = 512 * 1024;

}  // namespace

std::string sse_text(const LiveEvent& event) {
    std::string out;
    if (event.id > 0) out += "id: " + std::to_string(event.id) + "\n";
    out += "event: " + event.type + "\ndata: " + event.data + "\n\n";
    return out;
}

EventBroker::EventBroker(net::Loop& loop, Replay replay, Duration keep_alive)
    : loop_(loop), replay_(std::move(replay)), keep_alive_(keep_alive) {
    timer_ = loop_.after(keep_alive_, [this] { keep_alive_tick(); });
}

void EventBroker::add(std::shared_ptr<net::Stream> stream, std::int64_t after) {
    auto listener = std::make_shared<Listener>();
    listener->stream = std::move(stream);
    // Two seconds before a browser tries again; a comment opens the stream through proxies.
    if (!listener->stream->write("retry: 2000\n: connected\n\n")) return;
    listeners_.push_back(listener);
    if (after < 0) return;
    listener->catching_up = true;
    replay_(after, [weak = std::weak_ptr<Listener>(listener)](const Missed& missed) {
        const std::shared_ptr<Listener> who = weak.lock();
        if (!who) return;
        std::string all;
        bool whole = missed.has_value();
        for (const LiveEvent& event : missed.value_or(std::vector<LiveEvent>())) {
            all += sse_text(event);
            whole = whole && all.size() <= kMostReplayedBytes;
        }
        if (!whole) all = sse_text({0, "reset", "{}"});
        for (const std::string& text : who->held) all += text;
        who->held.clear();
        who->catching_up = false;
        if (!all.empty()) who->stream->write(std::move(all));
    });
}

void EventBroker::publish(const LiveEvent& event) {
    if (listeners_.empty()) return;
    const std::string text = sse_text(event);
    for (const std::shared_ptr<Listener>& listener : listeners_) {
        if (!listener->catching_up) {
            listener->stream->write(text);
        } else if (listener->held.size() < kMostHeld) {
            listener->held.push_back(text);
        } else {
            listener->stream->close();
        }
    }
    prune();
}

void EventBroker::close_all() {
    for (const std::shared_ptr<Listener>& listener : listeners_) listener->stream->close();
    listeners_.clear();
    timer_.cancel();
}

void EventBroker::keep_alive_tick() {
    for (const std::shared_ptr<Listener>& listener : listeners_) {
        listener->stream->write(": keep-alive\n\n");
    }
    prune();
    timer_ = loop_.after(keep_alive_, [this] { keep_alive_tick(); });
}

void EventBroker::prune() {
    std::erase_if(listeners_, [](const std::shared_ptr<Listener>& listener) {
        return !listener->stream->open();
    });
}

}  // namespace tocsin::bridge
