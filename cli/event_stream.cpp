#include "cli/event_stream.h"

#include <utility>

#include "base/core/strings.h"

namespace tocsin::cli {

std::vector<StreamEvent> EventStream::feed(std::string_view bytes) {
    std::vector<StreamEvent> out;
    for (const char c : bytes) {
        // A line ends with CR, LF or both.
        const bool second = std::exchange(after_cr_, c == '\r') && c == '\n';
        if (second) continue;
        if (c == '\r' || c == '\n') {
            line(std::exchange(line_, {}), out);
        } else if (line_.size() < kMostBytes) {
            line_ += c;
        } else {
            too_long_ = true;
        }
    }
    return out;
}

void EventStream::line(std::string_view text, std::vector<StreamEvent>& out) {
    if (!text.empty()) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) return field(text, "");
        std::string_view value = text.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        return field(text.substr(0, colon), value);
    }
    if (has_data_ && !too_long_) {
        out.push_back({id_, type_.empty() ? "message" : type_, std::move(data_)});
    }
    begin_event();
}

// A comment has no name and is none of these.
void EventStream::field(std::string_view name, std::string_view value) {
    if (name == "event") type_ = value;
    if (name == "id" && value.find('\0') == std::string_view::npos) id_ = value;
    if (name == "retry") {
        const auto milliseconds = parse_int(value);
        if (milliseconds && *milliseconds >= 0) retry_ = Duration(*milliseconds);
    }
    if (name != "data") return;
    if (data_.size() + value.size() > kMostBytes) {
        too_long_ = true;
        return;
    }
    if (std::exchange(has_data_, true)) data_ += '\n';
    data_ += value;
}

void EventStream::ended() {
    line_.clear();
    after_cr_ = false;
    begin_event();
}

void EventStream::begin_event() {
    type_.clear();
    data_.clear();
    has_data_ = false;
    too_long_ = false;
}

}  // namespace tocsin::cli
