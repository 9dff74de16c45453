// The addresses of names, for all probes of a loop. A name is looked up once at a time, however
// many wait for it, so that one whose server is silent holds one thread. While a lookup hangs or
// fails the last good addresses serve on for some minutes: a dead resolver is not a dead host. A
// name that does not exist any more is an answer, and has no addresses. On the loop.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/net/probe/address.h"

namespace tocsin::collector::probe {

struct NamesOptions {
    std::function<Result<Addresses>(const std::string& host)> resolve = probe::resolve;  // blocks
    Duration patience{1s};  // with a lookup that hangs, before the last good addresses are taken
    Duration keep{5min};    // how old those may be
};

class Names : public std::enable_shared_from_this<Names> {
  public:
    using Waiter = std::function<void(const Result<Addresses>&)>;

    // All probes of a loop use net::shared_by<Names>(loop).
    explicit Names(net::Loop& loop) : Names(loop, NamesOptions{}) {}
    Names(net::Loop& loop, NamesOptions options) : loop_(loop), options_(std::move(options)) {}

    // Tells the waiter once, later, while it lives.
    void find(net::OffloadPool& pool, const std::string& host,
              const std::shared_ptr<Waiter>& waiter);

  private:
    using Steady = std::chrono::steady_clock;
    struct Name {
        bool asking = false;
        Steady::time_point asked;
        Addresses good;  // of the last lookup that succeeded
        std::optional<Steady::time_point> good_at;
        bool using_old = false;  // and the log has said so
        std::vector<std::weak_ptr<Waiter>> waiting;
        net::Timer patience;
    };

    void ask(net::OffloadPool& pool, const std::string& host, Name& name);
    void answered(const std::string& host, const Result<Addresses>& answer);
    void forget_old();
    bool serves_on(const Name& name) const;
    void tell_old(const std::string& host, const std::string& why);
    static void tell(Name& name, const Result<Addresses>& answer);

    net::Loop& loop_;
    NamesOptions options_;
    std::map<std::string, Name> names_;
};

}  // namespace tocsin::collector::probe
