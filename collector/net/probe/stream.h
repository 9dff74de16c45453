// One TCP connection, plain or under TLS, without blocking: one operation at a time, whose end is
// called back. Destroying it ends what runs, without a call.
#pragma once

#include <functional>
#include <string>

#include "base/core/result.h"
#include "base/net/fd_events.h"
#include "collector/net/probe/address.h"
#include "collector/net/probe/tls.h"

namespace tocsin::collector::probe {

class Stream {
  public:
    using Done = std::function<void(const Result<void>&)>;
    // What came, at most 16 KiB; "" when the peer has closed.
    using Read = std::function<void(const Result<std::string>&)>;

    explicit Stream(net::Loop& loop) : loop_(loop), events_(loop) {}
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Callbacks may come before the call returns, but for read()'s, so that a peer that floods
    // costs turns of the loop; they may destroy this object.
    void connect(const Address& to, Done done);
    void handshake(SslPtr session, Done done);
    void write(std::string bytes, Done done);
    void read(Read done);

    const SSL* tls() const { return tls_.get(); }

  private:
    void connected();
    void shake();
    void push();
    void pull();
    void wait(std::uint32_t events, void (Stream::*step)());
    bool again(int returned, void (Stream::*step)());
    void finish(const Result<void>& result);
    void finish_read(const Result<std::string>& result);

    net::Loop& loop_;
    net::Timer soon_;
    int fd_ = -1;
    SslPtr tls_;
    Done done_;
    Read read_;
    std::string out_;
    std::size_t sent_ = 0;
    net::FdEvents events_;
};

}  // namespace tocsin::collector::probe
