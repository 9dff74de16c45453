#include "collector/api/unmade.h"

#include <utility>

namespace tocsin::collector {
namespace {

class UnmadeCollector final : public Collector {
  public:
    explicit UnmadeCollector(Error why) : why_(std::move(why)) {}
    Result<void> collect(Timestamp, Readings&) override { return why_; }

  private:
    Error why_;
};

class UnmadeTarget final : public Target {
  public:
    UnmadeTarget(net::Loop& loop, Error why) : loop_(loop), why_(std::move(why)) {}
    void start(Timestamp, TargetDone done) override {
        soon_ = loop_.after(Duration{0}, [why = why_, done = std::move(done)] { done(why, {}); });
    }
    Readings cancel() override {
        soon_.cancel();
        return {};
    }

  private:
    net::Loop& loop_;
    Error why_;
    net::Timer soon_;
};

}  // namespace

std::unique_ptr<Collector> unmade_collector(Error why) {
    return std::make_unique<UnmadeCollector>(std::move(why));
}

std::unique_ptr<Target> unmade_target(net::Loop& loop, Error why) {
    return std::make_unique<UnmadeTarget>(loop, std::move(why));
}

}  // namespace tocsin::collector
