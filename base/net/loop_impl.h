// The loop's inside, for base/net's own sources: everything of Asio that they share.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <map>
#include <memory>
#include <typeindex>
#include <vector>

#include "base/net/loop.h"

namespace tocsin::net {

struct Loop::Impl {
    // One thread runs it: Asio then leaves out most of its locking, but post() stays safe.
    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
        io.get_executor()};
    std::vector<std::unique_ptr<boost::asio::signal_set>> signals;
    std::map<std::type_index, std::weak_ptr<void>> shared;  // base/net/loop_shared.h
};

}  // namespace tocsin::net
