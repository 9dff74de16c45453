// What a Reply points at. For base/net's own sources only.
#pragma once

#include <memory>
#include <string>

#include "base/net/http_server.h"

namespace tocsin::net {

class Session;

struct Reply::State {
    State() = default;
    ~State();  // unanswered: 500
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    std::weak_ptr<Session> session;
    std::string path;  // for the log
    bool answered = false;
};

}  // namespace tocsin::net
