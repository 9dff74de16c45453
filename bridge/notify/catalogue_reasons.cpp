// Why something is refused, in Chinese. The English patterns stand where they are said, in
// bridge/incident and bridge/knowledge; a test reads them there and holds this table against them.
#include <array>

#include "bridge/notify/catalogue.h"

namespace tocsin::bridge {
namespace {

constexpr Phrase reason(std::string_view pattern, std::string_view zh) {
    return {pattern, pattern, zh};
}

constexpr std::array kReasons = {
    reason("the role {} does not allow this; ask your admin for a token of the role {} "
           "(access.tokens in bridge.yml)",
           "角色 {} 没有此权限；请向管理员申请角色为 {} 的令牌（bridge.yml 的 access.tokens）"),

    // Incidents.
    reason("{} is not possible while the incident is {}; possible: {}",
           "无法{}：该事件{}；目前可以：{}"),
    reason("the incident is closed", "该事件已关闭"),
    reason("the incident is closed; it goes on as {}", "该事件已关闭，由 {} 接续"),
    reason("the incident is closed; the alert belongs to its successor",
           "该事件已关闭，告警归入后续事件"),
    reason("it can be closed when its alerts have resolved; still firing: {}",
           "告警均已恢复后才能关闭；仍有 {} 条告警中"),
    reason("owed before it can be closed: {}", "关闭前需补充：{}"),
    reason("an action needs somebody who does it", "须说明由谁操作"),
    reason("{} is team {}'s: ask {}; you can note, link and watch",
           "{} 归团队 {}：请找 {}；你可以备注、关联和关注"),
    reason("who reported it can confirm, rate, reopen and answer, no more",
           "申报人只能确认、评价、重新打开和答复"),
    reason("{} has acknowledged it; assign it to yourself to take it over",
           "{} 已认领；如需接手，请指派给自己"),
    reason("nobody is named \"{}\"", "没有名为“{}”的人"),
    reason("no team is named \"{}\"", "没有名为“{}”的团队"),
    reason("no vendor is named \"{}\"", "没有名为“{}”的供应商"),
    reason("team {} has it already", "该事件已归团队 {}"),
    reason("handing over to another team needs a text: what was found so far",
           "转给其他团队须附言：目前查明的情况"),
    reason("assign needs a person or a team", "指派须有人或团队"),
    reason("a note needs a text", "备注须有内容"),
    reason("nobody reported it: there is nobody to tell; leave \"public\" out",
           "该事件无人申报，没有可告知的人；请勿选“告知申报人”"),
    reason("asking a vendor needs a text: what is wanted", "请求供应商协助须附言：需要什么"),
    reason("snooze needs a time to come", "暂缓提醒须有将来的时间"),
    reason("a snooze lasts 7d at most", "暂缓提醒最长 7 天"),
    reason("pend needs a reason: what it waits for", "挂起须有原因：在等什么"),
    reason("pend needs a time to come", "挂起须有将来的时间"),
    reason("\"{}\" is none of the configured reasons: {}", "“{}”不在已配置的挂起原因中：{}"),
    reason("only its owner, {}, can let it wait; assign it to yourself first",
           "只有处理人 {} 可以挂起；请先指派给自己"),
    reason("a P1 is pended by the team's lead only", "P1 只能由团队负责人挂起"),
    reason("priority needs one of P1, P2, P3, P4", "优先级须为 P1、P2、P3、P4 之一"),
    reason("lowering the priority needs a text: why", "降低优先级须附言：原因"),
    reason("{} is lowered by the team's lead only", "{} 只能由团队负责人降低优先级"),
    reason("a major incident is declared by the team's lead only", "重大事件只能由团队负责人宣布"),
    reason("\"{}\" is none of the configured causes: {}", "“{}”不在已配置的原因分类中：{}"),
    reason("verify needs a text or a proof: how it was seen that it holds",
           "验证须有附言或证明：如何看出问题已消除"),
    reason("rate needs a satisfaction from 1 to 5", "评价须有 1 到 5 的满意度"),
    reason("satisfaction must be a number from 1 to 5", "满意度须为 1 到 5 的数字"),
    reason("it is rated already, which only who reported it can change; leave \"satisfaction\" out",
           "已有满意度评价，只有申报人可以更改；请去掉“satisfaction”"),
    reason("it has 100 watchers already", "关注人已达 100 个"),
    reason("it has 50 links already", "关联已达 50 个"),
    reason("link needs the key of an incident, or a URL with http:// or https://",
           "关联须为事件编号，或 http://、https:// 开头的网址"),
    reason("an incident is not linked to itself", "事件不能关联到自身"),
    reason("merge needs another incident to merge into", "合并须有另一个事件"),
    reason("an incident is not merged into itself", "事件不能合并到自身"),
    reason("an incident that stands for a storm is not merged", "代表告警风暴的事件不能合并"),
    reason("{} is closed; merge into one that is open", "{} 已关闭；请合并到未关闭的事件"),
    reason("{} is {}; merge into one that is open, or reopen it first",
           "{} {}；请合并到未解决的事件，或先重新打开它"),
    reason("split is not possible while the incident is {}", "无法拆分：该事件{}"),
    reason("split needs the fingerprints of alerts to split off", "拆分须指明要拆分出的告警"),
    reason("no alert that fires here has the fingerprint \"{}\"", "此处告警中的告警没有指纹“{}”"),
    reason("an incident keeps at least one of its alerts", "事件至少保留一条告警"),
    reason("nothing of {} fires", "{} 没有告警中的告警"),
    reason(
        "{} stands over incidents of all kinds, and what would silence it would silence "
        "everything; acknowledge or snooze it, and silence by labels what its incidents share",
        "{} 汇总了各类事件，对它静默等于静默全部告警；请认领或暂缓提醒，再按标签静默其中事件的共同"
        "之处"),

    // Problems, reviews, articles.
    reason("{} is {}: {} is not possible; possible are {}", "{} {}，无法{}；目前可以：{}"),
    reason("{} ({}) is about {} already", "{}（{}）已针对 {}"),
    reason("{} does not say how it was solved; note its solution, or give the article a text",
           "{} 未填写解决方法；请先填写，或为知识条目填写正文"),
    reason("an action needs a text: what is to be done", "改进措施须有内容：要做什么"),
    reason("a review has at most {} actions", "一次复盘最多 {} 项改进措施"),
    reason("there is no action {}; there are {}", "没有第 {} 项改进措施；共有 {} 项"),
    reason("reject needs a text: why it is no problem", "驳回须附言：为何不是问题"),
    reason("a known error needs a workaround or a root cause", "已知错误须有临时措施或根本原因"),
    reason("fix needs the permanent fix: what was changed", "修复须填写永久修复：改了什么"),
    reason("a review needs its causes before it is done", "完成复盘之前须填写原因"),
    reason("note needs a text", "备注须有内容"),
    reason("{} needs a title", "{}须有标题"),
    reason("{} needs a text", "{}须有正文"),
    reason("{} has no {}", "{}没有“{}”一项"),
    reason("title must not be empty", "标题不能为空"),
    reason("{} must be one line", "{}只能有一行"),
    reason("{} is too long", "{}过长"),
};

// The words that stand in the places of the reasons, by their group.
constexpr Phrase kWords[] = {
    {"move.acknowledge", "acknowledge", "认领"},
    {"move.unacknowledge", "unacknowledge", "取消认领"},
    {"move.decline", "decline", "退回"},
    {"move.assign", "assign", "指派"},
    {"move.note", "note", "备注"},
    {"move.escalate", "escalate", "升级"},
    {"move.snooze", "snooze", "暂缓提醒"},
    {"move.pend", "pend", "挂起"},
    {"move.resume", "resume", "继续处理"},
    {"move.resolve", "resolve", "解决"},
    {"move.confirm", "confirm", "确认"},
    {"move.close", "close", "关闭"},
    {"move.reopen", "reopen", "重新打开"},
    {"move.priority", "priority", "改优先级"},
    {"move.verify", "verify", "验证"},
    {"move.rate", "rate", "评价"},
    {"move.watch", "watch", "关注"},
    {"move.unwatch", "unwatch", "取消关注"},
    {"move.link", "link", "关联"},
    {"move.unlink", "unlink", "取消关联"},
    {"move.major", "major", "宣布重大事件"},
    {"move.merge", "merge", "合并"},
    {"move.split", "split", "拆分"},
    {"move.edit", "edit", "修改"},
    {"move.open", "open", "立为问题"},
    {"move.reject", "reject", "驳回"},
    {"move.known_error", "known_error", "列为已知错误"},
    {"move.fix", "fix", "修复"},
    {"move.action", "action", "添加改进措施"},
    {"move.action_done", "action_done", "完成改进措施"},
    {"move.done", "done", "完成复盘"},
    {"move.publish", "publish", "发布"},
    {"move.withdraw", "withdraw", "撤回"},
    {"record_state.suggested", "suggested", "待评估"},
    {"record_state.open", "open", "处理中"},
    {"record_state.known_error", "known_error", "已知错误"},
    {"record_state.fixed", "fixed", "已修复"},
    {"record_state.closed", "closed", "已关闭"},
    {"record_state.rejected", "rejected", "已驳回"},
    {"record_state.done", "done", "已完成"},
    {"record_state.published", "published", "已发布"},
    {"record_state.withdrawn", "withdrawn", "已撤回"},
    {"record.a problem", "a problem", "问题"},
    {"record.a review", "a review", "复盘"},
    {"record.an article", "an article", "知识条目"},
    {"field.title", "title", "标题"},
    {"field.owner", "owner", "负责人"},
    {"field.root_cause", "root_cause", "根本原因"},
    {"field.workaround", "workaround", "临时措施"},
    {"field.fix", "fix", "永久修复"},
    {"field.draft", "draft", "草稿"},
    {"field.text", "text", "正文"},
    {"field.due_at", "due_at", "期限"},
    {"field.causes", "causes", "原因"},
    {"field.match", "match", "匹配条件"},
    {"field.cause", "cause", "原因分类"},
    {"field.solution", "solution", "解决方法"},
    {"field.proof", "proof", "证明"},
    {"named_link.runbook", "runbook", "处置手册"},
    {"named_link.dashboard", "dashboard", "监控面板"},
    {"named_link.split off", "split off", "拆分出的事件"},
    {"named_link.split from", "split from", "拆分前的事件"},
    {"named_link.", "link", "链接"},
    {"cause.hardware", "hardware", "硬件"},
    {"cause.software", "software", "软件"},
    {"cause.capacity", "capacity", "容量"},
    {"cause.configuration", "configuration", "配置"},
    {"cause.change", "change", "变更"},
    {"cause.network", "network", "网络"},
    {"cause.security", "security", "安全"},
    {"cause.external", "external", "外部原因"},
    {"cause.human", "human", "人为"},
    {"cause.unknown", "not found out", "未查明"},
};

}  // namespace

std::span<const Phrase> reason_catalogue() {
    return kReasons;
}

std::span<const Phrase> reason_words() {
    return kWords;
}

}  // namespace tocsin::bridge
