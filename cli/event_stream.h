// Reads server-sent events (WHATWG HTML, 9.2.6 "Interpreting an event stream") as their bytes come.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"

namespace tocsin::cli {

struct StreamEvent {
    std::string id;  // the newest one so far, this event's or an earlier one's; "" for none
    std::string type = "message";
    std::string data;
};

class EventStream {
  public:
    // An event longer than this is left out.
    static constexpr std::size_t kMostBytes = std::size_t{16} * 1024 * 1024;

    // The events that these bytes complete.
    std::vector<StreamEvent> feed(std::string_view bytes);
    // The connection has ended: what was begun will not come. The last id stays.
    void ended();

    const std::string& last_id() const { return id_; }
    // As the server asks for: so long before a new connection.
    std::optional<Duration> retry() const { return retry_; }

  private:
    void line(std::string_view text, std::vector<StreamEvent>& out);
    void field(std::string_view name, std::string_view value);
    void begin_event();

    std::string line_;  // begun
    bool after_cr_ = false;
    std::string type_;
    std::string data_;
    bool has_data_ = false;
    bool too_long_ = false;
    std::string id_;
    std::optional<Duration> retry_;
};

}  // namespace tocsin::cli
