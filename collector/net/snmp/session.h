// A conversation with one device, in our words. Everything on the loop; what is destroyed calls
// nobody any more.
#pragma once

#include <functional>
#include <memory>

#include "base/core/result.h"
#include "collector/net/snmp/walk.h"

namespace tocsin::collector::snmp {

using Answered = std::function<void(Result<Response>)>;

class Session {
  public:
    virtual ~Session() = default;
    // One request at a time, repeated where no answer comes. `done` is never called inside; it may
    // destroy the session. After an error the session is of no more use.
    virtual void send(const Request& request, Answered done) = 0;
};

using Connected = std::function<void(Result<std::unique_ptr<Session>>)>;

class Connector {
  public:
    virtual ~Connector() = default;
    // Finds the device and, for version 3, its engine. `done` is never called inside.
    virtual void connect(Connected done) = 0;
    virtual void cancel() = 0;  // of a connect() under way
    // Whether the secrets' files have changed since the last connect().
    virtual bool secrets_changed() const = 0;
};

}  // namespace tocsin::collector::snmp
