// Runs a target's collections one after another, each to its end, and gives what it reports.
#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/model/series.h"
#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/api/target.h"
#include "tests/support/collecting.h"
#include "tests/support/fixture_tree.h"

namespace tocsin::test {

using CreateTarget = Result<std::unique_ptr<collector::Target>> (*)(
    const std::shared_ptr<const collector::TargetConfig>&, const collector::TargetContext&);

// Its /proc, /sys and / are proc, sys and root of the tree; its state directory is state.
class TargetBench {
  public:
    TargetBench(CreateTarget create, const FixtureTree& tree,
                std::shared_ptr<const collector::TargetConfig> config)
        : create_(create), tree_(tree), config_(std::move(config)) {
        tree_.make_directory("state");
        restart();
    }

    // As the agent makes it when it starts; what the last one knew is gone.
    void restart() {
        target_.reset();
        collector::TargetContext context{{}, &table_, &loop_, &pool_, tree_.at("state")};
        context.paths.procfs = tree_.at("proc");
        auto made = create_(config_, context);
        if (!made) FAIL("not created: " << made.error().message);
        target_ = std::move(made).value();
    }
    collector::Target& target() { return *target_; }
    void use(std::shared_ptr<const collector::TargetConfig> config) { config_ = std::move(config); }

    // One collection that is to succeed.
    Values collect() {
        Values values = collect_any();
        INFO(error_);
        REQUIRE(error_.empty());
        return values;
    }
    // One collection; what went wrong is in error().
    Values collect_any() {
        bool answered = false;
        Values values;
        now_ += Duration(15s);
        target_->start(now_, [&](const Result<void>& result, collector::Readings readings) {
            answered = true;
            error_ = result ? "" : result.error().message;
            values = values_of(readings);
            loop_.stop();
        });
        const net::Timer guard = loop_.after(60s, [this] { loop_.stop(); });
        loop_.run();
        REQUIRE(answered);
        settle();
        return values;
    }
    const std::string& error() const { return error_; }

  private:
    // Until the pool's one thread has done what the collection left to it.
    void settle() {
        REQUIRE(pool_.run([] {}, [this] { loop_.stop(); }));
        loop_.run();
    }

    CreateTarget create_;
    const FixtureTree& tree_;
    std::shared_ptr<const collector::TargetConfig> config_;
    SeriesTable table_;
    net::Loop loop_;
    net::OffloadPool pool_{loop_, 1, 4};
    std::unique_ptr<collector::Target> target_;
    Timestamp now_ = from_unix_ms(1'700'000'000'000);
    std::string error_;
};

// What the section of a kind reads as, and everything that is wrong with it.
struct SectionRead {
    collector::TargetConfigs targets;
    std::vector<std::string> said;
};
inline SectionRead read_section(collector::TargetConfigs (*read)(const text::YamlNode&,
                                                                 Diagnostics&),
                                std::string_view yaml) {
    Diagnostics diagnostics("agent.yml");
    SectionRead out;
    out.targets = read(text::parse_yaml(yaml, diagnostics), diagnostics);
    for (const Diagnostic& d : diagnostics.all()) out.said.push_back(d.text());
    return out;
}

}  // namespace tocsin::test
