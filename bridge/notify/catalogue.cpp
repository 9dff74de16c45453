#include "bridge/notify/catalogue.h"

#include <array>

namespace tocsin::bridge {
namespace {

constexpr Phrase kPhrases[] = {
    // Why somebody is told, by MessageKind: a headline for the subject and a sentence.
    {"headline.opened", "New incident", "新事件"},
    {"why.opened",
     "You are the first to be told. Acknowledge it, or the escalation policy goes on.",
     "您是最先收到通知的人。请认领，否则将按升级策略继续升级。"},
    {"why.opened_watched", "You are told because you watch it; others are asked to take it.",
     "您是关注人，因此收到通知；已请他人认领。"},
    {"headline.escalated",
     "Not acknowledged{{ if .Step }}, step {{ .Step }}{{ with .Steps }} of {{ . }}{{ end }}{{ end "
     "}}",
     "无人认领{{ if .Step }}，升级到第 {{ .Step }} 步{{ with .Steps }}（共 {{ . }} 步）{{ end }}{{ "
     "end }}"},
    {"why.escalated", "Nobody has acknowledged this incident so far. Please acknowledge it.",
     "该事件至今无人认领。请认领。"},
    {"headline.reminder", "Still not acknowledged", "仍无人认领"},
    {"why.reminder",
     "Nobody has acknowledged this incident. This reminder repeats until somebody does.",
     "该事件仍无人认领。在有人认领之前将重复提醒。"},
    {"headline.reopened", "Reopened", "重新打开"},
    {"why.reopened", "The problem is back, and the same incident is open again.",
     "问题再次出现，同一事件已重新打开。"},
    {"headline.still_firing", "Still firing", "仍在告警中"},
    {"why.still_firing",
     "It was resolved by hand while its alerts went on firing, so the incident is open again.",
     "已手动解决，但其告警仍在告警中，因此事件已重新打开。"},
    {"headline.raised", "Worse than acknowledged, now {{ .Priority }}",
     "比认领时更严重，现为 {{ .Priority }}"},
    {"why.raised", "It is worse than what you acknowledged. Please acknowledge it again.",
     "情况比您认领时更严重。请再次认领。"},
    // The same while nobody owns it.
    {"headline.raised_unowned", "Raised to {{ .Priority }}", "优先级升至 {{ .Priority }}"},
    {"why.raised_unowned",
     "Its priority has risen, and nobody has acknowledged it. Please acknowledge it.",
     "优先级已提高，且无人认领。请认领。"},
    {"headline.joined", "One more alert", "新增告警"},
    {"why.joined",
     "One more alert belongs to the incident that you acknowledged. Please acknowledge it again.",
     "您认领的事件新增了告警。请再次认领。"},
    {"headline.assigned", "Assigned to you", "指派给您"},
    {"why.assigned", "You are asked to take this incident. Acknowledge it, or decline it.",
     "请您处理该事件。请认领，或退回。"},
    {"headline.lapsed", "Your acknowledge has lapsed", "您的认领已失效"},
    {"why.lapsed",
     "You did not answer, so your acknowledge no longer counts. Acknowledge it again, or the "
     "escalation policy goes on.",
     "您未作回应，认领已失效。请再次认领，否则将按升级策略继续升级。"},
    {"headline.snooze_ended", "Snooze ended", "暂缓提醒结束"},
    {"why.snooze_ended", "The time that this incident was snoozed for is over.",
     "该事件的暂缓提醒时间已到。"},
    {"headline.pending_ended", "No longer pending", "挂起结束"},
    {"why.pending_ended", "This incident is no longer pending. Please go on with it.",
     "该事件的挂起已结束。请继续处理。"},
    {"headline.resolved", "Resolved", "已解决"},
    {"why.resolved",
     "{{ if .ResolvedBy }}{{ .ResolvedBy }} has resolved it.{{ else }}All its alerts have "
     "resolved.{{ end }} There is nothing to do.",
     "{{ if .ResolvedBy }}{{ .ResolvedBy }} 已解决该事件。{{ else }}所有告警已恢复，事件已解决。{{ "
     "end "
     "}}无需处理。"},
    {"headline.nobody", "Nobody has taken it", "尚无人认领"},
    {"why.nobody",
     "A step of the escalation policy reached nobody, or the policy is at its end. Assign "
     "somebody, "
     "or acknowledge it yourself.",
     "升级策略有一步未能通知到任何人，或已到末尾。请指派处理人，或自行认领。"},
    {"headline.handed_over", "Escalated to your team", "升级到您的团队"},
    {"why.handed_over", "Another team asks yours to take this incident. Please acknowledge it.",
     "其他团队请您的团队处理该事件。请认领。"},
    {"headline.unsuppressed", "No longer held back, still firing", "不再被抑制，仍在告警中"},
    {"why.unsuppressed",
     "The silence, the maintenance window or the alert that held it back is over, and it is still "
     "firing. Please acknowledge it.",
     "原先的静默、维护窗口或抑制它的告警已结束，仍在告警中。请认领。"},
    // The same where the incident says what it was that held it back, by suppressor.
    {"over.silence", "Silence over, still firing", "静默已结束，仍在告警中"},
    {"over.maintenance", "Maintenance window over, still firing", "维护窗口已结束，仍在告警中"},
    {"over.inhibit", "Inhibition over, still firing", "抑制已结束，仍在告警中"},
    {"over.open_when", "Condition of opening met, still firing", "触发条件已满足，仍在告警中"},
    {"over_why.silence",
     "The silence{{ with .by_name }} ({{ . }}){{ end }} is over; firing since {{ .firing_since }}.",
     "静默{{ with .by_name }}（{{ . }}）{{ end }}已结束；自 {{ .firing_since }} 起处于告警中。"},
    {"over_why.maintenance",
     "The maintenance window{{ with .by_name }} ({{ . }}){{ end }} is over; firing since {{ "
     ".firing_since }}.",
     "维护窗口{{ with .by_name }}（{{ . }}）{{ end }}已结束；自 {{ .firing_since }} "
     "起处于告警中。"},
    {"over_why.inhibit",
     "The alert that inhibited it{{ with .by_name }} ({{ . }}){{ end }} is over; firing since {{ "
     ".firing_since }}.",
     "抑制它的告警{{ with .by_name }} {{ . }}{{ end }}已结束；自 {{ .firing_since }} "
     "起处于告警中。"},
    {"over_why.open_when",
     "Its condition of opening{{ with .by_name }} ({{ . }}){{ end }} is met; firing since {{ "
     ".firing_since }}.",
     "触发条件{{ with .by_name }}（{{ . }}）{{ end }}已满足；自 {{ .firing_since }} "
     "起处于告警中。"},
    {"over_says.unsuppressed", "{{ .Over }} Please acknowledge it.", "{{ .Over }}请认领。"},
    {"over_says.opened", "{{ .Why }} {{ .Over }}", "{{ .Why }}{{ .Over }}"},
    {"headline.silence_ending", "Silence ends soon", "静默即将结束"},
    {"why.silence_ending",
     "The silence that you made is about to end, and what it holds back is still firing. Make it "
     "longer, or let it end.",
     "您设置的静默即将结束，被它抑制的告警仍在告警中。请延长，或任其结束。"},
    {"headline.flapping", "Flapping", "抖动"},
    {"why.flapping",
     "It comes and goes again and again. It stays one open incident until it has been quiet; you "
     "hear of it every hour until then.",
     "告警反复恢复又触发。在平静下来之前它始终是同一个未解决的事件；在此期间每小时通知一次。"},
    {"headline.flapping_ended", "Flapping ended, still firing", "抖动结束，仍在告警中"},
    {"why.flapping_ended", "It has stopped changing, and it is still there.",
     "告警不再反复，但尚未恢复。"},
    // The incident's own title says that it is a storm.
    {"headline.storm", "On many hosts at once", "多台主机同时告警"},
    {"why.storm",
     "The same alert is firing on many hosts at once. This one incident stands for all of theirs; "
     "acknowledge it, and you own them.",
     "同一告警在多台主机上同时处于告警中。此事件代表所有这些事件；认领它即认领全部。"},
    // What the bridge itself calls alerts and incidents (bridge/incident/title.h).
    {"own.storm", "Storm: {{ .group }} on {{ .hosts }} host{{ if ne .hosts \"1\" }}s{{ end }}",
     "告警风暴：{{ .hosts }} 台主机上的 {{ .group }}"},
    {"own.overflow",
     "Overflow: {{ .incidents }} more incidents on {{ .hosts }} host{{ if ne .hosts \"1\" }}s{{ "
     "end }}",
     "事件过多：{{ .hosts }} 台主机上另有 {{ .incidents }} 个事件"},
    {"own.join", "New host {{ .host }}: {{ .alerts }} alert{{ if ne .alerts \"1\" }}s{{ end }}",
     "新主机 {{ .host }}：{{ .alerts }} 条告警"},
    {"own.host_unreachable", "{{ .host }} has not been heard of since {{ .heard }}",
     "主机失联：{{ .host }}，自 {{ .heard }} 起没有消息"},
    {"own.host_duplicate", "Two machines report as {{ .host }}: their boot ids alternate",
     "两台机器都以 {{ .host }} 的名义上报：启动标识交替出现"},
    {"own_more.host_duplicate",
     "The boot ids are {{ .one }} and {{ .other }} (/proc/sys/kernel/random/boot_id). One is "
     "probably a clone of the other: give it a name of its own (host: in its agent.yml), or stop "
     "the agent on the one that is not wanted. Until then their alerts stand under one host.",
     "启动标识为 {{ .one }} 和 {{ .other "
     "}}（/proc/sys/kernel/random/"
     "boot_id）。其中一台很可能是另一台的克隆：请为它另起名字（agent.yml "
     "的 host），或停掉不需要的那台上的 agent。在此之前，它们的告警都归在同一主机名下。"},
    {"own.expected_missing", "{{ .what }} has not come for {{ .every }}: last at {{ .since }}",
     "{{ .what }} 已有 {{ .every }} 没有出现：上次为 {{ .since }}"},
    {"own.expected_never",
     "{{ .what }} has not come yet; expected every {{ .every }} since {{ .since }}",
     "{{ .what }} 尚未出现；自 {{ .since }} 起应每 {{ .every }} 出现一次"},
    {"headline.overflow", "More than can be told one by one", "不再逐一通知"},
    {"why.overflow",
     "So many incidents open that nobody is told of each any more. This one stands for the rest.",
     "新事件过多，不再逐一通知。此事件代表其余事件。"},
    {"headline.test", "Test message", "测试消息"},
    {"why.test", "You asked for a test of how you are reached. Nothing is wrong.",
     "您请求测试通知方式，一切正常。"},

    {"headline.at_risk", "Resolution target at risk", "解决时限即将超时"},
    {"why.at_risk", "A good part of the resolution target has passed, and it is not resolved.",
     "解决时限即将超时，事件尚未解决。"},
    {"headline.breached", "Resolution target breached", "解决时限已超时"},
    {"why.breached", "The resolution target has passed, and it is not resolved.",
     "解决时限已超时，事件尚未解决。"},

    {"headline.all_clear", "Its alerts are quiet, is it over?", "告警全部恢复，问题是否已解决"},
    {"why.all_clear",
     "All its alerts have resolved, but somebody reported it or it is a major incident: only a "
     "person "
     "can say that it is over. Please resolve it.",
     "所有告警已恢复，但该事件有申报人或为重大事件，须由处理人判定。请解决该事件。"},
    {"headline.still_pending", "Still pending", "仍在挂起"},
    {"why.still_pending",
     "This incident is pending, and you own it or let it wait. Does it still have to wait?",
     "由您处理或由您挂起的事件仍在挂起。是否仍需等待？"},
    {"headline.owed", "Owed before it can close", "关闭前需补充"},
    {"why.owed",
     "It is resolved, but its cause, solution or proof has not been said. It does not close "
     "before.",
     "事件已解决，但原因分类、解决方法或证明尚未填写，填写之前不会关闭。"},
    {"headline.major", "Major incident", "重大事件"},
    {"why.major", "A major incident was declared, and it concerns you or your team.",
     "已宣布为重大事件，与您或您的团队有关。"},
    {"headline.update_due", "An update is due", "请通报进展"},
    {"why.update_due",
     "The others wait to hear how this major incident goes. A note starts the time anew.",
     "请通报该重大事件的进展。添加备注后重新计时。"},
    {"headline.review_due", "Review overdue", "复盘已逾期"},
    {"why.review_due",
     "A review that you own, or one of its actions, is late; the last line of the timeline says "
     "which. You are reminded daily until it is done.",
     "您负责的复盘或其中的改进项已逾期，见时间线末行。完成前每天提醒一次。"},
    {"headline.acknowledged", "Acknowledged", "已认领"},
    {"why.acknowledged", "Somebody works on it; nobody else is asked.",
     "已有人处理，不再询问他人。"},
    {"headline.ticket", "Incident", "事件"},
    {"why.ticket", "This is a copy of the incident as it is now.", "这是该事件当前状态的副本。"},
    {"headline.vendor", "Your help is asked for", "请求协助"},
    {"why.vendor", "Please help with this incident; what is wanted stands in its timeline.",
     "请协助处理该事件，具体要求见时间线。"},
    {"headline.received", "Your report was received", "已收到您的申报"},
    {"why.received", "It is taken down under the number below. You will hear how it goes on.",
     "您的申报已登记，编号见下。后续进展将通知您。"},
    {"headline.public_note", "News of your report", "您的申报有新进展"},
    {"why.public_note", "There is news of what you reported.", "您申报的问题有新进展。"},
    {"headline.ask_confirm", "Solved? Please confirm", "问题是否已解决？请确认"},
    {"why.ask_confirm",
     "What you reported is resolved. Please confirm it, or say that it is not fixed.",
     "您申报的问题已解决。请确认，或说明仍未解决。"},

    {"subject", "[{{ .Priority }}] {{ .Headline }}: {{ .Title }}{{ with .Key }} [{{ . }}]{{ end }}",
     "[{{ .Priority }}] {{ .Headline }}：{{ .Title }}{{ with .Key }} [{{ . }}]{{ end }}"},
    {"brief",
     "[{{ .Priority }}] {{ .Headline }}: {{ .What }}{{ with .Key }} ({{ . }}){{ end }}{{ with "
     ".Acknowledge }} "
     "Acknowledge: {{ . }}{{ end }}{{ with .Url }} {{ . }}{{ end }}",
     "[{{ .Priority }}] {{ .Headline }}：{{ .What }}{{ with .Key }} ({{ . }}){{ end }}{{ with "
     ".Acknowledge }} "
     "认领：{{ . }}{{ end }}{{ with .Url }} {{ . }}{{ end }}"},

    // Several messages as one, and what each of them is about in few words.
    {"digest.headline_mixed", "{{ .Count }} messages in one", "汇总通知：{{ .Count }} 条"},
    {"digest.why_mixed",
     "These are told in one message instead of one by one. Please look at the list.",
     "多条通知已合并为一条。请查看列表。"},
    {"digest.headline_resolved", "{{ .Count }} incidents resolved", "{{ .Count }} 个事件已解决"},
    {"digest.why_resolved", "There is nothing to do.", "无需处理。"},
    {"digest.line",
     "[{{ .Priority }}] {{ .Headline }}: {{ .Title }}{{ with .Key }} ({{ . }}){{ end }}",
     "[{{ .Priority }}] {{ .Headline }}：{{ .Title }}{{ with .Key }} ({{ . }}){{ end }}"},
    {"digest.subject", "[{{ .Priority }}] {{ .Headline }}", "[{{ .Priority }}] {{ .Headline }}"},
    {"digest.brief", "[{{ .Priority }}] {{ .Headline }}: {{ .What }} … {{ .Url }}",
     "[{{ .Priority }}] {{ .Headline }}：{{ .What }} …… {{ .Url }}"},

    // Buttons.
    {"action.acknowledge", "Acknowledge", "认领"},
    {"action.resolve", "Resolve", "解决"},
    {"action.open", "Open", "查看"},

    // The page behind a one-tap link.
    {"action.confirm", "It works again", "确认已恢复"},
    {"action.reopen", "Not fixed", "未解决"},
    {"link.ask.confirm", "Confirm that it works again?", "确认问题已经解决？"},
    {"link.ask.reopen", "Say that it is not fixed?", "问题仍未解决？"},
    {"link.done.confirm", "Thank you. {{ . }} is confirmed.", "谢谢，{{ . }} 已确认。"},
    {"link.done.reopen", "{{ . }} is open again.", "{{ . }} 已重新打开。"},
    {"link.ask.acknowledge", "Acknowledge this incident?", "认领该事件？"},
    {"link.ask.resolve", "Say that this incident is resolved?", "将该事件标记为已解决？"},
    {"link.done.acknowledge", "You have acknowledged {{ . }}.", "您已认领 {{ . }}。"},
    {"link.done.resolve", "{{ . }} is resolved.", "{{ . }} 已解决。"},
    {"link.as", "You are {{ . }}.", "您是 {{ . }}。"},
    {"link.group",
     "This link was sent to a group and does not say who you are. Please give your name, and your "
     "PIN "
     "or token.",
     "该链接发送到群组，不含身份信息。请填写您的名字，以及 PIN 码或令牌。"},
    {"link.name", "Name", "名字"},
    {"link.token", "PIN or token", "PIN 码或令牌"},
    {"link.expired", "This link has expired. Please use the page.",
     "该链接已过期。请在页面上操作。"},
    {"link.invalid", "This link is not valid.", "该链接无效。"},
    {"link.unknown", "There is no such incident.", "没有这个事件。"},
    {"link.impossible", "Nothing was changed: the incident is {{ . }} now.",
     "未做更改：该事件当前为{{ . }}。"},
    {"link.stranger",
     "Nothing was changed: the name and the PIN or token do not belong together, or may "
     "not do this.",
     "未做更改：名字与 PIN 码或令牌不符，或没有此权限。"},
    {"link.later",
     "Nothing was changed: too many wrong PINs. Please try again later, or use your token.",
     "未做更改：PIN 码错误次数过多。请稍后再试，或使用令牌。"},
    {"link.other_team",
     "Nothing was changed: this incident is another team's. Its page says who has it.",
     "未做更改：该事件由其他团队处理。处理人见事件页面。"},
    {"link.busy", "Nothing was changed: the bridge is busy. Please try again.",
     "未做更改：服务端繁忙，请重试。"},
    {"link.open", "Open the incident", "打开事件"},

    // Rows: what, where, since when, how bad, who.
    {"label.separator", ": ", "："},
    {"label.incident", "Incident", "事件"},
    {"label.host", "Host", "主机"},
    {"label.since", "Since", "开始时间"},
    {"label.resolved_at", "Resolved", "解决时间"},
    {"label.severity", "Severity", "告警级别"},
    {"label.priority", "Priority", "优先级"},
    {"label.category", "Category", "分类"},
    {"label.state", "State", "状态"},
    {"label.assignee", "Assignee", "处理人"},
    {"label.alerts", "Alerts", "告警"},
    {"label.told", "Also told", "同时通知"},
    {"label.flapping", "Flapping since", "抖动开始"},
    {"label.runbook", "Runbook", "处置手册"},
    {"label.link", "Open", "查看"},
    {"label.similar", "Similar", "相似事件"},
    {"label.problem", "Problem", "问题"},
    {"value.similar", "{{ .Key }} {{ .Day }} {{ .Title }} ({{ .Ending }})",
     "{{ .Key }} {{ .Day }} {{ .Title }}（{{ .Ending }}）"},
    {"similar.by_itself", "ended by itself", "自行恢复"},
    {"similar.by_hand", "resolved by {{ . }}", "由 {{ . }} 解决"},
    {"value.problem",
     "{{ .Key }} {{ .Title }} ({{ .State }}){{ with .Workaround }}; workaround: {{ . }}{{ end }}",
     "{{ .Key }} {{ .Title }}（{{ .State }}）{{ with .Workaround }}；临时措施：{{ . }}{{ end }}"},
    {"problem_state.suggested", "suggested", "待评估"},
    {"problem_state.open", "open", "处理中"},
    {"problem_state.known_error", "known error", "已知错误"},
    {"problem_state.fixed", "fixed", "已修复"},
    {"problem_state.closed", "closed", "已关闭"},
    {"problem_state.rejected", "rejected", "已驳回"},
    {"label.timeline", "Timeline", "时间线"},
    {"value.since", "{{ .Time }}, for {{ .Duration }}", "{{ .Time }}，已持续 {{ .Duration }}"},
    {"value.resolved_at", "{{ .Time }}, after {{ .Duration }}",
     "{{ .Time }}，历时 {{ .Duration }}"},
    {"value.nobody", "nobody", "无"},
    {"value.counts",
     "{{ .Firing }} firing{{ if .Unknown }}, {{ .Unknown }} unknown{{ end }}{{ if .Resolved }}, {{ "
     ".Resolved }} resolved{{ end }}",
     "{{ .Firing }} 告警中{{ if .Unknown }}，{{ .Unknown }} 状态未知{{ end }}{{ if .Resolved "
     "}}，{{ "
     ".Resolved }} 已恢复{{ end }}"},
    {"value.more", "and {{ .Count }} more", "另有 {{ .Count }} 条"},
    {"value.list", ", ", "、"},
    {"value.told", "{{ .Person }}{{ with .Channel }} by {{ . }}{{ end }}",
     "{{ .Person }}{{ with .Channel }}（{{ . }}）{{ end }}"},
    {"value.maker", "by {{ .Person }}{{ with .Why }}: {{ . }}{{ end }}",
     "{{ .Person }}{{ with .Why }}：{{ . }}{{ end }}"},
    {"value.said", "{{ .Line }}: {{ .Said }}", "{{ .Line }}：{{ .Said }}"},
    {"value.alert_on", "{{ .Alert }} on {{ .Host }}", "{{ .Alert }}（{{ .Host }}）"},
    {"value.held_for", "{{ .Name }} for {{ .Time }}", "{{ .Name }}：持续 {{ .Time }}"},
    {"value.times_in", "{{ .Name }} {{ .Times }} times in {{ .Time }}",
     "{{ .Name }}：{{ .Time }} 内 {{ .Times }} 次"},

    {"state.triggered", "triggered", "待认领"},
    {"state.acknowledged", "acknowledged", "处理中"},
    {"state.pending", "pending", "挂起"},
    {"state.resolved", "resolved", "已解决(待确认)"},
    {"state.closed", "closed", "已关闭"},
    {"status.firing", "firing", "告警中"},
    {"status.resolved", "resolved", "已恢复"},
    {"status.unknown", "unknown", "状态未知"},
    {"severity.critical", "critical", "严重"},
    {"severity.warning", "warning", "警告"},
    {"severity.info", "info", "提示"},
    {"category.server", "server", "服务器"},
    {"category.network", "network", "网络"},
    {"category.database", "database", "数据库"},
    {"category.middleware", "middleware", "中间件"},
    {"category.application", "application", "应用"},
    {"category.security", "security", "安全"},
    {"category.facility", "facility", "机房设施"},
    {"suppressor.silence", "silence", "静默"},
    {"suppressor.maintenance", "maintenance window", "维护窗口"},
    {"suppressor.inhibit", "another alert", "其他告警"},
    {"suppressor.open_when", "condition of opening", "触发条件"},

    {"duration.d", "{{ . }} d", "{{ . }} 天"},
    {"duration.h", "{{ . }} h", "{{ . }} 小时"},
    {"duration.min", "{{ . }} min", "{{ . }} 分钟"},
    {"duration.s", "{{ . }} s", "{{ . }} 秒"},
    {"actor.system", "the system", "系统"},
};

}  // namespace

std::span<const Phrase> catalogue() {
    return kPhrases;
}

std::string_view phrase(std::string_view id, std::string_view language) {
    for (const std::span<const Phrase> table :
         {catalogue(), timeline_catalogue(), record_catalogue(), why_catalogue(), reason_words()}) {
        for (const Phrase& row : table) {
            if (row.id == id) return language.starts_with("zh") ? row.zh : row.en;
        }
    }
    return {};
}

}  // namespace tocsin::bridge
