// The thread that owns the store's reading connection: lists never hold up the commits.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/net/loop.h"
#include "bridge/store/queries.h"

namespace tocsin::bridge {

class Reader {
  public:
    Reader(net::Loop& loop, std::unique_ptr<Queries> queries);
    ~Reader();  // what is queued is dropped
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Runs `query` on the reader's thread, then `done` with its result on the loop.
    template <class T>
    void ask(std::function<Result<T>(Queries&)> query, std::function<void(Result<T>)> done) {
        auto result = std::make_shared<std::optional<Result<T>>>();
        const bool taken = enqueue(
            [query = std::move(query), result](Queries& queries) { *result = query(queries); },
            [done, result] { done(std::move(**result)); });
        if (!taken) {
            loop_.post([done] {
                done(Error(ErrorCode::kUnavailable, "too many questions at once; try again"));
            });
        }
    }

  private:
    bool enqueue(std::function<void(Queries&)> job, std::function<void()> done);
    void loop();

    net::Loop& loop_;
    std::unique_ptr<Queries> queries_;
    std::mutex lock_;
    std::condition_variable wake_;
    std::deque<std::pair<std::function<void(Queries&)>, std::function<void()>>> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace tocsin::bridge
