// What the API answers where something is not there, is not let in, or cannot be read, in Chinese.
// The English sentences stand where they are said; a test looks for their parts there. What stands
// in a last place, behind ": ", may be a sentence of this table too. The first that fits counts.
#include <array>

#include "bridge/notify/catalogue.h"

namespace tocsin::bridge {
namespace {

constexpr Phrase error(std::string_view pattern, std::string_view zh) {
    return {pattern, pattern, zh};
}

constexpr std::array kErrors = {
    // 401.
    error("send a bearer token: \"Authorization: Bearer …\"{}",
          "请提供令牌：“Authorization: Bearer …”{}"),
    error("; without one only this machine's own callers are let in, who ask for localhost, a "
          "loopback address or the host of listen or url: {}",
          "；不带令牌时，只允许本机的调用者以 localhost、回环地址或 listen、url 的主机名访问：{}"),
    error("this token is not known here", "此处没有这个令牌"),
    error("it comes from another host", "请求来自其他主机"),
    error("a proxy passed it on", "请求经代理转发"),
    error("it asks for the host \"{}\"", "请求的主机是“{}”"),
    error("it names no host", "请求未指明主机"),

    // 403.
    error("only admins send tests to others; yours is {}",
          "仅管理员可向他人发送测试；您的名字是 {}"),
    error("a reporter reads what they reported themselves", "申报人只能查看自己申报的事件"),

    // 404.
    error("there is nothing at {}", "{} 处没有内容"),
    error("there is no host {}; tocsin hosts list shows those that are",
          "没有主机 {}；现有主机见 tocsin hosts list"),
    error("there is no incident {}", "没有事件 {}"),
    error("there is no maintenance window {}", "没有维护窗口 {}"),
    error("there is no problem {}", "没有问题 {}"),
    error("there is no review {}", "没有复盘 {}"),
    error("there is no article {}", "没有知识条目 {}"),
    error("there is no message {}", "没有消息 {}"),
    error("there is no override {}", "没有替班 {}"),
    error("there is no {}", "没有 {}"),
    error("no such incident", "没有这个事件"),
    error("silence not found", "没有这个静默"),
    error("no rotation is named \"{}\"", "没有名为“{}”的轮值"),
    error("nobody is named \"{}\" in bridge.yml", "bridge.yml 中没有名为“{}”的人"),
    error("nobody is named \"{}\" in bridge.yml; say who: --as NAME",
          "bridge.yml 中没有名为“{}”的人；请用 --as NAME 指明"),

    // 409.
    error("message {} is {}; only one that was given up (dead) is sent again by hand",
          "消息 {} 的状态为 {}；只有投递失败（dead）的消息可以手动重新发送"),

    // 405, 415.
    error("this path does not take {}; it takes {}", "此路径不接受 {}，可用的方法：{}"),
    error("the body must be JSON: send \"Content-Type: application/json\"",
          "请求内容须为 JSON：请发送“Content-Type: application/json”"),

    // 400.
    error("the body is not valid JSON: {}", "请求内容不是有效的 JSON：{}"),
    error("the body must be a JSON object", "请求内容须为 JSON 对象"),
    error("field \"{}\": {}", "字段“{}”：{}"),
    error("parameter {}: {}", "参数 {}：{}"),
    error("owner: {}", "负责人：{}"),
    error("is needed", "必填"),
    error("is not one that there is", "没有这个字段"),
    error("must be text", "须为文本"),
    error("must be a whole number", "须为整数"),
    error("must be true or false", "须为 true 或 false"),
    error("must be an RFC 3339 time: {}", "须为 RFC 3339 格式的时间：{}"),
    error("must be a duration like \"1h30m\": {}", "须为时长，如“1h30m”：{}"),
    error("must be a list of texts", "须为文本列表"),
    error("must be a time, like {}", "须为时间，如 {}"),
    error("must be a number from {} to {}", "须为 {} 到 {} 的数字"),
    error("must be the `next` of a page", "须为前一页的 `next`"),
    error("must be show or hide", "须为 show 或 hide"),
    error("must be after from", "须晚于 from"),
    error("must be name=value, like {}", "须为 name=value，如 {}"),
    error("is longer than {} bytes", "超过 {} 字节"),
    error("has more than {} entries", "超过 {} 项"),
    error("at most {} bytes", "最多 {} 字节"),
    error("at most {} of them", "最多 {} 个"),
    error("must be one of {}", "须为以下之一：{}"),
    error("must be incident or request", "须为 incident（事件）或 request（服务请求）"),
    error("must be one line that says what is wrong", "须用一行说明出了什么问题"),
    error("must be yourself, {}", "须为您本人：{}"),
    error("says something else than \"since\"", "与“since”不一致"),
    error("is the bridge's own name in the timeline", "是系统在时间线中的名称"),
    error("must name at least one incident", "须指明至少一个事件"),
    error("incidents: name at least one", "请指明至少一个事件"),
    error("about: name the incident or the problem that it is about",
          "请指明所涉及的事件或问题（about）"),
    error("must be the host's new name", "须为主机的新名称"),
    error("is the name that it has", "就是现在的名称"),
    error("name what is being worked on: matchers like env=\"prod\", or a host",
          "请指明维护对象：匹配条件（如 env=\"prod\"）或主机"),
    error("is needed: how long it lasts, or \"ends_at\"",
          "必填：持续多久，或用“ends_at”指明结束时间"),
    error("the end must be after the start, and to come", "结束时间须晚于开始时间和现在"),

    // Standing in.
    error("must be cover or swap", "须为 cover（替班）或 swap（换班）"),
    error("a swap needs whom with", "换班须指明与谁交换"),
    error("is who has it anyway", "本来就由此人值班"),
    error("must say until when, or \"for\" how long", "须指明到何时为止，或用“for”指明多久"),
    error("must lie ahead", "须在将来"),
    error("must be within a year of from", "须在 from 之后一年以内"),
    error("a swap takes a shift of each of the two, and {} has none of {} from {} to {}; to stand "
          "in: tocsin oncall override {} {} --instead-of {}",
          "换班须双方各有班次，而 {} 在轮值 {} 中从 {} 到 {} 没有班次；替班请用 tocsin oncall "
          "override {} {} --instead-of {}"),

    error("\"{}\" is none of {}", "“{}”不在以下各项中：{}"),
    error("\"{}\" is neither a state nor all", "“{}”既不是状态，也不是 all"),
    error("\"{}\" is not name=value", "“{}”不是 name=value"),
    error("\"{}\" is no RFC 3339 time", "“{}”不是 RFC 3339 格式的时间"),
};

}  // namespace

std::span<const Phrase> error_catalogue() {
    return kErrors;
}

}  // namespace tocsin::bridge
