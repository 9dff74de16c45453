#include "collector/host/time.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

#include <cstdlib>
#include <ctime>

namespace {

class ZoneSetting {
  public:
    explicit ZoneSetting(const char* zone) {
        const char* before = std::getenv("TZ");
        if (before != nullptr) before_ = before;
        had_ = before != nullptr;
        ::setenv("TZ", zone, 1);
        ::tzset();
    }
    ~ZoneSetting() {
        if (had_) {
            ::setenv("TZ", before_.c_str(), 1);
        } else {
            ::unsetenv("TZ");
        }
        ::tzset();
    }

  private:
    bool had_ = false;
    std::string before_;
};

}  // namespace

TEST_CASE("the time is the cycle's and the zone the process's") {
    const ZoneSetting zone("CST-8");
    const FixtureTree tree;
    Collecting time(create_time, tree);
    REQUIRE(time.collect() ==
            Values{{"node_time_seconds", 1'700'000'000.25},
                   {"node_time_zone_offset_seconds{time_zone=\"CST\"}", 8 * 3600}});
}

TEST_CASE("the offset follows summer time") {
    const ZoneSetting zone("CET-1CEST,M3.5.0,M10.5.0/3");
    REQUIRE(local_zone(from_unix_ms(1'704'067'200'000)) == Zone{"CET", 3600});   // 2024-01-01
    REQUIRE(local_zone(from_unix_ms(1'719'792'000'000)) == Zone{"CEST", 7200});  // 2024-07-01
}

TEST_CASE("clock sources are read from sysfs and followed when they change") {
    const ZoneSetting zone("UTC0");
    const std::string base = "sys/devices/system/clocksource/clocksource0/";
    const FixtureTree tree{{base + "available_clocksource", "tsc hpet acpi_pm \n"},
                           {base + "current_clocksource", "tsc\n"}};
    Collecting time(create_time, tree);
    const auto info = [](std::string_view what, std::string_view source) {
        return "node_time_clocksource_" + std::string(what) + "_info{clocksource=\"" +
               std::string(source) + "\", device=\"0\"}";
    };
    const Values values = time.collect();
    REQUIRE(values.size() == 6);
    for (const std::string_view source : {"tsc", "hpet", "acpi_pm"}) {
        REQUIRE(values.at(info("available", source)) == 1);
    }
    REQUIRE(values.at(info("current", "tsc")) == 1);
    tree.write(base + "current_clocksource", "hpet\n");
    REQUIRE(time.collect().at(info("current", "hpet")) == 1);
    REQUIRE_FALSE(time.collect().contains(info("current", "tsc")));
}
