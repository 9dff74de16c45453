#include "agent/deliver/alert_body.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::agent;

namespace {

const Timestamp kThen = from_unix_ms(1'700'000'000'000);

Alert alert(const std::string& severity, Timestamp starts, std::optional<Timestamp> ends) {
    Alert a;
    a.labels = Labels{{"alertname", "Disk"}, {"severity", severity}};
    a.annotations = {{"summary", "值\"班\""}};
    a.starts_at = starts;
    a.ends_at = ends;
    return a;
}

OutboxRow row(std::int64_t id, const std::vector<Alert>& alerts, Timestamp created = kThen) {
    return {id, make_record("disk", 1, created, alerts)};
}

}  // namespace

TEST_CASE("what fires ends after the moment of sending, what ended keeps its end") {
    // A rise, as the rules tell it: the new level fires, the old one ends now.
    const auto rise =
        row(1, {alert("critical", kThen, kThen + 240s), alert("warning", kThen - 600s, kThen)});
    const Timestamp hour_later = kThen + 1h;
    const RowsBody body = rows_body(std::vector{rise}, hour_later, 240s);
    const auto alerts = parse_alerts(body.json).value();
    REQUIRE(alerts.size() == 2);
    REQUIRE(alerts[0].labels.get("severity") == "critical");
    REQUIRE(alerts[0].ends_at == hour_later + 240s);
    REQUIRE(alerts[0].starts_at == kThen);
    REQUIRE(alerts[0].annotations.at("summary") == "值\"班\"");
    REQUIRE(alerts[1].ends_at == kThen);
}

TEST_CASE("a firing alert without an end gets one") {
    const RowsBody body =
        rows_body(std::vector{row(1, {alert("warning", kThen, std::nullopt)})}, kThen, 240s);
    REQUIRE(parse_alerts(body.json).value()[0].ends_at == kThen + 240s);
}

TEST_CASE("several rows become one array in their order, and what is no alert is named") {
    OutboxRow broken = row(2, {});
    broken.record.body = "{not json";
    OutboxRow other = row(4, {});
    other.record.body = "[1]";
    const std::vector rows{row(1, {alert("warning", kThen, kThen + 240s)}), broken,
                           row(3, {alert("warning", kThen, kThen)}), other};
    const RowsBody body = rows_body(rows, kThen, 240s);
    REQUIRE(body.ids == std::vector<std::int64_t>{1, 3});
    REQUIRE(body.unreadable == std::vector<std::int64_t>{2, 4});
    const auto alerts = parse_alerts(body.json).value();
    REQUIRE(alerts.size() == 2);
    REQUIRE(alerts[0].ends_at == kThen + 240s);
    REQUIRE(alerts[1].ends_at == kThen);
    REQUIRE(rows_body({}, kThen, 240s).json == "[]");
}

TEST_CASE("an alert that a set-back clock ends before it started is resolved all the same") {
    const Record r = make_record("disk", 7, kThen, {alert("warning", kThen + 60s, kThen)});
    REQUIRE(r.alert == "disk");
    REQUIRE(r.seq == 7);
    REQUIRE(parse_alerts(r.body).value()[0].ends_at == kThen);
    // Nor does the sending take it for one that fires.
    OutboxRow sent = row(1, {});
    sent.record = r;
    const auto alerts = parse_alerts(rows_body(std::vector{sent}, kThen + 5s, 240s).json).value();
    REQUIRE(alerts[0].ends_at == kThen);
    REQUIRE(alerts[0].starts_at == kThen);
}

TEST_CASE("an alert that began after what the set-back clock says began now") {
    std::vector<Alert> alerts{alert("warning", kThen + 3600s, kThen + 240s),
                              alert("warning", kThen - 60s, kThen + 240s)};
    begin_by_now(alerts, kThen);
    REQUIRE(alerts[0].starts_at == kThen);
    REQUIRE(alerts[0].ends_at == kThen + 240s);
    REQUIRE(alerts[1].starts_at == kThen - 60s);
}
