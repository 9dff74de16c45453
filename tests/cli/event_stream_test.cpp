// Server-sent events, cut anywhere. The cases are those of WHATWG HTML, 9.2.6.
#include "cli/event_stream.h"

#include <catch2/catch.hpp>
#include <string>

using namespace tocsin;
using namespace tocsin::cli;

namespace {

// "id type data" of each, joined by "|".
std::string read(std::string_view text, std::size_t step) {
    EventStream stream;
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += step) {
        for (const StreamEvent& event : stream.feed(text.substr(at, step))) {
            out += (out.empty() ? "" : "|") + event.id + " " + event.type + " " + event.data;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("events are read, however their bytes are cut") {
    struct Case {
        const char* text;
        const char* events;
    };
    const Case cases[] = {
        {"id: 7\nevent: incident\ndata: {}\n\n", "7 incident {}"},
        {"retry: 2000\n: connected\n\ndata: a\n\n", " message a"},
        {"data: a\ndata: b\n\ndata\n\n", " message a\nb| message "},
        {"data:a\n\ndata:  b\n\n", " message a| message  b"},
        {"id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", "7 message a|7 message b| message c"},
        {"event: x\n\ndata: a\n\n", " message a"},
        {"id: 9\r\nevent: host\r\ndata: {}\r\n\r\n", "9 host {}"},
        {"id: 9\revent: host\rdata: {}\r\r", "9 host {}"},
        {"unknown: x\ndata: a\n\ndata: cut off", " message a"},
    };
    for (const Case& one : cases) {
        for (const std::size_t step : {1U, 2U, 3U, 1000U}) {
            INFO(one.text << " by " << step);
            CHECK(read(one.text, step) == one.events);
        }
    }
}

TEST_CASE("a connection's end takes what was begun with it and leaves the place") {
    EventStream stream;
    stream.feed("retry: 150\nid: 7\ndata: a\n\nid: 8\ndata: be");
    stream.ended();
    CHECK(stream.retry() == 150ms);
    CHECK(stream.feed("gun\n\ndata: b\n\n").size() == 1);
    CHECK(stream.last_id() == "8");
}

TEST_CASE("an event without an end takes no memory without an end") {
    EventStream stream;
    const std::string much = "data: " + std::string(std::size_t{1024} * 1024, 'x') + "\n";
    for (int i = 0; i < 20; ++i) CHECK(stream.feed(much).empty());
    CHECK(stream.feed("\n").empty());
    CHECK(stream.feed("data: next\n\n").size() == 1);
}
