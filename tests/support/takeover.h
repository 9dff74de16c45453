// A target that keeps its position in a file, whose collection hangs while a reload puts another in
// its place.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "tests/support/target_bench.h"

namespace tocsin::test {

// It hangs where it reads its position: that is a FIFO for it, and what it was for all others.
class Takeover {
  public:
    // `state_file` below the tree, as a collection has left it; no target runs.
    Takeover(CreateTarget create, const FixtureTree& tree,
             std::shared_ptr<const collector::TargetConfig> config, const std::string& state_file)
        : create_(create), tree_(tree), config_(std::move(config)) {
        std::ifstream in(tree.at(state_file));
        position_.assign(std::istreambuf_iterator<char>(in), {});
        REQUIRE_FALSE(position_.empty());
        tree.make_fifo("fifo");
        std::filesystem::rename(tree.at(state_file), tree.at("position"));
        std::filesystem::create_hard_link(tree.at("fifo"), tree.at(state_file));
        replace();
        start();
        fifo_ = ::open(tree.at("fifo").c_str(), O_WRONLY | O_CLOEXEC);  // waits until it is read
        REQUIRE(fifo_ >= 0);
        std::filesystem::rename(tree.at("position"), tree.at(state_file));
    }
    ~Takeover() { let_go(); }
    Takeover(const Takeover&) = delete;
    Takeover& operator=(const Takeover&) = delete;

    // As a reload does; the call of the old one goes on.
    void replace() {
        target_.reset();
        const collector::TargetContext context{{}, &table_, &loop_, &pool_, tree_.at("state")};
        auto made = create_(config_, context);
        REQUIRE(made);
        target_ = std::move(made).value();
    }
    // As when its time is over; the call goes on.
    void cancel() { target_->cancel(); }
    // The call that hangs reads on, to its end.
    void let_go() {
        if (fifo_ < 0) return;
        CHECK(::write(fifo_, position_.data(), position_.size()) ==
              static_cast<ssize_t>(position_.size()));
        ::close(std::exchange(fifo_, -1));
    }
    // One collection; "" when it succeeds.
    const std::string& collect() {
        start();
        const net::Timer guard = loop_.after(60s, [this] { loop_.stop(); });
        loop_.run();
        return error_;
    }
    // Until one succeeds: nothing but trying shows that the old call has ended.
    Values collect_at_last() {
        const auto patience = std::chrono::steady_clock::now() + 60s;
        while (!collect().empty() && std::chrono::steady_clock::now() < patience) continue;
        INFO(error_);
        REQUIRE(error_.empty());
        return values_;
    }

  private:
    void start() {
        error_ = "no answer";
        target_->start(from_unix_ms(0),
                       [this](const Result<void>& result, const collector::Readings& readings) {
                           error_ = result ? "" : result.error().message;
                           values_ = values_of(readings);
                           loop_.stop();
                       });
    }

    CreateTarget create_;
    const FixtureTree& tree_;
    std::shared_ptr<const collector::TargetConfig> config_;
    std::string position_;
    int fifo_ = -1;
    SeriesTable table_;
    net::Loop loop_;
    net::OffloadPool pool_{loop_, 2, 4};
    std::unique_ptr<collector::Target> target_;
    std::string error_;
    Values values_;
};

}  // namespace tocsin::test
