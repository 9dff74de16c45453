// One connection of the HTTP server. For base/net's own sources only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/net/http_message.h"
#include "base/net/http_server.h"
#include "base/net/transport.h"

namespace tocsin::net {

// What all sessions of a server share.
struct ServerShared {
    ServerOptions options;
    Handler handler;
    std::unique_ptr<boost::asio::ssl::context> tls;
    bool stopping = false;
};

// The body of a streamed response between the handler that writes and the session that sends.
struct StreamBuffer {
    std::string pending;        // framed already
    std::size_t in_flight = 0;  // handed to the socket, not yet taken
    BodyFraming framing = BodyFraming::kChunked;
    bool open = true;  // the handler may write
    bool peer_gone = false;
};

class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(std::shared_ptr<ServerShared> shared, std::shared_ptr<Transport> transport);

    boost::asio::awaitable<void> run();
    void wind_down();  // finishes what is in flight and closes
    void abort();      // closes at once

    // From a Reply; the first one counts.
    void answer(Response response);
    std::shared_ptr<StreamBuffer> open_stream(Response head);
    void wake();

  private:
    enum class Phase { kIdle, kBusy, kStreaming };
    enum class Next { kServeAgain, kFinish, kClose };
    struct Incoming;  // Beast's parser and what has been learnt from it

    boost::asio::awaitable<Next> serve_one();
    boost::asio::awaitable<IoError> fill();  // reads some more into input_
    boost::asio::awaitable<std::optional<Response>> read_header(Incoming& incoming);
    boost::asio::awaitable<std::optional<Response>> read_body(Incoming& incoming);
    boost::asio::awaitable<IoError> wait_for_answer();
    boost::asio::awaitable<Next> send_response(const Incoming& incoming);
    boost::asio::awaitable<IoError> write_all(std::string_view bytes);
    boost::asio::awaitable<void> pump_stream();
    boost::asio::awaitable<void> watch_peer();
    boost::asio::awaitable<void> wait_for_wake();
    void call_handler(Incoming& incoming);

    std::shared_ptr<ServerShared> shared_;
    std::shared_ptr<Transport> transport_;
    boost::asio::steady_timer signal_;  // cancelled to wake the coroutine
    std::string input_;                 // read and not yet parsed
    std::string remote_;
    Phase phase_ = Phase::kIdle;
    bool aborted_ = false;
    bool http_1_0_ = false;  // of the request in hand: no chunks for it
    std::optional<Response> response_;
    std::shared_ptr<StreamBuffer> stream_;
    Response stream_head_;
};

}  // namespace tocsin::net
