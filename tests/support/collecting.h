// Runs a collector on a fixture tree and gives what it reports as text → value.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/model/series.h"
#include "collector/api/collector.h"
#include "tests/support/fixture_tree.h"

namespace tocsin::test {

using Values = std::map<std::string, double>;  // `name{a="1"}` → value

// Each series may stand in a cycle once.
inline Values values_of(const collector::Readings& readings) {
    Values values;
    for (const Reading& reading : readings) {
        const bool added = values.emplace(reading.series.labels().text(), reading.value).second;
        INFO(reading.series.labels().text());
        REQUIRE(added);
    }
    return values;
}

using Create = Result<std::unique_ptr<collector::Collector>> (*)(const collector::Context&);

// A collector whose /proc, /sys, / and /run/udev/data are proc, sys, root and udev of a tree.
class Collecting {
  public:
    static constexpr Timestamp kAt = from_unix_ms(1'700'000'000'250);

    Collecting(Create create, const FixtureTree& tree, collector::Settings settings = {}) {
        collector::Context context;
        context.paths.procfs = tree.at("proc");
        context.paths.sysfs = tree.at("sys");
        context.paths.rootfs = tree.at("root");
        context.paths.udev_data = tree.at("udev");
        context.settings = std::move(settings);
        context.series = &table_;
        auto created = create(context);
        if (!created) FAIL("not created: " << created.error().message);
        collector_ = std::move(created).value();
    }

    // One cycle that is to succeed.
    Values collect(Timestamp at = kAt) {
        const Values values = collect_any(at);
        INFO(error_);
        REQUIRE(error_.empty());
        return values;
    }
    // One cycle; what went wrong is in error().
    Values collect_any(Timestamp at = kAt) {
        readings_.clear();
        const Result<void> result = collector_->collect(at, readings_);
        error_ = result ? "" : result.error().message;
        return values_of(readings_);
    }
    const std::string& error() const { return error_; }
    const collector::Readings& readings() const { return readings_; }
    SeriesTable& table() { return table_; }
    collector::Collector& collector() { return *collector_; }

  private:
    SeriesTable table_;
    std::unique_ptr<collector::Collector> collector_;
    collector::Readings readings_;
    std::string error_;
};

}  // namespace tocsin::test
