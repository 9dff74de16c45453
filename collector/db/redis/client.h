// One connection to a Redis server, kept between collections: questions go out together and their
// answers come back in order. On the loop.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "base/net/byte_stream.h"
#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/db/redis/config.h"
#include "collector/db/redis/resp.h"

namespace tocsin::collector {

class RedisClient {
  public:
    using Take = std::function<void(const RespReply&)>;

    // `config` outlives it.
    RedisClient(net::Loop& loop, net::OffloadPool& pool, const RedisConfig& config)
        : loop_(loop), pool_(pool), config_(config) {}

    // Begins a collection: connects, where there is no connection, and lets what is asked from now
    // on be answered. `done` is called once, never inside start(): when every question was answered
    // (those too that an answer led to), or when the connection failed.
    void start(std::function<void(const Result<void>&)> done);
    // Lets the collection and the connection go without calling `done`.
    void drop();

    // `take` gets the answer, which may be an error of the server's, and may ask for more. Not
    // called when the connection fails.
    void ask(const std::vector<std::string>& words, Take take);
    // Asks in that database. When the server has none such, `take` gets its error for that.
    void ask_in(int database, const std::vector<std::string>& words, Take take);

  private:
    void connect();
    void greet();
    void send();
    void heard(const Result<std::string_view>& bytes);
    bool take_answers();
    void answer(const RespReply& reply);
    void fail(Error why);
    void settle(const Result<void>& result);

    net::Loop& loop_;
    net::OffloadPool& pool_;
    const RedisConfig& config_;
    std::function<void(const Result<void>&)> done_;
    std::unique_ptr<net::ByteStream> stream_;
    std::unique_ptr<RespReader> reader_;
    bool open_ = false;
    std::string outgoing_;          // asked for and not sent
    std::deque<Take> waiting_;      // in the order in which answers will come
    int database_ = 0;              // what the last question will find selected
    std::string no_database_;       // the server's error for that; "" when it has it
    std::string last_error_;        // that the server said in this collection
    std::optional<Error> refused_;  // why the server lets us not in
    net::Timer soon_;
};

}  // namespace tocsin::collector
