// A bridge.yml in which everything that can hold, merge, delay and repeat is configured, and small
// enough that it happens.
#pragma once

#include <string_view>

namespace tocsin::bridge::test {

inline constexpr std::string_view kBusySite = R"(
timezone: Asia/Shanghai
access:
  tokens: [{name: prometheus, role: agent, token_file: /t, expire_unknown: 15m}]
incidents:
  close_after: 3h
  acknowledge_for: {P1: 30m, P2: 2h}
  major: {after: {P1: 90m}}
sla:
  P1: {respond: 10m, resolve: 1h}
  P2: {respond: 20m, resolve: 2h}
  P3: {respond: 40m, resolve: 4h, calendar: office}
calendars:
  office: {weekdays: ["mon-fri 09:00-18:00"]}
pending:
  reasons: {vendor: {pauses_at_most: 1h}, window: {}}
flapping: {openings: 4, within: 30m, quiet: 20m}
storms: {more_than: 4, within: 2m, fuse: 12}
open_when:
  - {match: ['alertname="Blip"'], held: 2m}
  - {match: ['alertname="Retry"'], count: 2, in: 20m}
observe:
  - {match: ['host="lab-1"']}
expects:
  - {name: watchdog, match: ['alertname="Watchdog"'], every: 1h}
inhibit:
  - {source: ['alertname="HostUnreachable"'], equal: [host]}
  - {source: ['alertname="SiteDown"'], target: ['alertname!="SiteDown"'], equal: [site]}
channels:
  - {name: sms, type: command, command: [/bin/sms], rate: 6/1m}
  - {name: ops, type: dingtalk, token_file: /t}
  - {name: mail, type: email, server: "smtp.example:25", security: none, from: t@example.com}
people:
  - name: li.na
    contacts:
      - {channel: sms, number: "13800000001", for: [P1, P2]}
      - {channel: mail, address: li.na@example.com}
      - {channel: ops, at: "1", for: [P1], after: 5m}
  - {name: zhao.lei, contacts: [{channel: sms, number: "13800000002"}, {channel: mail, address: z@example.com}]}
  - {name: wang.wei, contacts: [{channel: ops, at: "3", for: [P1, P2]}, {channel: mail, address: w@example.com, hours: office}]}
  - {name: chen.yu, contacts: [{channel: mail, address: c@example.com}]}
teams:
  - {name: web, members: [li.na, zhao.lei], manager: wang.wei, lead: zhao.lei, policy: web}
  - {name: dba, members: [chen.yu], policy: dba}
rotations:
  - {name: night, daily: "09:00", people: [li.na, zhao.lei], starts: 2026-01-05, only: "mon-fri 00:00-24:00"}
policies:
  - name: web
    response: [{tell: [rotation:night]}, {after: 10m, tell: [team:web]}, {after: 20m, tell: [manager:web], for: [P1, P2]}]
    resolution: {50%: [lead:web], 100%: [manager:web]}
  - {name: dba, response: [{tell: [team:dba], repeat: 10m}, {after: 30m, tell: [person:wang.wei]}]}
catch_all: [person:chen.yu]
maintenance:
  - {name: patch night, match: ['site="b"'], every: daily 03:00, for: 1h, by: li.na}
routes:
  - {name: everything, also: true, match: ['severity="critical"'], tell: [person:chen.yu]}
  - {name: db, match: ['alertname="SlowQuery"'], team: dba, reopen: 5m, stable: 3m}
  - {name: web, team: web}
)";

}  // namespace tocsin::bridge::test
