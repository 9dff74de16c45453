// The fixture that has every key, key by key.
#include <catch2/catch.hpp>

#include "bridge/config/config.h"
#include "reading.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("a full configuration compiles to what it says") {
    Diagnostics d("full.yml");
    const auto read =
        read_config({"full.yml", slurp(kFixtures / "full.yml")}, loader_in(kFixtures, ""), d);
    INFO(d.text());
    REQUIRE(read);
    CHECK(d.all().empty());
    const BridgeConfig& c = *read;
    CHECK(c.listen == "0.0.0.0:9840");
    CHECK(c.tls == TlsFiles{"/etc/tocsin/cert.pem", "/etc/tocsin/key.pem"});
    CHECK(c.url == "https://tocsin.example:9840");
    CHECK(c.language == "zh-CN");
    CHECK(c.timezone == "Asia/Shanghai");
    CHECK(c.log.level == "warning");
    CHECK(c.log.format == "json");
    CHECK(c.files == std::vector<std::string>{"full.yml", "web.yml"});

    CHECK(c.loopback == LoopbackWithoutToken::kAdmit);
    REQUIRE(c.tokens.size() == 6);
    CHECK(c.tokens[4].role == Role::kReporter);
    CHECK(c.tokens[1].name == "prometheus");
    CHECK(c.tokens[1].role == Role::kAgent);
    CHECK(c.tokens[3].role == Role::kAdmin);
    CHECK(c.incidents.expire_unknown ==
          std::map<std::string, Duration, std::less<>>{{"prometheus", 15min}});
    CHECK(c.incidents.stable == 2min);
    CHECK(c.incidents.reopen == 1h);
    CHECK(c.incidents.resolve_grace == 5min);
    CHECK(c.incidents.close_after == 12h);
    CHECK(c.incidents.lapse_p1 == 3min);
    CHECK(c.incidents.lapse_p2 == 10min);
    CHECK(c.incidents.flapping.openings == 4);
    CHECK(c.incidents.flapping.within == 20min);
    CHECK(c.incidents.flapping.quiet == 15min);
    CHECK(c.incidents.storms.more_than == 30);
    CHECK(c.incidents.storms.within == 2min);
    CHECK(c.knowledge.after == 5);
    CHECK(c.knowledge.within == 60 * 24h);
    CHECK(c.knowledge.review_due == 14 * 24h);
    CHECK(c.incidents.storms.by == std::vector<std::string>{"alertname", "site"});
    CHECK(c.incidents.storms.fuse == 50);
    REQUIRE(c.expects.size() == 2);
    CHECK(c.expects[0].name == "alertname=\"Watchdog\"");
    CHECK(c.expects[0].every == 5min);
    CHECK(c.expects[0].severity == "critical");
    CHECK(c.expects[1].name == "nightly backup");
    CHECK(c.expects[1].by == std::vector<std::string>{"host"});
    CHECK(c.expects[1].severity == "page");
    REQUIRE(c.open_when.size() == 2);
    CHECK(c.open_when[0].name == "alertname=\"HighLatency\"");
    CHECK(c.open_when[0].count == 3);
    CHECK(c.open_when[0].in == 10min);
    CHECK(c.open_when[1].held == 2min);
    REQUIRE(c.observe.size() == 1);
    CHECK(c.observe[0].size() == 2);
    CHECK(c.hosts.join == 7min);
    CHECK(c.hosts.heartbeat == 10s);
    CHECK(c.hosts.deadline == 45s);
    CHECK(c.hosts.goodbye_grace == 6min);
    CHECK(c.hosts.restart_hold == 4min);

    CHECK(c.priorities.severities ==
          std::vector<std::string>{"info", "warning", "page", "critical"});
    CHECK(c.priorities.urgency.at("page") == Urgency::kHigh);
    CHECK(c.priorities.urgency.at("info") == Urgency::kLow);  // the default's
    const Labels shop = {{"service", "shop"}};
    CHECK(c.priorities.priority(shop, "critical") == Priority::kP1);
    CHECK(c.priorities.priority(shop, "warning") == Priority::kP1);  // matrix.high: P1 P1 P2
    CHECK(c.priorities.priority(shop, "info") == Priority::kP2);
    CHECK(c.priorities.priority({{"tier", "3"}}, "warning") == Priority::kP3);

    REQUIRE(c.calendars.size() == 3);
    CHECK(c.calendar("7x24")->always);
    CHECK(c.calendar("always")->always);
    const Calendar& office = *c.calendar("office");
    CHECK(office.zone.name() == "Asia/Shanghai");  // the bridge's
    CHECK(office.week[4] == std::vector<DayHours>{{9h, 12h}, {13h, 17h}});
    CHECK(office.week[5].empty());
    CHECK(office.holidays.size() == 2);
    CHECK(office.workdays.size() == 1);
    CHECK(c.calendar("gone") == nullptr);

    const SlaTargets& sla = c.incidents.sla.targets;
    CHECK(sla.at(Priority::kP1) == SlaTarget{15min, 4h, "always"});
    CHECK(sla.at(Priority::kP3) == SlaTarget{std::nullopt, 48h, "office"});
    CHECK(sla.size() == 2);
    CHECK(c.incidents.sla.calendars == c.calendars);
    CHECK(c.incidents.sla.reason("vendor")->pauses_at_most == 5 * 24h);
    CHECK(c.incidents.sla.reason("window")->pauses_at_most == 0s);
    CHECK(c.priorities.services[0].sla.at(Priority::kP1).resolve == 2h);
    CHECK(c.routes[2].sla.at(Priority::kP2).respond == 10min);
    CHECK(c.incidents.acknowledge_for == std::map<Priority, Duration>{{Priority::kP1, 2h}});

    CHECK(c.incidents.pending_reminder == 12h);
    CHECK(c.incidents.causes == std::vector<std::string>{"hardware", "change"});
    CHECK(c.incidents.close_needs.at(Priority::kP1).size() == 3);
    CHECK(c.incidents.close_needs.at(Priority::kP2).empty());
    CHECK(c.incidents.major_after == std::map<Priority, Duration>{{Priority::kP1, 1h}});
    CHECK(c.incidents.major_update == 20min);
    CHECK(c.oncall.vendor("acme")->contacts[0].address == "help@acme.example");
    CHECK(c.oncall.person("acme") == nullptr);

    REQUIRE(c.oncall.people.size() == 3);
    const Person& li = *c.oncall.person("li.na");
    CHECK(li.display == "李娜");
    CHECK(li.contacts[0] ==
          Contact{"mail", "li.na@example.com", {kPriorities.begin(), kPriorities.end()}, 0s});
    CHECK(li.contacts[1] == Contact{"hook",
                                    "https://pager.example/li.na",
                                    {Priority::kP1},
                                    5min,
                                    li.contacts[1].hours,
                                    Readership::kProgram});
    CHECK(*li.contacts[1].hours == office);
    CHECK(c.oncall.person("zhao.lei")->contacts[0].address == "https://hooks.example/tocsin");
    CHECK(c.oncall.team("web")->policy == "web");  // the one with its name
    CHECK(c.oncall.team("dba")->policy == "night");
    CHECK(c.oncall.team("web")->lead == "zhao.lei");
    const Policy& night = *c.oncall.policy("night");
    REQUIRE(night.response.size() == 3);
    CHECK(night.response[1].after == 10min);
    CHECK(night.response[1].tell[0] == Target{Target::Kind::kLead, "web"});
    CHECK(night.response[0].repeat == 4min);
    CHECK(night.response[0].tell[1] == Target{Target::Kind::kRotation, "dba-primary"});
    CHECK(night.response[2].priorities == std::vector<Priority>{Priority::kP1, Priority::kP2});
    CHECK(*night.response[2].hours == office);
    REQUIRE(c.oncall.rotations.size() == 2);
    const RotationLayer& weekly = c.oncall.rotation("dba-primary")->layers.at(0);
    CHECK(weekly.zone.name() == "Europe/Berlin");
    CHECK(weekly.period == 24h * 7);
    CHECK(format_rfc3339(weekly.starts) == "2026-01-05T08:00:00.000Z");  // 09:00 in Berlin
    CHECK(weekly.people == std::vector<std::string>{"zhao.lei", "wang.wei"});
    const Rotation& layered = *c.oncall.rotation("web-primary");
    REQUIRE(layered.layers.size() == 2);
    CHECK(layered.layers[0].zone.name() == "Asia/Shanghai");  // the bridge's
    CHECK(layered.layers[1].period == 12h);
    CHECK(layered.layers[1].only.week[5] == std::vector<DayHours>{{0h, 24h}});
    CHECK(c.oncall.hours.of(Priority::kP2) == nullptr);
    CHECK(*c.oncall.hours.of(Priority::kP3) == office);
    CHECK(c.oncall.hours.of(Priority::kP4) == nullptr);  // said so
    CHECK(c.oncall.hours.digest == std::vector<Priority>{Priority::kP3, Priority::kP4});
    REQUIRE(night.resolution.size() == 2);
    CHECK(night.resolution[0].percent == 50);
    CHECK(night.resolution[1].tell[0] == Target{Target::Kind::kManager, "web"});
    CHECK(c.oncall.catch_all == std::vector<Target>{{Target::Kind::kPerson, "wang.wei"}});

    const auto& mail = std::get<EmailChannel>(c.channel("mail")->settings);
    CHECK(mail.server == "smtp.example:587");
    CHECK(mail.security == MailSecurity::kStartTls);
    CHECK(mail.password_file == "/etc/tocsin/smtp.password");
    CHECK(std::get<WebhookChannel>(c.channel("hook")->settings).secret_file ==
          "/etc/tocsin/hook.secret");

    // A vendor's limits unless the file says others.
    CHECK(c.channel("mail")->rates.empty());
    CHECK(c.channel("ding")->rates == std::vector<Rate>{{10, 1min}});
    CHECK(c.channel("wecom")->rates == std::vector<Rate>{{20, 1min}});
    CHECK(c.channel("feishu")->rates == std::vector<Rate>{{100, 1min}, {5, 1s}});
    CHECK(c.channel("slack")->rates == std::vector<Rate>{{1, 1s}, {20, 1min}});
    CHECK(c.channel("teams")->rates == std::vector<Rate>{{2, 1s}});
    CHECK(c.channel("hook")->rates.empty());
    CHECK(c.channel("sms")->per_contact == std::vector<Rate>{{5, 15min}, {11, 1h}, {21, 3h}});
    CHECK(c.channel("ding")->readership == Readership::kGroup);
    CHECK(c.channel("sms")->readership == Readership::kPerson);
    CHECK(c.channel("pager")->readership == Readership::kProgram);
    const auto& ding = std::get<DingtalkChannel>(c.channel("ding")->settings);
    CHECK(ding.url == "https://oapi.dingtalk.com/robot/send");
    CHECK(ding.secret_file == "/etc/tocsin/ding.secret");
    CHECK(std::get<PagerdutyChannel>(c.channel("pager")->settings).severities.at("page") ==
          "error");
    const auto& sms = std::get<HttpChannel>(c.channel("sms")->settings);
    CHECK(sms.max_length == 200);
    CHECK(sms.expect == "\"code\":0");
    REQUIRE(sms.body.names == std::vector<std::string>{"to", "text", "type", "sign"});
    CHECK(sms.body.children[0].kind == BodyNode::Kind::kList);
    CHECK(sms.body.children[1].text == "{{ .Text }}");
    CHECK(sms.body.children[2].kind == BodyNode::Kind::kLiteral);
    CHECK(c.channel("sms")->templates.subject == "{{ .Headline }}");
    CHECK(std::get<CommandChannel>(c.channel("modem")->settings).timeout == 10s);
    const auto& contacts = c.oncall.person("zhao.lei")->contacts;
    REQUIRE(contacts.size() == 9);
    CHECK(contacts[1].address == "13800000000");
    CHECK(contacts[3].address.empty());
    CHECK(contacts[7].address == "+8613800000000");
    CHECK(c.links.expire == 2h);
    CHECK(c.links.key_file == "/etc/tocsin/link.key");

    REQUIRE(c.routes.size() == 4);
    CHECK(c.routes[0].also);
    CHECK(c.routes[1].name == R"(team="web",env!="prod")");  // included files' first
    CHECK(c.routes[2].priority_at_most == Priority::kP2);
    CHECK(c.routes[2].calendar == "office");
    CHECK(c.routes[2].tickets == std::vector<std::string>{"desk"});
    CHECK(c.routes[3].tickets.empty());
    const Channel* desk = c.channel("desk");
    REQUIRE(desk != nullptr);
    CHECK(std::get<WebhookChannel>(desk->settings).url == "https://desk.example/tocsin");
    CHECK(std::get<WebhookChannel>(desk->settings).secret_file == "/etc/tocsin/desk.secret");
    CHECK(c.routes[3].name == "rest");
    CHECK(c.routes[3].reopen == 30min);
    CHECK(c.routes[3].stable == 30s);
    REQUIRE(c.inhibit.size() == 1);
    CHECK(c.inhibit[0].source.size() == 1);
    CHECK(c.inhibit[0].target.at(0).text() == R"(severity="warning")");
    CHECK(c.inhibit[0].equal == std::vector<std::string>{"alertname", "host"});
    REQUIRE(c.maintenance.size() == 3);
    CHECK(c.maintenance[0].name == "patch night");
    CHECK(c.maintenance[0].lasts == 3h);
    CHECK(c.maintenance[0].zone.name() == "Asia/Shanghai");  // the bridge's
    CHECK(c.maintenance[0].by == "wang.wei");
    CHECK(c.maintenance[0].change == "CHG-1201");
    CHECK(c.maintenance[1].zone.name() == "Europe/Berlin");
    CHECK(&c.route_named("rest") == &c.routes[3]);
    CHECK(&c.route_named("gone") == &c.routes[3]);
}
