#include "bridge/notify/message.h"

#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

Incident incident_with(const World& world, std::vector<AlertRecord> alerts) {
    Incident incident;
    incident.key = "INC-2026-000009";
    incident.title = "DiskFull on web-17";
    incident.severity = "critical";
    incident.priority = Priority::kP2;
    incident.opened_at = world.now;
    incident.told = {"li.na", "zhao.lei"};
    incident.alerts = std::move(alerts);
    return incident;
}

Message made(const World& world, const Incident& incident, const Notify& notify,
             const std::vector<TimelineEntry>& timeline = {}) {
    return make_message(incident, notify, timeline, world.oncall,
                        {"https://tocsin.example", "en", "Asia/Shanghai"}, "k", world.now + 5min);
}

Notify to(std::string person) {
    Notify notify;
    notify.person = std::move(person);
    notify.channel = "mail";
    notify.address = "x@example.com";
    notify.kind = MessageKind::kEscalated;
    notify.step = 2;
    return notify;
}

}  // namespace

TEST_CASE("a message names its reader, the others who were told, and the incident's page") {
    World world;
    world.oncall.people[0].display = "李娜";
    world.oncall.people[0].language = "zh-CN";
    const Incident incident = incident_with(world, {world.alert("DiskFull", "critical")});
    const Message message = made(world, incident, to("li.na"));
    CHECK(message.recipient.name == "li.na");
    CHECK(message.recipient.display == "李娜");
    CHECK(message.recipient.address == "x@example.com");
    CHECK(message.language == "zh-CN");
    CHECK(message.told == std::vector<std::string>{"zhao.lei"});
    CHECK(message.url == "https://tocsin.example/incidents/INC-2026-000009");
    CHECK(message.host == "web-17");
    CHECK(message.kind == MessageKind::kEscalated);
    CHECK(message.step == 2);
    const Message other = made(world, incident, to("zhao.lei"));
    CHECK(other.language == "en");
    CHECK(other.told == std::vector<std::string>{"李娜"});
    CHECK(made(world, incident, to("")).recipient.name.empty());
}

TEST_CASE("what fires comes first, the worst of it first, with the first runbook") {
    const World world;
    AlertRecord resolved = world.alert("A", "critical");
    resolved.status = AlertStatus::kResolved;
    AlertRecord warning = world.alert("B", "warning");
    warning.annotations["runbook"] = "see the wiki";
    AlertRecord critical = world.alert("C", "critical");
    critical.annotations["summary"] = "line one\nline two";
    critical.annotations["runbook_url"] = "https://wiki.example/c";
    AlertRecord unknown = world.alert("D", "critical");
    unknown.status = AlertStatus::kUnknown;
    const Message message =
        made(world, incident_with(world, {resolved, unknown, warning, critical}), to("li.na"));
    std::string order;
    for (const AlertLine& alert : message.alerts) order += alert.name;
    CHECK(order == "CBDA");
    CHECK(message.runbook == "https://wiki.example/c");
    CHECK(message.alerts.front().summary == "line one line two");
    CHECK(message.firing == 2);
    CHECK(message.unknown == 1);
    CHECK(message.resolved == 1);
}

TEST_CASE("a message is bounded whatever the incident holds") {
    const World world;
    std::vector<AlertRecord> alerts(500, world.alert("A", "critical"));
    alerts.front().annotations["description"] = std::string(1'000'000, 'd');
    const std::vector<TimelineEntry> timeline(
        1000, {world.now, "note", "li.na", std::string(100'000, 't'), {}});
    const Message message = made(world, incident_with(world, alerts), to("li.na"), timeline);
    CHECK(message.alerts.size() == 10);
    CHECK(message.firing == 500);
    CHECK(message.alerts.front().description.size() < 5000);
    CHECK(message.timeline.size() == 6);
    CHECK(message.timeline.front().text.size() < 5000);
}

TEST_CASE("the tail of the timeline is the newest of it") {
    const World world;
    std::vector<TimelineEntry> timeline;
    for (int i = 0; i < 20; ++i) {
        timeline.push_back({world.now, "note", "li.na", std::to_string(i), {}});
    }
    const Message message =
        made(world, incident_with(world, {world.alert("A", "critical")}), to("li.na"), timeline);
    CHECK(message.timeline.front().text == "14");
    CHECK(message.timeline.back().text == "19");
}

TEST_CASE("a runbook of the bridge's own gets its address, others stay as they are") {
    const World world;
    const auto runbook_for = [&](const char* annotation) {
        AlertRecord alert = world.alert("A", "critical");
        alert.annotations["runbook_url"] = annotation;
        return made(world, incident_with(world, {alert}), to("li.na")).runbook;
    };
    CHECK(runbook_for("/runbooks/DiskFull") == "https://tocsin.example/runbooks/DiskFull");
    CHECK(runbook_for("https://wiki.example/a") == "https://wiki.example/a");
    CHECK(runbook_for("//wiki.example/a") == "//wiki.example/a");
}
