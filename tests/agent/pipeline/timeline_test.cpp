#include "agent/pipeline/timeline.h"

#include <catch2/catch.hpp>

using tocsin::Duration;
using tocsin::from_unix_ms;
using tocsin::agent::Timeline;

TEST_CASE("a cycle carries the wall's time while the clocks agree") {
    Timeline timeline;
    CHECK(timeline.next(from_unix_ms(1'000'000), Duration{5}).at == from_unix_ms(1'000'000));
    const auto second = timeline.next(from_unix_ms(1'015'000), Duration{15'005});
    CHECK(second.at == from_unix_ms(1'015'000));
    CHECK(second.stepped == Duration{0});
}

TEST_CASE("a small correction backwards never puts a sample before the last") {
    Timeline timeline;
    timeline.next(from_unix_ms(1'000'000), Duration{0});
    const auto second = timeline.next(from_unix_ms(999'000), Duration{1'000});
    CHECK(second.at == from_unix_ms(1'000'001));
    CHECK(second.stepped == Duration{0});
    CHECK(timeline.next(from_unix_ms(1'000'000), Duration{2'000}).at == from_unix_ms(1'000'002));
    CHECK(timeline.next(from_unix_ms(1'001'000), Duration{3'000}).at == from_unix_ms(1'001'000));
}

TEST_CASE("a step of the wall clock is reported with its size and taken at once") {
    struct Case {
        std::int64_t wall;
        std::int64_t stepped;
    };
    // A second has passed since boot; the wall says otherwise.
    for (const auto& c : {Case{1'031'000, 30'000}, Case{1'030'999, 0}, Case{971'000, -30'000},
                          Case{971'001, 0}, Case{90'000'000, 88'999'000}}) {
        INFO(c.wall);
        Timeline timeline;
        timeline.next(from_unix_ms(1'000'000), Duration{0});
        const auto moment = timeline.next(from_unix_ms(c.wall), Duration{1'000});
        CHECK(moment.stepped == Duration{c.stepped});
        if (c.stepped != 0) CHECK(moment.at == from_unix_ms(c.wall));
    }
}

TEST_CASE("a suspended host does not look like a stepped clock") {
    Timeline timeline;
    timeline.next(from_unix_ms(1'000'000), Duration{0});
    // CLOCK_BOOTTIME goes on while the host sleeps.
    CHECK(timeline.next(from_unix_ms(8'200'000), Duration{7'200'000}).stepped == Duration{0});
}
