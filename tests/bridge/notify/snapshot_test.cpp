// Whole messages, as people read them.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "bridge/notify/dingtalk.h"
#include "bridge/notify/wecom.h"
#include "tests/support/sample_message.h"

using namespace tocsin;
using namespace tocsin::bridge;
namespace json = boost::json;

TEST_CASE("a whole message as DingTalk's group reads it") {
    const json::value body = json::parse(dingtalk_body(linked_message()));
    CHECK(body.at("msgtype") == "actionCard");
    CHECK(std::string(body.at_pointer("/actionCard/text").as_string()) ==
          "### [P2] Not acknowledged, step 2: FilesystemFilling on web-17 [INC-2026-000001]\n\n"
          "**/ is 93 % full, 4.1 GiB left**\n\n"
          "Nobody has acknowledged this incident so far. Please acknowledge it.\n\n"
          "**Incident**: INC-2026-000001 FilesystemFilling on web-17\n\n"
          "**Host**: web-17\n\n"
          "**Since**: 2026-11-22 21:22:41 (Asia/Shanghai), for 12 min\n\n"
          "**Severity**: critical\n\n"
          "**Priority**: P2\n\n"
          "**State**: triggered\n\n"
          "**Assignee**: nobody\n\n"
          "**Also told**: Zhao Lei, Wang Wei\n\n"
          "[Runbook](https://wiki.example/runbooks/disk)\n\n"
          "It grows by 2 GiB an hour.\n\n"
          "2026-11-22 21:22:41 (Asia/Shanghai)  FilesystemFilling on web-17 fires\n\n"
          "2026-11-22 21:34:41 (Asia/Shanghai)  zhao.lei: looking\n\n"
          "[Acknowledge](https://tocsin.example/l/a) | [Resolve](https://tocsin.example/l/r) | "
          "[Open](https://tocsin.example/incidents/INC-2026-000001)");
}

TEST_CASE("a whole message as WeCom's group reads it in Chinese, with a similar one") {
    Message message = linked_message();
    message.language = "zh-CN";
    message.similar = {"INC-2026-000000 / on web-17 is 91 % full (made room)"};
    message.mentions = {"lina"};
    const json::value body = json::parse(wecom_body(message));
    CHECK(std::string(body.at_pointer("/markdown/content").as_string()) ==
          "### [P2] 无人认领，升级到第 2 步：FilesystemFilling on web-17 [INC-2026-000001]\n"
          "**/ is 93 % full, 4.1 GiB left**\n"
          "该事件至今无人认领。请认领。\n"
          "**事件**：INC-2026-000001 FilesystemFilling on web-17\n"
          "**主机**：web-17\n"
          "**开始时间**：2026-11-22 21:22:41 (Asia/Shanghai)，已持续 12 分钟\n"
          "**告警级别**：严重\n"
          "**优先级**：P2\n"
          "**状态**：待认领\n"
          "**处理人**：无\n"
          "**同时通知**：Zhao Lei、Wang Wei\n"
          "**相似事件**：\n"
          "- INC-2026-000000 / on web-17 is 91 % full (made room)\n"
          "[处置手册](https://wiki.example/runbooks/disk)\n"
          "It grows by 2 GiB an hour.\n"
          "2026-11-22 21:22:41 (Asia/Shanghai)  告警 FilesystemFilling：严重，P2\n"
          "2026-11-22 21:34:41 (Asia/Shanghai)  zhao.lei：looking\n"
          "[认领](https://tocsin.example/l/a) | [解决](https://tocsin.example/l/r) | "
          "[查看](https://tocsin.example/incidents/INC-2026-000001)\n"
          "<@lina>");
}
