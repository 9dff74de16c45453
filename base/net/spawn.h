// The one door through which a coroutine starts (Asio; base/net's own sources only).
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <utility>

#include "base/net/log.h"

namespace tocsin::net {

// Every co_await of an Asio operation takes this: errors come back as values.
inline constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

// What escapes a coroutine is a bug: it is logged and the coroutine's owner is told that it ended.
template <class Executor>
void spawn(const Executor& executor, boost::asio::awaitable<void> coroutine,
           std::function<void()> ended = {}) {
    boost::asio::co_spawn(executor, std::move(coroutine),
                          [ended = std::move(ended)](const std::exception_ptr& escaped) {
                              if (escaped) {
                                  try {
                                      std::rethrow_exception(escaped);
                                  } catch (const std::exception& e) {
                                      log_error("a coroutine threw", {{"error", e.what()}});
                                  }
                              }
                              if (ended) ended();
                          });
}

}  // namespace tocsin::net
