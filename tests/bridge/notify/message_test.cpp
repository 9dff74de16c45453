#include "bridge/notify/message.h"

#include <catch2/catch.hpp>

#include "bridge/incident/liveness.h"
#include "bridge/incident/title.h"
#include "bridge/notify/content.h"
#include "bridge/notify/link.h"
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

TEST_CASE("what the bridge named itself is named in the reader's language") {
    World world;
    world.oncall.people[0].language = "zh-CN";
    Incident storm = incident_with(world, {});
    storm.kind = Incident::Kind::kStorm;
    storm.title = "Storm: alertname=\"HighLoad\" on 21 hosts";
    storm.storm_group = "alertname=\"HighLoad\"";
    storm.hosts = 21;
    CHECK(made(world, storm, to("zhao.lei")).title == storm.title);
    CHECK(made(world, storm, to("li.na")).title ==
          "告警风暴：21 台主机上的 alertname=\"HighLoad\"");
    Incident overflow = storm;
    overflow.kind = Incident::Kind::kOverflow;
    overflow.children = 40;
    CHECK(made(world, overflow, to("zhao.lei")).title == "Overflow: 40 more incidents on 21 hosts");
    CHECK(made(world, overflow, to("li.na")).title == "事件过多：21 台主机上另有 40 个事件");
    Incident join =
        incident_with(world, {world.alert("A", "warning"), world.alert("B", "warning")});
    join.kind = Incident::Kind::kJoin;
    join.facts.title = {{"words", "join"}, {"host", "web-9"}, {"alerts", "2"}};
    CHECK(made(world, join, to("zhao.lei")).title == "New host web-9: 2 alerts");
    CHECK(made(world, join, to("li.na")).title == "新主机 web-9：2 条告警");
}

TEST_CASE("a message says the incident's category in the reader's words") {
    World world;
    world.oncall.people[0].language = "zh-CN";
    Incident incident = incident_with(world, {});
    const auto category = [&](const char* person) {
        for (const Row& row : content_of(made(world, incident, to(person))).rows) {
            if (row.label == "Category" || row.label == "分类") return row.label + " " + row.value;
        }
        return std::string();
    };
    CHECK(category("li.na").empty());
    struct Case {
        const char* name;
        const char* zh;
    };
    for (const Case& c :
         {Case{"server", "服务器"}, Case{"network", "网络"}, Case{"database", "数据库"},
          Case{"middleware", "中间件"}, Case{"application", "应用"}, Case{"security", "安全"},
          Case{"facility", "机房设施"}, Case{"storage", "storage"}}) {
        incident.facts.category = c.name;
        CHECK(category("li.na") == std::string("分类 ") + c.zh);
        CHECK(category("zhao.lei") == std::string("Category ") + c.name);
    }
}

TEST_CASE("an alert that the bridge raised is told in the reader's language and zone") {
    World world;
    world.oncall.people[0].language = "zh-CN";
    HostRecord host;
    host.host = "web-9";
    host.last_heartbeat = world.now;
    const HostChange silent = check_host(host, world.now, LivenessSettings{}, world.now + 1h);
    REQUIRE(silent.alerts.size() == 1);
    AlertRecord alert = world.alert("HostUnreachable", "critical");
    alert.annotations = silent.alerts[0].annotations;
    alert.source = std::string(kSourceBridge);
    world.now += 1h;
    const Decision opened =
        open({"INC-2026-000001", "host:web-9", alert, {}}, world.context(), world.now);
    CHECK(title_words(opened.next) == EntryData{{"words", "host_unreachable"},
                                                {"host", "web-9"},
                                                {"heard", format_rfc3339(host.last_heartbeat)}});
    MessageSettings settings;
    settings.timezone = "Asia/Shanghai";
    const auto told = [&](const char* person) {
        return make_message(opened.next, to(person), {}, world.oncall, settings, "id", world.now);
    };
    const std::string when = local_time(host.last_heartbeat, "Asia/Shanghai");
    CHECK(told("zhao.lei").title == "web-9 has not been heard of since " + when);
    CHECK(told("zhao.lei").alerts.at(0).summary == told("zhao.lei").title);
    CHECK(told("li.na").title == "主机失联：web-9，自 " + when + " 起没有消息");
    CHECK(told("li.na").alerts.at(0).summary == told("li.na").title);
    // Nobody else's annotations are taken for them.
    alert.source = "agents";
    const Decision foreign =
        open({"INC-2026-000001", "host:web-9", alert, {}}, world.context(), world.now);
    CHECK(title_words(foreign.next).empty());
    CHECK(foreign.next.title == alert.annotations.at("summary"));
}

TEST_CASE("since is when the fault began, not when the incident opened") {
    World world;
    AlertRecord early = world.alert("DiskFull", "critical");
    early.starts_at = world.now - 3h;
    CHECK(made(world, incident_with(world, {early}), to("li.na")).since == world.now - 3h);
    early.starts_at = world.now + 1min;  // the sender's clock is ahead
    CHECK(made(world, incident_with(world, {early}), to("li.na")).since == world.now);
    Incident reported = incident_with(world, {});
    reported.facts.since = world.now - 1h;
    CHECK(made(world, reported, to("li.na")).since == world.now - 1h);
}

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

TEST_CASE("the headline says which step of how many, unless its policy has fewer by now") {
    World world;
    Incident incident = incident_with(world, {});
    CHECK(content_of(made(world, incident, to("li.na"))).headline == "Not acknowledged, step 2");
    incident.policy = "web";
    CHECK(content_of(made(world, incident, to("li.na"))).headline ==
          "Not acknowledged, step 2 of 3");
    world.oncall.people[0].language = "zh-CN";
    CHECK(content_of(made(world, incident, to("li.na"))).headline ==
          "无人认领，升级到第 2 步（共 3 步）");
    world.oncall.policies[0].response.resize(1);
    CHECK(content_of(made(world, incident, to("li.na"))).headline == "无人认领，升级到第 2 步");
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

TEST_CASE("a vendor reads what it was asked, whatever it is told, and nothing of the work within") {
    World world;
    world.oncall.vendors.push_back(world.oncall.vendors.front());
    world.oncall.vendors.back().name = "globex";
    const Incident incident = incident_with(world, {world.alert("DiskFull", "critical")});
    const std::vector<TimelineEntry> timeline = {
        {world.now, "vendor_asked", "li.na", "li.na asks acme: a disk", {{"vendor", "acme"}}},
        {world.now, "note", "li.na", "acme is slow again", {}},
        {world.now, "vendor_asked", "li.na", "li.na asks globex: an offer", {{"vendor", "globex"}}},
        {world.now, "public_note", "li.na", "soon", {}}};
    Background background;
    background.articles = {{"ART-2026-000001", "Whom to call", {}}};
    for (const MessageKind kind :
         {MessageKind::kVendor, MessageKind::kEscalated, MessageKind::kResolved}) {
        INFO(to_string(kind));
        Notify notify = to("acme");
        notify.kind = kind;
        Message message = made(world, incident, notify, timeline);
        add_background(message, background, "https://tocsin.example");
        REQUIRE(message.timeline.size() == 1);
        CHECK(message.timeline[0].text == "li.na asks acme: a disk");
        CHECK(message.told.empty());
        CHECK(message.runbook.empty());
        // By a step of a policy it is told what fires, as whoever takes it is.
        CHECK(message.alerts.empty() == (kind == MessageKind::kVendor));
    }
    CHECK(made(world, incident, to("li.na"), timeline).timeline.size() == 4);
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
    AlertRecord labelled = world.alert("DiskFull", "critical");
    LabelsBuilder labels(labelled.labels);
    labels.set("runbook_url", "/runbooks/ByLabel");
    labelled.labels = labels.build();
    CHECK(made(world, incident_with(world, {labelled}), to("li.na")).runbook ==
          "https://tocsin.example/runbooks/ByLabel");
    labelled.annotations["runbook_url"] = "https://wiki.example/b";  // the annotation counts first
    CHECK(made(world, incident_with(world, {labelled}), to("li.na")).runbook ==
          "https://wiki.example/b");
    CHECK(runbook_for("//wiki.example/a") == "//wiki.example/a");
}

TEST_CASE("what is too long is cut between characters") {
    const World world;
    AlertRecord alert = world.alert("A", "critical");
    std::string text;
    for (int i = 0; i < 3000; ++i) text += "汉";
    alert.annotations["summary"] = text;
    const Message message = made(world, incident_with(world, {alert}), to("li.na"));
    const std::string& summary = message.alerts.front().summary;
    CHECK(summary.ends_with("汉…"));
    CHECK(summary.size() <= 4096);
    CHECK(summary.find("\xef\xbf\xbd") == std::string::npos);  // no broken character
}

TEST_CASE("a digest tells each incident once, in a language that its readers share") {
    World world;
    world.oncall.people[0].language = "zh-CN";
    const Incident one = world.opened("critical").next;
    Incident two = one;
    two.key = "INC-2026-000002";
    two.priority = Priority::kP1;
    const Notify na = to("li.na");
    const Notify lei = to("zhao.lei");
    const MessageSettings settings{"https://tocsin.example", "en", "Asia/Shanghai"};
    const auto digest = [&](const std::vector<std::pair<const Incident*, const Notify*>>& parts) {
        return make_digest(parts, world.oncall, settings, "key", world.now);
    };
    const Message own = digest({{&one, &na}, {&two, &na}, {&one, &na}});
    CHECK(own.language == "zh-CN");
    CHECK(own.priority == Priority::kP1);
    REQUIRE(own.digest.size() == 2);
    CHECK(own.digest[0].key == "INC-2026-000002");  // the worst
    CHECK(own.digest[1].key == "INC-2026-000001");
    CHECK(own.url == "https://tocsin.example/?state=open");
    CHECK(digest({{&one, &na}, {&two, &lei}}).language == "en");
}

TEST_CASE("a message of no incident leads to the silences, and nothing of it can be acknowledged") {
    World world;
    Incident none;
    none.title = "DiskFull on web-1";
    none.opened_at = world.now;
    Notify ending = to("li.na");
    ending.kind = MessageKind::kSilenceEnding;
    const MessageSettings settings{"https://tocsin.example", "en", "UTC"};
    Message message =
        make_message(none, ending, {}, world.oncall, settings, "silence-7", world.now);
    CHECK(message.url == "https://tocsin.example/silences");
    const Content content = content_of(message);
    CHECK(content.subject == "[P3] Silence ends soon: DiskFull on web-1");
    CHECK(content.brief ==
          "[P3] Silence ends soon: DiskFull on web-1 https://tocsin.example/silences");
    for (const Row& row : content.rows) CHECK(row.value != "nobody");
    CHECK(links_of(none, ending.kind, "li.na", Secret("key"), "https://tocsin.example", world.now)
              .empty());
    // Two of them are two lines of a digest.
    Incident other = none;
    other.title = "Load on web-2";
    const Message digest = make_digest({{&none, &ending}, {&other, &ending}}, world.oncall,
                                       settings, "key", world.now);
    CHECK(digest.digest.size() == 2);
}

TEST_CASE("a line of a digest says of a rise whether somebody had acknowledged it") {
    World world;
    const Incident open = world.opened("critical").next;
    Incident owned = open;
    owned.key = "INC-2026-000002";
    owned.state = State::kAcknowledged;
    Notify raised = to("li.na");
    raised.kind = MessageKind::kRaised;
    const MessageSettings settings{"https://tocsin.example", "en", "UTC"};
    const Content content = content_of(make_digest({{&open, &raised}, {&owned, &raised}},
                                                   world.oncall, settings, "key", world.now));
    REQUIRE(content.incidents.size() == 2);
    CHECK(content.incidents[0].starts_with("[P2] Raised to P2: "));
    CHECK(content.incidents[1].starts_with("[P2] Worse than acknowledged, now P2: "));
}

TEST_CASE("a digest has the worst that is asked first, ends last, and says how bad it is") {
    World world;
    const Incident one = world.opened("critical").next;
    Incident worst = one;
    worst.key = "INC-2026-000002";
    worst.title = "Core switch is down";
    worst.priority = Priority::kP1;
    Incident over = worst;
    over.key = "INC-2026-000003";
    Notify asked = to("li.na");
    Notify end = asked;
    end.kind = MessageKind::kResolved;
    MessageSettings settings{"https://tocsin.example", "en", "UTC"};
    const auto digest = [&](const std::vector<std::pair<const Incident*, const Notify*>>& parts) {
        return make_digest(parts, world.oncall, settings, "key", world.now);
    };
    const Message mixed = digest({{&over, &end}, {&one, &asked}, {&worst, &asked}});
    REQUIRE(mixed.digest.size() == 3);
    CHECK(mixed.digest[0].key == worst.key);
    CHECK(mixed.digest[2].key == over.key);
    CHECK(content_of(mixed).subject == "[P1] 3 messages in one");
    CHECK(content_of(mixed).brief ==
          "[P1] 3 messages in one: Core switch is down … https://tocsin.example/?state=open");
    // What is over is no P1 any more for whoever reads the title.
    CHECK(content_of(digest({{&over, &end}, {&one, &asked}})).subject.starts_with("[P2] 2 "));
    settings.language = "zh-CN";
    const Content zh = content_of(digest({{&one, &asked}, {&worst, &asked}}));
    CHECK(zh.subject == "[P1] 汇总通知：2 条");
    CHECK(zh.brief ==
          "[P1] 汇总通知：2 条：Core switch is down …… https://tocsin.example/?state=open");
}
